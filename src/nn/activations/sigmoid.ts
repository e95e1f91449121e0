import { sigmoid as formula } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * 1/(1 + exp(-x)): squashes into (0, 1).
 *
 * Source   Lecture, A5.
 */
export const sigmoid = defineActivation({
  name: "sigmoid",
  summary: "1/(1 + exp(-x)): squashes into (0, 1).",
  source: "Lecture, A5.",
  options: {},
  apply: (x) => formula(x),
  range: [0, 1],
  kinks: [],
  examples: [{}],
});
