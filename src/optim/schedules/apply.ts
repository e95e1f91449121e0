/**
 * From a schedule to the learning rate of a step, warm-up included.
 *
 * Symbols  w steps of warm-up, m the schedule's share; at step s < w the share is m(0) (s + 1) / (w + 1): it grows by the same
 *          amount each step and would reach m(0) at step w, where the schedule begins; from there m(s - w), over the steps left
 * Source   Goyal et al. 2017, arXiv:1706.02677, section 2.2.
 * Choice   PyTorch's LinearLR(start_factor = 1 / (w + 1), total_iters = w), then the schedule by SequentialLR with milestone w. No
 *          step is lost to a rate of 0. Epochs of a schedule count from the end of the warm-up.
 */
import type { NumberSpec } from "../../core/options.ts";
import type { Goal, Progress, ScheduleDefinition } from "./define.ts";

/** A schedule, its name resolved and its options complete. */
export interface ChosenSchedule {
  readonly definition: ScheduleDefinition;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The option that any schedule can be given beside its own. */
export const warmupSpec: NumberSpec = {
  type: "integer",
  default: 0,
  min: 0,
  max: 1_000_000_000,
  summary: "Steps in which the learning rate grows evenly up to the schedule's start, which begins after them.",
};

/** What a schedule remembers before the first step. */
export const initialMemory = ({ definition }: ChosenSchedule): readonly number[] => definition.memory ?? [];

/** What the optimizer's learning rate is multiplied by at a step, in [0, 1]. */
export function learningRateMultiplier(
  { definition, options }: ChosenSchedule,
  warmup: number,
  { step, steps, stepsPerEpoch }: Progress,
  memory: readonly number[],
): number {
  const own = { step: Math.max(0, step - warmup), steps: Math.max(1, steps - warmup), stepsPerEpoch };
  return definition.multiplier(own, options, memory) * Math.min(1, (step + 1) / (warmup + 1));
}

/** What a schedule remembers once an epoch has ended with this score; the same list where scores do not matter to it. */
export function observeScore(
  { definition, options }: ChosenSchedule,
  memory: readonly number[],
  score: number,
  goal: Goal,
): readonly number[] {
  return definition.observe?.(memory, score, options, goal) ?? memory;
}
