import { DataError } from "../../core/errors.ts";
import { exampleSize } from "../dataset.ts";
import { constantWarning, momentsOf, scaleValues } from "../moments.ts";
import { definePreprocessing } from "./define.ts";

/**
 * Brings each feature from the range it has in training to the range from low to high.
 *
 * Symbols  a, b smallest and largest value of a feature over the training rows; x -> low + (x - a) (high - low) / (b - a).
 *
 * Source   Lecture, E3; Han & Kamber, Data Mining, section 3.5.2.
 *
 * Choice   A feature that does not vary in training becomes low, whatever it is later. Others may leave the range at prediction.
 */
export const minMax = definePreprocessing({
  name: "minMax",
  summary: "Brings each feature from the range it has in training to the range from low to high.",
  source: "Lecture, E3; Han & Kamber, Data Mining, section 3.5.2.",
  options: {
    low: { default: 0, summary: "What the smallest value becomes." },
    high: { default: 1, summary: "What the largest value becomes, above low." },
  },
  fit(examples, { low, high }) {
    if (!(low < high)) {
      throw new DataError("E_PREPROCESSING_RANGE", { message: `minMax needs low below high, received ${low} and ${high}` });
    }
    const { min, max } = momentsOf(examples, exampleSize(examples.shape));
    const factor = Array.from(min, (smallest, j) => (smallest === max[j] ? 0 : (high - low) / (max[j] - smallest)));
    return {
      state: { shift: [...min], factor, offset: [low] },
      warnings: constantWarning("minMax", factor, examples, "features", low),
    };
  },
  apply: (values, _, state) => scaleValues(values, state, state.offset[0]),
  examples: [
    { options: {}, input: [4] },
    { options: { low: -1, high: 2 }, input: [3, 3] },
  ],
});
