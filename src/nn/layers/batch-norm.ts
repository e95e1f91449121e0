/**
 * Batch normalisation of an [N, D] input over N.
 *
 * Symbols  N rows, D features; mu, v: batch mean and biased variance, [D]; gamma, beta: learned scale and shift, [D];
 *          y = gamma (x - mu) / sqrt(v + epsilon) + beta
 * Source   Ioffe & Szegedy 2015, algorithms 1 and 2, arXiv:1502.03167; lecture, D1.
 * Choice   The running variance is unbiased, v N/(N-1). `momentum` is the share of the running values that is kept (PyTorch's
 *          is one minus it). N = 1 in training is an error.
 */
import { ShapeError } from "../../core/errors.ts";
import { add, div, mean, mul, showShape, sqrt, sub } from "../../graph/index.ts";
import { constant } from "../initializers/constant.ts";
import { zeros } from "../initializers/zeros.ts";
import { defineLayer } from "./define.ts";

export const batchNorm = defineLayer({
  name: "batchNorm",
  summary: "Gives each feature mean 0 and variance 1 over the batch, then a learned scale and shift.",
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
  fewestRows: 2,
  build(input, { momentum, epsilon }, context) {
    const [rows, features, ...rest] = input.shape as [number, number, ...number[]];
    if (input.shape.length !== 2) {
      throw new ShapeError("E_LAYER_INPUT", {
        message: `batchNorm '${context.name}' expects [rows, features], received ${showShape(input.shape)}`,
        hint: `${context.before} ${showShape([features, ...rest])} for an example. Put a dense layer before it.`,
      });
    }
    const fan = { fanIn: features, fanOut: features };
    const gamma = context.parameter("gamma", [features], { definition: constant, options: { value: 1 } }, fan);
    const beta = context.parameter("beta", [features], { definition: zeros, options: {} }, fan);
    const runningMean = context.state("runningMean", [features], 0);
    const runningVariance = context.state("runningVariance", [features], 1);
    if (context.mode === "evaluation") {
      return add(mul(sub(input, runningMean), div(gamma, sqrt(add(runningVariance, epsilon)))), beta);
    }
    if (rows < 2) {
      throw new ShapeError("E_BATCH_OF_ONE", {
        message: `batchNorm '${context.name}' cannot normalise a batch of ${rows}: its variance is 0`,
        hint: "Choose a batch size that does not leave one example over at the end of an epoch.",
      });
    }
    const batchMean = mean(input, 0);
    const centred = sub(input, batchMean);
    const variance = mean(mul(centred, centred), 0);
    const share = 1 - momentum;
    context.update(runningMean, add(mul(runningMean, momentum), mul(batchMean, share)));
    context.update(runningVariance, add(mul(runningVariance, momentum), mul(variance, (share * rows) / (rows - 1))));
    return add(mul(centred, div(gamma, sqrt(add(variance, epsilon)))), beta);
  },
  examples: [
    { options: {}, input: [5] },
    { options: { momentum: 0, epsilon: 0.1 }, input: [1] },
    { options: { momentum: 0.5 }, input: [33] },
  ],
});
