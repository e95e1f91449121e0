import { expect, test } from "vitest";
import { foldIn, foldNumber, type RandomKey, randomKey, threefry } from "../../src/core/random.ts";
import * as g from "../../src/graph/index.ts";
import { evaluate } from "../../src/testing/programs.ts";
import { raised } from "../data/raised.ts";

const drawn = (key: RandomKey, rows: number, columns: number): Float64Array =>
  evaluate(g.randomUniform(g.input("key", [2], "int32"), [rows, columns]), { key: Int32Array.of(key.k0, key.k1) });

test("the numbers are pinned", () => {
  // Threefry of key 0 and counter 0 is 6b200159 99ba4efe (the authors' known answer): columns 0, 4, 8 and 12 of row 0.
  const row = drawn({ k0: 0, k1: 0 }, 1, 16);
  expect([0, 4, 8, 12].map((at) => row[at]! * 65536 - 0.5)).toEqual([0x0159, 0x6b20, 0x4efe, 0x99ba]);
  expect([...drawn(randomKey(7), 2, 3)].map((u) => u * 65536 - 0.5)).toMatchInlineSnapshot(`
    [
      10602,
      24193,
      2756,
      41263,
      18,
      63706,
    ]
  `);
});

test("each is its formula, in any shape and under any key", () => {
  const words = new Uint32Array(2);
  for (const key of [randomKey(1), { k0: 0xffffffff, k1: 0x80000000 }]) {
    for (const [rows, columns] of [
      [1, 1],
      [3, 5],
      [2, 100],
    ] as const) {
      const numbers = drawn(key, rows, columns);
      for (let at = 0; at < numbers.length; at++) {
        const [r, c] = [Math.floor(at / columns), at % columns];
        threefry(key, r, 4 * (c >> 4) + (c & 3), words);
        const part = (c >> 2) & 3;
        const halves = [words[0]! % 65536, Math.floor(words[0]! / 65536), words[1]! % 65536, Math.floor(words[1]! / 65536)];
        expect(numbers[at]).toBe((halves[part]! + 0.5) / 65536);
      }
      expect(numbers.every((u) => u > 0 && u < 1 && Math.fround(u) === u)).toBe(true);
    }
  }
});

test("a wider or longer draw has the same numbers at the same places", () => {
  const [wide, narrow] = [drawn(randomKey(3), 4, 40), drawn(randomKey(3), 2, 19)];
  narrow.forEach((u, i) => {
    expect(u).toBe(wide[Math.floor(i / 19) * 40 + (i % 19)]);
  });
});

/** Of numbers with mean 1/2 and variance 1/12. */
function correlation(a: Float64Array, b: Float64Array): number {
  return (12 * a.reduce((total, u, i) => total + (u - 0.5) * (b[i]! - 0.5), 0)) / a.length;
}

test("moments and cells", () => {
  const numbers = drawn(randomKey(11), 400, 500);
  const n = numbers.length;
  const mean = numbers.reduce((total, u) => total + u, 0) / n;
  const variance = numbers.reduce((total, u) => total + (u - mean) ** 2, 0) / n;
  // Standard errors: mean sqrt(1/12/n) = 6.5e-4, variance sqrt(1/180/n) = 1.7e-4. Five of each.
  expect(Math.abs(mean - 0.5)).toBeLessThan(3.3e-3);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(8.4e-4);
  const cells = new Uint32Array(256);
  for (const u of numbers) cells[Math.floor(u * 256)]! += 1;
  const chiSquare = cells.reduce((total, count) => total + (count - n / 256) ** 2 / (n / 256), 0);
  // Chi-square of 255 degrees of freedom: mean 255, standard deviation sqrt(510); five of them.
  expect(Math.abs(chiSquare - 255)).toBeLessThan(5 * Math.sqrt(510));
});

test("neighbouring rows, columns, words, steps and layers are uncorrelated", () => {
  const key = randomKey(5);
  const of = (layer: string, step: number) => drawn(foldIn(key, `random.${layer}`, step), 200, 256);
  const first = of("dropout1", 0);
  const shifted = (by: number) => [first.subarray(0, first.length - by), first.subarray(by)] as const;
  const pairs = [
    [first, of("dropout1", 1)],
    [first, of("dropout2", 0)],
    shifted(256),
    ...[1, 2, 4, 8, 12, 16].map(shifted),
  ] as const;
  // Standard deviation of the correlation of n independent pairs: 1/sqrt(n) = 4.4e-3. Five of them.
  for (const [a, b] of pairs) expect(Math.abs(correlation(a!, b!))).toBeLessThan(2.2e-2);
});

test("a key of a step is the one of foldIn, written in place", () => {
  const stream = foldIn(randomKey(9), "random.dropout1");
  const words = new Int32Array(2);
  for (const step of [0, 1, 2 ** 32 + 5]) {
    foldNumber(stream, step, words);
    const { k0, k1 } = foldIn(stream, step);
    expect([words[0]! >>> 0, words[1]! >>> 0]).toEqual([k0, k1]);
  }
  expect(() => foldNumber(stream, -1, words)).toThrow(RangeError);
});

test("no gradient flows into a key", () => {
  const x = g.parameter("x", [2, 3]);
  const key = g.input("key", [2], "int32");
  const y = g.sum(g.mul(x, g.randomUniform(key, [2, 3])));
  const numbers = drawn({ k0: 1, k1: 2 }, 2, 3);
  expect([...evaluate(g.differentiate(y, [x])[0]!, { key: [1, 2] })]).toEqual([...numbers]);
  expect([...evaluate(g.differentiate(y, [key])[0]!, { x: numbers, key: [1, 2] })]).toEqual([0, 0]);
});

test.each<[string, () => unknown, RegExp]>([
  [
    "a key of floats",
    () => g.randomUniform(g.input("key", [2]), [2, 3]),
    /a key is an int32 input of shape \[2\], received input 'key' \[2\]/,
  ],
  ["a key of three", () => g.randomUniform(g.input("key", [3], "int32"), [2, 3]), /received input 'key' \[3\]/],
  ["a row alone", () => g.randomUniform(g.input("key", [2], "int32"), [5]), /draws a matrix \[rows, columns\], received \[5\]/],
])("%s is refused", (_, build, message) => {
  expect(raised(build)).toMatch(message);
});
