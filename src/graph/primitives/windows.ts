/**
 * Windows of images laid out in rows, and their adjoint: what turns a convolution into a product of matrices.
 *
 * Symbols  x [N, H, W, C] images, channels last; P = kh kw C; patches(x) [N, OH, OW, P], the last axis in the order (row, column,
 *          channel) of a window's places, 0 where a place lies outside the image.
 *          fold(g) [N, H, W, C] adds each number of g [N, OH, OW, P] to the pixel that it would come from:
 *          sum(patches(x) g) = sum(x fold(g)) for all x and g, so each is the other's derivative.
 * Source   Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document processing".
 */
import { ShapeError } from "../../core/errors.ts";
import { type Shape, showShape } from "../shape.ts";
import { createTensor, describeTensor, type Meaning, type Primitive, type Tensor } from "../tensor.ts";
import { describeGeometry, type Geometry, keepGeometry, type Pair, visitWindows, windowCounts, windowSpan } from "./geometry.ts";

type Images = readonly [number, number, number, number];

export const geometryOf = (node: Tensor): Geometry => node.attributes.geometry as Geometry;
export const sizeOfImages = ({ shape }: Tensor): Pair => [shape[1]!, shape[2]!];

/** The extents of images. @throws ShapeError  the tensor has another rank */
export function imageShape(name: string, x: Tensor): Images {
  if (x.shape.length !== 4) {
    throw new ShapeError("E_SHAPE_IMAGES", {
      message: `${name} works on images [count, height, width, channels], received ${describeTensor(x)}`,
      hint: "Reshape it; a grey image has one channel.",
    });
  }
  return x.shape as Images;
}

/** [OH, OW] of windows over images. @throws ShapeError  not one window fits */
export function countWindows(name: string, geometry: Geometry, [height, width]: Pair, images: string): Pair {
  const counts = windowCounts(geometry, [height, width]);
  if (counts[0] >= 1 && counts[1] >= 1) return counts;
  const span = windowSpan(geometry);
  const { dilation, padding } = geometry;
  const spread = dilation.some((one) => one > 1) ? ` (${span.join(" x ")} with its holes)` : "";
  const padded = [height + padding[0] + padding[1], width + padding[2] + padding[3]];
  const room = padding.some((one) => one > 0) ? `, ${padded.join(" x ")} with padding` : "";
  throw new ShapeError("E_SHAPE_WINDOW", {
    message: `${name}: a window of ${geometry.kernel.join(" x ")}${spread} does not fit into the images of ${images}${room}`,
    hint: "Take a smaller kernel, more padding, or less striding and pooling before it.",
  });
}

/** Windows of one place, side by side: the images themselves. */
const isIdentity = ({ kernel, stride, padding }: Geometry): boolean =>
  [...kernel, ...stride].every((one) => one === 1) && padding.every((one) => one === 0);

const patchesPrimitive: Primitive = {
  name: "patches",
  kind: "patches",
  derivative: (node, gradient) => [fold(gradient, geometryOf(node), sizeOfImages(node.inputs[0]!))],
};

/** The plain meaning of `patches`. */
export const patchesMeaning: Meaning = (node, [x], out) => {
  const [images, height, width, channels] = node.inputs[0]!.shape as Images;
  const [, rows, columns, length] = node.shape as Images;
  for (let n = 0; n < images; n++) {
    visitWindows(geometryOf(node), [height, width], (window, place, pixel) => {
      const to = (n * rows * columns + window) * length + place * channels;
      const from = (n * height * width + pixel) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = pixel < 0 ? 0 : x![from + c]!;
    });
  }
};

const foldPrimitive: Primitive = {
  name: "fold",
  kind: "fold",
  derivative: (node, gradient) => [patches(gradient, geometryOf(node))],
};

/** The plain meaning of `fold`. */
export const foldMeaning: Meaning = (node, [g], out) => {
  const [images, height, width, channels] = node.shape as Images;
  const [, rows, columns, length] = node.inputs[0]!.shape as Images;
  out.fill(0);
  for (let n = 0; n < images; n++) {
    visitWindows(geometryOf(node), [height, width], (window, place, pixel) => {
      if (pixel < 0) return;
      const from = (n * rows * columns + window) * length + place * channels;
      const to = (n * height * width + pixel) * channels;
      for (let c = 0; c < channels; c++) out[to + c]! += g![from + c]!;
    });
  }
};

/**
 * The pixels under each window, one row a window: [N, H, W, C] -> [N, OH, OW, kh kw C].
 *
 * @throws ShapeError  x is no tensor of images, the geometry is none, or no window fits
 */
export function patches(x: Tensor, geometry: Geometry): Tensor {
  const kept = keepGeometry(geometry, "patches");
  const [images, height, width, channels] = imageShape("patches", x);
  const counts = countWindows("patches", kept, [height, width], describeTensor(x));
  if (isIdentity(kept)) return x;
  const length = kept.kernel[0] * kept.kernel[1] * channels;
  return createTensor(patchesPrimitive, [x], [images, ...counts, length], { geometry: kept });
}

/**
 * The adjoint of `patches`: [N, OH, OW, kh kw C] -> [N, H, W, C], each pixel the sum of what lies over it in all windows.
 *
 * @param size  [H, W] of the images
 * @throws ShapeError  g is not what `patches` of such images would be
 */
export function fold(g: Tensor, geometry: Geometry, size: Pair): Tensor {
  const kept = keepGeometry(geometry, "fold");
  const [images, rows, columns, length] = imageShape("fold", g);
  const shown = `${showShape(size)}`;
  const counts = countWindows("fold", kept, size, shown);
  const places = kept.kernel[0] * kept.kernel[1];
  if (rows !== counts[0] || columns !== counts[1] || length % places !== 0) {
    throw new ShapeError("E_SHAPE_WINDOW", {
      message:
        `fold: windows ${describeGeometry(kept)} over ${shown} are [count, ${counts.join(", ")}, a multiple of ${places}], ` +
        `received ${describeTensor(g)}`,
    });
  }
  if (isIdentity(kept)) return g;
  const shape: Shape = [images, ...size, length / places];
  return createTensor(foldPrimitive, [g], shape, { geometry: kept });
}
