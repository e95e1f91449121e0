import { pow } from "../../core/math.ts";
import { defineSchedule, endOption, shareDone } from "./define.ts";

/**
 * Falls over the whole run as a power of the share that is left; in a straight line by default.
 *
 * Symbols  s step, T steps of the run, p power, e end; the share e + (1 - e) (1 - s / T)^p; a straight line for p = 1.
 *
 * Source   Chen et al. 2018, arXiv:1606.00915, section 4.1.
 *
 * Choice   As PyTorch's PolynomialLR (e = 0), stepped after every step: the end itself would come with the step after the last.
 */
export const polynomial = defineSchedule({
  name: "polynomial",
  summary: "Falls over the whole run as a power of the share that is left; in a straight line by default.",
  source: "Chen et al. 2018, arXiv:1606.00915, section 4.1.",
  options: {
    power: { default: 1, min: 0, minExclusive: true, summary: "Power of what is left of the run." },
    end: endOption,
  },
  multiplier: (progress, { power, end }) => end + (1 - end) * pow(1 - shareDone(progress), power),
  examples: [{}, { power: 2 }, { power: 0.9, end: 0.01 }],
});
