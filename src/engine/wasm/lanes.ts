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
export const rowsInLanes = (target: Target): number => 2 * vectorsAtOnce(target) * maximumStrip;

/**
 * Of so many rows and more, twice as many strips are packed together: fewer lines of A are read twice. Not of a k so long that they
 * leave the cache.
 */
const [manyRows, longK] = [400, 2048];

/**
 * Rows that are packed side by side, so that whoever reads a line of A for one strip finds the others' numbers in it; 0 where none
 * are.
 */
export const rowsSideBySide = ({ m, k, transposeA, scale }: MatmulKernel, target: Target): number =>
  transposeA && scale === undefined ? rowsInLanes(target) * (m >= manyRows && k <= longK ? 2 : 1) : 0;

/** Columns with rows in lanes: those after the last full tile. */
export const columnsInLanes = (kernel: MatmulKernel, target: Target): number =>
  rowsSideBySide(kernel, target) && kernel.n % tileColumns(target);

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
