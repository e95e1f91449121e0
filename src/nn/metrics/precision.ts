import { averageOption, averageShares, countClasses } from "../decisions.ts";
import { defineMetric } from "./define.ts";

/**
 * Of the examples that were decided to be of a class, the share that is.
 *
 * Symbols  for a class c: right_c of the decided_c examples that were decided to be c are c; right_c / decided_c
 *
 * Source   van Rijsbergen 1979, "Information retrieval", chapter 7.
 *
 * Choice   A class that no example was decided for has 0, and counts in the mean: scikit-learn's zero_division = 0 with all classes
 *          as labels.
 */
export const precision = defineMetric({
  name: "precision",
  summary: "Of the examples that were decided to be of a class, the share that is.",
  source: "van Rijsbergen 1979, Information retrieval, chapter 7.",
  options: { average: averageOption },
  targets: ["classes"],
  goal: "max",
  compute(predicted, { average }) {
    const { right, decided } = countClasses(predicted);
    return averageShares(right, decided, average);
  },
  examples: [{}, { average: "micro" }, { average: "none" }],
});
