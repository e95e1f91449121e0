import { softplus as formula } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * ln(1 + e^x): a smooth relu, always positive.
 *
 * Source   Dugas et al. 2001, Advances in Neural Information Processing Systems 13.
 */
export const softplus = defineActivation({
  name: "softplus",
  summary: "ln(1 + e^x): a smooth relu, always positive.",
  source: "Dugas et al. 2001, Advances in Neural Information Processing Systems 13.",
  options: {},
  apply: (x) => formula(x),
  kinks: [],
  examples: [{}],
});
