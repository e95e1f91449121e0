import { alongCosine, defineSchedule } from "./define.ts";

/**
 * Rises to the optimizer's learning rate in the first part of the run, then falls far below where it started.
 *
 * Symbols  T steps of the run, r rise; from `start` up to 1 at step r T - 1, then down to `end` at step T - 1, each along half a
 *          wave of the cosine.
 *
 * Source   Smith & Topin 2018, "Super-convergence", arXiv:1708.07120; with the cosine in place of its straight lines as PyTorch's
 *          OneCycleLR.
 *
 * Choice   The learning rate alone: momentum stays. `start` and `end` are shares of the highest rate, PyTorch's 1 / div_factor and
 *          1 / (div_factor final_div_factor). A rise shorter than a step is none: the first step has the highest rate.
 */
export const oneCycle = defineSchedule({
  name: "oneCycle",
  summary: "Rises to the optimizer's learning rate in the first part of the run, then falls far below where it started.",
  source: "Smith & Topin 2018, arXiv:1708.07120.",
  options: {
    rise: { default: 0.3, min: 0, max: 1, summary: "Share of the run in which it rises." },
    start: { default: 0.04, min: 0, max: 1, scale: "log", summary: "Where it starts, as a share of the optimizer's." },
    end: { default: 4e-6, min: 0, max: 1, scale: "log", summary: "Where it ends, as a share of the optimizer's." },
  },
  multiplier({ step, steps }, { rise, start, end }) {
    const last = steps - 1;
    const top = Math.max(0, rise * steps - 1);
    const at = Math.min(step, last);
    if (at > top) return alongCosine(1, end, (at - top) / (last - top));
    return top > 0 ? alongCosine(start, 1, at / top) : 1;
  },
  examples: [{}, { rise: 0.5, start: 0.1, end: 0.01 }, { rise: 0 }, { rise: 1, start: 0 }],
});
