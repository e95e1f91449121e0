import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Steps scaled by the root of the sum of all squared gradients: they die out, soonest where the slope was steep.
 *
 * Formula  h <- h + g^2; W <- W - eta g / (sqrt(h) + epsilon)
 *
 * Symbols  g gradient; h sum of all squared gradients; eta learning rate
 *
 * Source   Duchi, Hazan & Singer 2011, JMLR 12; lecture, B4.
 *
 * Choice   The epsilon stands beside the root, as in the lecture and PyTorch, 1e-7 (PyTorch: 1e-10); h starts at 0.
 */
export const adagrad = defineOptimizer({
  name: "adagrad",
  summary: "Steps scaled by the root of the sum of all squared gradients: they die out, soonest where the slope was steep.",
  source: "Duchi, Hazan & Singer 2011, JMLR 12; lecture, B4.",
  options: {
    learningRate: { default: 0.01, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    epsilon: { default: 1e-7, min: 0, minExclusive: true, scale: "log", summary: "Added to the root, against division by 0." },
  },
  slots: ["squareSum"],
  update({ parameter, gradient, squareSum }, { learningRate, epsilon }) {
    const next = add(squareSum, mul(gradient, gradient));
    return { parameter: sub(parameter, div(mul(learningRate, gradient), add(sqrt(next), epsilon))), squareSum: next };
  },
  examples: [{}, { learningRate: 0.1 }],
});
