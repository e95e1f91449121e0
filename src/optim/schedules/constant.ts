import { defineSchedule } from "./define.ts";

/**
 * The optimizer's learning rate at every step.
 *
 * Source   Lecture, B1.
 */
export const constant = defineSchedule({
  name: "constant",
  summary: "The optimizer's learning rate at every step.",
  source: "Lecture, B1.",
  options: {},
  multiplier: () => 1,
  examples: [{}],
});
