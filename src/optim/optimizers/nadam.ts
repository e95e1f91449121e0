import { wholePower } from "../../core/math.ts";
import { add, div, mul, sqrt, sub } from "../../graph/index.ts";
import { defineOptimizer } from "./define.ts";

/**
 * Adam that looks a step ahead, as nesterov does.
 *
 * Formula  m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2;
 *          W <- W - eta (b1 m / (1 - b1^(t+1)) + (1 - b1) g / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 * Symbols  g gradient; m, v: decaying means of g and g^2; t the step, from 1; eta learning rate
 *
 * Source   Dozat 2016, "Incorporating Nesterov momentum into Adam", ICLR workshop, algorithm 2 with a momentum that stays.
 *
 * Choice   Without the paper's optional schedule of the momentum, which PyTorch has on (momentum_decay): a step is then a function
 *          of its number alone. The epsilon, 1e-8, stands beside the corrected root, as in the paper and PyTorch.
 */
export const nadam = defineOptimizer({
  name: "nadam",
  summary: "Adam that looks a step ahead, as nesterov does.",
  source: "Dozat 2016, ICLR workshop, algorithm 2; lecture, B7.",
  options: {
    learningRate: { default: 0.002, min: 0, minExclusive: true, scale: "log", summary: "Step size eta." },
    beta1: { default: 0.9, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean gradient." },
    beta2: { default: 0.999, min: 0, max: 1, maxExclusive: true, summary: "Decay of the mean squared gradient." },
    epsilon: { default: 1e-8, min: 0, minExclusive: true, scale: "log", summary: "Added to the root, against division by 0." },
  },
  slots: ["firstMoment", "secondMoment"],
  scalars: ({ learningRate, beta1, beta2 }, step) => ({
    momentStep: (learningRate * beta1) / (1 - wholePower(beta1, step + 1)),
    gradientStep: (learningRate * (1 - beta1)) / (1 - wholePower(beta1, step)),
    rootScale: 1 / Math.sqrt(1 - wholePower(beta2, step)),
    share1: 1 - beta1,
    share2: 1 - beta2,
  }),
  update({ parameter, gradient, firstMoment, secondMoment }, { momentStep, gradientStep, rootScale, share1, share2, epsilon }) {
    const first = add(firstMoment, mul(share1, sub(gradient, firstMoment)));
    const second = add(secondMoment, mul(share2, sub(mul(gradient, gradient), secondMoment)));
    const ahead = add(mul(momentStep, first), mul(gradientStep, gradient));
    return {
      parameter: sub(parameter, div(ahead, add(mul(rootScale, sqrt(second)), epsilon))),
      firstMoment: first,
      secondMoment: second,
    };
  },
  examples: [{}, { learningRate: 0.1, beta1: 0 }],
});
