/** What layers that look at images share: an example as an image, and windows that are given by plain numbers. */
import { ShapeError } from "../core/errors.ts";
import { reshape, showShape, type Tensor } from "../graph/index.ts";
import type { LayerContext } from "./layers/define.ts";

/**
 * Images [N, H, W, C]; examples of two axes are grey images, of one channel.
 *
 * @param kind  the layer's kind, for messages
 * @throws ShapeError  the examples are no images
 */
export function imagesOf(input: Tensor, kind: string, { name, before }: LayerContext): Tensor {
  const { shape } = input;
  if (shape.length === 3) return reshape(input, [...shape, 1]);
  if (shape.length === 4) return input;
  const [, ...example] = shape;
  throw new ShapeError("E_LAYER_INPUT", {
    message: `${kind} '${name}' expects images [rows, height, width, channels], received ${showShape(shape)}`,
    hint: `${before} ${showShape(example)} for an example. Put ${kind} before the layers that make a row of features of an image: dense, flatten, globalAveragePool2d.`,
  });
}

/** The options of layers that pool. */
export const poolOptions = {
  size: { type: "integer", default: 2, min: 1, max: 1000, summary: "Height and width of a window." },
  stride: {
    type: "integer",
    optional: true,
    min: 1,
    max: 1000,
    summary: "Pixels from one window to the next; where absent the windows lie side by side.",
  },
  padding: { type: "integer", default: 0, min: 0, max: 1000, summary: "Pixels added on every side." },
} as const;

/** "maxPool", "maxPool 3x3/2": the size where it is not 2, the stride where it is not the size. */
export function describePool(kind: string, size: number, stride: number = size): string {
  const window = size === 2 && stride === 2 ? "" : ` ${size}x${size}`;
  return `${kind}${window}${stride === size ? "" : `/${stride}`}`;
}

/** @throws ShapeError  a window could lie over padding alone */
export function checkPoolPadding(kind: string, name: string, size: number, padding: number): void {
  if (padding < size) return;
  throw new ShapeError("E_LAYER_OPTION", {
    message: `${kind} '${name}' has windows of ${size} x ${size} and a padding of ${padding}; padding must be smaller than the window`,
    hint: `Set ${name}.padding to ${Math.floor(size / 2)} or less.`,
  });
}
