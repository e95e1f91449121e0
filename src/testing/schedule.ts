/** The contract of schedules. */
import { fillUniform, foldIn, randomKey } from "../core/random.ts";
import { initialMemory, learningRateMultiplier, observeScore } from "../optim/schedules/apply.ts";
import type { Goal, Progress, ScheduleDefinition } from "../optim/schedules/define.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { expectClose } from "./close.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";

/** What a schedule does on purpose. */
export interface ScheduleTraits {
  /** It jumps; others change little from one step to the next. */
  readonly jumps?: boolean;
}

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

function holdShare(share: number, what: string): void {
  hold(share >= 0 && share <= 1, `${what}: a share must be in [0, 1], received ${share}`);
}

/**
 * What every schedule must do: give a share of the learning rate in [0, 1] whose highest is 1, the same at each call, without jumps,
 * and remember only what passes through JSON.
 */
export function scheduleContract(definition: ScheduleDefinition, { jumps = false }: ScheduleTraits = {}): Check[] {
  const remembers = (chosen: Chosen, goal: Goal): void => {
    const draws = new Float32Array(200);
    fillUniform(foldIn(randomKey(1), "scores"), draws, -1, 1);
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 5e-324, -1e308, 1e308];
    const length = { steps: 400, stepsPerEpoch: 2 };
    let [memory, copy] = [initialMemory(chosen), initialMemory(chosen)];
    const start = JSON.stringify(memory);
    for (const [epoch, score] of [...odd, ...draws, ...odd].entries()) {
      memory = observeScore(chosen, Object.freeze(memory), score, goal);
      copy = observeScore(chosen, JSON.parse(JSON.stringify(copy)) as number[], score, goal);
      hold(memory.every(Number.isFinite), `what is remembered must be finite, received ${memory}`);
      holdSame(JSON.stringify(copy), JSON.stringify(memory), "what is remembered, through JSON");
      const progress = { ...length, step: 2 * epoch };
      const share = learningRateMultiplier(chosen, 0, progress, memory);
      holdShare(share, `epoch ${epoch}`);
      const again = learningRateMultiplier(chosen, 0, progress, JSON.parse(JSON.stringify(copy)) as number[]);
      holdSame(again, share, `share of epoch ${epoch}, through JSON`);
    }
    holdSame(JSON.stringify(memory) !== start, memory.length > 0, "whether it remembers, where it has something to remember");
  };
  const checks = (example: Options): Check[] => {
    const chosen: Chosen = { definition, options: resolved(definition, example) };
    return [
      {
        name: "every step has a share in [0, 1], the same at each call, beyond the run's end too",
        run() {
          for (const length of lengths) {
            for (const warmup of [0, 1, 5, 1000]) {
              const shares = sharesOf(chosen, warmup, length);
              for (const [step, share] of shares.entries()) holdShare(share, `step ${step} of ${length.steps}`);
              holdSame(sharesOf(chosen, warmup, length), shares, "the shares, asked again");
              const after = { ...length, step: length.steps + 3 };
              holdShare(learningRateMultiplier(chosen, warmup, after, initialMemory(chosen)), "after the end");
            }
          }
        },
      },
      {
        name: "the highest share is 1: the optimizer's learning rate is the highest of the run",
        run: () => holdSame(Math.max(...sharesOf(chosen, 0, { steps: 1000, stepsPerEpoch: 100 })), 1, "highest share"),
      },
      {
        name: "warm-up grows by the same amount each step up to the schedule's start, which then has the steps left",
        run() {
          const length = { steps: 40, stepsPerEpoch: 8 };
          const shares = sharesOf(chosen, 10, length);
          const own = sharesOf(chosen, 0, { ...length, steps: 30 });
          holdSame(shares.slice(10), own, "shares after the warm-up");
          const grown = Array.from({ length: 10 }, (_, step) => (own[0]! * (step + 1)) / 11);
          // One rounding of the fraction and one of the product.
          expectClose(shares.slice(0, 10), grown, 5e-16, "shares of the warm-up");
        },
      },
      ...(jumps || chosen.options.unit === "steps"
        ? []
        : [
            {
              name: "twice the steps, half the change from one to the next: no jumps",
              run() {
                const largest = (steps: number): number => {
                  const shares = sharesOf(chosen, 0, { steps, stepsPerEpoch: steps / 10 });
                  return Math.max(0, ...shares.slice(1).map((share, i) => Math.abs(share - shares[i]!)));
                };
                const [few, many] = [largest(2000), largest(4000)];
                // A power below 1 falls steeply at its end, (1 / steps)^power; a jump would stay as it is.
                hold(many <= 0.6 * few && many < 0.01, `the largest change is ${few} of 2000 steps, and ${many} of 4000`);
              },
            },
          ]),
      ...(["min", "max"] as const).map((goal) => ({
        name: `what it remembers for goal ${goal} passes through JSON, whatever the scores`,
        run: () => remembers(chosen, goal),
      })),
    ];
  };
  return [...optionChecks("schedule", definition, definition.examples), ...forExamples(definition.examples, checks)];
}
