/** Pruners: when a trial is given up before its end. */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { EndedTrial, Goal, RunningTrial, TrialReport } from "../trial.ts";

/** What a pruner knows when a trial has reported. */
export interface PrunerContext {
  /** With its reports so far, the latest last. */
  readonly trial: RunningTrial;
  /** The epoch that has just ended; absent in the middle of one. */
  readonly epoch: number | undefined;
  /** The training loss of this moment, where it is known: of the epoch that ended, or of the last steps. */
  readonly loss: number | undefined;
  /** Of the first batch. */
  readonly firstLoss: number | undefined;
  /** The other trials of the stage that have reported, those that are over and those under way, by number. */
  readonly others: readonly (RunningTrial | EndedTrial)[];
  readonly goal: Goal;
}

/** A pruner: whether a trial is given up. */
export interface PrunerDefinition extends Definition {
  /** Why the trial is given up, for people; undefined where it goes on. The same facts give the same word. */
  judge(context: PrunerContext, options: Readonly<Record<string, unknown>>): string | undefined;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<PrunerDefinition, "options" | "judge" | "examples"> {
  readonly options: S;
  judge(context: PrunerContext, options: OptionValues<S>): string | undefined;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A pruner of one's own. */
export function definePruner<const S extends OptionSpecs>(definition: Written<S>): PrunerDefinition & Chooser<S> {
  return choosable<PrunerDefinition, S>("pruner", definition as unknown as PrunerDefinition);
}

/** A number in a sentence: four digits. */
export const shown = (value: number): string => String(Number(value.toPrecision(4)));

/** The better of two values; what is no number is never better. */
export function better(goal: Goal, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || !Number.isFinite(a)) return b !== undefined && Number.isFinite(b) ? b : undefined;
  if (b === undefined || !Number.isFinite(b)) return a;
  return goal === "min" ? Math.min(a, b) : Math.max(a, b);
}

/** The best value up to an epoch; undefined where there was no number. */
export const bestUpTo = (goal: Goal, reports: readonly TrialReport[], epoch: number): number | undefined =>
  reports.reduce<number | undefined>(
    (best, report) => (report.epoch <= epoch ? better(goal, best, report.value) : best),
    undefined,
  );
