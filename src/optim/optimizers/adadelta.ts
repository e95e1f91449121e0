import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Steps in the parameter's own units: scaled by the root mean squares of past steps and gradients.
 *
 * Formula  h <- a h + (1 - a) g^2; s = sqrt(d + epsilon) / sqrt(h + epsilon) g; d <- a d + (1 - a) s^2; W <- W - eta s
 *
 * Symbols  g gradient; h, d: decaying means of g^2 and of the squared steps; a their decay; eta learning rate
 *
 * Source   Zeiler 2012, arXiv:1212.5701, algorithm 1, with its a = 0.95 and epsilon = 1e-6.
 *
 * Choice   eta, 1 in the paper, is there for schedules, as in PyTorch, whose a is 0.9.
 */
export const adadelta = defineOptimizer({
  name: "adadelta",
  summary: "Steps in the parameter's own units: scaled by the root mean squares of past steps and gradients.",
  source: "Zeiler 2012, arXiv:1212.5701, algorithm 1; lecture, B7.",
  options: {
    learningRate: { default: 1, min: 0, minExclusive: true, scale: "log", summary: "Factor eta of the step." },
    decay: { default: 0.95, min: 0, max: 1, maxExclusive: true, summary: "Share a of the mean squares that is kept." },
    epsilon: {
      default: 1e-6,
      min: 0,
      minExclusive: true,
      scale: "log",
      summary: "Added under the roots; lets the first steps begin.",
    },
  },
  slots: ["meanSquare", "meanSquareStep"],
  scalars: ({ decay }) => ({ share: 1 - decay }),
  update({ parameter, gradient, meanSquare, meanSquareStep }, { learningRate, share, epsilon }) {
    const square = add(meanSquare, mul(share, sub(mul(gradient, gradient), meanSquare)));
    const step = mul(div(sqrt(add(meanSquareStep, epsilon)), sqrt(add(square, epsilon))), gradient);
    return {
      parameter: sub(parameter, mul(learningRate, step)),
      meanSquare: square,
      meanSquareStep: add(meanSquareStep, mul(share, sub(mul(step, step), meanSquareStep))),
    };
  },
  examples: [{}, { decay: 0.9, epsilon: 1e-4 }],
});
