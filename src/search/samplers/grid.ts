import { counts, inOrder } from "../conditions.ts";
import type { Assignment, Dimension, Json, Space } from "../space.ts";
import { choicesOf, isNumeric, levelsOf, numberAt, valueAt } from "../unit.ts";
import { defineSampler } from "./define.ts";

/** The points of a dimension: all its values where they are no more than `points`, else so many from end to end on its scale. */
function pointsOf(dimension: Dimension, points: number): readonly Json[] {
  if (!isNumeric(dimension)) return choicesOf(dimension);
  const levels = levelsOf(dimension);
  const count = Math.min(points, levels ?? points);
  const shares = Array.from({ length: count }, (_, k) => (count === 1 ? 0.5 : k / (count - 1)));
  if (levels === undefined) return shares.map((share) => numberAt(dimension, share));
  if (dimension.scale === "log") return [...new Set(shares.map((share) => Math.round(numberAt(dimension, share))))];
  return shares.map((share) => valueAt(dimension, (Math.round(share * (levels - 1)) + 0.5) / levels));
}

type Ordered = readonly { readonly name: string; readonly dimension: Dimension; readonly points: readonly Json[] }[];

const ordered = (space: Space, points: number): Ordered =>
  inOrder(space).map(([name, dimension]) => ({ name, dimension, points: pointsOf(dimension, points) }));

/** How many combinations there are of the dimensions from one on, given the values before it. */
function countFrom(list: Ordered, from: number, assignment: Assignment): number {
  if (from === list.length) return 1;
  const { name, dimension, points } = list[from]!;
  if (!counts(dimension, assignment)) return countFrom(list, from + 1, assignment);
  // Where no condition looks at it, each of its points has as many combinations behind it.
  const isLookedAt = list.some((other) => other.dimension.when?.path === name);
  if (!isLookedAt) return points.length * countFrom(list, from + 1, assignment);
  return points.reduce<number>((sum, value) => sum + countFrom(list, from + 1, { ...assignment, [name]: value }), 0);
}

/**
 * Every combination of some points of each dimension.
 *
 * Source   Lecture, C18 and G3.
 *
 * Choice   The first dimension changes last and the last one with each trial, in the order in which they are written; one with a
 *          condition stands behind the one that it looks at, and is left out where it does not count.
 */
export const grid = defineSampler({
  name: "grid",
  summary: "Every combination of some points of each dimension.",
  source: "Lecture, C18 and G3.",
  options: {
    points: {
      type: "integer",
      default: 5,
      min: 1,
      max: 10_000,
      summary: "Points of each dimension of numbers, from end to end on its scale.",
    },
  },
  learns: false,
  size: (space, { points }) => countFrom(ordered(space, points), 0, {}),
  suggest({ space, index }, { points }) {
    const list = ordered(space, points);
    const assignment: Record<string, Json> = {};
    let left = index % countFrom(list, 0, {});
    for (const [at, { name, dimension, points: values }] of list.entries()) {
      if (!counts(dimension, assignment)) continue;
      for (const value of values) {
        assignment[name] = value;
        const count = countFrom(list, at + 1, assignment);
        if (left < count) break;
        left -= count;
      }
    }
    return assignment;
  },
  examples: [{}, { points: 3 }],
});
