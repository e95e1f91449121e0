/**
 * Products in two halves of k, one for each half of the threads.
 *
 * Where the weights are many and the rows few, what threads tell each other of the weights costs more than the sums: cut by rows, each
 * thread reads all weights, half of which another one has just updated. Cut by k, each multiplies with those that it updates itself, and
 * the sums of both halves are added in the kernel that follows.
 */

/** Which half of the k of a product. */
export type Half = 0 | 1;

/** So many times more weights than sums, and so many weights. */
const fewestTimes = 4;
const fewestWeights = 16_384;
/** The first half ends where whole vectors do. */
const multiple = 8;

/**
 * Whether a product [m, k] x [k, n] is computed in halves, in a program that updates the weights: by its shape alone, as that decides the
 * order of its sums. Where weights are only read, nothing moves between cores, and a row's sums do not depend on how many rows there are.
 */
export const takesHalves = (m: number, k: number, n: number): boolean => k > fewestTimes * m && k * n >= fewestWeights;

/** The numbers of k in one half: the first one, how many, and of how many in all; or all of them. */
export function halfOf(k: number, half: Half | undefined): { readonly k: number; readonly part?: DepthPart } {
  if (half === undefined) return { k };
  const first = multiple * Math.round(k / 2 / multiple);
  return half === 0 ? { k: first, part: { first: 0, of: k, half } } : { k: k - first, part: { first, of: k, half } };
}

/** A part of k. */
export interface DepthPart {
  readonly first: number;
  readonly of: number;
  readonly half: Half;
}
