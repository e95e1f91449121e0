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

/**
 * How many last columns are sums of eight partial sums: one to four after the last full panel of eight, where the rows of the left
 * operand lie side by side and hold 64 numbers or more.
 */
export const columnsInParts = ({ n, k, transposeA }: Product): number => (transposeA || k < 64 || n % 8 > 4 ? 0 : n % 8);

/**
 * The product in float32: each sum starts at 0 and takes its terms in the order of k, with one rounding each or two.
 *
 * @param inParts  so many last columns are sums of eight: number l takes the k = l, l + 8, ..., as far as eight fit; l and l + 4 are
 *   joined, what is left of k comes to number 0, and then (0 + 2) + (1 + 3)
 */
export function plainProduct(
  a: Float32Array,
  b: Float32Array,
  { m, n, k, transposeA, transposeB }: Product,
  isFused: boolean,
  inParts = 0,
): Float32Array {
  const add = (one: number, other: number) => Math.fround(one + other);
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const sumOf = (start: number, first: number, end: number, step: number) => {
        let sum = start;
        for (let p = first; p < end; p += step) {
          const left = transposeA ? a[p * m + i]! : a[i * k + p]!;
          const right = transposeB ? b[j * k + p]! : b[p * n + j]!;
          sum = isFused ? fusedMultiplyAdd(left, right, sum) : add(sum, Math.fround(left * right));
        }
        return sum;
      };
      if (j < n - inParts) {
        out[i * n + j] = sumOf(0, 0, k, 1);
        continue;
      }
      const whole = 8 * Math.floor(k / 8);
      const lanes = [0, 1, 2, 3].map((lane) => add(sumOf(0, lane, whole, 8), sumOf(0, lane + 4, whole, 8)));
      out[i * n + j] = add(add(sumOf(lanes[0]!, whole, k, 1), lanes[2]!), add(lanes[1]!, lanes[3]!));
    }
  }
  return out;
}
