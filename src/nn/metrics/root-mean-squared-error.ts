import { defineMetric } from "./define.ts";

/**
 * Root of the mean squared distance from the target, in the target's unit.
 *
 * Source   Willmott & Matsuura 2005, Climate Research 30.
 *
 * Choice   The root of the mean over examples and outputs, the root of the loss meanSquaredError; scikit-learn takes the mean of the
 *          outputs' roots. Errors beyond 1e154, whose squares are infinite, leave it undefined.
 */
export const rootMeanSquaredError = defineMetric({
  name: "rootMeanSquaredError",
  summary: "Root of the mean squared distance from the target, in the target's unit.",
  source: "Willmott & Matsuura 2005, Climate Research 30.",
  options: {},
  targets: ["values"],
  goal: "min",
  compute({ predictions, targets }) {
    let sum = 0;
    for (let i = 0; i < predictions.length; i++) {
      const error = predictions[i]! - targets[i]!;
      sum += error * error;
    }
    return Math.sqrt(sum / predictions.length);
  },
  examples: [{}],
});
