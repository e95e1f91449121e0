/** Kernels in the making: what fusion collects, and what becomes of it. */
import type { Tensor } from "../tensor.ts";
import type { FormulaBuilder } from "./formula.ts";
import { type Half, halfOf } from "./halves.ts";
import type { PoolKernel, Windows } from "./image-kernels.ts";
import type { ColumnsKernel, Formula, Kernel, PlainKernel, Store, Value } from "./kernel.ts";

export interface MatmulHead {
  readonly kind: "matmul";
  readonly a: Tensor;
  readonly b: Tensor;
  readonly k: number;
  /** Only the first, or only the second half of k. */
  readonly half?: Half;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly windows?: Windows;
  readonly gathered?: Tensor;
  readonly scale?: number;
}
export interface ColumnsHead extends Pick<ColumnsKernel, "name" | "elements" | "stage" | "images"> {
  readonly kind: "columns";
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

interface RowsHead {
  readonly kind: "rows";
  /** It joins the halves of a product: nothing of it is computed twice. */
  readonly joinsHalves?: boolean;
}

/** A kernel in the making. */
export interface Group {
  readonly head: MatmulHead | ColumnsHead | PlainHead | PoolHead | RowsHead;
  readonly formula: FormulaBuilder;
}

/** Tensors that a group reads besides the right operand of a product. */
export function readsOfGroup({ head, formula }: Group): Set<Tensor> {
  const reads = new Set(formula.operands.flatMap(({ tensor, rows }) => (rows ? [tensor, rows] : [tensor])));
  const add = (tensors: readonly Tensor[]) => {
    for (const tensor of tensors) reads.add(tensor);
  };
  if (head.kind === "matmul") add(head.gathered ? [head.a, head.gathered] : [head.a]);
  if (head.kind === "columns") add(head.elements.operands.map(({ tensor }) => tensor));
  if (head.kind === "plain") add(head.kernel.sources);
  if (head.kind === "pool") add(head.kernel.images);
  return reads;
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
    const { extents, ...own } = head;
    const [outer, size, columns] = extents;
    return { ...own, outer, size, columns, operands, values, stores };
  }
  const { a, k, half, transposeA, windows, gathered, scale } = head;
  return {
    kind: "matmul",
    a,
    panels: panels!,
    transposeA,
    m: rows,
    n: columns,
    ...halfOf(k, half),
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
  const isUsed = values.map(() => false);
  const isLoaded = operands.map(() => false);
  for (const { value } of stores) isUsed[value] = true;
  for (let number = values.length - 1; number >= 0; number--) {
    const value = values[number]!;
    if (!isUsed[number]) continue;
    if (value.kind === "load") isLoaded[value.operand] = true;
    else if (value.kind === "apply") for (const argument of value.arguments) isUsed[argument] = true;
    else if (value.kind === "reduce") isUsed[value.argument] = true;
  }
  /** The new numbers of those that are kept. */
  const numbers = (isKept: readonly boolean[]) => {
    let next = 0;
    return isKept.map((kept) => (kept ? next++ : -1));
  };
  const [operandAt, valueAt] = [numbers(isLoaded), numbers(isUsed)];
  const moved = (value: Value): Value => {
    if (value.kind === "load") return { ...value, operand: operandAt[value.operand]! };
    if (value.kind === "apply") return { ...value, arguments: value.arguments.map((argument) => valueAt[argument]!) };
    return value.kind === "reduce" ? { ...value, argument: valueAt[value.argument]! } : value;
  };
  return {
    operands: operands.filter((_, operand) => isLoaded[operand]),
    values: values.filter((_, number) => isUsed[number]).map(moved),
    stores: stores.map((store) => ({ ...store, value: valueAt[store.value]! })),
  };
}
