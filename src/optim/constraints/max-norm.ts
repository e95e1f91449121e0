import { div, greater, mul, select, sqrt, sum } from "../../graph/index.ts";
import { defineConstraint } from "./define.ts";

/**
 * No unit's weights grow longer than a limit, so that even high learning rates cannot blow them up.
 *
 * Symbols  w the weights of a unit, all those along the axes before the last; c the limit; w <- w c / |w| where |w| > c
 *
 * Source   lecture, D2; Srebro & Shraibman 2005; Srivastava et al. 2014, JMLR 15, section 5.1.
 *
 * Choice   A unit within the limit keeps its bits.
 */
export const maxNorm = defineConstraint({
  name: "maxNorm",
  summary: "No unit's weights grow longer than a limit, so that even high learning rates cannot blow them up.",
  source: "Lecture, D2; Srivastava et al. 2014, JMLR 15, section 5.1.",
  options: { limit: { default: 3, min: 0, minExclusive: true, scale: "log", summary: "Largest length of a unit's weights." } },
  apply(weight, { limit }) {
    const inputs = weight.shape.map((_, axis) => axis).slice(0, -1);
    const norm = sqrt(sum(mul(weight, weight), inputs, { keepDims: true }));
    return mul(weight, select(greater(norm, limit), div(limit, norm), 1));
  },
  examples: [{}, { limit: 0.5 }],
});
