import { abs, mul, sum } from "../../graph/index.ts";
import { definePenalty } from "./define.ts";

/**
 * Strength times the sum of the weights' magnitudes: few weights stay large, the others come near 0.
 *
 * Symbols  W a weight tensor, lambda the strength; the cost lambda sum |W|, whose gradient is lambda sign W, 0 at 0.
 *
 * Source   lecture, D2; Tibshirani 1996, Journal of the Royal Statistical Society B 58(1).
 *
 * Choice   Its gradient is followed as any other, so weights come near 0 and swing around it; they do not become 0.
 */
export const l1 = definePenalty({
  name: "l1",
  summary: "Strength times the sum of the weights' magnitudes: few weights stay large, the others come near 0.",
  source: "Lecture, D2; Tibshirani 1996.",
  options: { strength: { default: 1e-5, min: 0, scale: "log", summary: "Strength lambda." } },
  apply: (weight, { strength }) => mul(strength, sum(abs(weight))),
  examples: [{}, { strength: 0.1 }],
});
