import { mul, sigmoid } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * x sigmoid(beta x): a smooth relu that dips a little below 0. With beta 1 also called SiLU.
 *
 * Symbols  y = x sigmoid(beta x)
 *
 * Source   Ramachandran, Zoph & Le 2017, arXiv:1710.05941; with beta = 1 the SiLU of Elfwing et al. 2018, arXiv:1702.03118.
 *
 * Choice   beta is an option and not learned.
 */
export const swish = defineActivation({
  name: "swish",
  summary: "x sigmoid(beta x): a smooth relu that dips a little below 0. With beta 1 also called SiLU.",
  source: "Ramachandran, Zoph & Le 2017, arXiv:1710.05941.",
  options: { beta: { default: 1, min: 0, max: 1000, summary: "How sharp it bends; 0 gives x/2." } },
  apply: (x, { beta }) => mul(x, sigmoid(mul(beta, x))),
  kinks: [],
  examples: [{}, { beta: 1.5 }],
});
