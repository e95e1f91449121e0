/** Which trials are best. */
import { bestUpTo } from "./pruners/define.ts";
import type { Objective } from "./study.ts";
import type { EndedTrial, Goal, TrialReport } from "./trial.ts";

/** A trial that has a number to show. */
export type RankedTrial = EndedTrial & { readonly value: number };

const hasValue = (trial: EndedTrial): trial is RankedTrial => Number.isFinite(trial.value);

/** Below 0 where a is the better of two numbers. */
export const compare = (goal: Goal, a: number, b: number): number => (goal === "min" ? a - b : b - a);

/** The completed trials that have a value, best first; of equals the one that came first. */
export const rank = (goal: Goal, trials: readonly EndedTrial[]): readonly RankedTrial[] =>
  trials
    .filter((trial) => trial.status === "completed")
    .filter(hasValue)
    .sort((a, b) => compare(goal, a.value, b.value) || a.number - b.number);

const lastEpoch = ({ reports }: EndedTrial): number => reports.at(-1)?.epoch ?? 0;

/** As `rank`, and behind them the pruned ones that have a value: those that got further first. */
export const rankAll = (goal: Goal, trials: readonly EndedTrial[]): readonly RankedTrial[] => [
  ...rank(goal, trials),
  ...trials
    .filter((trial) => trial.status === "pruned")
    .filter(hasValue)
    .sort((a, b) => lastEpoch(b) - lastEpoch(a) || compare(goal, a.value, b.value) || a.number - b.number),
];

/** A trial's value by its reports; undefined where it has no number to show. */
export function objectiveValue({ goal, at }: Objective, reports: readonly TrialReport[]): number | undefined {
  if (at === "best") return bestUpTo(goal, reports, Number.POSITIVE_INFINITY);
  const last = reports.at(-1)?.value;
  return last !== undefined && Number.isFinite(last) ? last : undefined;
}
