/**
 * Softmax and cross-entropy in one, on logits: L_i = log sum_j exp(z_ij) - z_i,t(i).
 *
 * Symbols  z [N, C] logits; t [N] class numbers; the largest logit of a row is subtracted first, so nothing overflows.
 * Source   lecture, A3. The gradient comes out of the graph as softmax(z) - onehot(t).
 */
import { add, equal, exp, iota, log, max, reshape, select, sub, sum } from "../../graph/index.ts";
import { defineLoss } from "./define.ts";

export const softmaxCrossEntropy = defineLoss({
  name: "softmaxCrossEntropy",
  summary: "Minus the log of the probability that softmax gives the right class.",
  source: "Lecture, A3.",
  targets: "classes",
  options: {},
  build(logits, target) {
    const [rows, classes] = logits.shape as [number, number];
    const isTarget = equal(reshape(target, [rows, 1]), iota(classes));
    const picked = sum(select(isTarget, logits, 0), 1);
    const largest = max(logits, 1, { keepDims: true });
    const logSum = add(log(sum(exp(sub(logits, largest)), 1)), reshape(largest, [rows]));
    return sub(logSum, picked);
  },
  examples: [{}],
});
