import { abs, mean, sub } from "../../graph/index.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * The distance to the target, averaged over the outputs; outliers count less than in meanSquaredError.
 *
 * Symbols  y [N, ...] prediction; t, the same shape, target; L_i = mean over the outputs of |y - t|
 *
 * Source   Laplace 1774.
 *
 * Choice   At y = t the derivative is 0.
 */
export const meanAbsoluteError = defineLoss({
  name: "meanAbsoluteError",
  summary: "The distance to the target, averaged over the outputs; outliers count less than in meanSquaredError.",
  source: "Laplace 1774.",
  targets: ["values"],
  options: {},
  build: (prediction, target) => mean(abs(rowsOf(sub(prediction, target))), 1),
  examples: [{}],
});
