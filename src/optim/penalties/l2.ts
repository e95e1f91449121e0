import { mul, sum } from "../../graph/index.ts";
import { definePenalty } from "./define.ts";

/**
 * 0.5 strength times the sum of squared weights: prefers spread weights.
 *
 * Symbols  W a weight tensor, lambda the strength; the cost 0.5 lambda sum W^2, whose gradient is lambda W.
 *
 * Source   lecture, D2: the half stands in its code, and C13 needs it. PyTorch's weight_decay of SGD and Adam is this lambda.
 */
export const l2 = definePenalty({
  name: "l2",
  summary: "0.5 strength times the sum of squared weights: prefers spread weights.",
  source: "Lecture, D2 and C10; Hoerl & Kennard 1970.",
  options: { strength: { default: 1e-4, min: 0, scale: "log", summary: "Strength lambda." } },
  apply: (weight, { strength }) => mul(mul(strength, 0.5), sum(mul(weight, weight))),
  examples: [{}, { strength: 0.1 }],
});
