/** Shapes: lists of extents, all static and known when a graph is built. */
import { ShapeError } from "../core/errors.ts";

/** Extents, outermost first; [] is a single number. */
export type Shape = readonly number[];

/** How many numbers a shape holds: the product of its extents, 1 for []. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Whether two shapes have the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** A shape in words: "[64, 100]". */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** The shape that both broadcast to (axes aligned at the end, 1 stretches), or undefined where they do not fit. */
export function broadcastShapes(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    result.push(left === 1 ? right : left);
  }
  return result;
}

export function checkShape(shape: Shape, owner: string): void {
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 1) {
      throw new ShapeError("E_SHAPE", {
        message: `${owner}: every extent of a shape is an integer >= 1, received ${showShape(shape)}`,
        hint: "An empty axis is usually an option such as units or a batch size that came out as 0.",
      });
    }
  }
}

/** Axes as non-negative numbers in rising order; negative ones count from the end. */
export function normaliseAxes(axes: number | readonly number[] | undefined, rank: number, owner: string): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => (axis < 0 ? axis + rank : axis));
  for (const axis of list) {
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) {
      throw new ShapeError("E_SHAPE_AXIS", { message: `${owner}: axis ${axis} does not exist in a tensor of rank ${rank}` });
    }
  }
  return [...new Set(list)].sort((a, b) => a - b);
}

/** Row-major strides of `shape` seen from `domain`: 0 where an axis is stretched. Both aligned at the end. */
export function broadcastStrides(shape: Shape, domain: Shape): number[] {
  const strides = new Array<number>(domain.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    if (extent !== 1) strides[axis + domain.length - shape.length] = stride;
    stride *= extent;
  }
  return strides;
}
