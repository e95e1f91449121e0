import { exp, log } from "../../core/math.ts";
import { defineMetric, type Predicted } from "./define.ts";

/**
 * The area under the receiver operating characteristic: how probable it is that an example of a class has a higher score for it
 * than one of another class.
 *
 * Symbols  P examples of class c and N others, with a score for c each; (pairs where the first is higher + half of those where both
 *          are equal) / (P N), the sum over midranks of Mann & Whitney. Two classes: that of class 1. More: the mean over classes, each
 *          against the rest.
 *
 * Scores   z_c - log sum_{j != c} exp(z_j), the log of p_c / (1 - p_c), p softmax: it orders examples as p_c does, and does not
 *          round to 1.
 *
 * Source   Hanley & McNeil 1982, Radiology 143(1); Mann & Whitney 1947; Provost & Domingos 2000 for more than two classes, all of
 *          the same weight.
 *
 * Choice   A class that has no examples, or all of them, is left out of the mean. Where no class is left, or a score is NaN, there is
 *          no area: undefined. scikit-learn warns and gives NaN.
 */
export const auc = defineMetric({
  name: "auc",
  summary: "How probable it is that an example of a class scores higher for it than one of another class; a tie counts half.",
  source: "Hanley & McNeil 1982, Radiology 143(1).",
  options: {
    softmax: {
      type: "boolean",
      default: true,
      summary: "Whether examples are ordered by the probability that softmax gives; by the outputs as they are where not.",
    },
  },
  targets: ["classes"],
  goal: "max",
  compute(predicted, { softmax }) {
    const { width, targets } = predicted;
    const scores = softmax ? logOdds(predicted) : predicted.predictions;
    if (scores.some(Number.isNaN)) return undefined;
    const areas = Array.from({ length: width }, (_, c) => c)
      .slice(width === 2 ? 1 : 0)
      .map((c) => areaOf(scores, width, targets, c))
      .filter((area) => area !== undefined);
    return areas.reduce((sum, area) => sum + area, 0) / areas.length;
  },
  examples: [{}, { softmax: false }],
});

/** log(p_c / (1 - p_c)) for each class of each example; z_1 - z_0 to the bit for two. */
function logOdds({ predictions, width, count }: Predicted): Float64Array {
  const scores = new Float64Array(count * width);
  const powers = new Float64Array(width);
  for (let row = 0; row < count; row++) {
    const z = predictions.subarray(row * width, (row + 1) * width);
    let [first, second] = z[0]! >= z[1]! ? [0, 1] : [1, 0];
    for (let i = 2; i < width; i++) {
      if (z[i]! > z[first]!) [first, second] = [i, first];
      else if (z[i]! > z[second]!) second = i;
    }
    // The others of the largest are summed apart, beside the second largest: what is left of a difference would be rounding.
    let [others, othersOfFirst] = [0, 0];
    for (let i = 0; i < width; i++) {
      powers[i] = exp(z[i]! - z[first]!);
      if (i === first) continue;
      others += powers[i]!;
      othersOfFirst += exp(z[i]! - z[second]!);
    }
    for (let i = 0; i < width; i++) {
      scores[row * width + i] =
        i === first ? z[i]! - z[second]! - log(othersOfFirst) : z[i]! - z[first]! - log(1 + (others - powers[i]!));
    }
  }
  return scores;
}

/** The area of one class against the rest, undefined where one of the two is empty. */
function areaOf(scores: ArrayLike<number>, width: number, targets: ArrayLike<number>, c: number): number | undefined {
  // The examples of the class at the front, the others from the back.
  const both = new Float64Array(targets.length);
  let [own, rest] = [0, targets.length];
  for (let row = 0; row < targets.length; row++) both[targets[row] === c ? own++ : --rest] = scores[row * width + c]!;
  if (own === 0 || own === both.length) return undefined;
  const [mine, others] = [both.subarray(0, own).sort(), both.subarray(own).sort()];
  let [below, upTo, pairs] = [0, 0, 0];
  for (const score of mine) {
    while (below < others.length && others[below]! < score) below++;
    while (upTo < others.length && others[upTo]! <= score) upTo++;
    pairs += (below + upTo) / 2;
  }
  return pairs / (mine.length * others.length);
}
