import { mul, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Stochastic gradient descent: a step against the gradient.
 *
 * Formula  W <- W - eta g
 *
 * Symbols  g gradient; eta learning rate
 *
 * Source   Robbins & Monro 1951; lecture, B1.
 */
export const sgd = defineOptimizer({
  name: "sgd",
  summary: "Stochastic gradient descent: a step against the gradient.",
  source: "Robbins & Monro 1951; lecture, B1: W <- W - eta g.",
  options: {
    learningRate: { default: 0.01, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
  },
  slots: [],
  update: ({ parameter, gradient }, { learningRate }) => ({ parameter: sub(parameter, mul(learningRate, gradient)) }),
  examples: [{}, { learningRate: 0.1 }],
});
