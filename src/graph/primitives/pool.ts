/**
 * Pooling: the largest number, or the sum, under each window of each channel.
 *
 * Symbols  x [N, H, W, C] -> y [N, OH, OW, C]. Padding counts as -infinity in a maximum and as 0 in a sum.
 * NaN      a maximum over a window with a NaN is NaN; that of 0 and -0 is 0.
 * Ties     the gradient of a window's maximum goes to the first place, in row-major order, that is equal to it; where it is
 *          NaN, to the first NaN.
 * Source   LeCun et al. 1998 (sums); Riesenhuber & Poggio 1999 (maxima).
 */
import { ShapeError } from "../../core/errors.ts";
import { constant, createTensor, describeTensor, iota, type Meaning, type Primitive, type Tensor } from "../tensor.ts";
import { equal, expand, mul, select } from "./elementwise.ts";
import { describeGeometry, type Geometry, keepGeometry, type Pair, visitWindows, windowSpan } from "./geometry.ts";
import { min, sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { countWindows, geometryOf, imageShape, patches, sizeOfImages } from "./windows.ts";

/** Calls `visit` for each place inside the images, window by window, with where its window and its pixel lie. */
function visitPools(geometry: Geometry, pixels: Tensor, windows: Tensor, visit: (window: number, pixel: number) => void): void {
  const [images, height, width, channels] = pixels.shape as readonly [number, number, number, number];
  const count = windows.shape[1]! * windows.shape[2]!;
  for (let n = 0; n < images; n++) {
    visitWindows(geometry, [height, width], (window, _, pixel) => {
      if (pixel < 0) return;
      const to = (n * count + window) * channels;
      const from = (n * height * width + pixel) * channels;
      for (let c = 0; c < channels; c++) visit(to + c, from + c);
    });
  }
}

const maxPrimitive: Primitive = {
  name: "maxPool",
  kind: "pool",
  derivative: (node, gradient) => [maxPoolBack(node.inputs[0]!, node, gradient, geometryOf(node))],
};

/** The plain meaning of `maxPool`. */
export const maxPoolMeaning: Meaning = (node, [x], out) => {
  out.fill(Number.NEGATIVE_INFINITY);
  visitPools(geometryOf(node), node.inputs[0]!, node, (window, pixel) => {
    out[window] = Math.max(out[window]!, x![pixel]!);
  });
};

const sumPrimitive: Primitive = {
  name: "sumPool",
  kind: "pool",
  derivative: (node, gradient) => [sumPoolBack(gradient, geometryOf(node), sizeOfImages(node.inputs[0]!))],
};

/** The plain meaning of `sumPool`. */
export const sumPoolMeaning: Meaning = (node, [x], out) => {
  out.fill(0);
  visitPools(geometryOf(node), node.inputs[0]!, node, (window, pixel) => {
    out[window]! += x![pixel]!;
  });
};

const maxBackPrimitive: Primitive = {
  name: "maxPoolBack",
  kind: "poolBack",
  // Which place is the largest does not change under a small change of x: only g carries on.
  derivative: (node, gradient) => [null, null, pickLargest(node, gradient)],
};

/** The plain meaning of `maxPoolBack`. */
export const maxPoolBackMeaning: Meaning = (node, [x, y, g], out) => {
  out.fill(0);
  const given = new Uint8Array(y!.length);
  visitPools(geometryOf(node), node, node.inputs[1]!, (window, pixel) => {
    const [value, largest] = [x![pixel]!, y![window]!];
    if (given[window] || !(value === largest || (Number.isNaN(value) && Number.isNaN(largest)))) return;
    given[window] = 1;
    out[pixel]! += g![window]!;
  });
};

const sumBackPrimitive: Primitive = {
  name: "sumPoolBack",
  kind: "poolBack",
  derivative: (node, gradient) => [sumPool(gradient, geometryOf(node))],
};

/** The plain meaning of `sumPoolBack`. */
export const sumPoolBackMeaning: Meaning = (node, [g], out) => {
  out.fill(0);
  visitPools(geometryOf(node), node, node.inputs[0]!, (window, pixel) => {
    out[pixel]! += g![window]!;
  });
};

/** The numbers of `z` [N, H, W, C] at the places that got g: the adjoint of `maxPoolBack` in g. For x without NaN. */
function pickLargest(node: Tensor, z: Tensor): Tensor {
  const [x, y] = node.inputs as readonly [Tensor, Tensor, Tensor];
  const geometry = geometryOf(node);
  const [images, rows, columns, channels] = y.shape as readonly [number, number, number, number];
  const [windows, places] = [images * rows * columns, geometry.kernel[0] * geometry.kernel[1]];
  const under = (pixels: Tensor) => reshape(patches(pixels, geometry), [windows, places, channels]);
  const isInside = under(expand(constant(1), x.shape));
  const isLargest = mul(equal(under(x), reshape(y, [windows, 1, channels])), isInside);
  const place = reshape(iota(places), [places, 1]);
  const first = min(select(isLargest, place, places), 1, { keepDims: true });
  return reshape(sum(select(equal(place, first), under(z), 0), 1), y.shape);
}

/** The largest number under each window: [N, H, W, C] -> [N, OH, OW, C]. @throws ShapeError  a window would hold padding alone */
export function maxPool(x: Tensor, geometry: Geometry): Tensor {
  return pool(maxPrimitive, x, geometry, checkFilled);
}

/** The sum of the numbers under each window: [N, H, W, C] -> [N, OH, OW, C]. */
export function sumPool(x: Tensor, geometry: Geometry): Tensor {
  return pool(sumPrimitive, x, geometry);
}

function pool(primitive: Primitive, x: Tensor, geometry: Geometry, check?: typeof checkFilled): Tensor {
  const kept = keepGeometry(geometry, primitive.name);
  const [images, height, width, channels] = imageShape(primitive.name, x);
  const counts = countWindows(primitive.name, kept, [height, width], describeTensor(x));
  check?.(kept, [height, width], counts, x);
  return createTensor(primitive, [x], [images, ...counts, channels], { geometry: kept });
}

/** Every window has a pixel of the image: one that has none would have no maximum. */
function checkFilled(geometry: Geometry, size: Pair, counts: Pair, x: Tensor): void {
  const { kernel, stride, dilation, padding } = geometry;
  const span = windowSpan(geometry);
  const names = ["top", "bottom", "left", "right"];
  padding.forEach((pixels, side) => {
    const most = span[side < 2 ? 0 : 1];
    if (pixels < most) return;
    throw new ShapeError("E_SHAPE_WINDOW", {
      message: `maxPool: padding must be smaller than the window, which spans ${span.join(" x ")}; received ${pixels} at the ${names[side]}`,
      hint: "A window over padding alone has no maximum. Half of the kernel is the most that is usual.",
    });
  });
  for (const axis of [0, 1] as const) {
    const isFilled = (window: number) => {
      for (let i = 0; i < kernel[axis]; i++) {
        const at = window * stride[axis] - padding[2 * axis]! + i * dilation[axis];
        if (at >= 0 && at < size[axis]) return true;
      }
      return false;
    };
    for (let window = 0; window < counts[axis]; window++) {
      if (isFilled(window)) continue;
      throw new ShapeError("E_SHAPE_WINDOW", {
        message: `maxPool: with windows ${describeGeometry(geometry)} over ${describeTensor(x)}, ${axis === 0 ? "row" : "column"} ${window} of the windows meets no pixel between its holes`,
        hint: "Take less padding, or a smaller dilation.",
      });
    }
  }
}

/**
 * The derivative of `maxPool`: each window's g goes to its first largest place. [N, OH, OW, C] -> [N, H, W, C].
 *
 * @param x  the images [N, H, W, C]
 * @param y  their maxima, `maxPool(x, geometry)`
 */
export function maxPoolBack(x: Tensor, y: Tensor, g: Tensor, geometry: Geometry): Tensor {
  const kept = keepGeometry(geometry, "maxPoolBack");
  const [images, height, width, channels] = imageShape("maxPoolBack", x);
  const counts = countWindows("maxPoolBack", kept, [height, width], describeTensor(x));
  for (const one of [y, g]) checkWindows("maxPoolBack", one, [images, ...counts, channels]);
  return createTensor(maxBackPrimitive, [x, y, g], x.shape, { geometry: kept });
}

/** The derivative of `sumPool`: each pixel gets the g of every window over it. [N, OH, OW, C] -> [N, H, W, C], `size` [H, W]. */
export function sumPoolBack(g: Tensor, geometry: Geometry, size: Pair): Tensor {
  const kept = keepGeometry(geometry, "sumPoolBack");
  const [images, , , channels] = imageShape("sumPoolBack", g);
  const counts = countWindows("sumPoolBack", kept, size, `[${size.join(", ")}]`);
  checkWindows("sumPoolBack", g, [images, ...counts, channels]);
  return createTensor(sumBackPrimitive, [g], [images, ...size, channels], { geometry: kept });
}

function checkWindows(name: string, x: Tensor, shape: readonly number[]): void {
  if (x.shape.join() === shape.join()) return;
  throw new ShapeError("E_SHAPE_WINDOW", {
    message: `${name}: the windows are [${shape.join(", ")}], received ${describeTensor(x)}`,
  });
}
