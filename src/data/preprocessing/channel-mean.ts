import { DataError } from "../../core/errors.ts";
import { constantWarning, momentsOf, scaleValues } from "../moments.ts";
import { definePreprocessing } from "./define.ts";

/**
 * Takes the mean of its colour channel from each pixel, and divides by the channel's standard deviation if asked.
 *
 * Symbols  x [height, width, channels] or [height, width], one channel; m and s mean and standard deviation of a channel over all
 *          training images and places; x -> x - m, or (x - m) / s.
 *
 * Source   Lecture, E3; Simonyan & Zisserman 2015, section 2.1.
 */
export const channelMean = definePreprocessing({
  name: "channelMean",
  summary: "Takes the mean of its colour channel from each pixel, and divides by the channel's standard deviation if asked.",
  source: "Lecture, E3; Simonyan & Zisserman 2015, section 2.1.",
  options: { std: { type: "boolean", default: false, summary: "Whether to divide by the standard deviation too." } },
  fit(examples, { std }) {
    const { shape } = examples;
    if (shape.length !== 2 && shape.length !== 3) {
      throw new DataError("E_PREPROCESSING_SHAPE", {
        message: `channelMean needs images, [height, width] or [height, width, channels], received examples of [${shape.join(", ")}]`,
        hint: "For features of other kinds use 'standardise'.",
      });
    }
    const { mean, variance, min, max } = momentsOf(examples, shape[2] ?? 1);
    const factor = Array.from(variance, (value, c) => (!std ? 1 : min[c] === max[c] ? 0 : 1 / Math.sqrt(value)));
    return { state: { shift: [...mean], factor }, warnings: constantWarning("channelMean", factor, {}, "channels") };
  },
  apply: (values, _, state) => scaleValues(values, state),
  examples: [
    { options: {}, input: [3, 3, 2] },
    { options: { std: true }, input: [2, 5] },
  ],
});
