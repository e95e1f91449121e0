import { defineSchedule, elapsed, unitOption } from "./define.ts";

/**
 * Falls as 1/t: fast at first, then ever more slowly.
 *
 * Symbols  t epochs (or steps) since the start, k decay; the share 1 / (1 + k t).
 *
 * Source   Robbins & Monro 1951: such rates add up to infinity, their squares do not. Bottou 2012, "Stochastic gradient descent
 *          tricks", section 5.2.
 */
export const inverseTime = defineSchedule({
  name: "inverseTime",
  summary: "Falls as 1/t: fast at first, then ever more slowly.",
  source: "Robbins & Monro 1951; Bottou 2012, section 5.2.",
  options: {
    decay: { default: 1, min: 0, scale: "log", summary: "How fast: the rate is half after 1/decay epochs, or steps." },
    unit: unitOption,
  },
  multiplier: (progress, { decay, unit }) => 1 / (1 + decay * elapsed(progress, unit)),
  examples: [{}, { decay: 0.1 }, { decay: 0.01, unit: "steps" }],
});
