/** Numbers for tests: float32 values from counter-based random numbers, the same on every machine. */
import { fillIntegers, fillNormal, fillUniform, foldIn, randomKey } from "../core/random.ts";

/** Uniform in [low, high), rounded to float32, so that every engine starts from the same numbers. */
export function uniform(size: number, { seed, low = -1, high = 1 }: { seed: number; low?: number; high?: number }): Float32Array {
  const out = new Float32Array(size);
  fillUniform(randomKey(seed), out, low, high);
  return out;
}

/** Standard normal, rounded to float32. */
export function normal(size: number, seed: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(randomKey(seed), out, 0, 1);
  return out;
}

/** Integers in [0, bound). */
export function integers(size: number, bound: number, seed: number): Int32Array {
  const out = new Int32Array(size);
  fillIntegers(foldIn(randomKey(seed), "integers"), 0, bound, out);
  return out;
}

/** A seed that depends on a text, so that every leaf of a program gets numbers of its own. */
export function seedOf(text: string): number {
  let seed = 17;
  for (const character of text) seed = (seed * 31 + character.codePointAt(0)!) % 1_000_003;
  return seed;
}

/** NaN, infinities, zeros, the ends of the normal and subnormal numbers, and where single functions change their ways. */
export const specialValues: readonly number[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  2 ** -149,
  -(2 ** -149),
  3 * 2 ** -140,
  2 ** -126 - 2 ** -149,
  2 ** -126,
  -(2 ** -126),
  Math.fround(3.4028234663852886e38),
  -Math.fround(3.4028234663852886e38),
  Math.fround(1e30),
  Math.fround(-1e-30),
  1,
  -1,
  1 + 2 ** -23,
  1 - 2 ** -24,
  0.5,
  -2,
  Math.fround(88.7),
  Math.fround(89),
  Math.fround(-87.4),
  Math.fround(-103.9),
  Math.fround(-104.1),
  16777216,
  Math.fround(0.1),
];
