import { erf, exp } from "../../core/math.ts";
import { fillNormal, foldIn } from "../../core/random.ts";
import { defineInitializer } from "./define.ts";

/**
 * Normal numbers without the rare large ones, which would saturate a unit from the start.
 *
 * Symbols  b bound; sigma std, that of the whole normal distribution; phi, Phi its density and distribution function: what is left
 *          has the standard deviation sigma sqrt(1 - 2 b phi(b) / (2 Phi(b) - 1)), 0.88 sigma for b = 2
 *
 * Source   Johnson, Kotz & Balakrishnan 1994, Continuous Univariate Distributions 1, section 13.10.1.
 *
 * Choice   What falls outside is drawn again: round r draws as many normal numbers as are missing from a stream of its own.
 *          `std` is that of the whole distribution, as in PyTorch and TensorFlow; the bound counts in it, as in TensorFlow.
 */
export const truncatedNormal = defineInitializer({
  name: "truncatedNormal",
  summary: "Normal numbers without the rare large ones, which would saturate a unit from the start.",
  source: "Johnson, Kotz & Balakrishnan 1994, section 13.10.1.",
  options: {
    std: { default: 0.01, min: 0, scale: "log", summary: "Standard deviation before the ends are cut off." },
    mean: { default: 0, summary: "Mean." },
    bound: { default: 2, min: 0.1, max: 10, summary: "Where it is cut off on both sides, in standard deviations." },
  },
  moments(_, { std, mean, bound }) {
    const density = exp(-0.5 * bound * bound) / Math.sqrt(2 * Math.PI);
    return { mean, std: std * Math.sqrt(1 - (2 * bound * density) / erf(bound * Math.SQRT1_2)) };
  },
  fill(out, _, key, { std, mean, bound }) {
    let filled = 0;
    for (let round = 0; filled < out.length; round++) {
      const drawn = new Float64Array(out.length - filled);
      fillNormal(foldIn(key, round), drawn, 0, 1);
      for (const z of drawn) if (Math.abs(z) <= bound) out[filled++] = mean + std * z;
    }
  },
  examples: [{}, { std: 1, mean: 0.5, bound: 1 }],
});
