/**
 * The last columns of a product with a packed left operand, too few for a tile, with rows in the lanes of vectors.
 *
 * A tile of 2 columns would cost as much as one of 8, and wait for each of its few sums. Several strips of A are packed side by side,
 * so the two operands can change places: numbers of a panel of B are multiplied with vectors of A's rows, by the code that serves all
 * strips. Each sum takes its terms in the order of k, as in any tile: the same bits.
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelColumns } from "../../graph/plan/panels.ts";
import { maximumStrip } from "./cuts.ts";
import { type Target, tileColumns, vectorsAtOnce } from "./target.ts";

/** Rows in the lanes of the vectors that go through a loop together. */
const rowsInLanes = (target: Target): number => 2 * vectorsAtOnce(target) * maximumStrip;

/** Whether strips are packed side by side: whoever reads a line of A for one strip finds the others' numbers in it. */
export const packsSideBySide = ({ transposeA, scale }: MatmulKernel): boolean => transposeA && scale === undefined;

/** Of so many rows and more, twice as many strips are packed together: whole lines of A. */
const manyRows = 400;

/** Rows that are packed side by side. */
export const rowsSideBySide = ({ m }: MatmulKernel, target: Target): number => rowsInLanes(target) * (m >= manyRows ? 2 : 1);

/** Columns with rows in lanes: those after the last full tile. */
export const columnsInLanes = (kernel: MatmulKernel, target: Target): number =>
  packsSideBySide(kernel) ? kernel.n % tileColumns(target) : 0;

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
export const columnBytes = (kernel: MatmulKernel, target: Target): number => 4 * rowsSideBySide(kernel, target);

/** Of rows that are packed side by side, which go through a loop together: the first, and vectors. */
export function turnsOfLanes(kernel: MatmulKernel, target: Target): { readonly row: number; readonly vectors: number }[] {
  const rows = rowsInLanes(target);
  return Array.from({ length: rowsSideBySide(kernel, target) / rows }, (_, turn) => ({ row: rows * turn, vectors: rows / 4 }));
}
