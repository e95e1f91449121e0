/** The contract of samplers. */
import { type RandomKey, randomKey } from "../core/random.ts";
import { counts, inOrder } from "../search/conditions.ts";
import type { SamplerContext, SamplerDefinition } from "../search/samplers/define.ts";
import { random } from "../search/samplers/random.ts";
import type { Assignment, Dimension, Json, Space } from "../search/space.ts";
import type { EndedTrial, RunningTrial } from "../search/trial.ts";
import { choicesOf, indexOfValue, isNumeric } from "../search/unit.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { branin, regretOf } from "./landscapes.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";

/** A dimension of every kind and scale, and conditions in a row. */
const mixed: Space = {
  rate: { type: "float", min: 1e-6, max: 1e-1, scale: "log" },
  share: { type: "float", min: -1, max: 1 },
  quantised: { type: "float", min: 0.1, max: 0.7, step: 0.2 },
  units: { type: "integer", min: 1, max: 300, scale: "log" },
  even: { type: "integer", min: 2, max: 10, step: 2 },
  kind: { type: "categorical", values: ["a", { kind: "b", depth: 2 }, null] },
  flag: { type: "boolean", when: { path: "kind", is: ["a", null] } },
  inner: { type: "float", min: 0, max: 1, when: { path: "flag", is: true } },
};
const single: Space = { only: { type: "integer", min: 3, max: 3 }, one: { type: "categorical", values: ["x"] } };

function accepts(dimension: Dimension, value: Json): boolean {
  if (!isNumeric(dimension)) return indexOfValue(choicesOf(dimension), value) >= 0;
  const { type, min, max, step } = dimension;
  if (typeof value !== "number" || !(value >= min && value <= max)) return false;
  const steps = step === undefined ? 0 : (value - min) / step;
  return (type === "float" || Number.isInteger(value)) && Math.abs(steps - Math.round(steps)) < 1e-9;
}

function holdInSpace(space: Space, point: Assignment, what: string): void {
  const counting = inOrder(space).filter(([, dimension]) => counts(dimension, point));
  holdSame(Object.keys(point).sort(), counting.map(([name]) => name).sort(), `${what}: the dimensions that have a value`);
  for (const [name, dimension] of counting)
    hold(
      accepts(dimension, point[name]!),
      () => `${what}: ${name} = ${JSON.stringify(point[name])} is not in ${JSON.stringify(dimension)}`,
    );
}

/** How trials may end: with a number, without one, pruned, failed. */
type Ending = (index: number, point: Assignment) => Pick<EndedTrial, "status"> & { readonly value?: number };
const endings: Readonly<Record<string, Ending>> = {
  "numbers of all kinds": (index) => {
    if (index % 5 === 1) return { status: "failed" };
    if (index % 5 === 2) return { status: "pruned", value: index };
    if (index % 5 === 3) return { status: "completed", value: [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300][index % 4]! };
    return { status: "completed", value: index % 7 };
  },
  failures: () => ({ status: "failed" }),
  "equal values": () => ({ status: "completed", value: 1 }),
};

const endedAs = (index: number, parameters: Assignment, ending: Ending): EndedTrial => ({
  number: index,
  stage: 0,
  parameters,
  reports: [],
  steps: 1,
  seconds: 0,
  ...ending(index, parameters),
});
const asRunning = ({ number, stage, parameters, reports }: EndedTrial): RunningTrial => ({ number, stage, parameters, reports });

/**
 * What every sampler must do: stay in the space whatever its dimensions, give the same point for the same facts, and bear trials that
 * failed, were pruned, or have no number; one that learns must come nearer to the least value than random points do.
 */
export function samplerContract(definition: SamplerDefinition): Check[] {
  const trials = 12;
  const seeds = [1, 2, 3];
  const checks = (example: Options): Check[] => {
    const options = resolved(definition, example);
    const suggest = (context: SamplerContext) => definition.suggest(context, options);
    const contextOf = (space: Space, key: RandomKey, index: number, others: readonly EndedTrial[] = []): SamplerContext => ({
      space,
      key,
      index,
      goal: "max",
      ended: others.slice(0, -2),
      running: others.slice(-2).map(asRunning),
    });
    /** Points one after the other, the last two trials still under way. */
    const walk = (space: Space, key: RandomKey, ending: Ending): Assignment[] => {
      const others: EndedTrial[] = [];
      for (let index = 0; index < trials; index++)
        others.push(endedAs(index, suggest(contextOf(space, key, index, others)), ending));
      return others.map(({ parameters }) => parameters);
    };
    return [
      ...Object.entries(endings).map(([name, ending]) => ({
        name: `after ${name}, every point lies in the space, and the same facts give the same`,
        run() {
          for (const space of [mixed, single]) {
            const points = walk(space, randomKey(3), ending);
            for (const [index, point] of points.entries()) holdInSpace(space, point, `trial ${index}`);
            holdSame(walk(space, randomKey(3), ending), points, "the points, asked again");
          }
        },
      })),
      ...(definition.learns
        ? []
        : [
            {
              name: "space, key and number alone decide: not what other trials gave",
              run() {
                const others = walk(mixed, randomKey(4), endings["equal values"]!).map((point, i) =>
                  endedAs(i, point, endings["equal values"]!),
                );
                for (const index of [0, 1, 9])
                  holdSame(
                    suggest(contextOf(mixed, randomKey(4), index, others)),
                    suggest(contextOf(mixed, randomKey(4), index)),
                    `trial ${index}`,
                  );
              },
            },
          ]),
      ...(definition.size
        ? [
            {
              name: "as many points as it says it has, each another",
              run() {
                const { rate: _, share: __, units: ___, ...space } = mixed;
                const size = definition.size!(space, options);
                const points = Array.from({ length: size }, (_, index) => suggest(contextOf(space, randomKey(1), index)));
                for (const [index, point] of points.entries()) holdInSpace(space, point, `trial ${index}`);
                holdSame(new Set(points.map((point) => JSON.stringify(point))).size, size, "different points");
              },
            },
          ]
        : [
            {
              name: "another key gives other points",
              run() {
                const of = (seed: number) => JSON.stringify(walk(mixed, randomKey(seed), endings["equal values"]!));
                hold(of(1) !== of(2), "two keys give the same points");
              },
            },
          ]),
    ];
  };
  return [
    ...optionChecks("sampler", definition, definition.examples),
    ...forExamples(definition.examples, checks),
    ...(definition.learns
      ? [
          {
            name: "it comes nearer to the least value of Branin's function than random points, by the median of three seeds",
            run() {
              const middle = (sampler: SamplerDefinition): number =>
                seeds.map((seed) => regretOf(sampler, {}, branin, 25, seed)).sort((a, b) => a - b)[1]!;
              const [own, other] = [middle(definition), middle(random)];
              hold(own < other, `the median regret of 25 trials is ${own}, and of random points ${other}`);
            },
          },
        ]
      : []),
  ];
}
