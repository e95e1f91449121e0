import { pow } from "../../core/math.ts";
import { defineSchedule, elapsed, unitOption } from "./define.ts";

/**
 * Multiplies the learning rate by a factor every so many epochs, or steps.
 *
 * Symbols  t whole epochs (or steps) since the start, n every, f factor; the share f^floor(t / n).
 *
 * Source   He et al. 2016, arXiv:1512.03385, section 4.2, which divides by 10. PyTorch's StepLR.
 */
export const step = defineSchedule({
  name: "step",
  summary: "Multiplies the learning rate by a factor every so many epochs, or steps.",
  source: "He et al. 2016, arXiv:1512.03385, section 4.2.",
  options: {
    every: { type: "integer", min: 1, scale: "log", summary: "Epochs, or steps, from one fall to the next." },
    factor: { default: 0.1, min: 0, minExclusive: true, max: 1, scale: "log", summary: "What each fall multiplies by." },
    unit: unitOption,
  },
  multiplier: (progress, { every, factor, unit }) => pow(factor, Math.floor(elapsed(progress, unit) / every)),
  examples: [{ every: 1 }, { every: 2, factor: 0.5 }, { every: 7, factor: 0.9, unit: "steps" }],
});
