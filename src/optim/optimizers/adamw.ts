import { wholePower } from "../../core/math.ts";
import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Adam whose weights shrink by a share of themselves at each step, whatever the gradients are.
 *
 * Formula  m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
 *          W <- W - eta (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon) - eta lambda W
 *
 * Symbols  g gradient; m, v: decaying means of g and g^2; t the step, from 1; eta learning rate; lambda weight decay
 *
 * Source   Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2; eta lambda together as in PyTorch.
 *
 * Choice   Weights alone decay, never biases or the parameters of batch normalisation; PyTorch lets all decay that it is given.
 *          The epsilon, 1e-8, stands beside the corrected root, as in the paper and PyTorch; that of `adam` does not.
 */
export const adamw = defineOptimizer({
  name: "adamw",
  summary: "Adam whose weights shrink by a share of themselves at each step, whatever the gradients are.",
  source: "Loshchilov & Hutter 2019, arXiv:1711.05101.",
  options: {
    learningRate: { default: 0.001, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    beta1: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean gradient." },
    beta2: { default: 0.999, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean squared gradient." },
    epsilon: { default: 1e-8, min: 0, minExclusive: true, scale: "log", summary: "Added to the root, against division by 0." },
    weightDecay: { default: 0.01, min: 0, scale: "log", summary: "Share lambda of a weight that is lost, times the step size." },
  },
  slots: ["firstMoment", "secondMoment"],
  scalars: ({ learningRate, beta1, beta2, weightDecay }, step) => ({
    stepSize: learningRate / (1 - wholePower(beta1, step)),
    rootScale: 1 / Math.sqrt(1 - wholePower(beta2, step)),
    share1: 1 - beta1,
    share2: 1 - beta2,
    shrink: learningRate * weightDecay,
  }),
  update(
    { parameter, gradient, firstMoment, secondMoment },
    { stepSize, rootScale, share1, share2, shrink, epsilon },
    { isWeight },
  ) {
    const first = add(firstMoment, mul(share1, sub(gradient, firstMoment)));
    const second = add(secondMoment, mul(share2, sub(mul(gradient, gradient), secondMoment)));
    const step = div(mul(stepSize, first), add(mul(rootScale, sqrt(second)), epsilon));
    return {
      parameter: sub(parameter, isWeight ? add(step, mul(shrink, parameter)) : step),
      firstMoment: first,
      secondMoment: second,
    };
  },
  examples: [{}, { learningRate: 0.1, beta1: 0, weightDecay: 0 }],
});
