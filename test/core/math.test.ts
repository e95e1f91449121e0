import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cos, erf, exp, log, pow, sigmoid, sin, softplus, tanh, wholePower } from "../../src/core/math.ts";

type Golden = Record<string, number[][]>;
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "../goldens/core-math.json"), "utf8")) as Golden;

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** A number's place among all float64, so that neighbours differ by 1 and both zeros are 0. */
function place(x: number): bigint {
  float[0] = x;
  return bits[0] >= 0n ? bits[0] : -(bits[0] & 0x7fffffffffffffffn);
}

function ulpsApart(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : Infinity;
  const distance = place(a) - place(b);
  return Number(distance < 0n ? -distance : distance);
}

describe("against values of 1400 bits, rounded once", () => {
  // The stated accuracy: 2 ulp. The argument is reduced exactly, then at most three roundings of about an ulp's size add up.
  test.each(Object.entries({ exp, log, tanh, sigmoid, softplus, erf, sin, cos }))("%s within 2 ulp", (name, compute) => {
    expect(goldens[name].length).toBeGreaterThanOrEqual(200);
    for (const [x, expected] of goldens[name]) {
      const received = compute(x);
      expect(ulpsApart(received, expected), `${name}(${x}) = ${received}, not ${expected}`).toBeLessThanOrEqual(2);
    }
  });

  test("wholePower within a relative n 2^-53 of pow, down to where powers vanish", () => {
    for (const x of [0.5, 0.9, 0.999, 0.9999, 1.5]) {
      for (const n of [1, 2, 3, 7, 64, 65, 1000, 4097, 60_000, 1_000_000]) {
        const expected = pow(x, n);
        const received = wholePower(x, n);
        if (expected < 1e-300) expect(received, `${x}^${n}`).toBeLessThan(1e-299);
        else if (expected === Infinity) expect(received, `${x}^${n}`).toBe(Infinity);
        else
          expect(Math.abs(received - expected), `${x}^${n}`).toBeLessThanOrEqual(
            (n * 2 ** -53 + (n > 64 ? 1e-13 : 4e-16)) * expected,
          );
      }
    }
    expect(wholePower(3, 5)).toBe(243);
  });

  test("pow within a relative 1e-13 for |y ln x| < 700, within 2 ulp where the result is subnormal", () => {
    expect(goldens.pow.length).toBeGreaterThanOrEqual(200);
    for (const [x, y, expected] of goldens.pow) {
      const received = pow(x, y);
      const message = `pow(${x}, ${y}) = ${received}, not ${expected}`;
      if (Math.abs(expected) < 2.3e-308) expect(ulpsApart(received, expected), message).toBeLessThanOrEqual(2);
      else expect(Math.abs(received / expected - 1), message).toBeLessThan(1e-13);
    }
  });
});

describe("special values", () => {
  test.each<[string, (x: number) => number, [number, number][]]>([
    [
      "exp",
      exp,
      [
        [0, 1],
        [-0, 1],
        [Infinity, Infinity],
        [-Infinity, 0],
        [NaN, NaN],
        [710, Infinity],
        [-746, 0],
        [-745.2, 0],
      ],
    ],
    [
      "log",
      log,
      [
        [1, 0],
        [0, -Infinity],
        [-0, -Infinity],
        [-1, NaN],
        [-Infinity, NaN],
        [Infinity, Infinity],
        [NaN, NaN],
      ],
    ],
    [
      "tanh",
      tanh,
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [30, 1],
        [-30, -1],
        [NaN, NaN],
      ],
    ],
    [
      "sigmoid",
      sigmoid,
      [
        [0, 0.5],
        [-0, 0.5],
        [Infinity, 1],
        [-Infinity, 0],
        [-1000, 0],
        [1000, 1],
        [NaN, NaN],
      ],
    ],
    [
      "softplus",
      softplus,
      [
        [0, Math.LN2],
        [Infinity, Infinity],
        [-Infinity, 0],
        [1e300, 1e300],
        [-1000, 0],
        [NaN, NaN],
      ],
    ],
    [
      "erf",
      erf,
      [
        [0, 0],
        [-0, -0],
        [Infinity, 1],
        [-Infinity, -1],
        [7, 1],
        [-7, -1],
        [NaN, NaN],
      ],
    ],
    [
      "sin",
      sin,
      [
        [0, 0],
        [-0, -0],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
      ],
    ],
    [
      "cos",
      cos,
      [
        [0, 1],
        [-0, 1],
        [Infinity, NaN],
        [-Infinity, NaN],
        [NaN, NaN],
      ],
    ],
  ])("%s", (_, compute, cases) => {
    for (const [x, expected] of cases) expect(compute(x), `of ${x}`).toBe(expected);
  });

  test("pow, on the grid of all special values, as ECMAScript prescribes", () => {
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 1e300, Infinity].flatMap((x) => [x, -x]).concat(NaN);
    for (const x of values) {
      for (const y of values) {
        const expected = x ** y;
        // Only what the standard fixes to the bit is compared with the host; the rest has goldens.
        if (!Number.isFinite(expected) || expected === 0 || Number.isInteger(expected)) {
          expect(pow(x, y), `pow(${x}, ${y})`).toBe(expected);
        }
      }
    }
  });
});

describe("identities", () => {
  test("sin, tanh and erf are odd, cos is even, to the bit", () => {
    for (const [x] of goldens.sin) {
      expect(sin(-x)).toBe(-sin(x));
      expect(cos(-x)).toBe(cos(x));
    }
    for (const [x] of goldens.tanh) expect(tanh(-x)).toBe(-tanh(x));
    for (const [x] of goldens.erf) expect(erf(-x)).toBe(-erf(x));
  });

  test("small integer powers are exact while they fit in 53 bits", () => {
    for (const base of [2, 3, 5, 7, 10, -3]) {
      let product = 1;
      for (let n = 0; Math.abs(product) < Number.MAX_SAFE_INTEGER; n += 1) {
        expect(pow(base, n)).toBe(product);
        product *= base;
      }
    }
  });

  test("exp never falls and log never falls where pieces of the reduction meet", () => {
    for (let k = -20; k <= 20; k += 1) {
      const edge = (k + 0.5) * Math.LN2;
      for (let step = -50; step < 50; step += 1) {
        const x = edge + step * 1e-15;
        // Neighbouring results may round by up to 2 ulp each; further apart than that they must be in order.
        expect(exp(x + 1e-14)).toBeGreaterThanOrEqual(exp(x));
      }
      const join = Math.SQRT2 * 2 ** k;
      for (let step = -50; step < 50; step += 1) {
        const x = join * (1 + step * 1e-15);
        expect(log(x * (1 + 2e-14))).toBeGreaterThanOrEqual(log(x));
      }
    }
  });
});

test("the bits are pinned: a hash of many results, the same on every host", () => {
  // FNV-1a over the words of the results. A change here changes every trained model: it needs a new version, not a new hash.
  const words = new Uint32Array(float.buffer);
  let hash = 0x811c9dc5;
  const add = (x: number): void => {
    float[0] = x;
    const [low, high] = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0];
    hash = Math.imul(Math.imul(hash ^ words[low], 0x01000193) ^ words[high], 0x01000193);
  };
  for (let i = -2000; i < 2000; i += 1) {
    const x = i * 0.0137;
    for (const value of [exp(x), log(Math.abs(x) + 0.01), tanh(x), sigmoid(x), sin(x), cos(x), pow(Math.abs(x) + 0.01, x)])
      add(value);
    add(sin(x * 1e9));
  }
  expect((hash >>> 0).toString(16)).toBe("86fa3dac");
});
