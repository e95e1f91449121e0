import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { initialMemory, learningRateMultiplier, observeScore } from "../../src/optim/schedules/apply.ts";
import { type Goal, schedules } from "../../src/optim/schedules/index.ts";
import type { Options } from "../../src/testing/check.ts";
import { expectClose } from "../../src/testing/close.ts";
import { resolved } from "../../src/testing/options.ts";

interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly cases: readonly {
    readonly schedule: string;
    readonly options: Options;
    readonly by: "step" | "epoch";
    readonly steps: number;
    readonly stepsPerEpoch: number;
    readonly warmup: number;
    readonly shares: readonly number[];
  }[];
  readonly plateaus: readonly {
    readonly options: Options;
    readonly goal: Goal;
    readonly scores: readonly number[];
    readonly shares: readonly number[];
  }[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "schedules.json"), "utf8")) as Goldens;

const choose = (name: string, options: Options) => {
  const definition = schedules.get(name);
  return { definition, options: resolved(definition, options) };
};

/** PyTorch multiplies from step to step: up to 60 steps of some roundings of numbers up to 1. */
const rounding = 1e-14;

test("the goldens say what made them, and every schedule has one", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("lr_scheduler"),
    version: expect.stringMatching(/^2\./),
    command: expect.stringContaining("make-schedule-goldens.py"),
  });
  expect(new Set([...goldens.cases.map(({ schedule }) => schedule), "onPlateau"])).toEqual(new Set(schedules.names));
});

test.each(goldens.cases.map((one) => [one.schedule, JSON.stringify(one.options), one.warmup, one] as const))(
  "%s with %s after a warm-up of %d steps",
  (name, options, warmup, { by, steps, stepsPerEpoch, shares, ...golden }) => {
    const chosen = choose(name, golden.options);
    const received = shares.map((_, i) => {
      const step = by === "step" ? i : i * stepsPerEpoch;
      return learningRateMultiplier(chosen, warmup, { step, steps, stepsPerEpoch }, initialMemory(chosen));
    });
    expectClose(received, shares, rounding, `${name} ${options}`);
  },
);

test.each(goldens.plateaus.map((one) => [one.goal, JSON.stringify(one.options), one] as const))(
  "onPlateau, goal %s, with %s",
  (goal, _, { options, scores, shares }) => {
    const chosen = choose("onPlateau", options);
    let memory = initialMemory(chosen);
    const received = scores.map((score) => {
      memory = observeScore(chosen, memory, score, goal);
      return learningRateMultiplier(chosen, 0, { step: 0, steps: 1, stepsPerEpoch: 1 }, memory);
    });
    expectClose(received, shares, rounding, "shares after each epoch");
    expect(new Set(shares).size, "it was cut").toBeGreaterThan(1);
  },
);
