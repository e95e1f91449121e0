import { ShapeError } from "../../core/errors.ts";
import { add, conv2d as convolve, samePadding, squareWindows } from "../../graph/index.ts";
import { imagesOf } from "../images.ts";
import { zeros } from "../initializers/zeros.ts";
import { type ChosenInitializer, defineLayer } from "./define.ts";

/**
 * Convolution of images: every filter slides over the image and gives one channel of the result.
 *
 * Symbols  x [N, H, W, C] (an example of two axes is an image of one channel); W [k, k, C / groups, F]; b [F];
 *          y = x * W + b, [N, OH, OW, F], OH = floor((H + padding - dilation (k - 1) - 1) / stride) + 1
 *
 * Source   LeCun et al. 1998, "Gradient-based learning applied to document recognition".
 *
 * Choice   "same" pads so that OH = ceil(H / stride), the odd pixel at the bottom and right, as TensorFlow does; a number pads as
 *          PyTorch does. fanIn is that of one output, k k C / groups.
 */
export const conv2d = defineLayer({
  name: "conv2d",
  summary: "Filters that slide over an image; each gives one channel of the result.",
  source: "LeCun et al. 1998; arithmetic: Dumoulin & Visin 2016, arXiv:1603.07285.",
  options: {
    filters: { type: "integer", min: 1, max: 1_000_000, scale: "log", summary: "Number of filters, the channels of the result." },
    kernel: { type: "integer", min: 1, max: 1000, summary: "Height and width of a filter." },
    stride: { type: "integer", default: 1, min: 1, max: 1000, summary: "Pixels from one window to the next." },
    padding: {
      type: "wordOrInteger",
      choices: ["valid", "same"],
      default: "valid",
      min: 0,
      max: 1000,
      summary: "Pixels of zeros on every side: none, as many as keep the size at stride 1, or a number.",
    },
    dilation: { type: "integer", default: 1, min: 1, max: 1000, summary: "Pixels from one place of a filter to the next." },
    groups: {
      type: "integer",
      default: 1,
      min: 1,
      max: 1_000_000,
      summary: "Parts that channels and filters are split into, each filter seeing the channels of its part.",
    },
    bias: { type: "boolean", default: true, summary: "Whether each filter adds a bias; it starts at 0." },
    initializer: { type: "component", of: "initializer", default: "he", summary: "How the filters start." },
  },
  seesImages: true,
  build(input, { filters, kernel, stride, padding, dilation, groups, bias, initializer }, context) {
    const x = imagesOf(input, "conv2d", context);
    const [, height, width, channels] = x.shape as readonly [number, number, number, number];
    for (const [count, what] of [
      [channels, "channels"],
      [filters, "filters"],
    ] as const) {
      if (count % groups === 0) continue;
      throw new ShapeError("E_LAYER_OPTION", {
        message: `conv2d '${context.name}' cannot split its ${count} ${what} into ${groups} groups of one size`,
        hint: `${context.before} ${channels} channels. Choose groups that divide channels and filters.`,
      });
    }
    const along = (size: number) => samePadding(size, kernel, stride, dilation);
    const around = padding === "same" ? ([...along(height), ...along(width)] as const) : padding === "valid" ? 0 : padding;
    const geometry = squareWindows({ kernel, stride, dilation, padding: around });
    const depth = channels / groups;
    const fan = { fanIn: kernel * kernel * depth, fanOut: (kernel * kernel * filters) / groups };
    const shape = [kernel, kernel, depth, filters];
    const weight = context.parameter("weight", shape, initializer as ChosenInitializer, fan, { isWeight: true });
    const result = convolve(x, weight, geometry, groups);
    return bias ? add(result, context.parameter("bias", [filters], { definition: zeros, options: {} }, fan)) : result;
  },
  describe: ({ filters, kernel, stride }) => `conv ${kernel}x${kernel}x${filters}${stride === 1 ? "" : `/${stride}`}`,
  examples: [
    { options: { filters: 3, kernel: 3 }, input: [5, 4] },
    { options: { filters: 2, kernel: 3, stride: 2, padding: "same", bias: false }, input: [5, 4, 2] },
    { options: { filters: 4, kernel: 2, dilation: 2, padding: 1, groups: 2 }, input: [3, 4, 2] },
    { options: { filters: 5, kernel: 1 }, input: [2, 1, 3] },
  ],
});
