/** What a learning sampler is told of trials: a value for each of them, the smaller the better, of a spread that can be modelled. */

import { normalQuantile } from "./gaussian/normal.ts";
import type { EndedTrial, Goal } from "./trial.ts";

/** Of more trials a process takes too long. */
export const mostObservations = 300;

export interface Observed {
  readonly trial: EndedTrial;
  /** Smaller is better; mean 0 and variance 1 over all. */
  readonly value: number;
}

const isNumber = (value: number | undefined): value is number => Number.isFinite(value);

/** The middle of a sorted list. */
const medianOf = (sorted: readonly number[]): number => (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;

/**
 * Scores, the smaller the better: of completed trials their value. Failed ones, and those without a number, are as bad as the worst.
 * Pruned ones have their value, but are no better than the median of the completed, since they were given up for a reason.
 */
function scoresOf(trials: readonly EndedTrial[], goal: Goal): number[] {
  const sign = goal === "min" ? 1 : -1;
  const known = trials.map(({ value }) => value).filter(isNumber);
  const worst = known.map((value) => sign * value).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const completed = trials
    .filter(({ status }) => status === "completed")
    .map(({ value }) => value)
    .filter(isNumber)
    .map((value) => sign * value)
    .sort((a, b) => a - b);
  const middle = completed.length > 0 ? medianOf(completed) : worst;
  return trials.map(({ status, value }) => {
    if (!isNumber(value) || status === "failed") return worst;
    return status === "pruned" ? Math.max(middle, sign * value) : sign * value;
  });
}

/**
 * The worse half by rank alone: they keep their order, and lie as the worse half of normal numbers would whose better half has the
 * spread of ours. Where trials diverge, their values say nothing but that they are bad.
 *
 * @source Song et al. 2022, Open Source Vizier, and its Gaussian process bandit: half-rank warping.
 */
function warped(scores: readonly number[]): number[] {
  const sorted = [...scores].sort((a, b) => a - b);
  const middle = medianOf(sorted);
  const good = sorted.filter((score) => score <= middle);
  const spread = Math.sqrt(good.reduce((sum, score) => sum + (score - middle) * (score - middle), 0) / good.length);
  return scores.map((score) => {
    if (score <= middle) return score;
    // Equal ones share the middle of their ranks.
    const rank = (sorted.indexOf(score) + sorted.lastIndexOf(score) + 1) / 2;
    return middle + spread * normalQuantile(Math.max(0.5, rank / sorted.length));
  });
}

function standardised(scores: readonly number[]): number[] {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) * (score - mean), 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return scores.map((score) => (deviation > 0 ? (score - mean) / deviation : 0));
}

/** The most telling trials where there are too many: the better half of the places for the best, the others spread over the rest. */
function mostTelling<T extends { readonly score: number }>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  const sorted = [...list].sort((a, b) => a.score - b.score);
  const best = most >> 1;
  const rest = sorted.slice(best);
  const others = most - best;
  const spread = Array.from({ length: others }, (_, i) => rest[Math.floor((i * rest.length) / others)]!);
  return [...sorted.slice(0, best), ...spread];
}

/** What is known of the trials; nothing where none of them has a number. */
export function observationsOf(trials: readonly EndedTrial[], goal: Goal, most = mostObservations): readonly Observed[] {
  if (!trials.some(({ value }) => isNumber(value))) return [];
  const scores = scoresOf(trials, goal);
  const told = mostTelling(
    trials.map((trial, i) => ({ trial, score: scores[i]! })),
    most,
  );
  const values = standardised(warped(told.map(({ score }) => score)));
  return told.map(({ trial }, i) => ({ trial, value: values[i]! }));
}
