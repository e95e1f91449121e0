import { defineMetric } from "./define.ts";

/**
 * Share of the targets' variance that predictions explain: 1 at best, 0 for the targets' mean, less for worse.
 *
 * Symbols  for an output: t targets with mean m, y predictions; 1 - sum (t - y)^2 / sum (t - m)^2; the mean over outputs
 *
 * Source   Wright 1921, "Correlation and causation", Journal of Agricultural Research 20(7).
 *
 * Choice   An output whose targets are all equal has 1 where they are met and 0 where not, as in scikit-learn. One example has no
 *          spread: undefined.
 */
export const rSquared = defineMetric({
  name: "rSquared",
  summary: "Share of the targets' variance that predictions explain: 1 at best, 0 for the targets' mean, less for worse.",
  source: "Wright 1921, Journal of Agricultural Research 20(7).",
  options: {},
  targets: ["values"],
  goal: "max",
  compute({ predictions, width, count, targets }) {
    if (count < 2) return undefined;
    let total = 0;
    for (let output = 0; output < width; output++) {
      // From the first target on, so that equal ones have their own value as mean, to the bit.
      const first = targets[output]!;
      let beyond = 0;
      for (let i = output; i < predictions.length; i += width) beyond += targets[i]! - first;
      const mean = first + beyond / count;
      let [left, spread] = [0, 0];
      for (let i = output; i < predictions.length; i += width) {
        const [error, distance] = [targets[i]! - predictions[i]!, targets[i]! - mean];
        left += error * error;
        spread += distance * distance;
      }
      total += spread > 0 ? 1 - left / spread : left > 0 ? 0 : 1 - left;
    }
    return total / width;
  },
  examples: [{}],
});
