import { mul, squareWindows, sumPool } from "../../graph/index.ts";
import { checkPoolPadding, describePool, imagesOf, poolOptions } from "../images.ts";
import { defineLayer } from "./define.ts";

/**
 * The mean under each window of each channel.
 *
 * Symbols  x [N, H, W, C] (an example of two axes is an image of one channel) -> [N, OH, OW, C], sums under windows of size x size
 *          times 1 / size^2; OH = floor((H + 2 padding - size) / stride) + 1
 *
 * Source   LeCun et al. 1998, "Gradient-based learning applied to document recognition".
 *
 * Choice   Padding counts as zeros that are averaged in, PyTorch's default (count_include_pad); TensorFlow leaves it out.
 */
export const averagePool2d = defineLayer({
  name: "averagePool2d",
  summary: "The mean under each window of each channel.",
  source: "LeCun et al. 1998.",
  options: poolOptions,
  seesImages: true,
  build(input, { size, stride = size, padding }, context) {
    const x = imagesOf(input, "averagePool2d", context);
    checkPoolPadding("averagePool2d", context.name, size, padding);
    return mul(sumPool(x, squareWindows({ kernel: size, stride, padding })), 1 / (size * size));
  },
  describe: ({ size, stride }) => describePool("averagePool", size, stride),
  examples: [
    { options: {}, input: [4, 5] },
    { options: { size: 3, stride: 2, padding: 1 }, input: [5, 4, 3] },
    { options: { size: 1, stride: 2 }, input: [3, 3, 2] },
  ],
});
