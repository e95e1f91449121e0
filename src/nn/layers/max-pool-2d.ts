import { maxPool, squareWindows } from "../../graph/index.ts";
import { checkPoolPadding, describePool, imagesOf, poolOptions } from "../images.ts";
import { defineLayer } from "./define.ts";

/**
 * The largest number under each window of each channel.
 *
 * Symbols  x [N, H, W, C] (an example of two axes is an image of one channel) -> [N, OH, OW, C],
 *          OH = floor((H + 2 padding - size) / stride) + 1: rows and columns that fill no window are left out.
 *
 * Source   Riesenhuber & Poggio 1999; Scherer, Mueller & Behnke 2010.
 *
 * Choice   Padding counts as -infinity, as in PyTorch. The gradient goes to the first of equals.
 */
export const maxPool2d = defineLayer({
  name: "maxPool2d",
  summary: "The largest number under each window of each channel.",
  source: "Riesenhuber & Poggio 1999; Scherer, Mueller & Behnke 2010.",
  options: poolOptions,
  seesImages: true,
  build(input, { size, stride = size, padding }, context) {
    const x = imagesOf(input, "maxPool2d", context);
    checkPoolPadding("maxPool2d", context.name, size, padding);
    return maxPool(x, squareWindows({ kernel: size, stride, padding }));
  },
  describe: ({ size, stride }) => describePool("maxPool", size, stride),
  examples: [
    { options: {}, input: [4, 5] },
    { options: { size: 3, stride: 2, padding: 1 }, input: [5, 4, 3] },
    { options: { size: 1 }, input: [2, 2, 2] },
  ],
});
