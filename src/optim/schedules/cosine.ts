import { alongCosine, defineSchedule, endOption, shareDone } from "./define.ts";

/**
 * Half a wave of the cosine over the whole run, level at the start and the end.
 *
 * Symbols  s step, T steps of the run, e end; the share e + (1 - e) (1 + cos(pi s / T)) / 2.
 *
 * Source   Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, without restarts.
 *
 * Choice   As PyTorch's CosineAnnealingLR, stepped after every step with T_max = T: the end itself would come with the step after
 *          the last.
 */
export const cosine = defineSchedule({
  name: "cosine",
  summary: "Half a wave of the cosine over the whole run, level at the start and the end.",
  source: "Loshchilov & Hutter 2017, arXiv:1608.03983.",
  options: { end: endOption },
  multiplier: (progress, { end }) => alongCosine(1, end, shareDone(progress)),
  examples: [{}, { end: 0.1 }],
});
