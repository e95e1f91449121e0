/** The contract of pruners. */
import { fillUniform, foldIn, randomKey } from "../core/random.ts";
import type { PrunerContext, PrunerDefinition } from "../search/pruners/define.ts";
import type { EndedTrial, Goal, RunningTrial, TrialReport } from "../search/trial.ts";
import { type Check, hold, holdSame, type Options } from "./check.ts";
import { forExamples, optionChecks, resolved } from "./options.ts";

const epochs = 27;

/** Trials whose values are drawn; some broke off early, some have no number here and there. */
function drawnTrials(count: number, seed: number): EndedTrial[] {
  return Array.from({ length: count }, (_, number): EndedTrial => {
    const draws = new Float64Array(epochs);
    fillUniform(foldIn(randomKey(seed), number), draws, 0, 1);
    const length = number % 3 === 0 ? epochs : 1 + Math.floor(draws[0]! * epochs);
    const reports = Array.from({ length }, (_, i): TrialReport => {
      const value = draws[i]! < 0.05 ? Number.NaN : draws[i]!;
      return { epoch: i + 1, step: 10 * (i + 1), value, trainingLoss: draws[i]! };
    });
    const status = length === epochs ? "completed" : "pruned";
    return { number, stage: 0, parameters: {}, reports, status, value: 0.5, steps: 10 * length, seconds: 1 };
  });
}

const negated = <T extends RunningTrial>(trial: T): T => ({
  ...trial,
  reports: trial.reports.map((report) => ({ ...report, value: -report.value })),
});

const upTo = ({ number, stage, parameters, reports }: RunningTrial, epoch: number): RunningTrial => ({
  number,
  stage,
  parameters,
  reports: reports.slice(0, epoch),
});

function contextAt(trial: RunningTrial, others: PrunerContext["others"], goal: Goal): PrunerContext {
  const last = trial.reports.at(-1);
  return { trial, epoch: last?.epoch, loss: last?.trainingLoss, firstLoss: 1, others, goal };
}

/**
 * What every pruner must do: give the same word for the same facts, see nothing but them, take large and small values alike by the goal,
 * bear reports without numbers, and let a trial go on that is better than all others and whose loss falls.
 */
export function prunerContract(definition: PrunerDefinition): Check[] {
  const checks = (example: Options): Check[] => {
    const options = resolved(definition, example);
    const judge = (context: PrunerContext) => definition.judge(context, options);
    /** The word on each report of each trial, all others being over. */
    const words = (trials: readonly EndedTrial[], goal: Goal): (string | undefined)[] =>
      trials.flatMap((trial) => {
        const others = trials.filter((other) => other !== trial);
        return trial.reports.map((_, i) => judge(contextAt(upTo(trial, i + 1), others, goal)));
      });
    return [
      {
        name: "the same facts give the same word, and nothing of them is changed",
        run() {
          for (const seed of [1, 2, 3]) {
            const trials = drawnTrials(12, seed);
            const before = JSON.stringify(trials);
            const first = words(trials, "max");
            for (const word of first) hold(word === undefined || word.length > 0, "a word that gives a trial up must say why");
            holdSame(words(trials, "max"), first, "the words, asked again");
            holdSame(JSON.stringify(trials), before, "the trials afterwards");
          }
        },
      },
      {
        name: "small values for one goal are what large ones are for the other",
        run() {
          for (const seed of [4, 5]) {
            const trials = drawnTrials(12, seed);
            const isUp = (word: string | undefined) => word !== undefined;
            holdSame(words(trials.map(negated), "min").map(isUp), words(trials, "max").map(isUp), "which are given up");
          }
        },
      },
      {
        name: "the best of all trials goes on, if its loss falls",
        run() {
          const others = drawnTrials(20, 6);
          const reports = Array.from({ length: epochs }, (_, i) => ({
            epoch: i + 1,
            step: i,
            value: 2 + i,
            trainingLoss: 1 / (i + 2),
          }));
          const best = { number: 99, stage: 0, parameters: {}, reports };
          for (let epoch = 1; epoch <= epochs; epoch++) {
            const word = judge(contextAt(upTo(best, epoch), others, "max"));
            hold(word === undefined, `after epoch ${epoch} the best trial is given up: ${word}`);
          }
        },
      },
      {
        name: "a trial alone, without reports, without losses, without a first loss or in the middle of an epoch is borne",
        run() {
          const none = { number: 0, stage: 0, parameters: {}, reports: [] };
          const odd = { ...none, reports: [{ epoch: 1, step: 1, value: null as unknown as number }] };
          for (const trial of [none, odd]) {
            const context = contextAt(trial, [], "min");
            judge({ ...context, firstLoss: undefined });
            judge({ ...context, epoch: undefined, loss: 5 });
            judge({ ...context, epoch: undefined, loss: Number.NaN });
            judge({ ...context, others: [none, odd] });
          }
        },
      },
    ];
  };
  return [...optionChecks("pruner", definition, definition.examples), ...forExamples(definition.examples, checks)];
}
