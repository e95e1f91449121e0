import { add, mul, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Momentum that looks a step ahead: it brakes before the slope rises again.
 *
 * Formula  v <- a v - eta g; W <- W + a v - eta g, with the new v: the gradient as if it were taken a step ahead
 *
 * Symbols  g gradient; v velocity; a decay; eta learning rate
 *
 * Source   lecture, B3; Nesterov 1983; in this form Bengio, Boulanger-Lewandowski & Pascanu 2012, arXiv:1212.0901, equation 7.
 *
 * Choice   The learning rate stands inside the sum, as in the lecture's momentum; PyTorch's stands before it, the same for a rate
 *          that stays.
 */
export const nesterov = defineOptimizer({
  name: "nesterov",
  summary: "Momentum that looks a step ahead: it brakes before the slope rises again.",
  source: "Nesterov 1983; lecture, B3: v' = a v - eta g; W <- W + a v' - eta g.",
  options: {
    learningRate: { default: 0.01, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    decay: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Share a of the velocity that is kept." },
  },
  slots: ["velocity"],
  update({ parameter, gradient, velocity }, { learningRate, decay }) {
    const step = mul(learningRate, gradient);
    const next = sub(mul(decay, velocity), step);
    return { parameter: add(parameter, sub(mul(decay, next), step)), velocity: next };
  },
  examples: [{}, { decay: 0 }],
});
