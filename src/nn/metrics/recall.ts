import { averageOption, averageShares, countClasses } from "../decisions.ts";
import { defineMetric } from "./define.ts";

/**
 * Of the examples of a class, the share that was decided to be.
 *
 * Symbols  for a class c: right_c of its actual_c examples were decided to be c; right_c / actual_c
 *
 * Source   van Rijsbergen 1979, "Information retrieval", chapter 7.
 *
 * Choice   A class without examples has 0, and counts in the mean: scikit-learn's zero_division = 0 with all classes as labels.
 */
export const recall = defineMetric({
  name: "recall",
  summary: "Of the examples of a class, the share that was decided to be.",
  source: "van Rijsbergen 1979, Information retrieval, chapter 7.",
  options: { average: averageOption },
  targets: ["classes"],
  goal: "max",
  compute(predicted, { average }) {
    const { right, actual } = countClasses(predicted);
    return averageShares(right, actual, average);
  },
  examples: [{}, { average: "micro" }, { average: "none" }],
});
