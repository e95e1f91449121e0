/**
 * Runs a study to its end: asks the planner what is tried next, has it trained, and writes down what came of it.
 *
 * The folder is written before anybody is told, so that a study that is killed at any moment goes on from what stands there: a trial
 * that had begun is run again under its number, with its values, and one that had ended is never run again.
 */
import { nowMs, wallClock } from "../core/clock.ts";
import { type PlannedTrial, type StageEnded, StudyPlanner, type StudySummary } from "../search/planner.ts";
import { objectiveValue } from "../search/ranking.ts";
import type { Study } from "../search/study.ts";
import type { EndedTrial, RunningTrial, TrialReport } from "../search/trial.ts";
import { bestDocument } from "../search/trial-document.ts";
import type { StudyFolder } from "../store/study-folder.ts";
import {
  type InterruptedTrial,
  type StudyEnded,
  type StudyHistory,
  type StudyLine,
  studyLogVersion,
} from "../store/study-log.ts";
import type { Executor, PruneReason, TrialNews, TrialOutcome } from "./executor.ts";

/** What whoever started a study is told, and what it may ask. */
export interface StudyWatch {
  /** Each line of trials.jsonl, once it is written. */
  onLine?(line: StudyLine): void;
  /** How far a trial is, within its epochs too. */
  onNews?(number: number, news: TrialNews): void;
  /** Stops the study; the trials under way are run again when it goes on. */
  readonly signal?: AbortSignal;
  /** No trial begins after so many seconds. */
  readonly seconds?: number;
}

/** How a study has ended. */
export interface StudyResult {
  readonly ended: StudyEnded;
  readonly summary: StudySummary;
  /** Path of best.json, a run document; absent where no trial has a value. */
  readonly best?: string;
}

/** A trial under way. */
interface Running extends RunningTrial {
  reports: TrialReport[];
}

/** What is known of a trial once it is over. */
export function endedTrial(study: Study, trial: RunningTrial, outcome: TrialOutcome, seconds: number): EndedTrial {
  const value = objectiveValue(study.objective, trial.reports);
  const { status, code, reason, steps } = outcome;
  return {
    ...trial,
    // One that was stopped is run again, and is not over.
    status: status as EndedTrial["status"],
    ...(value !== undefined && status !== "failed" && { value }),
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
    steps,
    seconds,
  };
}

export class StudyRun {
  readonly #study: Study;
  readonly #folder: StudyFolder;
  readonly #executor: Executor;
  readonly #watch: StudyWatch;
  readonly #planner: StudyPlanner;
  readonly #toldStages: Set<number>;
  readonly #interrupted: InterruptedTrial[];
  readonly #running = new Map<number, Running>();
  readonly #counts = { completed: 0, pruned: 0, failed: 0 };
  /** What makes going on impossible: the folder cannot be written. */
  #fault: { readonly error: unknown } | undefined;
  #isStopping = false;

  /** @param history  what the folder tells of an earlier part of the study */
  constructor(
    study: Study,
    folder: StudyFolder,
    executor: Executor,
    history: StudyHistory = { ended: [], interrupted: [], stages: new Set() },
    watch: StudyWatch = {},
  ) {
    this.#study = study;
    this.#folder = folder;
    this.#executor = executor;
    this.#watch = watch;
    this.#planner = new StudyPlanner(study, history.ended);
    this.#interrupted = history.interrupted.filter(({ number }) => number < study.trials);
    this.#toldStages = new Set(history.stages);
    for (const { status } of history.ended) this.#counts[status]++;
  }

  /** @throws FileError  the folder cannot be written any more; what was recorded stays */
  async run(): Promise<StudyResult> {
    const { signal, seconds = Number.POSITIVE_INFINITY } = this.#watch;
    const began = nowMs();
    const isResumed = this.#interrupted.length > 0 || Object.values(this.#counts).some((count) => count > 0);
    const type = isResumed ? "study.resumed" : "study.started";
    this.#tell({ type, version: studyLogVersion, at: wallClock(), workers: this.#executor.slots });
    // A study may have been killed between the last trial of a stage and the line of its end.
    this.#tellStages(this.#planner.summary().ended);
    const stop = () => this.#stop();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      await this.#work(() => nowMs() - began < seconds * 1000);
      if (this.#fault) throw this.#fault.error;
      return this.#end();
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Stops what runs; the executor tells when it has. */
  #stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    void this.#executor.close();
  }

  async #work(isTime: () => boolean): Promise<void> {
    const trials = new Set<Promise<void>>();
    for (;;) {
      while (!this.#isStopping && trials.size < this.#executor.slots && isTime()) {
        const next = this.#next();
        if (next === undefined) break;
        const trial: Promise<void> = this.#train(next).finally(() => trials.delete(trial));
        trials.add(trial);
      }
      if (trials.size === 0) return;
      await Promise.race(trials);
    }
  }

  /** The trial that is to begin now; undefined where none can. */
  #next(): PlannedTrial | undefined {
    const again = this.#interrupted.shift();
    if (again) return this.#planner.again(again);
    const running = [...this.#running.values()].sort((a, b) => a.number - b.number);
    const next = this.#planner.next(running);
    if (next === "wait" && running.length === 0) throw new Error("the planner waits for trials, and none is under way");
    return next === "wait" || next === "done" ? undefined : next;
  }

  /** Nothing is thrown here: what is wrong with a trial is its outcome, and what is wrong with the folder ends the study. */
  async #train({ number, stage, parameters, document }: PlannedTrial): Promise<void> {
    const trial: Running = { number, stage, parameters, reports: [] };
    const begin = () => {
      trial.reports = [];
      this.#tell({ type: "trial.started", version: studyLogVersion, at: wallClock(), number, stage, parameters });
    };
    const { metric, folds } = this.#study.objective;
    const began = nowMs();
    this.#running.set(number, trial);
    try {
      begin();
      const outcome = await this.#executor.run(
        { number, document, metric, ...(folds !== undefined && { folds }) },
        {
          onReport: (report, firstLoss) => {
            trial.reports.push(report);
            this.#tell({ type: "trial.reported", number, report });
            return this.#judge(trial, { firstLoss });
          },
          onNews: (news) => {
            this.#watch.onNews?.(number, news);
            return this.#judge(trial, news);
          },
          onRestart: begin,
        },
      );
      this.#running.delete(number);
      if (outcome.status !== "stopped" && !this.#fault) this.#finish(trial, outcome, (nowMs() - began) / 1000);
    } catch (error) {
      this.#fault ??= { error };
      this.#stop();
    } finally {
      this.#running.delete(number);
    }
  }

  #judge(trial: RunningTrial, losses: { readonly firstLoss?: number; readonly loss?: number }): PruneReason | undefined {
    return this.#planner.judge(trial, losses);
  }

  #finish(trial: Running, outcome: TrialOutcome, seconds: number): void {
    const { reports, ...facts } = endedTrial(this.#study, trial, outcome, seconds);
    this.#tell({ type: "trial.ended", at: wallClock(), ...facts });
    this.#counts[facts.status]++;
    for (const event of this.#planner.ended({ ...facts, reports })) {
      if (event.type === "study.stopped") this.#stop();
      else this.#tellStages([event]);
    }
  }

  #tellStages(events: readonly StageEnded[]): void {
    for (const event of events) {
      if (this.#toldStages.has(event.stage)) continue;
      this.#tell(event);
      this.#toldStages.add(event.stage);
    }
  }

  #tell(line: StudyLine): void {
    this.#folder.append(line);
    this.#watch.onLine?.(line);
  }

  #end(): StudyResult {
    const summary = this.#planner.summary();
    const { best, stopped } = summary;
    const path = best && this.#folder.writeBest(bestDocument(this.#study, best));
    const isOver = this.#interrupted.length === 0 && this.#planner.next([]) === "done";
    const how = stopped
      ? { status: "failed" as const, code: stopped.code, reason: stopped.reason }
      : isOver
        ? { status: "completed" as const }
        : { status: "stopped" as const, code: this.#isStopping ? "stopRequested" : "timeIsUp" };
    const ended: StudyEnded = {
      type: "study.ended",
      at: wallClock(),
      ...how,
      ...(best && { best: { number: best.number, value: best.value! } }),
      trials: { ...this.#counts },
    };
    this.#tell(ended);
    return { ended, summary, ...(path !== undefined && { best: path }) };
  }
}
