/**
 * Sums over rows whose results go back into the rows, such as the statistics of batch normalisation.
 *
 * Cut by columns, such a sum reads what all threads have written of the rows. Taken block by block, each thread sums the rows that it
 * works on anyway; then every thread joins the few sums of blocks for itself. Nothing but those passes between cores, and the rows
 * that follow need not wait for another meeting.
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
