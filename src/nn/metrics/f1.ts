import { averageOption, averageShares, countClasses } from "../decisions.ts";
import { defineMetric } from "./define.ts";

/**
 * The harmonic mean of precision and recall: high where both are.
 *
 * Symbols  for a class c: 2 right_c / (decided_c + actual_c), the harmonic mean of precision and recall
 *
 * Source   van Rijsbergen 1979, "Information retrieval", chapter 7: one less his E with alpha = 1/2.
 *
 * Choice   A class without examples that no example was decided for has 0, and counts in the mean: scikit-learn's zero_division = 0
 *          with all classes as labels.
 */
export const f1 = defineMetric({
  name: "f1",
  summary: "The harmonic mean of precision and recall: high where both are.",
  source: "van Rijsbergen 1979, Information retrieval, chapter 7.",
  options: { average: averageOption },
  targets: ["classes"],
  goal: "max",
  compute(predicted, { average }) {
    const { right, decided, actual } = countClasses(predicted);
    const twice = right.map((count) => 2 * count);
    const both = decided.map((count, i) => count + actual[i]!);
    return averageShares(twice, both, average);
  },
  examples: [{}, { average: "micro" }, { average: "none" }],
});
