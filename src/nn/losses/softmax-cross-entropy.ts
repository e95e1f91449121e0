import { ShapeError } from "../../core/errors.ts";
import { exp as expOf } from "../../core/math.ts";
import { add, equal, exp, iota, log, max, mul, reshape, select, sub, sum } from "../../graph/index.ts";
import { vectorOf } from "../vector.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * Softmax and cross-entropy in one, on logits: L_i = log sum_j exp(z_ij) - z_i,t(i).
 *
 * Symbols  z [N, C] logits; t [N] class numbers, or [N, C] the probability of each class; s smoothing; w_c class weights;
 *          q = (1 - s) t + s / C, with t as one-hot rows; L_i = sum_c w_c q_ic (log sum_j exp(z_ij) - z_ic).
 *          The largest logit of a row is subtracted first, so nothing overflows.
 *
 * Source   lecture, A3. The gradient comes out of the graph as softmax(z) - onehot(t). Smoothing: Szegedy et al. 2016, section 7,
 *          arXiv:1512.00567.
 *
 * Choice   Weights scale an example's loss, and the mean over a batch divides by its rows, as in Keras; PyTorch divides by the sum
 *          of the rows' weights where targets are class numbers.
 */
export const softmaxCrossEntropy = defineLoss({
  name: "softmaxCrossEntropy",
  summary: "Minus the log of the probability that softmax gives the right class.",
  source: "Lecture, A3; label smoothing: Szegedy et al. 2016, arXiv:1512.00567.",
  targets: ["classes", "values"],
  options: {
    smoothing: { default: 0, min: 0, max: 1, summary: "Share of the target that is spread evenly over all classes." },
    classWeights: { type: "numbers", optional: true, min: 0, summary: "What an example of each class counts; 1 where absent." },
  },
  build(prediction, target, { smoothing, classWeights }) {
    const logits = rowsOf(prediction);
    const [rows, classes] = logits.shape as [number, number];
    if (classWeights && classWeights.length !== classes) {
      throw new ShapeError("E_LOSS_OPTION", {
        message: `loss 'softmaxCrossEntropy' has ${classWeights.length} classWeights for ${classes} classes`,
        hint: "Give one number for each class, in the order of the class numbers.",
      });
    }
    const largest = max(logits, 1, { keepDims: true });
    const logSum = add(log(sum(exp(sub(logits, largest)), 1)), reshape(largest, [rows]));
    const isClasses = target.shape.length === 1;
    if (isClasses && smoothing === 0 && !classWeights) {
      const isTarget = equal(reshape(target, [rows, 1]), iota(classes));
      return sub(logSum, sum(select(isTarget, logits, 0), 1));
    }
    const spread = smoothing / classes;
    const shares = isClasses
      ? select(equal(reshape(target, [rows, 1]), iota(classes)), 1 - smoothing + spread, spread)
      : add(mul(1 - smoothing, rowsOf(target)), spread);
    const missing = sub(reshape(logSum, [rows, 1]), logits); // minus the log of each class's probability
    return sum(mul(classWeights ? mul(vectorOf(classWeights), shares) : shares, missing), 1);
  },
  refuse(values) {
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      if (!(values[i]! >= 0 && values[i]! <= 1)) return `expects a probability for each class, received ${values[i]}`;
      total += values[i]!;
    }
    // Probabilities that were written with three digits add up to 1 within that.
    return Math.abs(total - 1) <= 0.01 ? undefined : `expects probabilities that add up to 1, received a sum of ${total}`;
  },
  probabilities(outputs, width) {
    const result = new Float64Array(outputs.length);
    for (let row = 0; row < outputs.length; row += width) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let i = row; i < row + width; i++) largest = Math.max(largest, outputs[i]!);
      let total = 0;
      for (let i = row; i < row + width; i++) total += result[i] = expOf(outputs[i]! - largest);
      for (let i = row; i < row + width; i++) result[i]! /= total;
    }
    return result;
  },
  examples: [{}, { smoothing: 0.1 }, { classWeights: [1, 0.25, 4] }, { smoothing: 0.2, classWeights: [2, 2, 0, 3, 1] }],
});
