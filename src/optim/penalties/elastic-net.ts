import { add } from "../../graph/index.ts";
import { definePenalty } from "./define.ts";
import { l1 } from "./l1.ts";
import { l2 } from "./l2.ts";

/**
 * l1 and l2 together: few weights stay, and those that say the same stay together.
 *
 * Symbols  W a weight tensor, l1 and l2 the strengths; the cost l1 sum |W| + 0.5 l2 sum W^2.
 *
 * Source   Zou & Hastie 2005, Journal of the Royal Statistical Society B 67(2), equation 3.
 *
 * Choice   Two strengths, each with the meaning that it has alone. The lecture's lambda (beta W^2 + |W|), D2, is l1 = lambda and
 *          l2 = 2 lambda beta.
 */
export const elasticNet = definePenalty({
  name: "elasticNet",
  summary: "l1 and l2 together: few weights stay, and those that say the same stay together.",
  source: "Zou & Hastie 2005; lecture, D2.",
  options: {
    l1: { default: 1e-5, min: 0, scale: "log", summary: "Strength of the sum of magnitudes." },
    l2: { default: 1e-4, min: 0, scale: "log", summary: "Strength of half the sum of squares." },
  },
  apply: (weight, scalars) => add(l1.apply(weight, { strength: scalars.l1 }), l2.apply(weight, { strength: scalars.l2 })),
  examples: [{}, { l1: 0.1, l2: 0.5 }],
});
