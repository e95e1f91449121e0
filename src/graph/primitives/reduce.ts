/**
 * Reductions over axes. The primitive sees its input as [outer, size, inner] and reduces the middle axis; the functions
 * bring any set of axes into that form, so engines know one case.
 *
 * NaN   a maximum or minimum of elements with a NaN is NaN.
 * Ties  the gradient of a maximum is shared evenly by the elements that reach it.
 */
import { broadcastShapes, normaliseAxes, type Shape, sameShape, sizeOf } from "../shape.ts";
import { createTensor, type Meaning, type Primitive, type Tensor } from "../tensor.ts";
import { div, equal, expand, mul, neg, select } from "./elementwise.ts";
import { reshape } from "./reshape.ts";

/** How numbers become one. */
export type ReduceName = "sum" | "max" | "min";

function definePrimitive(name: ReduceName): Primitive {
  return {
    name,
    kind: "reduce",
    derivative(node, gradient) {
      const x = node.inputs[0]!;
      const [outer, , inner] = x.shape as [number, number, number];
      const back = expand(reshape(gradient, [outer, 1, inner]), x.shape);
      if (name === "sum") return [back];
      const reached = equal(x, reshape(node, [outer, 1, inner]));
      const ties = reshape(reduceMiddle("sum", reached), [outer, 1, inner]);
      return [select(reached, div(back, ties), 0)];
    },
  };
}

const primitives: Record<ReduceName, Primitive> = {
  sum: definePrimitive("sum"),
  max: definePrimitive("max"),
  min: definePrimitive("min"),
};

const joins: Record<ReduceName, { start: number; join: (a: number, b: number) => number }> = {
  sum: { start: 0, join: (a, b) => a + b },
  max: { start: Number.NEGATIVE_INFINITY, join: Math.max },
  min: { start: Number.POSITIVE_INFINITY, join: Math.min },
};

/** The plain meaning of a reduction. */
export const reduceMeaning: Meaning = (node, [x], out) => {
  const [outer, size, inner] = node.inputs[0]!.shape as [number, number, number];
  const { start, join } = joins[node.primitive.name as ReduceName];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = start;
      for (let s = 0; s < size; s++) total = join(total, x![(o * size + s) * inner + i]!);
      out[o * inner + i] = total;
    }
  }
};

/** [outer, size, inner] -> [outer, inner]. */
function reduceMiddle(name: ReduceName, x: Tensor): Tensor {
  const [outer, , inner] = x.shape as [number, number, number];
  return createTensor(primitives[name], [x], [outer, inner]);
}

/** What becomes of the axes that are reduced. */
export interface ReduceOptions {
  /** Keep the reduced axes as 1, so that the result broadcasts against the input. */
  readonly keepDims?: boolean;
}

function reduce(name: ReduceName, x: Tensor, axes: number | readonly number[] | undefined, options: ReduceOptions): Tensor {
  const reduced = normaliseAxes(axes, x.shape.length, name);
  const keptShape: Shape = options.keepDims
    ? x.shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent))
    : x.shape.filter((_, axis) => !reduced.includes(axis));
  // Runs of neighbouring axes are reduced one after the other, the last first.
  let result = x;
  let shape = [...x.shape];
  for (let end = shape.length - 1; end >= 0; end--) {
    if (!reduced.includes(end)) continue;
    let first = end;
    while (first > 0 && reduced.includes(first - 1)) first--;
    const outer = sizeOf(shape.slice(0, first));
    const size = sizeOf(shape.slice(first, end + 1));
    const inner = sizeOf(shape.slice(end + 1));
    if (size > 1) result = reduceMiddle(name, reshape(result, [outer, size, inner]));
    shape = [...shape.slice(0, first), ...shape.slice(end + 1)];
    end = first;
  }
  return reshape(result, keptShape);
}

/** Sum over the axes (all, where none are named). */
export const sum = (x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor =>
  reduce("sum", x, axes, options);
/** Largest element over the axes. */
export const max = (x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor =>
  reduce("max", x, axes, options);
/** Smallest element over the axes. */
export const min = (x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor =>
  reduce("min", x, axes, options);
/** Mean over the axes: the sum times 1 / count. */
export function mean(x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor {
  const count = sizeOf(normaliseAxes(axes, x.shape.length, "mean").map((axis) => x.shape[axis]!));
  return mul(sum(x, axes, options), 1 / count);
}

/**
 * What broadcasting stretched, summed back to the shape it had. Signs, and factors that all terms of a sum share, are applied to the sum:
 * sums of other terms become the same sum.
 */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const [a, b] = x.inputs;
  const { name } = x.primitive;
  if (name === "neg") return neg(sumTo(a!, shape));
  const isShared = name === "mul" && sameShape(a!.shape, x.shape) && sizeOf(b!.shape) > 1;
  if (isShared && sameShape(broadcastShapes(b!.shape, shape) ?? [], shape)) return mul(sumTo(a!, shape), b!);
  const extra = x.shape.length - shape.length;
  const stretched = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (shape[axis - extra] === 1 && x.shape[axis] !== 1));
  return stretched.length === 0 ? reshape(x, shape) : reshape(sum(x, stretched), shape);
}
