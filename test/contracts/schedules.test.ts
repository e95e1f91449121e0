import { describe, expect, test } from "vitest";
import { fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import { initialMemory, learningRateMultiplier, observeScore } from "../../src/optim/schedules/apply.ts";
import type { Goal, Progress, ScheduleDefinition } from "../../src/optim/schedules/index.ts";
import { schedules } from "../../src/optim/schedules/index.ts";
import { optionsContract, resolved } from "./options.ts";

/** Schedules that jump by design; all others change little from one step to the next. */
const jumps: readonly string[] = ["step", "onPlateau"];

const lengths: readonly Omit<Progress, "step">[] = [
  { steps: 1, stepsPerEpoch: 1 },
  { steps: 2, stepsPerEpoch: 1 },
  { steps: 3, stepsPerEpoch: 7 },
  { steps: 40, stepsPerEpoch: 8 },
  { steps: 97, stepsPerEpoch: 10 },
];

type Chosen = Parameters<typeof learningRateMultiplier>[0];
const sharesOf = (chosen: Chosen, warmup: number, length: Omit<Progress, "step">, memory = initialMemory(chosen)): number[] =>
  Array.from({ length: length.steps }, (_, step) => learningRateMultiplier(chosen, warmup, { step, ...length }, memory));

function scheduleContract(definition: ScheduleDefinition): void {
  describe(`schedule '${definition.name}'`, () => {
    optionsContract("schedule", definition, definition.examples);

    describe.each(
      definition.examples.map(
        (example) => [JSON.stringify(example), { definition, options: resolved(definition, example) }] as const,
      ),
    )("with %s", (_, chosen) => {
      test("every step has a share in [0, 1], the same at each call, beyond the run's end too", () => {
        for (const length of lengths) {
          for (const warmup of [0, 1, 5, 1000]) {
            const shares = sharesOf(chosen, warmup, length);
            for (const share of shares) expect(share >= 0 && share <= 1, `${share} in ${shares}`).toBe(true);
            expect(sharesOf(chosen, warmup, length)).toEqual(shares);
            const after = learningRateMultiplier(chosen, warmup, { ...length, step: length.steps + 3 }, initialMemory(chosen));
            expect(after >= 0 && after <= 1, `${after} after the end`).toBe(true);
          }
        }
      });

      test("the highest share is 1: the optimizer's learning rate is the highest of the run", () => {
        expect(Math.max(...sharesOf(chosen, 0, { steps: 1000, stepsPerEpoch: 100 }))).toBe(1);
      });

      test("warm-up grows by the same amount each step up to the schedule's start, which then has the steps left", () => {
        const length = { steps: 40, stepsPerEpoch: 8 };
        const shares = sharesOf(chosen, 10, length);
        const own = sharesOf(chosen, 0, { ...length, steps: 30 });
        expect(shares.slice(10)).toEqual(own);
        // One rounding of the fraction and one of the product.
        for (const [step, share] of shares.slice(0, 10).entries()) expect(share).toBeCloseTo((own[0]! * (step + 1)) / 11, 15);
      });

      if (!jumps.includes(definition.name) && chosen.options.unit !== "steps") {
        test("twice the steps, half the change from one to the next: no jumps", () => {
          const largest = (steps: number): number => {
            const shares = sharesOf(chosen, 0, { steps, stepsPerEpoch: steps / 10 });
            return Math.max(0, ...shares.slice(1).map((share, i) => Math.abs(share - shares[i]!)));
          };
          // A power below 1 falls steeply at its end, (1 / steps)^power; a jump would stay as it is.
          expect(largest(4000)).toBeLessThanOrEqual(0.6 * largest(2000));
          expect(largest(4000)).toBeLessThan(0.01);
        });
      }

      test.each<Goal>(["min", "max"])("what it remembers for goal %s passes through JSON, whatever the scores", (goal) => {
        const draws = new Float32Array(200);
        fillUniform(foldIn(randomKey(1), "scores"), draws, -1, 1);
        const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 5e-324, -1e308, 1e308];
        const length = { steps: 400, stepsPerEpoch: 2 };
        let [memory, copy] = [initialMemory(chosen), initialMemory(chosen)];
        const start = JSON.stringify(memory);
        for (const [epoch, score] of [...odd, ...draws, ...odd].entries()) {
          memory = observeScore(chosen, Object.freeze(memory), score, goal);
          copy = observeScore(chosen, JSON.parse(JSON.stringify(copy)) as number[], score, goal);
          expect(memory.every(Number.isFinite), `${memory}`).toBe(true);
          expect(JSON.stringify(copy)).toBe(JSON.stringify(memory));
          const progress = { ...length, step: 2 * epoch };
          const share = learningRateMultiplier(chosen, 0, progress, memory);
          expect(share >= 0 && share <= 1).toBe(true);
          expect(learningRateMultiplier(chosen, 0, progress, JSON.parse(JSON.stringify(copy)) as number[])).toBe(share);
        }
        expect(JSON.stringify(memory) !== start, "it remembers where it has something to remember").toBe(memory.length > 0);
      });
    });
  });
}

schedules.all.forEach(scheduleContract);

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
