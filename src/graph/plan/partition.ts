/**
 * How the work of a kernel is cut for threads, and at which points of a program threads must have waited for each other.
 *
 * A kernel is cut along the rows or the columns of what it writes; no sum crosses a cut, so the number of threads changes no bit.
 * Two kernels that are cut alike need no meeting between them where each part of the second reads only what the same part of
 * the first has written. All other pairs of a writer and a reader lie in different phases; threads meet between phases.
 */
import type { Half } from "./halves.ts";
import { gathersRows, isPrivate, type Kernel, type Read, readsOf } from "./kernel.ts";

export interface Partition {
  /** "one": all of it is the work of one thread; "each": of every thread, for itself. */
  readonly by: "rows" | "columns" | "images" | "one" | "each";
  readonly count: number;
  /** Cuts lie at multiples of this. */
  readonly multiple: number;
  /** It is the work of the first, or of the second half of the threads. */
  readonly half?: Half;
}

/** All of it is the work of one thread. */
export const one: Partition = { by: "one", count: 1, multiple: 1 };

const each: Partition = { by: "each", count: 1, multiple: 1 };

/** Columns are cut where a cache line ends. */
const columnsMultiple = 16;

/** Rows that are transposed into panels at once. */
export const panelRows = 4;

const fewestRows = 10;
const columns = (count: number): Partition =>
  count <= columnsMultiple ? one : { by: "columns", count, multiple: columnsMultiple };

const images = (count: number): Partition => ({ by: "images", count, multiple: 1 });

/** How many images there are where a kernel works on images. */
export const imagesOf = (kernel: Kernel): number | undefined => ("windows" in kernel ? kernel.windows?.images : undefined);

/**
 * @param imageCounts  how many images the kernels of the program work on, where some do
 * @param blocks  how many rows are summed together (see blocks.ts), by how many rows there are
 */
export function partitionOf(
  kernel: Kernel,
  imageCounts: ReadonlySet<number> = new Set(),
  blocks: ReadonlyMap<number, number> = new Map(),
): Partition {
  const rows = (count: number, multiple = blocks.get(count) ?? 1): Partition =>
    count < fewestRows ? one : { by: "rows", count, multiple };
  if (isPrivate(kernel)) return each;
  switch (kernel.kind) {
    case "copy":
      return one;
    case "random":
      return rows(kernel.rows);
    case "pad":
    case "patches":
    case "fold":
    case "filterGradient":
    case "pool":
      return images(kernel.windows.images);
    case "pack":
      return kernel.transposed ? rows(kernel.n, panelRows) : rows(kernel.k);
    case "matmul":
      if (kernel.windows) return images(kernel.windows.images);
      return { ...rows(kernel.m), ...(kernel.part && { half: kernel.part.half }) };
    case "columns":
      if (kernel.images) return images(kernel.images);
      if (kernel.stage === "blocks") return rows(kernel.outer * kernel.size);
      return kernel.outer > 1 ? rows(kernel.outer) : columns(kernel.columns);
    case "rows": {
      if (kernel.rows > 1) {
        // Several rows for each image: the pixels; or one, where images are taken out of their table.
        const least = gathersRows(kernel) ? 1 : 2;
        const count = [...imageCounts].find((one) => kernel.rows >= least * one && kernel.rows % one === 0);
        return count === undefined ? rows(kernel.rows) : images(count);
      }
      const isFlat = kernel.values.every(({ kind }) => kind !== "reduce" && kind !== "columnIndex");
      if (!isFlat || kernel.operands.some((operand) => operand.rows)) return one;
      // Numbers without broadcasting are one row to the kernel, but rows to those around it; vectors must not reach across a cut.
      const [count, ...others] = new Set(kernel.stores.map(({ tensor }) => (tensor.shape.length > 1 ? tensor.shape[0]! : 1)));
      const alike = count !== undefined && others.length === 0 && count > 1 && (kernel.columns / count) % 4 === 0;
      if (alike && imageCounts.has(count) && kernel.stores[0]!.tensor.shape.length > 2) return images(count);
      return alike ? rows(count) : columns(kernel.columns);
    }
  }
}

/** Whether two kernels are cut at the same places. */
export const sameCut = (a: Partition, b: Partition) =>
  a.by === b.by && a.count === b.count && a.multiple === b.multiple && a.half === b.half;

/** Whether a part of the one kernel reads only what the same part of the other writes. */
function staysInPart(writer: Partition, reader: Partition, reach: Read["reach"]): boolean {
  if (!sameCut(writer, reader)) return false;
  return writer.by === "one" || reach !== "any";
}

/** What comes after what, and why: a kernel reads what the other has written, or overwrites what the other has read. */
export interface Dependency {
  readonly before: number;
  readonly reach: Read["reach"];
  readonly overwrites?: true;
}

/** Phases of kernels (from 0), given in an order in which each comes after what it depends on. */
export function phasesOf(
  order: readonly number[],
  partitions: readonly Partition[],
  dependencies: readonly (readonly Dependency[])[],
): number[] {
  const phases: number[] = new Array(partitions.length).fill(0);
  for (const kernel of order) {
    for (const { before, reach, overwrites } of dependencies[kernel]!) {
      const isOwn = partitions[before]!.by === "each" && !overwrites;
      const apart = isOwn || staysInPart(partitions[before]!, partitions[kernel]!, reach) ? 0 : 1;
      phases[kernel] = Math.max(phases[kernel]!, phases[before]! + apart);
    }
  }
  return phases;
}

/** How a kernel reaches into a tensor: the widest reach among its reads of it. */
export function reachOf(kernel: Kernel, tensor: Read["tensor"]): Read["reach"] {
  const found = readsOf(kernel).filter((read) => read.tensor === tensor);
  if (found.some(({ reach }) => reach === "any")) return "any";
  return found.some(({ reach }) => reach === "share") ? "share" : "element";
}
