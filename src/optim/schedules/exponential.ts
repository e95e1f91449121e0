import { pow } from "../../core/math.ts";
import { defineSchedule, elapsed, unitOption } from "./define.ts";

/**
 * Falls by the same factor in each epoch, or step, evenly within it.
 *
 * Symbols  t epochs (or steps) since the start, f factor; the share f^t.
 *
 * Source   Senior, Heigold, Ranzato & Yang 2013, "An empirical study of learning rates in deep neural networks", ICASSP.
 *
 * Choice   t grows within an epoch too. PyTorch's ExponentialLR, stepped once an epoch, agrees where epochs begin.
 */
export const exponential = defineSchedule({
  name: "exponential",
  summary: "Falls by the same factor in each epoch, or step, evenly within it.",
  source: "Senior, Heigold, Ranzato & Yang 2013, ICASSP.",
  options: {
    factor: { default: 0.95, min: 0, minExclusive: true, max: 1, summary: "What is left after an epoch, or a step." },
    unit: unitOption,
  },
  multiplier: (progress, { factor, unit }) => pow(factor, elapsed(progress, unit)),
  examples: [{}, { factor: 0.5 }, { factor: 0.999, unit: "steps" }],
});
