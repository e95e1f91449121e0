import { defineSchedule } from "./define.ts";

export const constant = defineSchedule({
  name: "constant",
  summary: "The optimizer's learning rate at every step.",
  source: "Lecture, B1.",
  options: {},
  multiplier: () => 1,
  examples: [{}],
});
