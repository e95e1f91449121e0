/** Symbols  m the mean of the training examples, place by place; x -> x - m. */
import { exampleSize } from "../dataset.ts";
import { momentsOf } from "../moments.ts";
import { definePreprocessing } from "./define.ts";

/**
 * Takes the mean of the training examples from each, pixel by pixel or feature by feature.
 *
 * Source   Lecture, E3 and C13; Krizhevsky, Sutskever & Hinton 2012, section 2.
 */
export const meanImage = definePreprocessing({
  name: "meanImage",
  summary: "Takes the mean of the training examples from each, pixel by pixel or feature by feature.",
  source: "Lecture, E3 and C13; Krizhevsky, Sutskever & Hinton 2012, section 2.",
  options: {},
  fit(examples) {
    return { state: { mean: [...momentsOf(examples, exampleSize(examples.shape)).mean] }, warnings: [] };
  },
  apply(values, _, { mean }) {
    const size = mean.length;
    for (let at = 0; at < values.length; ) for (let j = 0; j < size; j++, at++) values[at] -= mean[j];
    return values;
  },
  examples: [
    { options: {}, input: [3, 3, 2] },
    { options: {}, input: [4] },
  ],
});
