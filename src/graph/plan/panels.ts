/**
 * Right operands of products in panels of 8 columns, [panel][K][8]: the inner loop of a product reads them from one end to the other.
 * In the last panel there may be columns that are none; what lies there is of no account.
 *
 * A parameter that products multiply with is kept in panels beside its plain form, from step to step: whoever assigns it packs it
 * anew, and programs that only read it pack nothing.
 */
import { sizeOf } from "../shape.ts";
import { createTensor, type Primitive, type Tensor } from "../tensor.ts";

export const panelColumns = 8;

/** Panels of so many columns. */
export const panelsOf = (columns: number): number => Math.ceil(columns / panelColumns);

/** Numbers that [K, N] takes in panels. */
export const panelsSize = (k: number, n: number): number => panelsOf(n) * panelColumns * k;

/** What pack kernels write: a tensor that nothing in the graph names. */
const panelsPrimitive: Primitive = { name: "panels", kind: "leaf" };

export const createPanels = (k: number, n: number, name?: string): Tensor =>
  createTensor(panelsPrimitive, [], [panelsSize(k, n)], {}, "float32", name);

/** A parameter or state that is kept in panels as well. */
export interface KeptPanels {
  readonly leaf: Tensor;
  readonly transposed: boolean;
  readonly k: number;
  readonly n: number;
  readonly panels: Tensor;
}

/** The panels that the programs of a run keep, and share. */
export class PanelStore {
  private readonly kept = new Map<Tensor, KeptPanels[]>();

  /** The panels of a leaf as the right operand of a product over k; the same ones each time. */
  of(leaf: Tensor, transposed: boolean, k: number): KeptPanels {
    const list = this.kept.get(leaf) ?? [];
    let found = list.find((one) => one.transposed === transposed && one.k === k);
    if (!found) {
      const n = sizeOf(leaf.shape) / k;
      const name = `${leaf.name}/panels ${transposed ? "transposed " : ""}${k}`;
      found = { leaf, transposed, k, n, panels: createPanels(k, n, name) };
      list.push(found);
      this.kept.set(leaf, list);
    }
    return found;
  }

  /** Those of one leaf. */
  ofLeaf(leaf: Tensor): readonly KeptPanels[] {
    return this.kept.get(leaf) ?? [];
  }

  get all(): readonly KeptPanels[] {
    return [...this.kept.values()].flat();
  }
}
