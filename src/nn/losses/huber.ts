import { abs, mean, minimum, mul, sub } from "../../graph/index.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * Half the squared distance near the target, and a straight line beyond delta, so that outliers pull no harder.
 *
 * Symbols  y [N, ...] prediction; t, the same shape, target; e = |y - t|; delta where the parabola ends;
 *          L_i = mean over the outputs of e^2 / 2 where e <= delta, else delta (e - delta / 2); with m = min(e, delta) both are
 *          m (e - m / 2), in which nothing overflows before the loss itself does
 *
 * Source   Huber 1964, Annals of Mathematical Statistics 35(1), equation 3.3.
 */
export const huber = defineLoss({
  name: "huber",
  summary: "Half the squared distance near the target, and a straight line beyond delta, so that outliers pull no harder.",
  source: "Huber 1964, Annals of Mathematical Statistics 35(1).",
  targets: ["values"],
  options: {
    delta: { default: 1, min: 0, minExclusive: true, scale: "log", summary: "Distance at which the parabola becomes a line." },
  },
  build(prediction, target, { delta }) {
    const error = abs(rowsOf(sub(prediction, target)));
    const near = minimum(error, delta);
    return mean(mul(near, sub(error, mul(0.5, near))), 1);
  },
  examples: [{}, { delta: 5 }, { delta: 100 }],
});
