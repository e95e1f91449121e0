import { add, mul, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * SGD with a decaying sum of past gradients.
 *
 * Formula  v <- a v - eta g; W <- W + v
 *
 * Symbols  g gradient; v velocity; a decay; eta learning rate
 *
 * Source   Polyak 1964; learning rate inside the sum, as in the lecture, B2.
 */
export const momentum = defineOptimizer({
  name: "momentum",
  summary: "SGD with a decaying sum of past gradients.",
  source: "Polyak 1964; learning rate inside the sum, as in the lecture, B2: v <- a v - eta g; W <- W + v.",
  options: {
    learningRate: { default: 0.01, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    decay: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Share a of the velocity that is kept." },
  },
  slots: ["velocity"],
  update({ parameter, gradient, velocity }, { learningRate, decay }) {
    const next = sub(mul(decay, velocity), mul(learningRate, gradient));
    return { parameter: add(parameter, next), velocity: next };
  },
  examples: [{}, { decay: 0 }],
});
