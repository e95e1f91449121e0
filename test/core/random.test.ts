import { describe, expect, test } from "vitest";
import {
  fillIntegers,
  fillNormal,
  fillUniform,
  foldIn,
  permutation,
  randomKey,
  threefry,
  uniformAt,
} from "../../src/core/random.ts";

function moments(values: ArrayLike<number>): { mean: number; variance: number; skew: number; kurtosis: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i += 1) mean += values[i] / n;
  const central = [0, 0, 0];
  for (let i = 0; i < n; i += 1) for (let k = 0; k < 3; k += 1) central[k] += (values[i] - mean) ** (k + 2) / n;
  const [variance, third, fourth] = central;
  return { mean, variance, skew: third / variance ** 1.5, kurtosis: fourth / variance ** 2 };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] - x.mean) * (b[i] - y.mean)) / a.length;
  return sum / Math.sqrt(x.variance * y.variance);
}

/** Sum of (observed - expected)^2 / expected over equally likely cells. */
function chiSquare(counts: ArrayLike<number>, total: number): number {
  const expected = total / counts.length;
  return Array.from(counts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Five standard deviations above the mean of chi-square with k degrees of freedom (mean k, variance 2k). */
const chiSquareBound = (k: number): number => k + 5 * Math.sqrt(2 * k);

describe("threefry", () => {
  // Known answers of Threefry-2x32-20 from the authors' Random123, tests/kat_vectors; the third is digits of pi.
  test.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])("known answer for key %j", ([k0, k1], [c0, c1], expected) => {
    const out = new Uint32Array(2);
    threefry({ k0, k1 }, c0, c1, out);
    expect([...out]).toEqual(expected);
  });

  test("one flipped bit of key or counter flips half of the output bits", () => {
    const base = new Uint32Array(2);
    const other = new Uint32Array(2);
    const ones = (word: number): number => (word >>> 0).toString(2).replaceAll("0", "").length;
    let flipped = 0;
    for (let bit = 0; bit < 32; bit += 1) {
      for (let sample = 0; sample < 50; sample += 1) {
        threefry({ k0: 3, k1: 4 }, sample, 9, base);
        threefry(
          sample % 2 ? { k0: 3 ^ (1 << bit), k1: 4 } : { k0: 3, k1: 4 },
          sample % 2 ? sample : sample ^ (1 << bit),
          9,
          other,
        );
        flipped += ones(base[0] ^ other[0]) + ones(base[1] ^ other[1]);
      }
    }
    // 102400 fair bits: standard deviation 160; five of them.
    expect(Math.abs(flipped - 51200)).toBeLessThan(800);
  });
});

describe("keys", () => {
  test("a seed's words", () => {
    expect(randomKey(1)).toEqual({ k0: 1, k1: 0 });
    expect(randomKey(2 ** 53 - 1)).toEqual({ k0: 0xffffffff, k1: 0x1fffff });
  });

  test.each([-1, 0.5, 2 ** 53, NaN, Infinity])("seed %s is refused", (seed) => {
    expect(() => randomKey(seed)).toThrow(new RangeError(`a seed must be an integer in [0, 2^53), received ${seed}`));
  });

  test("foldIn is the documented counter", () => {
    const key = randomKey(5);
    const out = new Uint32Array(2);
    threefry(key, 7, 0x40000000, out);
    expect(foldIn(key, 7)).toEqual({ k0: out[0], k1: out[1] });
    // FNV-1a of "a" is e40c292c, from either end.
    threefry(key, 0xe40c292c, 0xe40c292c, out);
    expect(foldIn(key, "a")).toEqual({ k0: out[0], k1: out[1] });
    expect(foldIn(key, "a", 7)).toEqual(foldIn(foldIn(key, "a"), 7));
    expect(foldIn(key)).toEqual(key);
  });

  test("foldIn tells its parts, their order and their kinds apart", () => {
    const key = randomKey(5);
    const lists: (string | number)[][] = [[], ["a"], ["b"], ["ab"], ["ba"], ["a", "b"], ["b", "a"], [0], [1], [0, 1], [1, 0]];
    lists.push([2 ** 32], ["0"], ["1"], [""], ["한"], ["글"]);
    for (let i = 0; i < 5000; i += 1) lists.push(["layer", i], [`layer${i}`]);
    expect(new Set(lists.map((parts) => JSON.stringify(foldIn(key, ...parts)))).size).toBe(lists.length);
  });

  test.each([-1, 1.5, 2 ** 53, NaN])("foldIn refuses %s", (part) => {
    expect(() => foldIn(randomKey(1), part)).toThrow(RangeError);
  });
});

describe("uniform numbers", () => {
  test("the value at an index is the documented formula, whatever was asked before", () => {
    const key = randomKey(9);
    const out = new Uint32Array(2);
    const indices = [0, 1, 2, 1000, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3];
    const forwards = indices.map((index) => uniformAt(key, index));
    const backwards = indices.toReversed().map((index) => uniformAt(key, index));
    expect(backwards.toReversed()).toEqual(forwards);
    for (const [at, index] of indices.entries()) {
      threefry(key, index % 2 ** 32, Math.floor(index / 2 ** 32), out);
      expect(forwards[at]).toBe(((out[0] >>> 5) * 2 ** 26 + (out[1] >>> 6)) / 2 ** 53);
    }
  });

  test("fill equals single numbers, scaled, and float32 is float64 rounded", () => {
    const key = foldIn(randomKey(2), "fill");
    const wide = new Float64Array(101);
    const narrow = new Float32Array(101);
    fillUniform(key, wide, -0.5, 1.5);
    fillUniform(key, narrow, -0.5, 1.5);
    for (let i = 0; i < 101; i += 1) expect(wide[i]).toBe(-0.5 + 2 * uniformAt(key, i));
    expect(narrow).toEqual(new Float32Array(wide));
  });

  test("moments and cells of 200,000 numbers", () => {
    const values = new Float64Array(200_000);
    fillUniform(randomKey(11), values, 0, 1);
    const { mean, variance, kurtosis } = moments(values);
    // Standard errors: mean sqrt(1/12/n) = 6.5e-4; variance sqrt(1/180/n) = 1.7e-4; kurtosis 9/5, about 2e-3. Five of each.
    expect(Math.abs(mean - 0.5)).toBeLessThan(3.3e-3);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(8.4e-4);
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(1e-2);
    const cells = new Uint32Array(256);
    const pairs = new Uint32Array(256);
    for (let i = 0; i < values.length; i += 1) cells[Math.floor(values[i] * 256)] += 1;
    for (let i = 0; i < values.length; i += 2) pairs[Math.floor(values[i] * 16) * 16 + Math.floor(values[i + 1] * 16)] += 1;
    expect(chiSquare(cells, values.length)).toBeLessThan(chiSquareBound(255));
    expect(chiSquare(pairs, values.length / 2)).toBeLessThan(chiSquareBound(255));
  });

  test("streams are independent: of neighbouring seeds, of names, of a key and what is folded from it, shifted by one", () => {
    const n = 100_000;
    const drawn = (key: { k0: number; k1: number }): Float64Array => {
      const values = new Float64Array(n);
      fillUniform(key, values, 0, 1);
      return values;
    };
    const base = drawn(randomKey(1));
    const others = [
      drawn(randomKey(2)),
      drawn(randomKey(2 ** 32 + 1)),
      drawn(foldIn(randomKey(1), 0)),
      drawn(foldIn(randomKey(1), "a")),
    ];
    // Correlation of independent streams: standard deviation 1/sqrt(n) = 3.2e-3. Five of them.
    for (const other of others) expect(Math.abs(correlation(base, other))).toBeLessThan(1.6e-2);
    expect(Math.abs(correlation(base.subarray(1), base.subarray(0, n - 1)))).toBeLessThan(1.6e-2);
  });
});

describe("normal numbers", () => {
  test("moments and tails of 400,000 numbers", () => {
    const values = new Float64Array(400_000);
    fillNormal(randomKey(3), values, 2, 3);
    const { mean, variance, skew, kurtosis } = moments(values);
    // Standard errors: mean 3/sqrt(n) = 4.7e-3; variance 9 sqrt(2/n) = 2.0e-2; skew sqrt(6/n) = 3.9e-3; kurtosis sqrt(24/n) = 7.7e-3.
    expect(Math.abs(mean - 2)).toBeLessThan(2.4e-2);
    expect(Math.abs(variance - 9)).toBeLessThan(0.1);
    expect(Math.abs(skew)).toBeLessThan(2e-2);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(3.9e-2);
    // Shares within 1, 2, 3 standard deviations; standard errors below 7.4e-4, 3.3e-4, 8.2e-5.
    const within = (k: number): number => values.filter((value) => Math.abs(value - 2) < 3 * k).length / values.length;
    expect(Math.abs(within(1) - 0.6826895)).toBeLessThan(3.7e-3);
    expect(Math.abs(within(2) - 0.9544997)).toBeLessThan(1.7e-3);
    expect(Math.abs(within(3) - 0.9973002)).toBeLessThan(4.2e-4);
  });

  test("the two numbers of a pair are uncorrelated, and so are their squares", () => {
    const values = new Float64Array(200_000);
    fillNormal(randomKey(4), values, 0, 1);
    const first = values.filter((_, i) => i % 2 === 0);
    const second = values.filter((_, i) => i % 2 === 1);
    // Standard deviation 1/sqrt(100,000) = 3.2e-3; five of them.
    expect(Math.abs(correlation(first, second))).toBeLessThan(1.6e-2);
    expect(
      Math.abs(
        correlation(
          first.map((x) => x * x),
          second.map((x) => x * x),
        ),
      ),
    ).toBeLessThan(1.6e-2);
  });

  test("a shorter fill is the beginning of a longer one, odd lengths too; float32 is float64 rounded", () => {
    const long = new Float64Array(10);
    const odd = new Float64Array(7);
    const narrow = new Float32Array(10);
    for (const out of [long, odd, narrow]) fillNormal(randomKey(8), out, 0, 1);
    expect(odd).toEqual(long.slice(0, 7));
    expect(narrow).toEqual(new Float32Array(long));
    fillNormal(randomKey(8), new Float32Array(0), 0, 1);
  });

  test("the bits are pinned", () => {
    const values = new Float64Array(4);
    fillNormal(randomKey(2026), values, 0, 1);
    expect([...values]).toEqual([-0.038361989085181, -1.5134020228131542, 0.015380128000874342, -1.6902862774582446]);
  });
});

describe("integers", () => {
  test("every value equally often, and any part of the stream alone", () => {
    const key = randomKey(6);
    const all = new Int32Array(120_000);
    fillIntegers(key, 0, 60, all);
    const counts = new Uint32Array(60);
    for (const value of all) counts[value] += 1;
    expect(chiSquare(counts, all.length)).toBeLessThan(chiSquareBound(59));
    const part = new Uint32Array(1000);
    fillIntegers(key, 5000, 60, part);
    expect([...part]).toEqual([...all.subarray(5000, 6000)]);
  });

  test("bounds at their limits", () => {
    const ones = new Int32Array(10).fill(7);
    fillIntegers(randomKey(1), 0, 1, ones);
    expect([...ones]).toEqual(new Array(10).fill(0));
    const wide = new Uint32Array(1000);
    fillIntegers(randomKey(1), 0, 2 ** 32, wide);
    expect(Math.max(...wide)).toBeGreaterThan(2 ** 31);
    for (const bound of [0, -1, 1.5, 2 ** 32, NaN]) {
      expect(() => fillIntegers(randomKey(1), 0, bound, new Int32Array(1))).toThrow(/bound of random integers .* received/);
    }
    expect(() => fillIntegers(randomKey(1), -1, 5, new Int32Array(1))).toThrow(/first index/);
  });
});

describe("permutation", () => {
  test.each([0, 1, 2, 17, 55_000])("of %s places holds each once", (n) => {
    expect([...permutation(randomKey(1), n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test("all 24 orders of four come equally often", () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed += 1) {
      const order = permutation(foldIn(randomKey(seed), "shuffle"), 4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], 24_000)).toBeLessThan(chiSquareBound(23));
  });

  test("the same key gives the same order, another another", () => {
    expect(permutation(randomKey(1), 100)).toEqual(permutation(randomKey(1), 100));
    expect(permutation(randomKey(1), 100)).not.toEqual(permutation(randomKey(2), 100));
    expect([...permutation(randomKey(1), 10)]).toEqual([8, 9, 0, 3, 1, 2, 4, 5, 6, 7]);
  });

  test.each([-1, 0.5, 2 ** 32])("of %s places is refused", (n) => {
    expect(() => permutation(randomKey(1), n)).toThrow(RangeError);
  });
});
