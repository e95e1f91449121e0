/**
 * Formulas of kernels: a list of values in order of dependency. A value is laid out over the kernel's domain of R rows by C columns:
 *   full      one number for each element              perRow    one for each row
 *   perColumn one for each column (a bias)             uniform   one number for all
 */
import type { ElementwiseName } from "../primitives/elementwise.ts";
import type { ReduceName } from "../primitives/reduce.ts";
import type { Tensor } from "../tensor.ts";

export type Layout = "full" | "perRow" | "perColumn" | "uniform";

/** Something in memory that a kernel reads: a leaf, or what an earlier kernel has stored; never a view. */
export interface Operand {
  readonly tensor: Tensor;
  readonly layout: Layout;
  /** For rows gathered out of a table: `tensor` is the table, this the row numbers. */
  readonly rows?: Tensor;
  /** It lies in panels (see panels.ts). */
  readonly inPanels?: boolean;
}

export type Value =
  | { readonly kind: "load"; readonly operand: number; readonly layout: Layout }
  | { readonly kind: "constant"; readonly value: number; readonly layout: "uniform" }
  /** The number of the column, 0 to C - 1. */
  | { readonly kind: "columnIndex"; readonly layout: "full" }
  /** What a matmul or column kernel has summed for this element. */
  | { readonly kind: "accumulated"; readonly layout: "full" }
  | { readonly kind: "apply"; readonly name: ElementwiseName; readonly arguments: readonly number[]; readonly layout: Layout }
  /** Of a full value over the columns of its row. */
  | { readonly kind: "reduce"; readonly name: ReduceName; readonly argument: number; readonly layout: "perRow" };

/** A text that is the same for equal values, and only for them. */
export function keyOfValue(value: Value): string {
  switch (value.kind) {
    case "load":
      return `load ${value.operand} ${value.layout}`;
    case "constant":
      return `constant ${Object.is(value.value, -0) ? "-0" : value.value}`;
    case "apply":
      return `${value.name} ${value.arguments.join()}`;
    case "reduce":
      return `reduce ${value.name} ${value.argument}`;
    default:
      return value.kind;
  }
}

/** A value that is written to memory: into its own place, or into the state that it is assigned to. */
export interface Store {
  readonly value: number;
  readonly tensor: Tensor;
  readonly layout: "full" | "perRow";
  /** It lies in panels. */
  readonly inPanels?: boolean;
}

export interface Formula {
  readonly operands: readonly Operand[];
  readonly values: readonly Value[];
  readonly stores: readonly Store[];
}

/** One number for each element of a domain, such as what a reduction takes up; nothing is stored. */
export interface ElementFormula {
  readonly operands: readonly Operand[];
  readonly values: readonly Value[];
  readonly value: number;
}

export function keyOfElements({ operands, values, value }: ElementFormula): string {
  return [operands.map(({ layout }) => layout).join(), values.map(keyOfValue).join(";"), value].join("|");
}

/** A text that is the same for formulas that compute the same from operands of the same kinds. */
export function keyOfFormula({ operands, values, stores }: Formula): string {
  const form = (inPanels = false) => (inPanels ? " in panels" : "");
  const reads = operands.map(
    ({ tensor, layout, rows, inPanels }) => `${layout} ${tensor.dtype}${rows ? " gathered" : ""}${form(inPanels)}`,
  );
  const writes = stores.map(({ value, layout, inPanels }) => `${value} ${layout}${form(inPanels)}`);
  return [reads.join(), values.map(keyOfValue).join(";"), writes.join()].join("|");
}
