import { expect, test } from "vitest";
import { fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import { importanceOf } from "../../src/search/importance.ts";
import { samplers } from "../../src/search/samplers/index.ts";
import type { Assignment, Space } from "../../src/search/space.ts";
import type { EndedTrial } from "../../src/search/trial.ts";

const unit = { type: "float", min: 0, max: 1 } as const;

/** Trials of a function at random points; what it gives no value for has failed. */
function trialsOf(space: Space, count: number, f: (point: Assignment, noise: number) => number | undefined): EndedTrial[] {
  const noise = new Float64Array(count);
  fillUniform(foldIn(randomKey(5), "noise"), noise, -1, 1);
  return Array.from({ length: count }, (_, index) => {
    const context = { space, key: randomKey(9), index, goal: "min", ended: [], running: [] } as const;
    const parameters = samplers.get("random").suggest(context, {});
    const value = f(parameters, noise[index]!);
    const result = value === undefined ? { status: "failed" as const } : { status: "completed" as const, value };
    return { number: index, stage: 0, parameters, reports: [], steps: 1, seconds: 0, ...result };
  });
}

const sharesOf = (space: Space, trials: readonly EndedTrial[], goal: "min" | "max" = "min") =>
  Object.fromEntries(importanceOf(space, trials, goal, randomKey(1)).map(({ name, share }) => [name, share]));

test("x1 + 0.1 x2: variances 100 to 1, and nothing for what does not matter", () => {
  const space: Space = { x1: unit, x2: unit, nothing: unit };
  const shares = sharesOf(
    space,
    trialsOf(space, 200, ({ x1, x2 }) => (x1 as number) + 0.1 * (x2 as number)),
  );
  // A forest of 200 points is no plane: what it lacks is interplay of steps.
  expect(shares.x1).toBeGreaterThan(0.95);
  expect(shares.x2).toBeLessThan(0.03);
  expect(shares.nothing).toBeLessThan(0.01);
});

test("x1 + x2: half and half", () => {
  const space: Space = { x1: unit, x2: unit };
  const shares = sharesOf(
    space,
    trialsOf(space, 200, ({ x1, x2 }) => (x1 as number) + (x2 as number)),
  );
  expect(Math.abs(shares.x1! - 0.5)).toBeLessThan(0.1);
  expect(Math.abs(shares.x2! - 0.5)).toBeLessThan(0.1);
});

test("an interplay is nobody's own: of (x1 - 1/2) (x2 - 1/2) neither has a share", () => {
  const space: Space = { x1: unit, x2: unit };
  const trials = trialsOf(space, 300, ({ x1, x2 }) => ((x1 as number) - 0.5) * ((x2 as number) - 0.5));
  const shares = sharesOf(space, trials);
  expect(shares.x1! + shares.x2!).toBeLessThan(0.25);
});

test("values in no order, integers and conditions have their shares, most first, the same each time", () => {
  const space: Space = {
    kind: { type: "categorical", values: ["a", "b", { c: 1 }] },
    flag: { type: "boolean" },
    units: { type: "integer", min: 1, max: 1000, scale: "log" },
    own: { ...unit, when: { path: "kind", is: "a" } },
  };
  const worth = (kind: unknown) => (kind === "a" ? 2 : kind === "b" ? -2 : 0);
  const trials = trialsOf(space, 120, ({ kind, units }) => worth(kind) + 0.5 * Math.log10(units as number));
  const importance = importanceOf(space, trials, "max", randomKey(1));
  expect(importance.map(({ name }) => name).slice(0, 2)).toEqual(["kind", "units"]);
  expect(importance[0]!.share).toBeGreaterThan(0.8);
  // Variances: of the three values 8/3, of the logarithm 0.25 * 9/12 = 0.19: 7 %.
  expect(Math.abs(importance[1]!.share - 0.065)).toBeLessThan(0.05);
  expect(importanceOf(space, trials, "max", randomKey(1))).toEqual(importance);
});

test("what makes trials fail is important, and how far a loss explodes is not", () => {
  const space: Space = { rate: unit, other: unit };
  const fails = trialsOf(space, 100, ({ rate, other }, noise) =>
    (rate as number) > 0.7 ? undefined : 0.1 * (other as number) + 0.01 * noise,
  );
  // Without the failed trials there is nothing left of it.
  expect(sharesOf(space, fails).rate).toBeGreaterThan(0.3);
  expect(
    sharesOf(
      space,
      fails.filter(({ status }) => status === "completed"),
    ).rate,
  ).toBeLessThan(0.1);
  const explodes = trialsOf(space, 100, ({ rate, other }) => ((other as number) > 0.95 ? 1e30 : (rate as number)));
  expect(sharesOf(space, explodes).rate).toBeGreaterThan(0.5);
});

test("too few trials, or all the same, say nothing", () => {
  const space: Space = { x1: unit };
  expect(
    sharesOf(
      space,
      trialsOf(space, 3, ({ x1 }) => x1 as number),
    ),
  ).toEqual({});
  expect(
    sharesOf(
      space,
      trialsOf(space, 20, () => 1),
    ),
  ).toEqual({});
  expect(
    sharesOf(
      space,
      trialsOf(space, 20, () => undefined),
    ),
  ).toEqual({});
});
