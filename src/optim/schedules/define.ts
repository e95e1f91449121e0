/**
 * Schedules: the learning rate of each step, as a share in [0, 1] of the optimizer's own, which is thus the highest.
 *
 * Shares are computed on the host in float64, by operations that have the same bits everywhere.
 */
import { type Chooser, choosable } from "../../core/choice.ts";
import { cos } from "../../core/math.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";

/** Where a run is. */
export interface Progress {
  /** The step at hand, from 0. */
  readonly step: number;
  /** Steps of the whole run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

/** Whether a score is better the larger or the smaller it is. */
export type Goal = "min" | "max";

/** What any schedule of a document takes beside its own options. */
export interface ScheduleExtras {
  /** Steps in which the learning rate grows evenly up to the schedule's start, which begins after them; default 0. */
  readonly warmup?: number;
}

/** A schedule: by what the learning rate is multiplied at each step. */
export interface ScheduleDefinition extends Definition {
  /** What the learning rate is multiplied by at a step; the same numbers give the same bits. */
  multiplier(progress: Progress, options: Readonly<Record<string, unknown>>, memory: readonly number[]): number;
  /** What it remembers, as it is at the start: finite numbers, so that JSON can hold it. Nothing where absent. */
  readonly memory?: readonly number[];
  /** What it remembers once an epoch has ended with this score. Absent where scores do not matter. */
  observe?(memory: readonly number[], score: number, options: Readonly<Record<string, unknown>>, goal: Goal): readonly number[];
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs, M extends readonly number[]>
  extends Omit<ScheduleDefinition, "options" | "multiplier" | "memory" | "observe" | "examples"> {
  readonly options: S;
  multiplier(progress: Progress, options: OptionValues<S>, memory: M): number;
  readonly memory?: M;
  observe?(memory: M, score: number, options: OptionValues<S>, goal: Goal): M;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A schedule of one's own. */
export function defineSchedule<const S extends OptionSpecs, M extends readonly number[] = readonly []>(
  definition: Written<S, M>,
): ScheduleDefinition & Chooser<S, ScheduleExtras> {
  return choosable<ScheduleDefinition, S, ScheduleExtras>("schedule", definition as unknown as ScheduleDefinition);
}

/** The option of schedules that go by the time that has passed, whatever the length of the run. */
export const unitOption = {
  type: "string",
  choices: ["epochs", "steps"],
  default: "epochs",
  summary: "What time is counted in.",
} as const;

/** The option of schedules that end above 0. */
export const endOption = {
  default: 0,
  min: 0,
  max: 1,
  summary: "What the learning rate comes down to, as a share of the optimizer's.",
} as const;

/** Time since the start, a fraction within an epoch. */
export const elapsed = ({ step, stepsPerEpoch }: Progress, unit: "epochs" | "steps"): number =>
  unit === "steps" ? step : step / stepsPerEpoch;

/** How much of the run is behind, in [0, 1]; 1 would come with the step after the last. */
export const shareDone = ({ step, steps }: Progress): number => Math.min(1, step / steps);

/** From one number to another along half a wave of the cosine, level at both ends. */
export const alongCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + cos(Math.PI * share));
