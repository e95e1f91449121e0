/** What happens in a study, one line each, and what lines say together of its trials. */
import type { StageEnded } from "../search/planner.ts";
import type { Assignment } from "../search/space.ts";
import type { EndedTrial, RunningTrial, TrialReport } from "../search/trial.ts";

export const studyLogVersion = 1;

/** A study begins, or goes on after an interruption. */
export interface StudyStarted {
  readonly type: "study.started" | "study.resumed";
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** How many trials run at once. */
  readonly workers: number;
}

/** A trial begins, or begins anew: what was reported under its number does not count any more. */
export interface TrialStarted {
  readonly type: "trial.started";
  readonly version: number;
  readonly at: string;
  readonly number: number;
  readonly stage: number;
  readonly parameters: Assignment;
}

/** A trial after one of its epochs. */
export interface TrialReported {
  readonly type: "trial.reported";
  readonly number: number;
  readonly report: TrialReport;
}

/** A trial is over; its reports are lines of their own. */
export interface TrialEnded extends Omit<EndedTrial, "reports"> {
  readonly type: "trial.ended";
  readonly at: string;
}

/** A study is over, or stopped for now. */
export interface StudyEnded {
  readonly type: "study.ended";
  readonly at: string;
  readonly status: "completed" | "stopped" | "failed";
  readonly code?: string;
  readonly reason?: string;
  /** Number of the best trial, and what it has reached. */
  readonly best?: { readonly number: number; readonly value: number };
  readonly trials: { readonly completed: number; readonly pruned: number; readonly failed: number };
}

/** A line of trials.jsonl; they differ by `type`. */
export type StudyLine = StudyStarted | TrialStarted | TrialReported | TrialEnded | StageEnded | StudyEnded;

/** A trial that began and did not end. */
export type InterruptedTrial = Pick<RunningTrial, "number" | "stage" | "parameters">;

/** What a log says of a study. */
export interface StudyHistory {
  /** By number. */
  readonly ended: readonly EndedTrial[];
  /** Trials that began and did not end, by number. */
  readonly interrupted: readonly InterruptedTrial[];
  /** Stages whose end was told. */
  readonly stages: ReadonlySet<number>;
}

/** Numbers that JSON does not have are texts in a log. */
const numberOf = (value: unknown): number => (value === null ? Number.NaN : Number(value));

function reportOf({ epoch, step, ...numbers }: TrialReport): TrialReport {
  const restored = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, numberOf(value)]));
  return { ...restored, epoch, step } as TrialReport;
}

/** What the lines say together: each trial once, as it first ended. */
export function historyOf(lines: readonly StudyLine[]): StudyHistory {
  const started = new Map<number, TrialStarted>();
  const reports = new Map<number, TrialReport[]>();
  const ended = new Map<number, EndedTrial>();
  const stages = new Set<number>();
  for (const line of lines) {
    if (line.type === "trial.started") {
      if (ended.has(line.number)) continue;
      started.set(line.number, line);
      reports.set(line.number, []);
    } else if (line.type === "trial.reported") {
      if (!ended.has(line.number)) reports.get(line.number)?.push(reportOf(line.report));
    } else if (line.type === "trial.ended") {
      if (ended.has(line.number)) continue;
      const { type: _, at: __, ...trial } = line;
      ended.set(line.number, { ...trial, reports: reports.get(line.number) ?? [] });
    } else if (line.type === "stage.ended") stages.add(line.stage);
  }
  const byNumber = <T extends { readonly number: number }>(all: Iterable<T>) => [...all].sort((a, b) => a.number - b.number);
  return {
    ended: byNumber(ended.values()),
    interrupted: byNumber(started.values())
      .filter(({ number }) => !ended.has(number))
      .map(({ number, stage, parameters }) => ({ number, stage, parameters })),
    stages,
  };
}
