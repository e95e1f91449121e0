import { decisionsOf } from "../decisions.ts";
import { defineMetric } from "./define.ts";

/**
 * How many examples of each class, a row, were decided to be of each class, a column; a row with a NaN is in no column.
 *
 * Source   Miller & Nicely 1955, Journal of the Acoustical Society of America 27(2).
 */
export const confusionMatrix = defineMetric({
  name: "confusionMatrix",
  summary:
    "How many examples of each class, a row, were decided to be of each class, a column; a row with a NaN is in no column.",
  source: "Miller & Nicely 1955, Journal of the Acoustical Society of America 27(2).",
  options: {},
  targets: ["classes"],
  goal: undefined,
  compute(predicted) {
    const { width, targets } = predicted;
    const matrix = Array.from({ length: width }, () => new Array<number>(width).fill(0));
    decisionsOf(predicted).forEach((decision, row) => {
      if (decision >= 0) matrix[targets[row]!]![decision]! += 1;
    });
    return matrix;
  },
  examples: [{}],
});
