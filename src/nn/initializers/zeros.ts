import { defineInitializer } from "./define.ts";

/**
 * All numbers 0: right for biases; a network whose weights are all 0 does not learn.
 *
 * Source   Lecture, C4.
 */
export const zeros = defineInitializer({
  name: "zeros",
  summary: "All numbers 0: right for biases; a network whose weights are all 0 does not learn.",
  source: "Lecture, C4.",
  options: {},
  moments: () => ({ mean: 0, std: 0 }),
  fill: (out) => {
    out.fill(0);
  },
  examples: [{}],
});
