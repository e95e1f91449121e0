/**
 * Right operands of products in panels of 8 columns, [panel][K][8]: the inner loop of a product reads them from one end to the other.
 * In the last panel there may be columns that are none; what lies there is of no account.
 *
 * A parameter that products multiply with is kept in panels from step to step: beside its plain form, and then whoever assigns it packs
 * it anew; or in their place (see paneled.ts). Programs that only read it pack nothing.
 */
import { sizeOf } from "../shape.ts";
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

/** A form in panels in which a parameter or state is kept beside the one that it lies in. */
export interface KeptPanels {
  readonly leaf: Tensor;
  readonly transposed: boolean;
  /** The leaf itself lies in panels. */
  readonly fromPanels: boolean;
  readonly k: number;
  readonly n: number;
  readonly panels: Tensor;
}

/** The panels that the programs of a run keep, and share. */
export class PanelStore {
  private readonly kept = new Map<Tensor, KeptPanels[]>();
  /** States that lie in panels alone, each with a tensor of the size that it takes so. */
  readonly paneled = new Map<Tensor, Tensor>();

  /** The panels of a leaf as the right operand of a product over k; the same ones each time. */
  of(leaf: Tensor, transposed: boolean, k: number): KeptPanels {
    const list = this.kept.get(leaf) ?? [];
    let found = list.find((one) => one.transposed === transposed && one.k === k);
    if (!found) {
      const n = sizeOf(leaf.shape) / k;
      const name = `${leaf.name}/panels ${transposed ? "transposed " : ""}${k}`;
      found = { leaf, transposed, fromPanels: false, k, n, panels: createPanels(k, n, name) };
      list.push(found);
      this.kept.set(leaf, list);
    }
    return found;
  }

  /** Puts a state [K, N] in panels alone. */
  layInPanels(leaf: Tensor): void {
    const [k, n] = leaf.shape as readonly [number, number];
    this.paneled.set(leaf, createPanels(k, n, leaf.name));
  }

  /** The tensor that holds the panels of a leaf: those that are kept, or the leaf itself where it lies in panels. */
  heldBy(leaf: Tensor, transposed: boolean, k: number): Tensor {
    return !transposed && this.paneled.has(leaf) ? leaf : this.of(leaf, transposed, k).panels;
  }

  /** What is kept beside a leaf. */
  beside(leaf: Tensor): readonly KeptPanels[] {
    const forms = this.kept.get(leaf) ?? [];
    if (!this.paneled.has(leaf)) return forms;
    return forms.filter(({ transposed }) => transposed).map((form) => ({ ...form, fromPanels: true }));
  }

  get all(): readonly KeptPanels[] {
    return [...this.kept.keys()].flatMap((leaf) => this.beside(leaf));
  }
}
