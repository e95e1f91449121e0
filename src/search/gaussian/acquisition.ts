/** Where the most is to be expected: a search over the unit cube for the greatest expected improvement. */
import { fillNormal, foldIn, type RandomKey, uniformAt } from "../../core/random.ts";
import { sobolBits, sobolDirections, toUnit } from "../sobol.ts";
import { expectedImprovement } from "./normal.ts";
import type { Conditioned, Point } from "./process.ts";

/** Points of the sequence that are tried, of which the best are refined. */
const [spread, refined] = [512, 5];
/** Rounds of refining, points around each in a round, and how far they lie in the first and from one round to the next. */
const [rounds, around, far, closer] = [10, 12, 0.1, 0.6];

interface Candidate {
  readonly units: Float64Array;
  readonly improvement: number;
}

/** Expected improvement over the processes' own least values at each of some points: its mean over the processes. */
function improvementsAt(processes: readonly Conditioned[], points: readonly Point[]): Float64Array {
  const [sums, means, variances] = [0, 1, 2].map(() => new Float64Array(points.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const process of processes) {
    process.predict(points, means, variances);
    for (let i = 0; i < sums.length; i++) sums[i] += expectedImprovement(means[i], Math.sqrt(variances[i]), process.least);
  }
  return sums.map((sum) => sum / processes.length);
}

/** A number moved into [0, 1] by folding it at the ends. */
const folded = (u: number): number => {
  const turned = Math.abs(u) % 2;
  return turned > 1 ? 2 - turned : turned;
};

/** Another point near one: each of some coordinates is moved by a normal number; one without an order is drawn anew. */
function neighbour(key: RandomKey, units: Float64Array, ordered: readonly boolean[], reach: number): Float64Array {
  const d = units.length;
  const moves = new Float64Array(d);
  fillNormal(foldIn(key, "moves"), moves, 0, reach);
  const chosen = Math.floor(d * uniformAt(key, 0));
  return units.map((u, j) => {
    const draw = uniformAt(key, j + 1);
    if (!ordered[j]) return draw < 1 / (2 * d) ? uniformAt(key, d + j + 1) : u;
    return j === chosen || draw < 0.5 ? folded(u + moves[j]) : u;
  });
}

/**
 * The point of the unit cube of greatest expected improvement, as far as a search finds it: a Sobol sequence and points around the
 * best so far, of which the best are refined by steps that become smaller.
 *
 * @param starts  places of trials that are good already
 * @param encode  what the processes see of a place
 */
export function greatestImprovement(
  processes: readonly Conditioned[],
  starts: readonly Float64Array[],
  ordered: readonly boolean[],
  encode: (units: Float64Array) => Point,
  key: RandomKey,
): Float64Array {
  const d = ordered.length;
  const judged = (places: readonly Float64Array[]): Candidate[] => {
    const improvements = improvementsAt(processes, places.map(encode));
    return places.map((units, i) => ({ units, improvement: improvements[i] }));
  };
  const directions = sobolDirections(d);
  const shifts = Array.from({ length: d }, (_, j) => uniformAt(foldIn(key, "shift"), j));
  const places: Float64Array[] = Array.from({ length: spread }, (_, i) =>
    Float64Array.from(shifts, (shift, j) => {
      const column = directions[j];
      return ((column ? toUnit(sobolBits(column, i)) : uniformAt(foldIn(key, j), i)) + shift) % 1;
    }),
  );
  for (const [at, start] of starts.entries())
    for (let i = 0; i < 3 * around; i++)
      places.push(neighbour(foldIn(key, "start", at, i), start, ordered, far * [1, 0.3, 0.1][i % 3]!));
  const candidates = judged(places);
  candidates.sort((a, b) => b.improvement - a.improvement);
  let best = candidates[0]!;
  for (let which = 0; which < refined; which++) {
    let here = candidates[which]!;
    for (let round = 0, reach = far; round < rounds; round++, reach *= closer) {
      const { units } = here;
      const near = Array.from({ length: around }, (_, i) =>
        neighbour(foldIn(key, "refine", which, round, i), units, ordered, reach),
      );
      for (const next of judged(near)) if (next.improvement > here.improvement) here = next;
    }
    if (here.improvement > best.improvement) best = here;
  }
  return best.units;
}
