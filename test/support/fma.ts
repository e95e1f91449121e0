/** Plain float32 loops for products: what the engines must give, to the bit. */

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/**
 * a b + c of float32 numbers, rounded once to float32.
 *
 * The product is exact in float64 (48 bits). The sum is rounded to odd (Boldo & Melquiond 2008): where it is inexact and its
 * last bit is 0, it moves to its neighbour on the side of the exact value; rounding that to float32 is rounding once, since
 * float64 has more than 24 + 2 bits.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (!Number.isFinite(sum)) return Math.fround(sum);
  // What rounding lost (Knuth 1969, TwoSum), exact in float64.
  const part = sum - product;
  const lost = product - (sum - part) + (c - part);
  if (lost === 0) return Math.fround(sum);
  float[0] = sum;
  if ((words[0]! & 1) === 0) {
    const outwards = lost > 0 === sum > 0;
    if (outwards) words[0]! += 1;
    else if (words[0] === 0) {
      words[0] = 0xffffffff;
      words[1]! -= 1;
    } else words[0]! -= 1;
  }
  return Math.fround(float[0]!);
}

export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The product in float32: each sum starts at 0 and takes its terms in the order of k, with one rounding each or two. */
export function plainProduct(
  a: Float32Array,
  b: Float32Array,
  { m, n, k, transposeA, transposeB }: Product,
  isFused: boolean,
): Float32Array {
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        const left = transposeA ? a[p * m + i]! : a[i * k + p]!;
        const right = transposeB ? b[j * k + p]! : b[p * n + j]!;
        sum = isFused ? fusedMultiplyAdd(left, right, sum) : Math.fround(sum + Math.fround(left * right));
      }
      out[i * n + j] = sum;
    }
  }
  return out;
}
