/** Moves of shape: reshape (the same numbers in the same order) and transpose (axes permuted). */
import { ShapeError } from "../../core/errors.ts";
import { type Shape, sameShape, showShape, sizeOf } from "../shape.ts";
import { createTensor, describeTensor, type Meaning, type Primitive, type Tensor } from "../tensor.ts";

const reshapePrimitive: Primitive = {
  name: "reshape",
  kind: "reshape",
  derivative: (node, gradient) => [reshape(gradient, node.inputs[0]!.shape)],
};

/** The plain meaning of `reshape`. */
export const reshapeMeaning: Meaning = (_node, [x], out) => {
  for (let i = 0; i < out.length; i++) out[i] = x![i]!;
};

/** The same numbers, row-major, under another shape of the same size. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(shape) !== sizeOf(x.shape)) {
    throw new ShapeError("E_SHAPE_RESHAPE", {
      message: `reshape: ${describeTensor(x)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} would have ${sizeOf(shape)}`,
    });
  }
  return createTensor(reshapePrimitive, [x], shape);
}

const transposePrimitive: Primitive = {
  name: "transpose",
  kind: "transpose",
  derivative(node, gradient) {
    const axes = node.attributes.axes as readonly number[];
    const inverse = axes.map((_, axis) => axes.indexOf(axis));
    return [transpose(gradient, inverse)];
  },
};

/** The plain meaning of `transpose`. */
export const transposeMeaning: Meaning = (node, [x], out) => {
  const strides = transposedStrides(node);
  const index = new Array<number>(node.shape.length).fill(0);
  for (let i = 0; i < out.length; i++) {
    let offset = 0;
    for (let axis = 0; axis < index.length; axis++) offset += index[axis]! * strides[axis]!;
    out[i] = x![offset]!;
    for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === node.shape[axis]!; axis--) index[axis] = 0;
  }
};

/** Where the elements of a transposed tensor lie in its input: stride of each axis of the output. */
export function transposedStrides(node: Tensor): number[] {
  const source = node.inputs[0]!.shape;
  return (node.attributes.axes as readonly number[]).map((axis) => sizeOf(source.slice(axis + 1)));
}

/** Axes in another order: axis i of the result is axis `axes[i]` of x. Without `axes` the order is reversed. */
export function transpose(x: Tensor, axes: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i)): Tensor {
  const sorted = [...axes].sort((a, b) => a - b);
  if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
    throw new ShapeError("E_SHAPE_AXIS", {
      message: `transpose: the axes of ${describeTensor(x)} are a permutation of 0 to ${x.shape.length - 1}, received [${axes.join(", ")}]`,
    });
  }
  if (axes.every((axis, i) => axis === i)) return x;
  return createTensor(
    transposePrimitive,
    [x],
    axes.map((axis) => x.shape[axis]!),
    { axes: [...axes] },
  );
}
