/** Functions to minimise, and searches of them: what samplers are compared on. */
import { requireOptions } from "../core/options.ts";
import { foldIn, randomKey } from "../core/random.ts";
import type { SamplerDefinition } from "../search/samplers/define.ts";
import type { Assignment, Space } from "../search/space.ts";
import type { EndedTrial } from "../search/trial.ts";
import type { Options } from "./check.ts";

/** A function to minimise, and where it is least. */
export interface Landscape {
  readonly name: string;
  readonly space: Space;
  /** Its least value. */
  readonly least: number;
  value(point: Assignment): number;
}

const square = (x: number): number => x * x;

/**
 * Three equal minima in a valley.
 *
 * @source Branin 1972; Dixon & Szego 1978.
 */
export const branin: Landscape = {
  name: "Branin",
  space: { x: { type: "float", min: -5, max: 10 }, y: { type: "float", min: 0, max: 15 } },
  least: 0.39788735772973816,
  value({ x, y }) {
    const [a, b] = [x as number, y as number];
    const valley = b - (5.1 / (4 * square(Math.PI))) * square(a) + (5 / Math.PI) * a - 6;
    return square(valley) + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
  },
};

const weights = [1, 1.2, 3, 3.2];
const widths = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const centres = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const names = ["a", "b", "c", "d", "e", "f"] as const;

/**
 * Four hollows in six dimensions, one of them the deepest.
 *
 * @source Hartman 1973; Dixon & Szego 1978.
 */
export const hartmann6: Landscape = {
  name: "Hartmann 6",
  space: Object.fromEntries(names.map((name) => [name, { type: "float", min: 0, max: 1 }] as const)),
  least: -3.322368011415515,
  value(point) {
    const depths = weights.map((weight, i) => {
      const apart = names.reduce((sum, name, j) => sum + widths[i]![j]! * square((point[name] as number) - centres[i]![j]!), 0);
      return weight * Math.exp(-apart);
    });
    return -depths.reduce((sum, depth) => sum + depth, 0);
  },
};

/** How far above the least value the best of so many trials lies, one trial after the other. */
export function regretOf(
  sampler: SamplerDefinition,
  options: Options,
  { space, least, value }: Landscape,
  trials: number,
  seed: number,
): number {
  const ended: EndedTrial[] = [];
  const resolved = requireOptions(sampler.options, options, sampler.name);
  for (let index = 0; index < trials; index++) {
    const context = { space, key: foldIn(randomKey(seed), "search", 0), index, goal: "min", ended, running: [] } as const;
    const parameters = sampler.suggest(context, resolved);
    const result = { status: "completed", value: value(parameters), steps: 1, seconds: 0 } as const;
    ended.push({ number: index, stage: 0, parameters, reports: [], ...result });
  }
  return Math.min(...ended.map((trial) => trial.value!)) - least;
}
