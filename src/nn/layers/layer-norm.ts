import { ShapeError } from "../../core/errors.ts";
import { add, div, mean, mul, reshape, showShape, sizeOf, sqrt, sub } from "../../graph/index.ts";
import { constant } from "../initializers/constant.ts";
import { zeros } from "../initializers/zeros.ts";
import { defineLayer } from "./define.ts";

/**
 * Layer normalisation: each example by itself, over all of its numbers; the same in training and evaluation.
 *
 * Symbols  x [N, ...], D numbers in an example; mu, v: mean and biased variance of an example's numbers, [N];
 *          gamma, beta: learned scale and shift, of an example's shape; y = gamma (x - mu) / sqrt(v + epsilon) + beta
 *
 * Source   Ba, Kiros & Hinton 2016, equations 3 and 4, arXiv:1607.06450.
 *
 * Choice   An example of several axes is normalised over all of them, as PyTorch's LayerNorm does for normalized_shape =
 *          x.shape[1:].
 */
export const layerNorm = defineLayer({
  name: "layerNorm",
  summary: "Gives the numbers of each example mean 0 and variance 1, then a learned scale and shift.",
  source: "Ba, Kiros & Hinton 2016, arXiv:1607.06450.",
  options: {
    epsilon: {
      default: 1e-5,
      min: 0,
      minExclusive: true,
      scale: "log",
      summary: "Added to the variance, against division by 0.",
    },
  },
  build(input, { epsilon }, context) {
    const [rows, ...example] = input.shape as [number, ...number[]];
    const features = sizeOf(example);
    if (features < 2) {
      throw new ShapeError("E_LAYER_INPUT", {
        message: `layerNorm '${context.name}' expects two numbers in an example or more, received ${showShape(input.shape)}`,
        hint: `${context.before} one number for an example: its mean is itself. Normalise before it.`,
      });
    }
    const x = reshape(input, [rows, features]);
    const fan = { fanIn: features, fanOut: features };
    const gamma = context.parameter("gamma", [features], { definition: constant, options: { value: 1 } }, fan);
    const beta = context.parameter("beta", [features], { definition: zeros, options: {} }, fan);
    const centred = sub(x, mean(x, 1, { keepDims: true }));
    const variance = mean(mul(centred, centred), 1, { keepDims: true });
    return reshape(add(mul(div(centred, sqrt(add(variance, epsilon))), gamma), beta), input.shape);
  },
  examples: [
    { options: {}, input: [5] },
    { options: { epsilon: 0.1 }, input: [2] },
    { options: {}, input: [33] },
    { options: {}, input: [3, 2, 4] },
  ],
});
