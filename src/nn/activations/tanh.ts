import { tanh as formula } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * Squashes into (-1, 1), centred at 0.
 *
 * Source   Lecture, A5.
 */
export const tanh = defineActivation({
  name: "tanh",
  summary: "Squashes into (-1, 1), centred at 0.",
  source: "Lecture, A5.",
  options: {},
  apply: (x) => formula(x),
  range: [-1, 1],
  kinks: [],
  examples: [{}],
});
