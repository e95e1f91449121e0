import { defineInitializer } from "./define.ts";

/**
 * All numbers the same: for scales, which start at 1; weights that are all alike stay alike.
 *
 * Source   Lecture, C4.
 */
export const constant = defineInitializer({
  name: "constant",
  summary: "All numbers the same: for scales, which start at 1; weights that are all alike stay alike.",
  source: "Lecture, C4.",
  options: { value: { default: 0, summary: "The number." } },
  moments: (_, { value }) => ({ mean: value, std: 0 }),
  fill: (out, _, __, { value }) => {
    out.fill(value);
  },
  examples: [{}, { value: -2.5 }],
});
