import { decisionsOf } from "../decisions.ts";
import { defineMetric } from "./define.ts";

/**
 * Share of examples whose largest output, the first of equals, is that of the right class.
 *
 * Source   Lecture, A1.
 */
export const accuracy = defineMetric({
  name: "accuracy",
  summary: "Share of examples whose largest output, the first of equals, is that of the right class.",
  source: "Lecture, A1.",
  options: {},
  targets: ["classes"],
  goal: "max",
  compute(predicted) {
    const { targets, count } = predicted;
    return decisionsOf(predicted).reduce((right, decision, row) => (decision === targets[row] ? right + 1 : right), 0) / count;
  },
  examples: [{}],
});
