import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Steps scaled by the root of the mean squared gradient of late, so that they do not die out.
 *
 * Formula  h <- a h + (1 - a) g^2; W <- W - eta g / (sqrt(h) + epsilon)
 *
 * Symbols  g gradient; h decaying mean of g^2; a its decay; eta learning rate
 *
 * Source   Tieleman & Hinton 2012, Coursera lecture 6.5; lecture, B5.
 *
 * Choice   a is 0.99, as in the scripts that drew the lecture's pictures and in PyTorch; its text says 0.9. The epsilon stands
 *          beside the root, as in the lecture and PyTorch, 1e-7 (PyTorch: 1e-8).
 */
export const rmsprop = defineOptimizer({
  name: "rmsprop",
  summary: "Steps scaled by the root of the mean squared gradient of late, so that they do not die out.",
  source: "Tieleman & Hinton 2012; lecture, B5.",
  options: {
    learningRate: { default: 0.01, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    decay: { default: 0.99, min: 0, max: 1, maxExclusive: true, summary: "Share a of the mean square that is kept." },
    epsilon: { default: 1e-7, min: 0, minExclusive: true, scale: "log", summary: "Added to the root, against division by 0." },
  },
  slots: ["meanSquare"],
  scalars: ({ decay }) => ({ share: 1 - decay }),
  update({ parameter, gradient, meanSquare }, { learningRate, share, epsilon }) {
    const next = add(meanSquare, mul(share, sub(mul(gradient, gradient), meanSquare)));
    return { parameter: sub(parameter, div(mul(learningRate, gradient), add(sqrt(next), epsilon))), meanSquare: next };
  },
  examples: [{}, { decay: 0.9 }],
});
