import { div, greater, minimum, mul, select, sub, type Tensor, tanh } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/** The formula, for whatever is built upon it. */
export function eluOf(x: Tensor, alpha: number): Tensor {
  // What is positive is kept out of the branch that is not taken, so that nothing there can overflow.
  const t = tanh(mul(minimum(x, 0), 0.5));
  return select(greater(x, 0), x, div(mul(2 * alpha, t), sub(1, t)));
}

/**
 * Passes what is positive; what is negative approaches -alpha, which brings the mean nearer to 0.
 *
 * Symbols  y = x where x > 0, else alpha (e^x - 1)
 *
 * Source   Clevert, Unterthiner & Hochreiter 2016, equation 15, arXiv:1511.07289.
 *
 * Choice   e^x - 1 as 2 t / (1 - t) with t = tanh(x/2), where nothing cancels: small x come out as precisely as large ones.
 */
export const elu = defineActivation({
  name: "elu",
  summary: "Passes what is positive; what is negative approaches -alpha, which brings the mean nearer to 0.",
  source: "Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289.",
  options: {
    alpha: {
      default: 1,
      min: 0,
      minExclusive: true,
      max: 1000,
      scale: "log",
      summary: "What negative numbers approach, negated.",
    },
  },
  apply: (x, { alpha }) => eluOf(x, alpha),
  kinks: [0],
  examples: [{}, { alpha: 0.5 }],
});
