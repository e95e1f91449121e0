import { greater, mul, select } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * Passes what is positive, and a small share of what is negative, so that no unit is cut off for good.
 *
 * Symbols  y = x where x > 0, else slope x
 *
 * Source   Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".
 *
 * Choice   At 0 the derivative is the slope, as in PyTorch.
 */
export const leakyRelu = defineActivation({
  name: "leakyRelu",
  summary: "Passes what is positive, and a small share of what is negative, so that no unit is cut off for good.",
  source: "Maas, Hannun & Ng 2013.",
  options: { slope: { default: 0.01, min: 0, max: 1, summary: "Share of a negative number that is passed." } },
  apply: (x, { slope }) => select(greater(x, 0), x, mul(slope, x)),
  kinks: [0],
  examples: [{}, { slope: 0.3 }, { slope: 0 }],
});
