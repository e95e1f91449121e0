/** Kernels over images [images, height, width, channels]: each part of their work is some of the images. */

import type { Geometry, Pair } from "../primitives/geometry.ts";
import type { Tensor } from "../tensor.ts";
import type { Formula } from "./values.ts";

/** Windows over images, and how many there are in each. */
export interface Windows {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly geometry: Geometry;
  /** [OH, OW]. */
  readonly counts: Pair;
}

/** Images with zeros around them: [top, bottom, left, right]. */
export interface PadKernel {
  readonly kind: "pad";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  readonly windows: Windows;
}
/** The pixels under each window, written out: what no product can take from the images. */
export interface PatchesKernel {
  readonly kind: "patches";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  readonly windows: Windows;
}
/** The adjoint of patches. `windows` are over the images that it writes. */
export interface FoldKernel {
  readonly kind: "fold";
  readonly sources: readonly [Tensor];
  readonly target: Tensor;
  readonly windows: Windows;
}

/**
 * The gradient of filters, summed over each of so many chunks of images by itself: [chunks, kh kw C, F] from images (without
 * padding left in the geometry) and the gradient of the convolution [images OH OW, F].
 */
export interface FilterGradientKernel {
  readonly kind: "filterGradient";
  readonly sources: readonly [images: Tensor, gradient: Tensor];
  readonly target: Tensor;
  readonly windows: Windows;
  readonly filters: number;
}

export type ImageKernel = PadKernel | PatchesKernel | FoldKernel | FilterGradientKernel;

/**
 * Pooling, or back from it, then a formula over the results: for each window and channel (forward), or for each pixel and channel
 * (back). Backwards the formula is there only where each pixel lies in one window exactly.
 */
export interface PoolKernel extends Formula {
  readonly kind: "pool";
  readonly name: "maxPool" | "sumPool" | "maxPoolBack" | "sumPoolBack";
  /** x; or x, y and g; or g. */
  readonly images: readonly Tensor[];
  readonly windows: Windows;
  readonly rows: number;
  readonly columns: number;
}

/** Most places of windows that count as lying side by side: engines may write out what to do for each. */
export const mostPlacesCovered = 25;

/** Whether the windows lie side by side, cover every pixel, and are small. */
export function coverExactly({ height, width, geometry }: Windows): boolean {
  const { kernel, stride, dilation, padding } = geometry;
  return (
    kernel[0] * kernel[1] <= mostPlacesCovered &&
    kernel[0] === stride[0] &&
    kernel[1] === stride[1] &&
    dilation.every((one, axis) => one === 1 || kernel[axis] === 1) &&
    padding.every((one) => one === 0) &&
    height % kernel[0] === 0 &&
    width % kernel[1] === 0
  );
}

/** Most chunks that images are cut into; sums over images are taken chunk by chunk. */
const mostChunks = 16;

/** Into how many chunks so many images are cut: by their number alone. */
export const chunksOf = (images: number): number => Math.min(images, mostChunks);

/** The first image of a chunk; of the chunk past the last, the number of images. */
export const firstOfChunk = (images: number, chunk: number): number => Math.floor((images * chunk) / chunksOf(images));
