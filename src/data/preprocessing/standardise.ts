import { exampleSize } from "../dataset.ts";
import { constantWarning, momentsOf, scaleValues } from "../moments.ts";
import { definePreprocessing } from "./define.ts";

/**
 * Brings each feature to mean 0 and standard deviation 1; indicators of categories stay 0 and 1.
 *
 * Symbols  m, s mean and standard deviation (biased) of a feature over the training rows; x -> (x - m) / s.
 *
 * Source   Lecture, E3; LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.3.
 *
 * Choice   A feature that does not vary in training becomes 0, whatever it is later.
 *
 * Choice   A feature that is 1 for a category and 0 for others stays as it is: a rare category would become a very large number.
 */
export const standardise = definePreprocessing({
  name: "standardise",
  summary: "Brings each feature to mean 0 and standard deviation 1; indicators of categories stay 0 and 1.",
  source: "Lecture, E3; LeCun, Bottou, Orr & Mueller 1998, Efficient BackProp, section 4.3.",
  options: {},
  fit(examples) {
    const { indicators } = examples;
    const { mean, variance, min, max } = momentsOf(examples, exampleSize(examples.shape));
    const factor = Array.from(variance, (value, j) => (indicators?.[j] ? 1 : min[j] === max[j] ? 0 : 1 / Math.sqrt(value)));
    const shift = Array.from(mean, (value, j) => (indicators?.[j] ? 0 : value));
    return { state: { shift, factor }, warnings: constantWarning("standardise", factor, examples) };
  },
  apply: (values, _, state) => scaleValues(values, state),
  examples: [
    { options: {}, input: [4] },
    { options: {}, input: [3, 3] },
  ],
});
