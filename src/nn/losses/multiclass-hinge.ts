import { add, equal, iota, relu, reshape, select, sub, sum } from "../../graph/index.ts";
import { defineLoss, rowsOf } from "./define.ts";

/**
 * How far the other classes' scores come nearer than a margin to that of the right one: a support vector machine.
 *
 * Symbols  f [N, C] scores; y [N] class numbers; L_i = sum over j != y_i of max(0, f_j - f_{y_i} + margin)
 *
 * Source   lecture, A3; Weston & Watkins 1999, "Support vector machines for multi-class pattern recognition".
 *
 * Choice   The sum over the other classes, as in the lecture; PyTorch's multi_margin_loss divides it by C. At the margin itself
 *          the derivative is 0.
 */
export const multiclassHinge = defineLoss({
  name: "multiclassHinge",
  summary: "How far the other classes' scores come nearer than a margin to that of the right one: a support vector machine.",
  source: "Lecture, A3; Weston & Watkins 1999.",
  targets: ["classes"],
  options: { margin: { default: 1, min: 0, minExclusive: true, scale: "log", summary: "Distance that is far enough." } },
  build(prediction, target, { margin }) {
    const scores = rowsOf(prediction);
    const [rows, classes] = scores.shape as [number, number];
    const isTarget = equal(reshape(target, [rows, 1]), iota(classes));
    const right = sum(select(isTarget, scores, 0), 1, { keepDims: true });
    return sum(select(isTarget, 0, relu(add(sub(scores, right), margin))), 1);
  },
  examples: [{}, { margin: 0.3 }],
});
