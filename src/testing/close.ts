/** Comparing numbers: to the bit, in units of the last place, and within a stated distance. */
import { fail, holdSame } from "./check.ts";

/** Unit roundoff of float32: a correctly rounded result is within u |x| of x. */
export const unit32 = 2 ** -24;
/** Half the distance of neighbouring subnormal float32. */
export const tiny32 = 2 ** -150;
export const largest32 = 3.4028234663852886e38;

/**
 * Bound of the float32 rounding of a sum of K products, as a factor of |A||B|, for any data and any order of summation.
 * Each product and each partial sum is rounded: (1 + u)^K - 1 <= K u / (1 - K u) (Higham 2002, section 3.1).
 */
export const productBound = (k: number): number => (k * unit32) / (1 - k * unit32);

/** For random data, where the roundings behave like a random walk (Higham & Mary 2019): 2 sqrt(K) u, as a factor of |A||B|. */
export const randomProductBound = (k: number): number => 2 * Math.sqrt(k) * unit32;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** A float32's place among all float32, so that neighbours differ by 1 and both zeros are 0. */
function place(x: number): number {
  float[0] = x;
  return bits[0]! >= 0 ? bits[0]! : -(bits[0]! & 0x7fffffff);
}

/** Distance of a float32 from a float64 value, in units of the last place of float32 at that value. */
export function ulpsFrom(received: number, exact: number): number {
  if (Number.isNaN(exact) || Number.isNaN(received))
    return Number.isNaN(exact) && Number.isNaN(received) ? 0 : Number.POSITIVE_INFINITY;
  const nearest = Math.fround(exact);
  if (!Number.isFinite(nearest) || !Number.isFinite(received)) return Math.abs(place(received) - place(nearest));
  const spacing = Math.max(2 ** -149, 2 ** (Math.floor(Math.log2(Math.max(Math.abs(nearest), 2 ** -149))) - 23));
  return Math.abs(received - exact) / spacing;
}

/** The same numbers, NaN equal to NaN, -0 not equal to 0. */
export function expectSameBits(received: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  holdSame(received.length, expected.length, `${what}: count`);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(received[i], expected[i])) fail(`${what}: element ${i} is ${received[i]}, not ${expected[i]}`);
  }
}

/** Within `tolerance`, one number for all or one for each element; what is not finite must be the same. */
export function expectClose(
  received: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number | ArrayLike<number>,
  what: string,
): void {
  holdSame(received.length, expected.length, `${what}: count`);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [received[i]!, expected[i]!];
    const allowed = typeof tolerance === "number" ? tolerance : tolerance[i]!;
    if (allowed === Number.POSITIVE_INFINITY || Object.is(a, b) || Math.abs(a - b) <= allowed) continue;
    fail(`${what}: element ${i} is ${a}, not ${b}: ${Math.abs(a - b)} apart, ${allowed} allowed`);
  }
}
