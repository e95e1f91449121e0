/**
 * The planner of a study: which trial comes next, which is given up, and what was learned. Pure: no clock, no files, no training; it
 * knows what it is told, and the same words give the same answers.
 */
import { foldIn, randomKey } from "../core/random.ts";
import type { RunDocument } from "../document/run-document.ts";
import { type Importance, importanceOf } from "./importance.ts";
import { type Border, type Narrowed, narrowSpace } from "./narrow.ts";
import { type RankedTrial, rank, rankAll } from "./ranking.ts";
import type { Assignment, Space } from "./space.ts";
import type { Study } from "./study.ts";
import type { EndedTrial, RunningTrial } from "./trial.ts";
import { trialDocument } from "./trial-document.ts";

/** A trial to run. */
export interface PlannedTrial {
  /** From 0, through all stages. */
  readonly number: number;
  readonly stage: number;
  readonly parameters: Assignment;
  /** What it trains. */
  readonly document: RunDocument;
}

/** A stage, as far as it is. */
export interface StageState {
  readonly stage: number;
  /** The number of its first trial, and how many there are. */
  readonly first: number;
  readonly trials: number;
  readonly space: Space;
}

/** All trials of a stage are over. */
export interface StageEnded {
  readonly type: "stage.ended";
  readonly stage: number;
  /** Numbers of the best trials, best first: those that borders and ranges go by. */
  readonly best: readonly number[];
  readonly space: Space;
  readonly borders: readonly Border[];
  /** The ranges of the stage after it; absent after the last one. */
  readonly next?: Space;
  /** What has become of the ranges, one sentence a dimension. */
  readonly changes: readonly string[];
}

/** Too many trials have failed. */
export interface StudyStopped {
  readonly type: "study.stopped";
  readonly code: "E_STUDY_FAILURES";
  readonly reason: string;
}

/** What the end of a trial brings about. */
export type StudyEvent = StageEnded | StudyStopped;

/** What is known at the moment a trial is judged. */
export interface Moment {
  /** Of the trial's first batch. */
  readonly firstLoss?: number | undefined;
  /** Training loss of the last steps: given in the middle of an epoch, absent at its end. */
  readonly loss?: number | undefined;
}

/** That a trial is given up, and why. */
export interface Verdict {
  readonly prune: true;
  /** Name of the pruner. */
  readonly code: string;
  readonly reason: string;
}

/** What a study has found. */
export interface StudySummary {
  readonly best?: RankedTrial;
  /** The completed trials that have a value, best first. */
  readonly ranking: readonly RankedTrial[];
  readonly counts: Readonly<Record<EndedTrial["status"], number>>;
  /** What each dimension accounts for over the first stage, whose ranges are the widest; the most first. */
  readonly importance: readonly Importance[];
  /** Of the last stage that has ended. */
  readonly borders: readonly Border[];
  /** Of the stages that have begun. */
  readonly stages: readonly StageState[];
  /** Of the stages that have ended. */
  readonly ended: readonly StageEnded[];
  /** Why the study stopped before its time. */
  readonly stopped?: StudyStopped;
}

/** Failed trials from which on their share is looked at. */
const fewFailures = 4;

/**
 * Plans the trials of a study.
 *
 * Choice   Trials of samplers that do not learn depend on the study's seed, the stage's ranges and their number alone, and the ranges
 *          of a stage on the results of the one before in the order of their numbers: not on how many run at once.
 *
 * @example
 * const study = resolveStudy({
 *   run: { data: "mnist", model: [{ kind: "dense", units: 10 }] },
 *   space: { "training.batchSize": { type: "categorical", values: [10, 100] } },
 *   sampler: "grid",
 * });
 * const trial = new StudyPlanner(study).next([]);
 * if (typeof trial === "object") console.log(trial.document.training); // { batchSize: 10 }
 */
export class StudyPlanner {
  private readonly study: Study;
  private readonly past = new Map<number, EndedTrial>();
  private readonly underWay = new Map<number, RunningTrial>();
  private readonly stages: StageState[] = [];
  private readonly stageEnds: StageEnded[] = [];

  /** @param past  the trials that are over, with their reports; in any order */
  constructor(study: Study, past: readonly EndedTrial[] = []) {
    this.study = study;
    for (const trial of past) this.past.set(trial.number, trial);
    this.beginStage(study.space);
    while (this.endStage());
  }

  private get trials(): readonly EndedTrial[] {
    return [...this.past.values()].sort((a, b) => a.number - b.number);
  }

  private get current(): StageState {
    return this.stages.at(-1)!;
  }

  private beginStage(space: Space): void {
    const { sampler, stages } = this.study;
    const stage = this.stages.length;
    const before = this.stages.at(-1);
    const size = sampler.definition.size?.(space, sampler.options) ?? Number.POSITIVE_INFINITY;
    const first = before ? before.first + before.trials : 0;
    this.stages.push({ stage, first, trials: Math.min(stages[stage]!.trials, size), space });
  }

  /** The trials of a stage that are over, by number. */
  private endedOf({ first, trials }: StageState): readonly EndedTrial[] {
    return Array.from({ length: trials }, (_, at) => this.past.get(first + at)).filter((trial) => trial !== undefined);
  }

  /** Ends the stage whose trials are all over, and begins the next one. */
  private endStage(): StageEnded | undefined {
    const { study, current } = this;
    if (this.stageEnds.length > current.stage) return undefined;
    const ended = this.endedOf(current);
    if (ended.length < current.trials) return undefined;
    const { best, borders, space, changes } = this.narrowed(current, ended);
    const isLast = current.stage === study.stages.length - 1;
    const event: StageEnded = {
      type: "stage.ended",
      stage: current.stage,
      best: best.map(({ number }) => number),
      space: current.space,
      borders,
      ...(!isLast && { next: space }),
      changes: isLast ? [] : changes,
    };
    this.stageEnds.push(event);
    if (!isLast) this.beginStage(space);
    return event;
  }

  private narrowed({ stage, space }: StageState, ended: readonly EndedTrial[]): Narrowed {
    const { study } = this;
    const next = study.stages[stage + 1]?.narrow;
    return narrowSpace(study, stage, space, rankAll(study.objective.goal, ended), ended, next);
  }

  /** Why the study stops: too large a share of its trials has failed. */
  private get stopped(): StudyStopped | undefined {
    const { maxFailures } = this.study;
    const failed = this.trials.filter(({ status }) => status === "failed");
    if (failed.length < fewFailures || failed.length <= maxFailures * this.past.size) return undefined;
    const last = failed.at(-1)!;
    const reason = `${failed.length} of ${this.past.size} trials have failed, more than a share of ${maxFailures}; the last: ${last.reason ?? last.code ?? "no reason known"}`;
    return { type: "study.stopped", code: "E_STUDY_FAILURES", reason };
  }

  /**
   * The trial to run next: that of the lowest number which is neither over nor running.
   *
   * @param running  all trials under way
   * @returns "wait": the stage's last trials must end before the next stage begins. "done": all trials are over or running, or too
   *          many have failed.
   */
  next(running: readonly RunningTrial[]): PlannedTrial | "wait" | "done" {
    const { study, current } = this;
    if (this.stopped) return "done";
    const taken = new Set(running.map(({ number }) => number));
    const { first, stage, space } = current;
    let index = 0;
    while (index < current.trials && (taken.has(first + index) || this.past.has(first + index))) index += 1;
    if (index === current.trials) {
      const isOver = stage === study.stages.length - 1;
      return isOver ? "done" : "wait";
    }
    const parameters = study.sampler.definition.suggest(
      {
        space,
        key: foldIn(randomKey(study.seed), "search", stage),
        index,
        goal: study.objective.goal,
        ended: this.endedOf(current),
        running: running.filter((trial) => trial.stage === stage).sort((a, b) => a.number - b.number),
      },
      study.sampler.options,
    );
    return this.again({ number: first + index, stage, parameters });
  }

  /** The same trial once more: one that was under way when the study was interrupted. */
  again({ number, stage, parameters }: Omit<PlannedTrial, "document">): PlannedTrial {
    return { number, stage, parameters, document: trialDocument(this.study, stage, parameters) };
  }

  /** Takes up a trial that is over. Returns what follows from it. */
  ended(trial: EndedTrial): StudyEvent[] {
    const stopsBefore = this.stopped !== undefined;
    this.past.set(trial.number, trial);
    this.underWay.delete(trial.number);
    const events: StudyEvent[] = [];
    for (let event = this.endStage(); event; event = this.endStage()) events.push(event);
    const { stopped } = this;
    if (stopped && !stopsBefore) events.push(stopped);
    return events;
  }

  /**
   * Whether a trial is given up; undefined: it goes on. To be asked at each report, and in the middle of an epoch whose loss rises.
   *
   * @param running  the trial with its reports so far
   */
  judge(running: RunningTrial, { firstLoss, loss }: Moment = {}): Verdict | undefined {
    const { study } = this;
    this.underWay.set(running.number, running);
    const stage = this.stages[running.stage];
    const others = [...(stage ? this.endedOf(stage) : []), ...this.underWay.values()]
      .filter((other) => other.stage === running.stage && other.number !== running.number && other.reports.length > 0)
      .sort((a, b) => a.number - b.number);
    const last = running.reports.at(-1);
    const moment = loss !== undefined ? { epoch: undefined, loss } : { epoch: last?.epoch, loss: last?.trainingLoss };
    for (const { definition, options } of study.pruners) {
      const context = { trial: running, ...moment, firstLoss, others, goal: study.objective.goal };
      const reason = definition.judge(context, options);
      if (reason !== undefined) return { prune: true, code: definition.name, reason };
    }
    return undefined;
  }

  /** What each dimension accounts for in the trials of a stage, the most first; nothing where there are too few of them. */
  importance(stage: number): readonly Importance[] {
    const state = this.stages[stage];
    if (!state) return [];
    return importanceOf(state.space, this.endedOf(state), this.study.objective.goal, randomKey(this.study.seed));
  }

  /** What is known so far, from the trials that are over alone. */
  summary(): StudySummary {
    const { trials, stopped } = this;
    const ranking = rank(this.study.objective.goal, trials);
    const counts = { completed: 0, pruned: 0, failed: 0 };
    for (const { status } of trials) counts[status] += 1;
    return {
      ...(ranking[0] && { best: ranking[0] }),
      ranking,
      counts,
      importance: this.importance(0),
      borders: this.stageEnds.at(-1)?.borders ?? [],
      stages: [...this.stages],
      ended: [...this.stageEnds],
      ...(stopped && { stopped }),
    };
  }
}
