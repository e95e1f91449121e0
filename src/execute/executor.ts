/**
 * Where trials run. What orders them (which are tried, what is given up) does not know whether they run in processes here or on other
 * machines.
 */
import type { TrialReport } from "../search/trial.ts";

/** All that a trial needs to run anywhere: plain JSON. */
export interface TrialOrder {
  readonly number: number;
  /** Its run document. */
  readonly document: unknown;
  /** The score that is reported, over the validation data; absent: the accuracy of classes, else the loss. */
  readonly metric?: string;
  /** Folds of the training data that it is the mean over, 2 or more; absent: the validation data of the document. */
  readonly folds?: number;
}

/** How far a trial is, within an epoch too. */
export interface TrialNews {
  /** Epoch under way, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Mean training loss of the last steps. */
  readonly loss: number;
  /** Loss of the first batch. */
  readonly firstLoss: number;
}

/** That a trial is to be given up. */
export interface PruneReason {
  readonly code: string;
  /** For people. */
  readonly reason: string;
}

/** What whoever ordered a trial is told on the way; what the handlers throw breaks the trial off. */
export interface TrialHandlers {
  /** After each epoch. The trial waits for the answer: undefined lets it go on. */
  onReport(report: TrialReport, firstLoss: number): PruneReason | undefined;
  /** Now and then; the answer counts where the loss is above the first, or no number. */
  onNews?(news: TrialNews): PruneReason | undefined;
  /** What runs it broke down, and it begins anew: what was reported does not count any more. */
  onRestart?(): void;
}

/** How a trial ended; one that was stopped has not ended, and is to be run again. */
export interface TrialOutcome {
  readonly status: "completed" | "pruned" | "failed" | "stopped";
  readonly code?: string;
  readonly reason?: string;
  /** Training steps in all folds. */
  readonly steps: number;
}

/** Runs trials, some at a time. */
export interface Executor {
  /** How many run at once. */
  readonly slots: number;
  /** Runs a trial; one that cannot be run, or breaks off, ends as failed. Called for at most `slots` at a time. */
  run(order: TrialOrder, handlers: TrialHandlers): Promise<TrialOutcome>;
  /** Stops what runs, and ends. */
  close(): Promise<void>;
}
