import { defineMetric } from "./define.ts";

/**
 * Mean distance from the target, over examples and outputs.
 *
 * Source   Willmott & Matsuura 2005, Climate Research 30.
 */
export const meanAbsoluteError = defineMetric({
  name: "meanAbsoluteError",
  summary: "Mean distance from the target, over examples and outputs.",
  source: "Willmott & Matsuura 2005, Climate Research 30.",
  options: {},
  targets: ["values"],
  goal: "min",
  compute({ predictions, targets }) {
    let sum = 0;
    for (let i = 0; i < predictions.length; i++) sum += Math.abs(predictions[i]! - targets[i]!);
    return sum / predictions.length;
  },
  examples: [{}],
});
