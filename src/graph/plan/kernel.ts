/**
 * Kernels: what a plan is made of. A kernel is one pass (or a few passes a row) over memory that computes a fused formula, or that
 * moves numbers; engines turn each into code. Sizes are plain numbers beside the formula, so that kernels of one form share
 * their code.
 */
import type { ReduceName } from "../primitives/reduce.ts";
import { isLeaf, type Tensor } from "../tensor.ts";
import type { DepthPart } from "./halves.ts";
import type { ImageKernel, PoolKernel, Windows } from "./image-kernels.ts";
import type { ElementFormula, Formula, Operand } from "./values.ts";

export * from "./values.ts";

/** Elementwise formulas and reductions along rows: as many passes over a row as reductions depend on each other, plus one. */
export interface RowsKernel extends Formula {
  readonly kind: "rows";
  readonly rows: number;
  readonly columns: number;
}
/** Whether a kernel does no more than take rows out of tables, and scale them. */
export const gathersRows = ({ operands }: RowsKernel): boolean =>
  operands.every(({ tensor, rows }) => rows || isLeaf(tensor, "constant"));

/** A reduction of elements [outer, size, columns] over `size`, then a formula over its [outer, columns] results. */
export interface ColumnsKernel extends Formula {
  readonly kind: "columns";
  readonly name: ReduceName;
  /** Over outer size rows. */
  readonly elements: ElementFormula;
  readonly outer: number;
  readonly size: number;
  readonly columns: number;
  /** It reduces blocks of rows, or joins those results where every thread goes on with them (see blocks.ts). */
  readonly stage?: "blocks" | "join";
  /** The rows are the pixels of so many images, and the blocks their chunks. */
  readonly images?: number;
  readonly isPrivate?: true;
}
/** A product [M, K] x [K, N], then a formula over its elements. */
export interface MatmulKernel extends Formula {
  readonly kind: "matmul";
  readonly a: Tensor;
  /** The right operand in panels: a state that lies so, or what a pack kernel of this or of an earlier run has written. */
  readonly panels: Tensor;
  readonly transposeA: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Where k is only a part of what A's rows and B's columns have. */
  readonly part?: DepthPart;
  /** A's rows are the windows of images, and A is the images: a convolution. */
  readonly windows?: Windows;
  /** A's rows are rows of a table, which A is: their numbers. */
  readonly gathered?: Tensor;
  /** The table holds bytes, many of which may be 0, and A's numbers are bytes times this: terms whose factor of A is 0 may be left out. */
  readonly scale?: number;
}

/** Fewest columns of a product at which looking for zeros among its bytes costs less than it saves. */
export const fewestColumnsToSkip = 24;

/**
 * A copy through strides (in elements, from the element `offset`): transposed, stretched or turned tensors that no other kernel
 * can read as they lie.
 */
export interface CopyKernel {
  readonly kind: "copy";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The right operand of a product, [K, N], written in panels (see panels.ts). */
export interface PackKernel {
  readonly kind: "pack";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  /** The source is [N, K]. */
  readonly transposed: boolean;
  /** The source lies in panels itself, of another product. */
  readonly fromPanels: boolean;
  readonly k: number;
  readonly n: number;
  readonly isPrivate?: true;
}

/** Uniform random numbers [rows, columns] from a key (see primitives/random.ts). */
export interface RandomKernel {
  readonly kind: "random";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  readonly rows: number;
  readonly columns: number;
}

/** Kernels that write one tensor, as it is. */
export type PlainKernel = CopyKernel | PackKernel | RandomKernel | ImageKernel;
/** Kernels with a formula over what they compute. */
export type FormulaKernel = RowsKernel | ColumnsKernel | MatmulKernel | PoolKernel;
export type Kernel = FormulaKernel | PlainKernel;

/** Every thread computes all of it, in memory of its own: nobody waits for another's. */
export const isPrivate = (kernel: Kernel): boolean => "isPrivate" in kernel;

export const isPlain = (kernel: Kernel): kernel is PlainKernel => "sources" in kernel;

/** What a kernel writes. */
export function writesOf(kernel: Kernel): readonly Tensor[] {
  return isPlain(kernel) ? [kernel.target] : kernel.stores.map(({ tensor }) => tensor);
}

/**
 * A tensor that a kernel reads, and how a part of the kernel's work (see partition.ts) reads it: only the elements at the places
 * that this part writes, only the same share of its rows, or any of it.
 */
export interface Read {
  readonly tensor: Tensor;
  readonly reach: "element" | "share" | "any";
}

/** What a reduction takes up: cut along its rows it reads a share of what lies in rows, cut along its columns one of what has a number for each. */
function elementRead({ tensor, layout }: Operand, isCutByRows: boolean): Read {
  return { tensor, reach: layout === (isCutByRows ? "full" : "perColumn") ? "share" : "any" };
}

const reads = new WeakMap<Kernel, readonly Read[]>();

/** What a kernel reads. */
export function readsOf(kernel: Kernel): readonly Read[] {
  let found = reads.get(kernel);
  if (!found) {
    found = findReads(kernel);
    reads.set(kernel, found);
  }
  return found;
}

function findReads(kernel: Kernel): Read[] {
  if (isPlain(kernel)) {
    const reach = kernel.kind === "copy" || kernel.kind === "random" ? "any" : "share";
    return kernel.sources.map((tensor) => ({ tensor, reach }));
  }
  const reads: Read[] = kernel.operands.flatMap(({ tensor, layout, rows }): Read[] =>
    rows
      ? [
          { tensor, reach: "any" },
          { tensor: rows, reach: "share" },
        ]
      : [{ tensor, reach: layout === "full" || layout === "perRow" ? "element" : "any" }],
  );
  if (kernel.kind === "columns") reads.push(...kernel.elements.operands.map((operand) => elementRead(operand, kernel.outer > 1)));
  if (kernel.kind === "pool") for (const tensor of kernel.images) reads.push({ tensor, reach: "share" });
  if (kernel.kind === "matmul") {
    const reach = kernel.transposeA ? "any" : "share";
    reads.push({ tensor: kernel.a, reach }, { tensor: kernel.panels, reach: "any" });
    if (kernel.gathered) reads.push({ tensor: kernel.gathered, reach });
  }
  return reads;
}
