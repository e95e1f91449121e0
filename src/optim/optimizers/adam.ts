import { wholePower } from "../../core/math.ts";
import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Steps along the mean gradient, scaled by the root of the mean squared gradient.
 *
 * Formula  m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; W <- W - eta_t m / (sqrt(v) + epsilon)
 *
 * Symbols  m, v: decaying means of g and g^2; t the step, from 1; eta_t = eta sqrt(1 - b2^t) / (1 - b1^t), or eta alone
 *          without the bias correction, to compare: m and v start at 0, so early means are too small, v's by far
 *
 * Source   Kingma & Ba 2015, arXiv:1412.6980, the efficient form at the end of section 2; lecture, B6.
 *
 * Choice   The epsilon stands beside the uncorrected sqrt(v) (the paper's epsilon-hat), 1e-7, as in the lecture. PyTorch and
 *          Keras add 1e-8 and 1e-7 to the corrected root.
 */
export const adam = defineOptimizer({
  name: "adam",
  summary: "Steps along the mean gradient, scaled by the root of the mean squared gradient.",
  source: "Kingma & Ba 2015, arXiv:1412.6980; lecture, B6.",
  options: {
    learningRate: { default: 0.001, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    beta1: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean gradient." },
    beta2: { default: 0.999, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean squared gradient." },
    epsilon: { default: 1e-7, min: 0, minExclusive: true, scale: "log", summary: "Added to the root, against division by 0." },
    biasCorrection: { type: "boolean", default: true, summary: "Whether means that started at 0 are scaled up in early steps." },
  },
  slots: ["firstMoment", "secondMoment"],
  scalars: ({ learningRate, beta1, beta2, biasCorrection }, step) => ({
    stepSize: !biasCorrection
      ? learningRate
      : (learningRate * Math.sqrt(1 - wholePower(beta2, step))) / (1 - wholePower(beta1, step)),
    share1: 1 - beta1,
    share2: 1 - beta2,
  }),
  update({ parameter, gradient, firstMoment, secondMoment }, { stepSize, share1, share2, epsilon }) {
    const first = add(firstMoment, mul(share1, sub(gradient, firstMoment)));
    const second = add(secondMoment, mul(share2, sub(mul(gradient, gradient), secondMoment)));
    return {
      parameter: sub(parameter, div(mul(stepSize, first), add(sqrt(second), epsilon))),
      firstMoment: first,
      secondMoment: second,
    };
  },
  examples: [{}, { learningRate: 0.1, beta1: 0 }, { biasCorrection: false }],
});
