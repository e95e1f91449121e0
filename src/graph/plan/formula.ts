/**
 * Formulas in the making: how a tensor is read inside a kernel over R rows and C columns.
 *
 * A builder either expresses a tensor (as a member computed here, a constant, an inlined formula of leaves, or a load from
 * memory) or says that it cannot, in which case the caller rolls back and the tensor gets a kernel of its own.
 */

import type { ElementwiseName } from "../primitives/elementwise.ts";
import type { ReduceName } from "../primitives/reduce.ts";
import { broadcastStrides, type Shape, sizeOf } from "../shape.ts";
import { isLeaf, type Tensor } from "../tensor.ts";
import { keyOfValue, type Layout, type Operand, type Value } from "./kernel.ts";

/** The tensor that holds the numbers: views (reshape) are looked through. */
export function baseOf(tensor: Tensor): Tensor {
  let base = tensor;
  while (base.primitive.kind === "reshape") base = base.inputs[0]!;
  return base;
}

const inlined = new WeakMap<Tensor, boolean>();

/** Formulas of leaves and gathered rows alone cost less to compute again than to store; they are inlined where they are used. */
export function isInlined(tensor: Tensor): boolean {
  if (tensor.primitive.kind !== "elementwise") return false;
  let answer = inlined.get(tensor);
  if (answer === undefined) {
    answer = tensor.inputs.every((one) => {
      const base = baseOf(one);
      return base.primitive.kind === "leaf" || base.primitive.kind === "gather" || isInlined(base);
    });
    inlined.set(tensor, answer);
  }
  return answer;
}

/** How an operand of shape `shape` lies over the elements of `domain`, seen as R x C; undefined where it fits no layout. */
export function layoutOver(shape: Shape, domain: Shape, rows: number, columns: number): Layout | undefined {
  const size = sizeOf(shape);
  if (size === 1) return "uniform";
  if (size === rows * columns) return "full";
  const strides = broadcastStrides(shape, domain);
  let split = 0;
  let before = 1;
  while (before < rows && split < domain.length) before *= domain[split++]!;
  if (before !== rows) return undefined;
  // Which of the axes with more than one place it varies along, and which not: of those that make rows, and of the others.
  let [rowsVary, rowsStay, columnsVary, columnsStay] = [false, false, false, false];
  for (let axis = 0; axis < domain.length; axis++) {
    if (domain[axis] === 1) continue;
    const varies = strides[axis] !== 0;
    if (axis < split) {
      rowsVary ||= varies;
      rowsStay ||= !varies;
    } else {
      columnsVary ||= varies;
      columnsStay ||= !varies;
    }
  }
  if (!rowsStay && !columnsVary) return "perRow";
  if (!columnsStay && !rowsVary) return "perColumn";
  return undefined;
}

/** How an operand of an inlined formula lies, given how the formula's result lies. */
function layoutWithin(operand: Shape, formula: Shape, layout: Layout, rows: number, columns: number): Layout | undefined {
  if (layout === "full") return layoutOver(operand, formula, rows, columns);
  const size = sizeOf(operand);
  if (size === 1) return "uniform";
  return size === sizeOf(formula) ? layout : undefined;
}

export class FormulaBuilder {
  rows: number;
  columns: number;
  /** A domain of one row whose elements may still be seen as rows and columns. */
  flexible: boolean;
  readonly operands: Operand[] = [];
  readonly values: Value[] = [];
  /** Tensors computed here, and whether they have a number for each element or for each row. */
  readonly members = new Map<Tensor, { readonly value: number; readonly layout: "full" | "perRow" }>();
  private readonly known = new Map<string, number>();
  private readonly keys = new Map<Tensor, number>();

  private readonly isStored: (tensor: Tensor) => boolean;
  private readonly isCheap: (tensor: Tensor) => boolean;
  private readonly isRows: boolean;

  /**
   * @param isRows    a row kernel: only they read rows out of tables, integers, and the number of a column
   * @param isStored  whether an inlinable tensor lies in memory as well
   * @param isCheap   whether a tensor costs less to compute again than to load
   */
  constructor(
    rows: number,
    columns: number,
    flexible: boolean,
    isRows: boolean,
    isStored: (tensor: Tensor) => boolean,
    isCheap: (tensor: Tensor) => boolean,
  ) {
    this.isCheap = isCheap;
    this.isStored = isStored;
    this.isRows = isRows;
    this.rows = rows;
    this.columns = columns;
    this.flexible = flexible;
  }

  /** Runs `attempt`; where it fails (undefined) everything is as before. */
  tentatively<T>(attempt: () => T | undefined): T | undefined {
    const { rows, columns, flexible } = this;
    const counts = [this.operands.length, this.values.length, this.known.size] as const;
    const result = attempt();
    if (result === undefined) {
      Object.assign(this, { rows, columns, flexible });
      this.operands.length = counts[0];
      this.values.length = counts[1];
      // A map keeps the order in which keys came.
      if (this.known.size > counts[2]) for (const key of [...this.known.keys()].slice(counts[2])) this.known.delete(key);
    }
    return result;
  }

  add(value: Value): number {
    const key = keyOfValue(value);
    const before = this.known.get(key);
    if (before !== undefined) return before;
    this.values.push(value);
    this.known.set(key, this.values.length - 1);
    return this.values.length - 1;
  }

  private operandNumber(tensor: Tensor, layout: Layout, rows?: Tensor): number {
    const found = this.operands.findIndex((one) => one.tensor === tensor && one.layout === layout && one.rows === rows);
    if (found >= 0) return found;
    this.operands.push(rows ? { tensor, layout, rows } : { tensor, layout });
    return this.operands.length - 1;
  }

  /** The value of `tensor` laid out so, or undefined where this kernel cannot express it. */
  read(tensor: Tensor, layout: Layout): number | undefined {
    const base = baseOf(tensor);
    const member = this.members.get(base);
    if (member !== undefined) {
      const alike =
        member.layout === layout ||
        (layout === "uniform" && this.rows === 1 && member.layout === "perRow") ||
        (this.columns === 1 && layout !== "perColumn" && layout !== "uniform") ||
        this.rows * this.columns === 1;
      return alike ? member.value : undefined;
    }
    const inMemory = this.isStored(base);
    const inlined = this.isCheap(base) ? this.formulaOf(base, layout) : this.inline(base, layout);
    if (inlined !== undefined) return inlined;
    const onlyInlined =
      base.primitive.kind === "gather" ||
      base.primitive.kind === "patches" ||
      isInlined(base) ||
      (base.primitive.kind === "leaf" && base.name === undefined);
    if (onlyInlined && !inMemory) return undefined;
    return base.dtype === "float32" || this.isRows ? this.load(base, layout) : undefined;
  }

  /** A constant, a counter, gathered rows or a formula of leaves, where it can be expressed here. */
  private inline(base: Tensor, layout: Layout): number | undefined {
    if (isLeaf(base, "constant")) {
      const value = base.attributes.value as number;
      // Fractions lie in memory: a formula that differs in 1 / rows alone is one formula.
      const isFraction = Number.isFinite(value) && !Number.isInteger(value);
      return isFraction ? this.load(base, "uniform") : this.add({ kind: "constant", value, layout: "uniform" });
    }
    if (isLeaf(base, "iota")) {
      if (layout === "uniform") return this.add({ kind: "constant", value: 0, layout: "uniform" });
      const columnwise = layout === "perColumn" || (layout === "full" && this.rows === 1);
      if (!this.isRows || !columnwise || base.shape[0] !== this.columns) return undefined;
      this.flexible = false;
      return this.add({ kind: "columnIndex", layout: "full" });
    }
    if (base.primitive.kind === "gather") {
      const [from, rows] = base.inputs as readonly [Tensor, Tensor];
      const count = rows.shape[0]!;
      const width = sizeOf(base.shape) / count;
      // One row for a kernel of one row is the same for all of its elements.
      const at = layout === "uniform" && this.rows === 1 ? "perRow" : layout;
      const fits = count === this.rows && ((at === "full" && width === this.columns) || (at === "perRow" && width === 1));
      if (!fits || !this.isRows) return undefined;
      this.flexible = false;
      return this.load(from, at, rows);
    }
    return isInlined(base) ? this.formulaOf(base, layout) : undefined;
  }

  /** The formula of an elementwise tensor, computed here. */
  private formulaOf(base: Tensor, layout: Layout): number | undefined {
    const key = `${layout}:${this.keyOf(base)}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const value = this.tentatively(() =>
      this.apply(base, (operand) => layoutWithin(operand.shape, base.shape, layout, this.rows, this.columns)),
    );
    if (value !== undefined) this.known.set(key, value);
    return value;
  }

  private load(tensor: Tensor, layout: Layout, rows?: Tensor): number {
    return this.add({ kind: "load", operand: this.operandNumber(tensor, layout, rows), layout });
  }

  private keyOf(tensor: Tensor): number {
    const key = this.keys.get(tensor) ?? this.keys.size;
    this.keys.set(tensor, key);
    return key;
  }

  /** An elementwise tensor computed here; `layoutOf` says how each input lies. */
  apply(tensor: Tensor, layoutOf: (operand: Tensor) => Layout | undefined): number | undefined {
    const list: number[] = [];
    for (const operand of tensor.inputs) {
      const layout = layoutOf(operand);
      const value = layout && this.read(operand, layout);
      if (value === undefined) return undefined;
      list.push(value);
    }
    const name = tensor.primitive.name as ElementwiseName;
    if (name === "identity") return list[0]!;
    const layouts = list.map((value) => this.values[value]!.layout);
    const layout: Layout = layouts.some((one) => one === "full" || one === "perColumn")
      ? layouts.some((one) => one === "full" || one === "perRow") || this.rows === 1
        ? "full"
        : "perColumn"
      : layouts.includes("perRow")
        ? "perRow"
        : "uniform";
    return this.add({ kind: "apply", name, arguments: list, layout });
  }

  reduce(name: ReduceName, argument: number): number {
    this.flexible = false;
    return this.add({ kind: "reduce", name, argument, layout: "perRow" });
  }
}
