import { ShapeError } from "../../core/errors.ts";
import { add, div, mean, mul, reshape, showShape, sizeOf, sqrt, stopGradient, sub, type Tensor } from "../../graph/index.ts";
import { constant } from "../initializers/constant.ts";
import { zeros } from "../initializers/zeros.ts";
import { defineLayer } from "./define.ts";

/**
 * Batch normalisation of features over a batch, and of channels over a batch of images and their pixels.
 *
 * Symbols  x [N, D], or [N, ..., D] with the channels last; M numbers of each feature, N times the axes between (N H W for images);
 *          mu, v: their mean and biased variance, [D]; gamma, beta: learned scale and shift, [D];
 *          y = gamma (x - mu) / sqrt(v + epsilon) + beta
 *
 * Source   Ioffe & Szegedy 2015, algorithms 1 and 2, and section 3.2 for images, arXiv:1502.03167; lecture, D1.
 *
 * Choice   The running variance is unbiased, v M/(M-1). `momentum` is the share of the running values that is kept (PyTorch's
 *          is one minus it). M = 1 in training is an error.
 */
export const batchNorm = defineLayer({
  name: "batchNorm",
  summary: "Gives each feature or channel mean 0 and variance 1 over the batch, then a learned scale and shift.",
  source: "Ioffe & Szegedy 2015, arXiv:1502.03167; lecture, D1.",
  options: {
    momentum: {
      default: 0.9,
      min: 0,
      max: 1,
      maxExclusive: true,
      summary: "Share of the running values that is kept at a step.",
    },
    epsilon: {
      default: 1e-5,
      min: 0,
      minExclusive: true,
      scale: "log",
      summary: "Added to the variance, against division by 0.",
    },
  },
  fewestRows: (example) => (sizeOf(example.slice(0, -1)) > 1 ? 1 : 2),
  build(input, { momentum, epsilon }, context) {
    const features = input.shape[input.shape.length - 1]!;
    if (input.shape.length < 2) {
      throw new ShapeError("E_LAYER_INPUT", {
        message: `batchNorm '${context.name}' expects [rows, features] or [rows, ..., channels], received ${showShape(input.shape)}`,
        hint: `${context.before} one number for an example. Put a dense layer before it.`,
      });
    }
    const count = sizeOf(input.shape) / features;
    const x = reshape(input, [count, features]);
    const fan = { fanIn: features, fanOut: features };
    const gamma = context.parameter("gamma", [features], { definition: constant, options: { value: 1 } }, fan);
    const beta = context.parameter("beta", [features], { definition: zeros, options: {} }, fan);
    const runningMean = context.state("runningMean", [features], 0);
    const runningVariance = context.state("runningVariance", [features], 1);
    const normalised = (centred: Tensor, variance: Tensor) =>
      reshape(add(mul(centred, div(gamma, sqrt(add(variance, epsilon)))), beta), input.shape);
    if (context.mode === "evaluation") return normalised(sub(x, runningMean), runningVariance);
    if (count < 2) {
      throw new ShapeError("E_BATCH_OF_ONE", {
        message: `batchNorm '${context.name}' cannot normalise a batch of ${count}: its variance is 0`,
        hint: "Choose a batch size that does not leave one example over at the end of an epoch.",
      });
    }
    const batchMean = mean(x, 0);
    // Where the mean moves, the variance stays: its derivative is the sum of what is centred, which is 0.
    const fixed = sub(x, stopGradient(batchMean));
    const variance = mean(mul(fixed, fixed), 0);
    const share = 1 - momentum;
    context.update(runningMean, add(mul(runningMean, momentum), mul(batchMean, share)));
    context.update(runningVariance, add(mul(runningVariance, momentum), mul(variance, (share * count) / (count - 1))));
    return normalised(sub(x, batchMean), variance);
  },
  examples: [
    { options: {}, input: [5] },
    { options: { momentum: 0, epsilon: 0.1 }, input: [1] },
    { options: { momentum: 0.5 }, input: [33] },
    { options: {}, input: [3, 2, 4] },
    { options: {}, input: [1, 1, 3] },
  ],
});
