import { fillUniform } from "../../core/random.ts";
import { defineInitializer } from "./define.ts";

/**
 * Numbers from mean - limit to mean + limit, each as probable as the others.
 *
 * Source   Keras's RandomUniform, whose limits of 0.05 are the default.
 */
export const uniform = defineInitializer({
  name: "uniform",
  summary: "Numbers from mean - limit to mean + limit, each as probable as the others.",
  source: "Keras's RandomUniform, whose limits of 0.05 are the default.",
  options: {
    limit: { default: 0.05, min: 0, scale: "log", summary: "Largest distance from the mean." },
    mean: { default: 0, summary: "Mean." },
  },
  moments: (_, { limit, mean }) => ({ mean, std: limit / Math.sqrt(3) }),
  fill: (out, _, key, { limit, mean }) => fillUniform(key, out, mean - limit, mean + limit),
  examples: [{}, { limit: 2, mean: 0.5 }],
});
