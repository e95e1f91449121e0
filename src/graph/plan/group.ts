/** Kernels in the making: what fusion collects, and what becomes of it. */
import type { ReduceName } from "../primitives/reduce.ts";
import { isLeaf, type Tensor } from "../tensor.ts";
import { baseOf, type FormulaBuilder } from "./formula.ts";
import type { PoolKernel, Windows } from "./image-kernels.ts";
import type { ElementFormula, Formula, Kernel, PlainKernel, Store, Value } from "./kernel.ts";

export interface MatmulHead {
  readonly kind: "matmul";
  readonly a: Tensor;
  readonly b: Tensor;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly windows?: Windows;
  readonly gathered?: Tensor;
  readonly scale?: number;
}
export interface ColumnsHead {
  readonly kind: "columns";
  readonly name: ReduceName;
  readonly elements: ElementFormula;
  /** [outer, size, columns]. */
  readonly extents: readonly [number, number, number];
}
/** A kernel without a formula, complete. */
interface PlainHead {
  readonly kind: "plain";
  readonly kernel: PlainKernel;
}
interface PoolHead {
  readonly kind: "pool";
  readonly kernel: Omit<PoolKernel, keyof Formula | "rows" | "columns">;
  /** Nothing can be added to the formula. */
  readonly isClosed: boolean;
}

/** A kernel in the making. */
export interface Group {
  readonly head: MatmulHead | ColumnsHead | PlainHead | PoolHead | { readonly kind: "rows" };
  readonly formula: FormulaBuilder;
}

/**
 * The finished kernel of a group, which stores the tensors named; a product reads its right operand from `panels`.
 *
 * @param inPanels  what lies in panels, of what its formula reads and writes
 */
export function finishKernel(
  { head, formula }: Group,
  needed: ReadonlySet<Tensor>,
  panels?: Tensor,
  inPanels: ReadonlySet<Tensor> = new Set(),
): Kernel {
  if (head.kind === "plain") return head.kernel;
  const wanted: Store[] = [];
  for (const [tensor, { value, layout }] of formula.members) {
    if (needed.has(tensor)) wanted.push({ value, tensor, layout, ...(inPanels.has(tensor) && { inPanels: true }) });
  }
  const { rows, columns } = formula;
  const read = formula.operands.map((operand) => (inPanels.has(operand.tensor) ? { ...operand, inPanels: true } : operand));
  const { operands, values, stores } = withoutUnused({ operands: read, values: formula.values, stores: wanted });
  if (head.kind === "rows") return { kind: "rows", rows, columns, operands, values, stores };
  if (head.kind === "pool") return { ...head.kernel, rows, columns, operands, values, stores };
  if (head.kind === "columns") {
    const { name, elements, extents } = head;
    const [outer, size, inner] = extents;
    return { kind: "columns", name, elements, outer, size, columns: inner, operands, values, stores };
  }
  const { a, k, transposeA, windows, gathered, scale } = head;
  return {
    kind: "matmul",
    a,
    panels: panels!,
    transposeA,
    hasZeros: !windows && (scale !== undefined || holdsBytes(a)),
    m: rows,
    n: columns,
    k,
    ...(windows && { windows }),
    ...(gathered && { gathered }),
    ...(scale !== undefined && { scale }),
    operands,
    values,
    stores,
  };
}

/** The formula without values and operands that no store needs. */
function withoutUnused({ operands, values, stores }: Formula): Formula {
  const used = new Set(stores.map(({ value }) => value));
  for (let number = values.length - 1; number >= 0; number--) {
    const value = values[number]!;
    if (!used.has(number)) continue;
    if (value.kind === "apply") for (const argument of value.arguments) used.add(argument);
    if (value.kind === "reduce") used.add(value.argument);
  }
  const isLoaded = (operand: number) =>
    values.some((value, number) => used.has(number) && value.kind === "load" && value.operand === operand);
  const keptOperands = operands.flatMap((_, operand) => (isLoaded(operand) ? [operand] : []));
  const keptValues = values.flatMap((_, number) => (used.has(number) ? [number] : []));
  const valueAt = new Map(keptValues.map((number, place) => [number, place]));
  const moved = (value: Value): Value => {
    if (value.kind === "load") return { ...value, operand: keptOperands.indexOf(value.operand) };
    if (value.kind === "apply") return { ...value, arguments: value.arguments.map((argument) => valueAt.get(argument)!) };
    return value.kind === "reduce" ? { ...value, argument: valueAt.get(value.argument)! } : value;
  };
  return {
    operands: keptOperands.map((operand) => operands[operand]!),
    values: keptValues.map((number) => moved(values[number]!)),
    stores: stores.map((store) => ({ ...store, value: valueAt.get(store.value)! })),
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
