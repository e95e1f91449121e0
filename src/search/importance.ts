/**
 * How much of the differences between trials each dimension accounts for by itself: functional analysis of variance of a
 * forest.
 *
 * Symbols  a tree's leaves are boxes of the unit cube, each with a value; f its value at a point, V the variance of f over the cube;
 *          f_j(v) the mean of f where dimension j is v, V_j its variance: dimension j's share is V_j / V, the mean over the trees
 * Source   Hutter, Hoos & Leyton-Brown 2014, An efficient approach for assessing hyperparameter importance, ICML; bagged trees: Breiman 1996.
 * Choice   What the shares lack of 1 is the interplay of dimensions. A value is what `observationsOf` makes of a trial: where trials
 *          fail or diverge counts, how far they diverge does not. A dimension that does not count at a point lies in its middle there.
 */
import { fillIntegers, foldIn, type RandomKey } from "../core/random.ts";
import { inOrder } from "./conditions.ts";
import { encoded, type Ordered } from "./encode.ts";
import { observationsOf } from "./observations.ts";
import type { Space } from "./space.ts";
import type { EndedTrial, Goal } from "./trial.ts";
import { isNumeric, levelsOf } from "./unit.ts";

/** What a dimension accounts for. */
export interface Importance {
  /** Name of the dimension. */
  readonly name: string;
  /** Of the variance between trials, in [0, 1]. */
  readonly share: number;
}

const [trees, smallestLeaf, fewestTrials] = [64, 2, 4];

/** The part of a dimension that a leaf has: an interval, or some of its levels. */
type Part = { readonly low: number; readonly high: number } | ReadonlySet<number>;
const isSet = (part: Part): part is ReadonlySet<number> => part instanceof Set;

interface Leaf {
  readonly parts: readonly Part[];
  readonly value: number;
}

/** The rows of a table: points, and a value for each. */
interface Table {
  readonly points: readonly Float64Array[];
  readonly values: Float64Array;
  /** Of each dimension how many levels it has, or undefined for numbers. */
  readonly levels: readonly (number | undefined)[];
}

interface Split {
  /** How much less the squares of the deviations are after it. */
  readonly gain: number;
  readonly dimension: number;
  readonly isLeft: (coordinate: number) => boolean;
  readonly parts: readonly [Part, Part];
}

const sumOf = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0);

/**
 * The best split of rows along one dimension. Levels without an order are put in that of their means, which loses no split (Breiman et
 * al. 1984, section 9.4).
 */
function bestSplit({ points, values }: Table, rows: readonly number[], dimension: number, part: Part): Split | undefined {
  const groups = new Map<number, { count: number; sum: number }>();
  for (const row of rows) {
    const coordinate = points[row]![dimension]!;
    const group = groups.get(coordinate) ?? { count: 0, sum: 0 };
    groups.set(coordinate, { count: group.count + 1, sum: group.sum + values[row]! });
  }
  const rank = isSet(part)
    ? ([, { count, sum }]: [number, { count: number; sum: number }]) => sum / count
    : ([at]: [number, unknown]) => at;
  const order = [...groups].sort((a, b) => rank(a) - rank(b));
  const total = sumOf(order.map(([, { sum }]) => sum));
  let [best, bestAt, count, sum] = [1e-12, -1, 0, 0];
  for (let at = 0; at + 1 < order.length; at++) {
    count += order[at]![1].count;
    sum += order[at]![1].sum;
    const rest = rows.length - count;
    if (count < smallestLeaf || rest < smallestLeaf) continue;
    const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / rest - (total * total) / rows.length;
    if (gain > best) [best, bestAt] = [gain, at];
  }
  if (bestAt < 0) return undefined;
  if (!isSet(part)) {
    const middle = (order[bestAt]![0] + order[bestAt + 1]![0]) / 2;
    const parts = [
      { low: part.low, high: middle },
      { low: middle, high: part.high },
    ] as const;
    return { gain: best, dimension, isLeft: (coordinate) => coordinate < middle, parts };
  }
  const left = new Set(order.slice(0, bestAt + 1).map(([level]) => level));
  // Levels that no row has go to the right.
  const right = new Set([...part].filter((level) => !left.has(level)));
  return { gain: best, dimension, isLeft: (coordinate) => left.has(coordinate), parts: [left, right] };
}

/** The leaves of a tree below a node. */
function grow(table: Table, rows: readonly number[], parts: readonly Part[], leaves: Leaf[]): void {
  let split: Split | undefined;
  for (const [dimension, part] of parts.entries()) {
    const other = bestSplit(table, rows, dimension, part);
    if (other && other.gain > (split?.gain ?? 0)) split = other;
  }
  if (!split) {
    leaves.push({ parts, value: sumOf(rows.map((row) => table.values[row]!)) / rows.length });
    return;
  }
  const { dimension, isLeft, parts: halves } = split;
  for (const [side, half] of halves.entries()) {
    const own = rows.filter((row) => isLeft(table.points[row]![dimension]!) === (side === 0));
    grow(table, own, parts.with(dimension, half), leaves);
  }
}

/** How much of a dimension a part is. */
const sizeOf = (part: Part, levels: number | undefined): number => (isSet(part) ? part.size / levels! : part.high - part.low);

/** The variance over one dimension of the mean over all others. */
function varianceAlong(
  leaves: readonly Leaf[],
  volumes: readonly number[],
  dimension: number,
  levels: number | undefined,
): number {
  // What the mean over the others changes by at each place; each level is a place of its own, between it and the next.
  const changes = new Map<number, number>();
  const add = (at: number, change: number) => changes.set(at, (changes.get(at) ?? 0) + change);
  for (const [i, { parts, value }] of leaves.entries()) {
    const part = parts[dimension]!;
    const height = (value * volumes[i]!) / sizeOf(part, levels);
    const intervals = isSet(part) ? [...part].map((level) => ({ low: level / levels!, high: (level + 1) / levels! })) : [part];
    for (const { low, high } of intervals) {
      add(low, height);
      add(high, -height);
    }
  }
  const places = [...changes].sort(([a], [b]) => a - b);
  let [height, mean, square] = [0, 0, 0];
  for (const [i, [at, change]] of places.entries()) {
    height += change;
    const width = (places[i + 1]?.[0] ?? at) - at;
    mean += width * height;
    square += width * height * height;
  }
  return Math.max(0, square - mean * mean);
}

/** Each dimension's share of a tree's variance; undefined where the tree has none. */
function sharesOf(leaves: readonly Leaf[], levels: Table["levels"]): number[] | undefined {
  const volumes = leaves.map(({ parts }) => parts.reduce((volume, part, j) => volume * sizeOf(part, levels[j]), 1));
  const mean = sumOf(leaves.map(({ value }, i) => value * volumes[i]!));
  const variance = sumOf(leaves.map(({ value }, i) => (value - mean) * (value - mean) * volumes[i]!));
  if (!(variance > 1e-12)) return undefined;
  return levels.map((count, j) => Math.min(1, varianceAlong(leaves, volumes, j, count) / variance));
}

/** A dimension's levels: of one that may not count, not counting is one too, behind the others. */
function tableOf(dimensions: Ordered, trials: readonly EndedTrial[], goal: Goal): Table {
  const observations = observationsOf(trials, goal);
  const levels = dimensions.map(([, dimension]) =>
    isNumeric(dimension) ? undefined : levelsOf(dimension)! + (dimension.when ? 1 : 0),
  );
  const points = observations.map(({ trial }) =>
    encoded(dimensions, trial.parameters).map((value, j) => (value < 0 ? levels[j]! - 1 : value)),
  );
  return { points, values: Float64Array.from(observations, ({ value }) => value), levels };
}

/**
 * What each dimension accounts for, the most first. Nothing where there are too few trials, or no differences between them.
 *
 * @param space   the ranges that the trials have been drawn from
 * @param trials  those that are over; the failed ones count as the worst
 */
export function importanceOf(space: Space, trials: readonly EndedTrial[], goal: Goal, key: RandomKey): readonly Importance[] {
  const dimensions = inOrder(space);
  const table = tableOf(dimensions, trials, goal);
  const n = table.values.length;
  if (n < fewestTrials) return [];
  const whole = table.levels.map((levels): Part => (levels === undefined ? { low: 0, high: 1 } : new Set(Array(levels).keys())));
  const shares: number[][] = [];
  for (let tree = 0; tree < trees; tree++) {
    const drawn = new Int32Array(n);
    fillIntegers(foldIn(key, "importance", tree), 0, n, drawn);
    const leaves: Leaf[] = [];
    grow(table, [...drawn], whole, leaves);
    const share = sharesOf(leaves, table.levels);
    if (share) shares.push(share);
  }
  if (shares.length === 0) return [];
  return dimensions
    .map(([name], j) => ({ name, share: sumOf(shares.map((share) => share[j]!)) / shares.length }))
    .sort((a, b) => b.share - a.share);
}
