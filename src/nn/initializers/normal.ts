import { fillNormal } from "../../core/random.ts";
import { defineInitializer } from "./define.ts";

/**
 * Normal numbers of a given mean and standard deviation.
 *
 * Source   Lecture, C5: standard deviations 1 and 0.01.
 */
export const normal = defineInitializer({
  name: "normal",
  summary: "Normal numbers of a given mean and standard deviation.",
  source: "Lecture, C5: standard deviations 1 and 0.01.",
  options: {
    std: { default: 0.01, min: 0, scale: "log", summary: "Standard deviation." },
    mean: { default: 0, summary: "Mean." },
  },
  moments: (_, { mean, std }) => ({ mean, std }),
  fill: (out, _, key, { mean, std }) => fillNormal(key, out, mean, std),
  examples: [{}, { std: 1, mean: 0.5 }],
});
