import { describe, expect, test } from "vitest";
import { initialMemory, learningRateMultiplier, observeScore } from "../../src/optim/schedules/apply.ts";
import { type Goal, schedules } from "../../src/optim/schedules/index.ts";
import { resolved } from "../../src/testing/options.ts";
import { scheduleContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

/** Schedules that jump by design; all others change little from one step to the next. */
const jumps: readonly string[] = ["step", "onPlateau"];

for (const one of schedules.all) holds(`schedule '${one.name}'`, scheduleContract(one, { jumps: jumps.includes(one.name) }));

describe("onPlateau", () => {
  const definition = schedules.get("onPlateau");
  const run = (options: Record<string, number>, goal: Goal, scores: readonly number[]): number[] => {
    const chosen = { definition, options: resolved(definition, options) };
    let memory = initialMemory(chosen);
    return scores.map((score) => {
      memory = observeScore(chosen, memory, score, goal);
      return learningRateMultiplier(chosen, 0, { step: 0, steps: 1, stepsPerEpoch: 1 }, memory);
    });
  };

  test("a score below 0 that is a little worse is not better", () => {
    // By the rule best * (1 - threshold) -0.99 would beat -1.
    expect(run({ patience: 0, factor: 0.5, threshold: 0.1 }, "min", [-1, -0.99, -0.98])).toEqual([1, 0.5, 0.25]);
    expect(run({ patience: 0, factor: 0.5, threshold: 0.1 }, "max", [-1, -1.01, -0.8])).toEqual([1, 0.5, 0.5]);
  });

  test("an epoch without a number is an epoch that was not better", () => {
    expect(run({ patience: 1, factor: 0.5 }, "min", [3, Number.NaN, Number.NEGATIVE_INFINITY, 2])).toEqual([1, 1, 0.5, 0.5]);
    expect(run({ patience: 1, factor: 0.5 }, "max", [Number.NaN, 3, 4, 5])).toEqual([1, 1, 1, 1]);
  });
});
