/**
 * Right operands of products in panels of 8 columns, [panel][K][8]: the inner loop of a product reads them from one end to the other.
 * In the last panel there may be columns that are none; what lies there is of no account.
 *
 * A parameter that nobody but products looks at is kept in panels (see paneled.ts); what else products multiply with is packed where it is
 * needed.
 */
import { createTensor, isLeaf, type Primitive, type Tensor } from "../tensor.ts";

export const panelColumns = 8;

/** Bytes from one row to the next in a panel. */
export const panelRowBytes = 4 * panelColumns;

/** Panels of so many columns. */
export const panelsOf = (columns: number): number => Math.ceil(columns / panelColumns);

/** Numbers that [K, N] takes in panels. */
export const panelsSize = (k: number, n: number): number => panelsOf(n) * panelColumns * k;

/** What pack kernels write: a tensor that nothing in the graph names. */
const panelsPrimitive: Primitive = { name: "panels", kind: "leaf" };

export const createPanels = (k: number, n: number, name?: string): Tensor =>
  createTensor(panelsPrimitive, [], [panelsSize(k, n)], {}, "float32", name);

/** What outlives a run. */
export const isKept = (tensor: Tensor): boolean => isLeaf(tensor, "parameter") || isLeaf(tensor, "state");

/** Numbers [K, N], row after row, as they lie in panels; columns that are none become 0. */
export function toPanels(values: ArrayLike<number>, k: number, n: number, panels: Float32Array): void {
  let at = 0;
  for (let first = 0; first < n; first += panelColumns)
    for (let row = 0; row < k; row++)
      for (let column = first; column < first + panelColumns; column++) panels[at++] = column < n ? values[row * n + column]! : 0;
}

/** The reverse of `toPanels`. */
export function fromPanels(panels: Float32Array, k: number, n: number): Float32Array {
  const values = new Float32Array(k * n);
  for (let first = 0; first < n; first += panelColumns) {
    const width = Math.min(panelColumns, n - first);
    for (let row = 0; row < k; row++)
      for (let column = 0; column < width; column++)
        values[row * n + first + column] = panels[first * k + row * panelColumns + column]!;
  }
  return values;
}
