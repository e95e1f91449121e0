/**
 * The last columns of a product with a packed left operand, too few for a tile, with rows in the lanes of vectors.
 *
 * A tile of 2 columns would cost as much as one of 8, and wait for each of its few sums. So several strips of A are packed side by side,
 * and the two operands change places: numbers of a panel of B are multiplied with vectors of A's rows, by the code that serves all
 * strips. Each sum takes its terms in the order of k, as in any tile: the same bits.
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelColumns } from "../../graph/plan/panels.ts";
import { maximumStrip } from "./cuts.ts";
import { type Target, tileColumns, vectorsAtOnce } from "./target.ts";

/** Strips that are packed side by side, and their rows. */
export const stripsInLanes = (target: Target): number => 2 * vectorsAtOnce(target);
export const rowsInLanes = (target: Target): number => stripsInLanes(target) * maximumStrip;

/** The longest k for which so many rows stay in the larger cache of a core beside a panel of B. */
const longestLanes = 4096;

/** Columns with rows in lanes: those after the last full tile. */
export const columnsInLanes = ({ transposeA, scale, n, k }: MatmulKernel, target: Target): number =>
  transposeA && scale === undefined && k <= longestLanes ? n % tileColumns(target) : 0;

/** Columns at once: as many as their sums find registers. */
const columnsAtOnce = 3;

/** The columns in parts, each within a panel. */
export function partsInLanes(columns: number): { readonly first: number; readonly count: number }[] {
  const parts = [];
  for (let first = 0; first < columns; ) {
    const count = Math.min(columnsAtOnce, columns - first, panelColumns - (first % panelColumns));
    parts.push({ first, count });
    first += count;
  }
  return parts;
}

/** Bytes from column to column of the sums. */
export const columnBytes = (target: Target): number => 4 * rowsInLanes(target);
