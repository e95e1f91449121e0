import { mean, mul, sub } from "../../graph/index.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * The squared distance to the target, averaged over the outputs.
 *
 * Symbols  y [N, ...] prediction; t, the same shape, target; L_i = mean over the outputs of (y - t)^2
 *
 * Source   Gauss 1809.
 *
 * Choice   Without a factor 1/2, as in PyTorch and Keras.
 */
export const meanSquaredError = defineLoss({
  name: "meanSquaredError",
  summary: "The squared distance to the target, averaged over the outputs.",
  source: "Gauss 1809.",
  targets: ["values"],
  options: {},
  build(prediction, target) {
    const error = rowsOf(sub(prediction, target));
    return mean(mul(error, error), 1);
  },
  examples: [{}],
});
