/**
 * Kernels: what a plan is made of. A kernel is one pass (or a few passes a row) over memory that computes a fused formula;
 * engines turn each into code. Sizes are plain numbers beside the formula, so that kernels of one form share their code.
 *
 * A formula is a list of values in order of dependency. A value is laid out over the kernel's domain of R rows by C columns:
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
}

export interface Formula {
  readonly operands: readonly Operand[];
  readonly values: readonly Value[];
  readonly stores: readonly Store[];
}

/** A text that is the same for formulas that compute the same from operands of the same kinds. */
export function keyOfFormula({ operands, values, stores }: Formula): string {
  const reads = operands.map(({ tensor, layout, rows }) => `${layout} ${tensor.dtype}${rows ? " gathered" : ""}`);
  const writes = stores.map(({ value, layout }) => `${value} ${layout}`);
  return [reads.join(), values.map(keyOfValue).join(";"), writes.join()].join("|");
}

/** Elementwise formulas and reductions along rows: as many passes over a row as reductions depend on each other, plus one. */
export interface RowsKernel extends Formula {
  readonly kind: "rows";
  readonly rows: number;
  readonly columns: number;
}
/** A reduction of [outer, size, columns] over `size`, then a formula over its [outer, columns] results. */
export interface ColumnsKernel extends Formula {
  readonly kind: "columns";
  readonly name: ReduceName;
  readonly source: Tensor;
  readonly outer: number;
  readonly size: number;
  readonly columns: number;
}
/** A product [M, K] x [K, N], then a formula over its elements. */
export interface MatmulKernel extends Formula {
  readonly kind: "matmul";
  readonly a: Tensor;
  /** The right operand in panels, as a pack kernel of this or of an earlier run has written them. */
  readonly panels: Tensor;
  readonly transposeA: boolean;
  /** A holds bytes of a data set, many of which may be 0: an engine may leave out terms whose factor of A is 0. */
  readonly hasZeros: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
/** A copy through strides (in elements): transposed or stretched tensors that no other kernel can read as they lie. */
export interface CopyKernel {
  readonly kind: "copy";
  readonly source: Tensor;
  readonly target: Tensor;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
}

/** The right operand of a product, [K, N], written in panels (see panels.ts). */
export interface PackKernel {
  readonly kind: "pack";
  readonly source: Tensor;
  readonly target: Tensor;
  /** The source is [N, K]. */
  readonly transposed: boolean;
  readonly k: number;
  readonly n: number;
}

export type Kernel = RowsKernel | ColumnsKernel | MatmulKernel | CopyKernel | PackKernel;

/** What a kernel writes. */
export function writesOf(kernel: Kernel): readonly Tensor[] {
  return kernel.kind === "copy" || kernel.kind === "pack" ? [kernel.target] : kernel.stores.map(({ tensor }) => tensor);
}

/**
 * A tensor that a kernel reads, and how a part of the kernel's work (see partition.ts) reads it: only the elements at the places
 * that this part writes, only the same share of its rows, or any of it.
 */
export interface Read {
  readonly tensor: Tensor;
  readonly reach: "element" | "share" | "any";
}

export function readsOf(kernel: Kernel): Read[] {
  if (kernel.kind === "copy") return [{ tensor: kernel.source, reach: "any" }];
  if (kernel.kind === "pack") return [{ tensor: kernel.source, reach: "share" }];
  const reads: Read[] = kernel.operands.flatMap(({ tensor, layout, rows }): Read[] =>
    rows
      ? [
          { tensor, reach: "any" },
          { tensor: rows, reach: "share" },
        ]
      : [{ tensor, reach: layout === "full" || layout === "perRow" ? "element" : "any" }],
  );
  if (kernel.kind === "columns") reads.push({ tensor: kernel.source, reach: kernel.outer > 1 ? "share" : "any" });
  if (kernel.kind === "matmul") {
    reads.push({ tensor: kernel.a, reach: kernel.transposeA ? "any" : "share" }, { tensor: kernel.panels, reach: "any" });
  }
  return reads;
}
