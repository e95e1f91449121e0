/** What is known of the trials of a study. */
import type { Goal } from "../optim/schedules/define.ts";
import type { Assignment } from "./space.ts";

export type { Goal };

/** How good a trial was on the way. */
export interface TrialReport {
  readonly epoch: number;
  readonly step: number;
  /** What the study looks for, after this epoch; NaN where it is not a number. */
  readonly value: number;
  /** The same over the epoch's training batches, where it is measured there. */
  readonly trainingValue?: number;
  readonly trainingLoss?: number;
}

/** A trial that is under way. */
export interface RunningTrial {
  /** From 0, through all stages. */
  readonly number: number;
  readonly stage: number;
  readonly parameters: Assignment;
  readonly reports: readonly TrialReport[];
}

/** A trial that is over. */
export interface EndedTrial extends RunningTrial {
  /** Pruned trials were given up on; failed ones broke off with an error. */
  readonly status: "completed" | "pruned" | "failed";
  /** What the study looks for; absent where the trial has no number to show. */
  readonly value?: number;
  /** Why it was pruned or failed, for people; `code` is the same for programs. */
  readonly reason?: string;
  readonly code?: string;
  readonly steps: number;
  readonly seconds: number;
}
