/** Fusion of what works on images: convolutions out of products with patches, pooling, padding. */
import type { Geometry } from "../primitives/geometry.ts";
import { windowCounts } from "../primitives/geometry.ts";
import { geometryOf } from "../primitives/windows.ts";
import { createTensor, type Primitive, type Tensor } from "../tensor.ts";
import { baseOf } from "./formula.ts";
import type { Group } from "./group.ts";
import { chunksOf, type Windows } from "./image-kernels.ts";

type Images = readonly [number, number, number, number];

/** What the plan makes for itself: padded images, turned filters, sums over chunks of images. */
const made: Primitive = { name: "made", kind: "transpose" };
export const makeTensor = (inputs: readonly Tensor[], shape: readonly number[]): Tensor => createTensor(made, inputs, shape);

/** Windows of a geometry over images. */
export function windowsOver({ shape }: Pick<Tensor, "shape">, geometry: Geometry): Windows {
  const [images, height, width, channels] = shape as Images;
  return { images, height, width, channels, geometry, counts: windowCounts(geometry, [height, width]) };
}

/** The same windows, over images that have their padding around them. */
export function paddedWindows(windows: Windows): Windows {
  const { height, width, geometry } = windows;
  const [top, bottom, left, right] = geometry.padding;
  return {
    ...windows,
    height: height + top + bottom,
    width: width + left + right,
    geometry: { ...geometry, padding: [0, 0, 0, 0] },
  };
}

/** Whether windows ask for the same padding around the same images. */
export const samePadding = (a: Windows, b: Windows): boolean =>
  a.height === b.height && a.width === b.width && a.geometry.padding.join() === b.geometry.padding.join();

/** Patches that a product can take from the images themselves: the places of a window's row lie side by side. */
export function windowsOf(operand: Tensor): { readonly patches: Tensor; readonly windows: Windows } | undefined {
  const patches = baseOf(operand);
  if (patches.primitive.kind !== "patches") return undefined;
  const geometry = geometryOf(patches);
  const length = patches.shape[3]!;
  const isFlat = operand.shape.length === 2 && operand.shape[1] === length;
  if (!isFlat || (geometry.kernel[1] > 1 && geometry.dilation[1] > 1)) return undefined;
  return { patches, windows: windowsOver(patches.inputs[0]!, geometry) };
}

/** A gradient of images that is a convolution itself, with the filters turned around. */
export interface TurnedConvolution {
  /** The product that need not be computed. */
  readonly product: Tensor;
  /** [images OH OW, F], the gradient of the convolution. */
  readonly gradient: Tensor;
  /** Windows over that gradient, as images with padding. */
  readonly windows: Windows;
  /** The filters' tensor, and where its numbers lie for [kh, kw, F, C], turned. */
  readonly filters: Tensor;
  readonly extents: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/**
 * fold(g W^T) of a convolution without strides or holes: each pixel's gradient is the product of the filters, turned around, with
 * the window of g around it. Sums are taken over (place, filter) in this order.
 */
export function turnedConvolution(fold: Tensor): TurnedConvolution | undefined {
  const product = baseOf(fold.inputs[0]!);
  if (product.primitive.kind !== "matmul" || product.attributes.transposeA) return undefined;
  const { kernel, stride, dilation, padding } = geometryOf(fold);
  const [images, height, width, channels] = fold.shape as Images;
  const [, rows, columns] = fold.inputs[0]!.shape as Images;
  const [top, bottom, left, right] = padding;
  const [down, across] = [kernel[0] - 1, kernel[1] - 1];
  const turned = [down - top, down - bottom, across - left, across - right] as const;
  const isPlain = [...stride, ...dilation].every((one) => one === 1) && turned.every((pixels) => pixels >= 0);
  if (!isPlain) return undefined;
  const [gradient, filters] = product.inputs as readonly [Tensor, Tensor];
  const count = gradient.shape[1]!;
  const places = kernel[0] * kernel[1];
  const isTransposed = product.attributes.transposeB as boolean;
  // Filters as [places, channels, count], or [count, places, channels].
  const [place, filter, channel] = isTransposed ? [channels * count, 1, count] : [channels, places * channels, 1];
  const geometry = { kernel, stride, dilation, padding: turned };
  const windows = windowsOver({ shape: [images, rows, columns, count] }, geometry);
  if (windows.counts[0] !== height || windows.counts[1] !== width) return undefined;
  return {
    product,
    gradient,
    windows,
    filters,
    extents: [places, count, channels],
    strides: [-place!, filter!, channel!],
    offset: (places - 1) * place!,
  };
}

/** Sums over chunks of images: [chunks, kh kw C, F]. */
export function filterGradientShape(windows: Windows, filters: number): [number, number, number] {
  const { kernel } = windows.geometry;
  return [chunksOf(windows.images), kernel[0] * kernel[1] * windows.channels, filters];
}

/** All of the products that turned convolutions take the place of, where nothing else needs them. */
export function replacedProducts(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, Tensor> {
  const users = new Map<Tensor, number>();
  const use = (tensor: Tensor) => users.set(tensor, (users.get(tensor) ?? 0) + 1);
  for (const tensor of order) for (const one of tensor.inputs) use(one);
  for (const tensor of outputs) use(tensor);
  const replaced = new Map<Tensor, Tensor>();
  for (const fold of order) {
    if (fold.primitive.kind !== "fold") continue;
    const turned = turnedConvolution(fold);
    if (!turned) continue;
    // Every view on the way from the product has one user.
    let view = fold.inputs[0]!;
    let isOwn = users.get(view) === 1;
    while (view !== turned.product) {
      view = view.inputs[0]!;
      isOwn &&= users.get(view) === 1;
    }
    if (isOwn) replaced.set(turned.product, fold);
  }
  return replaced;
}

/** How many images a tensor of so many rows holds the pixels of, where kernels on images have made it. */
export function imagesBehind(tensor: Tensor, rows: number, groupOf: (tensor: Tensor) => Group | undefined): number | undefined {
  let [node, images] = [baseOf(tensor), undefined as number | undefined];
  for (let steps = 0; node && images === undefined && steps < 8; steps++) {
    const head = groupOf(node)?.head;
    if (head?.kind === "matmul") images = head.windows?.images;
    if (head?.kind === "pool") images = head.kernel.windows.images;
    node = baseOf(node.inputs[0] ?? node);
    if (node.inputs.length === 0) break;
  }
  return images !== undefined && rows > images && rows % images === 0 ? images : undefined;
}
