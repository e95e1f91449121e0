import { add, greater, less, mul, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Steps of one size for every number, by the sign of the mean gradient; remembers half of what adam does.
 *
 * Formula  c = b1 m + (1 - b1) g; W <- W - eta (sign(c) + lambda W); m <- b2 m + (1 - b2) g
 *
 * Symbols  g gradient; m its decaying mean; eta learning rate; lambda weight decay
 *
 * Source   Chen et al. 2023, "Symbolic discovery of optimization algorithms", arXiv:2302.06675, algorithm 2.
 *
 * Choice   Weights alone decay, and by default not at all. The sign of 0 is 0, that of NaN is NaN.
 */
export const lion = defineOptimizer({
  name: "lion",
  summary: "Steps of one size for every number, by the sign of the mean gradient; remembers half of what adam does.",
  source: "Chen et al. 2023, arXiv:2302.06675, algorithm 2.",
  options: {
    learningRate: {
      default: 1e-4,
      min: 0,
      minExclusive: true,
      scale: "log",
      summary: "Step size eta; a tenth to a third of adam's.",
    },
    beta1: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Weight of the mean gradient beside the newest one." },
    beta2: { default: 0.99, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean gradient." },
    weightDecay: { default: 0, min: 0, scale: "log", summary: "Share lambda of a weight that is lost, times the step size." },
  },
  slots: ["firstMoment"],
  scalars: ({ learningRate, beta1, beta2, weightDecay }) => ({
    newest: 1 - beta1,
    share: 1 - beta2,
    shrink: learningRate * weightDecay,
  }),
  update({ parameter, gradient, firstMoment }, { learningRate, newest, share, shrink }, { isWeight }) {
    const ahead = sub(gradient, firstMoment);
    const direction = add(firstMoment, mul(newest, ahead));
    // Comparisons are blind for NaN, 0 times it is not.
    const sign = add(sub(greater(direction, 0), less(direction, 0)), mul(0, direction));
    const step = mul(learningRate, sign);
    return {
      parameter: sub(parameter, isWeight ? add(step, mul(shrink, parameter)) : step),
      firstMoment: add(firstMoment, mul(share, ahead)),
    };
  },
  examples: [{}, { beta1: 0, weightDecay: 0.1 }],
});
