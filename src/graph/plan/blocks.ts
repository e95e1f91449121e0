/**
 * Sums over rows, such as the gradient of a bias or the statistics of batch normalisation, in blocks of rows.
 *
 * Cut by columns alone, such a sum reads what all threads have written of the rows. Block by block, each thread sums the rows that it works
 * on anyway, and what is left to join are a few sums: nothing but those passes between cores. Where they go back into the rows, every
 * thread joins them for itself: the rows that follow need not wait for another meeting.
 */
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { baseOf } from "./formula.ts";

const [fewestBlocks, mostBlocks] = [8, 16];
const fewestRows = 32;

/** In how many blocks of equal size so many rows are summed: by their number alone, as that decides the order of sums. */
export function blocksOf(rows: number): number {
  if (rows >= fewestRows) for (let blocks = fewestBlocks; blocks <= mostBlocks; blocks++) if (rows % blocks === 0) return blocks;
  return 1;
}

/** Sums over rows, with what is computed of them element by element read by all rows again. */
export function returningSums(order: readonly Tensor[]): Set<Tensor> {
  const returning = new Set<Tensor>();
  for (const tensor of order.toReversed()) {
    if (tensor.primitive.kind !== "elementwise") continue;
    const size = sizeOf(tensor.shape);
    for (const base of tensor.inputs.map(baseOf)) if (returning.has(tensor) || sizeOf(base.shape) < size) returning.add(base);
  }
  const isSum = ({ primitive: { kind }, inputs }: Tensor) =>
    kind === "reduce" && inputs[0]!.shape[0] === 1 && inputs[0]!.shape[2]! > 1;
  return new Set(order.filter((tensor) => isSum(tensor) && returning.has(tensor)));
}
