/**
 * Fusion: from tensors to kernels.
 *
 * Tensors are taken in order of dependency. An elementwise tensor joins the latest kernel among those that its inputs come
 * from, where that kernel can express it; so an activation ends in the epilogue of its product, and softmax, loss and the
 * gradient of the logits in one pass over rows. Since all other inputs come from earlier kernels, no cycle can arise.
 */

import { expand } from "../primitives/elementwise.ts";
import type { ReduceName } from "../primitives/reduce.ts";
import { transposedStrides } from "../primitives/reshape.ts";
import { broadcastStrides, sizeOf } from "../shape.ts";
import { createTensor, isLeaf, type Primitive, type Tensor } from "../tensor.ts";
import { baseOf, FormulaBuilder, isInlined, layoutOver } from "./formula.ts";
import type { Kernel, Store } from "./kernel.ts";

interface MatmulHead {
  readonly kind: "matmul";
  readonly node: Tensor;
  readonly a: Tensor;
  readonly b: Tensor;
}
interface ColumnsHead {
  readonly kind: "columns";
  readonly node: Tensor;
  readonly source: Tensor;
}
interface CopyHead {
  readonly kind: "copy";
  readonly source: Tensor;
  readonly target: Tensor;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
}

/** What a copy writes: a tensor that lies in memory, whatever it was copied from. */
const stretched: Primitive = { name: "stretched", kind: "transpose" };

/** A kernel in the making. */
export interface Group {
  readonly head: MatmulHead | ColumnsHead | CopyHead | { readonly kind: "rows" };
  readonly formula: FormulaBuilder;
}

export class Fusion {
  readonly groups: Group[] = [];
  private readonly groupOf = new Map<Tensor, number>();
  private readonly converted = new Map<Tensor, Tensor>();

  constructor(order: readonly Tensor[]) {
    for (const tensor of order) this.place(tensor);
  }

  /** The number of the group that computes a tensor, or undefined for leaves and what is inlined. */
  producer(tensor: Tensor): number | undefined {
    return this.groupOf.get(baseOf(tensor));
  }

  /** Makes sure that the tensor will lie in memory, and returns the tensor that does: itself or what it is a view of. */
  stored(tensor: Tensor): Tensor {
    const base = baseOf(tensor);
    if (base.primitive.kind === "leaf" && base.name !== undefined) return base.dtype === "float32" ? base : this.asNumbers(base);
    if (this.groupOf.has(base)) return base;
    this.ownGroup(base);
    return base;
  }

  /** Integers as float32, for kernels that read nothing else. */
  private asNumbers(leaf: Tensor): Tensor {
    let numbers = this.converted.get(leaf);
    if (!numbers) {
      numbers = expand(leaf, [1, ...leaf.shape]);
      this.converted.set(leaf, numbers);
      this.ownGroup(numbers);
    }
    return numbers;
  }

  private place(tensor: Tensor): void {
    switch (tensor.primitive.kind) {
      case "leaf":
      case "reshape":
      case "gather":
        return;
      case "elementwise":
        if (!isInlined(tensor)) this.placeElementwise(tensor);
        return;
      case "reduce":
        this.placeReduce(tensor);
        return;
      case "matmul": {
        const [a, b] = tensor.inputs.map((one) => this.stored(one)) as [Tensor, Tensor];
        const [m, n] = tensor.shape as readonly [number, number];
        const formula = this.formula(m, n, false, false);
        formula.members.set(tensor, { value: formula.add({ kind: "accumulated", layout: "full" }), layout: "full" });
        this.open({ head: { kind: "matmul", node: tensor, a, b }, formula }, tensor);
        return;
      }
      case "transpose":
        this.copy(tensor, this.stored(tensor.inputs[0]!), transposedStrides(tensor));
        return;
    }
  }

  private formula(rows: number, columns: number, flexible = false, isRows = true): FormulaBuilder {
    return new FormulaBuilder(rows, columns, flexible, isRows, (tensor) => this.groupOf.has(tensor));
  }

  private open(group: Group, ...members: Tensor[]): Group {
    this.groups.push(group);
    for (const member of members) this.groupOf.set(member, this.groups.length - 1);
    return group;
  }

  private copy(target: Tensor, source: Tensor, strides: readonly number[]): void {
    const formula = this.formula(1, sizeOf(target.shape));
    this.open({ head: { kind: "copy", source, target, extents: target.shape, strides }, formula }, target);
  }

  private latestGroup(tensor: Tensor): number {
    let latest = -1;
    for (const one of tensor.inputs) latest = Math.max(latest, this.producer(one) ?? -1);
    return latest;
  }

  private placeElementwise(tensor: Tensor): void {
    const latest = this.latestGroup(tensor);
    if (latest >= 0 && this.join(this.groups[latest]!, tensor)) this.groupOf.set(tensor, latest);
    else this.ownGroup(tensor);
  }

  /** Expresses the tensor in the group's formula, where that can be done. */
  private join({ head, formula }: Group, tensor: Tensor): boolean {
    if (head.kind === "copy") return false;
    const size = sizeOf(tensor.shape);
    if (size === formula.rows * formula.columns && this.joinFull(formula, tensor)) return true;
    if (head.kind !== "rows" || size !== formula.rows || formula.flexible) return false;
    const value = formula.tentatively(() =>
      formula.apply(tensor, ({ shape }) => {
        const count = sizeOf(shape);
        return count === 1 ? "uniform" : count === formula.rows ? "perRow" : undefined;
      }),
    );
    if (value === undefined) return false;
    formula.members.set(tensor, { value, layout: "perRow" });
    return true;
  }

  private joinFull(formula: FormulaBuilder, tensor: Tensor): boolean {
    const attempt = () => formula.apply(tensor, ({ shape }) => layoutOver(shape, tensor.shape, formula.rows, formula.columns));
    let value = formula.tentatively(attempt);
    // One flat row fits formulas without broadcasting; others may fit once it is seen as rows and columns.
    let rows = 1;
    for (let axis = 0; axis < tensor.shape.length && value === undefined && formula.flexible; axis++) {
      rows *= tensor.shape[axis]!;
      const seenAs = { rows, columns: sizeOf(tensor.shape) / rows, flexible: false };
      value = formula.tentatively(() => {
        Object.assign(formula, seenAs);
        return attempt();
      });
    }
    if (value === undefined) return false;
    formula.members.set(tensor, { value, layout: "full" });
    return true;
  }

  /** A group for this tensor alone, which later ones may join. */
  private ownGroup(tensor: Tensor): void {
    if (tensor.primitive.kind === "gather") {
      const rows = tensor.shape[0]!;
      const formula = this.formula(rows, sizeOf(tensor.shape) / rows);
      formula.members.set(tensor, { value: formula.read(tensor, "full")!, layout: "full" });
      // The member stands for its own load from here on.
      this.open({ head: { kind: "rows" }, formula }, tensor);
      return;
    }
    const size = sizeOf(tensor.shape);
    const formula = this.formula(1, size, true);
    const node = tensor.primitive.kind === "leaf" ? expand(tensor, [1, ...tensor.shape]) : tensor;
    let fitted = this.joinFull(formula, node);
    if (!fitted) {
      // What lies across rows and columns is copied out to the full shape first; what cannot be expressed here is stored.
      const inputs = node.inputs.map((operand) => {
        const layout = layoutOver(operand.shape, node.shape, 1, size);
        if (layout === undefined) {
          const target = createTensor(stretched, [operand], node.shape);
          this.copy(target, this.stored(operand), broadcastStrides(operand.shape, node.shape));
          return target;
        }
        if (formula.tentatively(() => formula.read(operand, layout)) === undefined) this.stored(operand);
        return operand;
      });
      const copied = { ...node, inputs };
      fitted = this.joinFull(formula, copied);
      if (!fitted) throw new Error(`the planner cannot place ${node.primitive.name} [${node.shape.join(", ")}]`);
      const member = formula.members.get(copied)!;
      formula.members.delete(copied);
      formula.members.set(tensor, member);
    } else if (node !== tensor) {
      const member = formula.members.get(node)!;
      formula.members.delete(node);
      formula.members.set(tensor, member);
    }
    this.open({ head: { kind: "rows" }, formula }, tensor);
  }

  private placeReduce(tensor: Tensor): void {
    const source = tensor.inputs[0]!;
    const [outer, size, inner] = source.shape as readonly [number, number, number];
    const name = tensor.primitive.name as ReduceName;
    if (inner > 1) {
      const formula = this.formula(outer, inner, false, false);
      formula.members.set(tensor, { value: formula.add({ kind: "accumulated", layout: "full" }), layout: "full" });
      this.open({ head: { kind: "columns", node: tensor, source: this.stored(source) }, formula }, tensor);
      return;
    }
    const reduceIn = (formula: FormulaBuilder) =>
      formula.tentatively(() => {
        if (formula.flexible && formula.rows * formula.columns === outer * size)
          Object.assign(formula, { rows: outer, columns: size, flexible: false });
        if (formula.rows !== outer || formula.columns !== size) return undefined;
        const argument = formula.read(source, "full");
        return argument === undefined ? undefined : formula.reduce(name, argument);
      });
    const latest = this.latestGroup(tensor);
    const group = this.groups[latest];
    const joined = group?.head.kind === "rows" ? reduceIn(group.formula) : undefined;
    if (group && joined !== undefined) {
      group.formula.members.set(tensor, { value: joined, layout: "perRow" });
      this.groupOf.set(tensor, latest);
      return;
    }
    const formula = this.formula(outer, size);
    let value = reduceIn(formula);
    if (value === undefined) {
      this.stored(source);
      value = reduceIn(formula)!;
    }
    formula.members.set(tensor, { value, layout: "perRow" });
    this.open({ head: { kind: "rows" }, formula }, tensor);
  }
}

/** The finished kernel of a group, which stores the tensors named; a product reads its right operand from `panels`. */
export function finishKernel({ head, formula }: Group, needed: ReadonlySet<Tensor>, panels?: Tensor): Kernel {
  if (head.kind === "copy") return { ...head };
  const stores: Store[] = [];
  for (const [tensor, { value, layout }] of formula.members) {
    if (needed.has(tensor)) stores.push({ value, tensor, layout });
  }
  const { operands, values, rows, columns } = formula;
  if (head.kind === "rows") return { kind: "rows", rows, columns, operands, values, stores };
  if (head.kind === "columns") {
    const [outer, size, inner] = head.node.inputs[0]!.shape as readonly [number, number, number];
    const name = head.node.primitive.name as ReduceName;
    return { kind: "columns", name, source: head.source, outer, size, columns: inner, operands, values, stores };
  }
  const { transposeA } = head.node.attributes as { transposeA: boolean };
  const k = head.node.inputs[0]!.shape[transposeA ? 0 : 1]!;
  const sizes = { m: rows, n: columns, k };
  return {
    kind: "matmul",
    a: head.a,
    panels: panels!,
    transposeA,
    hasZeros: holdsBytes(head.a),
    ...sizes,
    operands,
    values,
    stores,
  };
}

/** Rows of a table of bytes, as they are or times a number: images, mostly, whose background is 0. */
function holdsBytes(tensor: Tensor): boolean {
  const base = baseOf(tensor);
  const { kind, name } = base.primitive;
  if (kind === "gather") return base.inputs[0]!.dtype === "uint8";
  if (name !== "mul" && name !== "identity") return false;
  return base.inputs.some(holdsBytes) && base.inputs.every((one) => holdsBytes(one) || isLeaf(one, "constant"));
}
