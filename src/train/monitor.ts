/** Which weights are the best so far, and for how long nothing has become better. */
import { DocumentError } from "../core/errors.ts";
import type { MetricValue, Scores } from "../core/events.ts";
import { suggestName } from "../core/names.ts";
import type { EarlyStopping } from "../document/run-document.ts";

/** Whether more or less of a score is better. */
export type Goal = "min" | "max";

/** What a monitor has seen, as a checkpoint holds it. */
export interface MonitorState {
  readonly best?: { readonly score: number; readonly step: number; readonly epoch: number };
  /** Epochs since then. */
  readonly stale: number;
}

export class Monitor {
  readonly goal: Goal;
  private readonly name: string;
  private readonly stopping: EarlyStopping | undefined;
  private state: MonitorState = { stale: 0 };

  /**
   * @param goals  what can be monitored, each with its goal
   * @throws DocumentError  there is no score of this name
   */
  constructor(name: string, goals: Readonly<Record<string, Goal | undefined>>, stopping: EarlyStopping | undefined) {
    const goal = goals[name];
    if (goal === undefined) {
      const names = Object.keys(goals).filter((one) => goals[one] !== undefined);
      throw new DocumentError("E_DOCUMENT_MONITOR", {
        message: `training.monitor must be a score of this run that is a single number, received '${name}'`,
        hint: suggestName(name, names),
      });
    }
    this.goal = goal;
    this.name = name;
    this.stopping = stopping;
  }

  get current(): MonitorState {
    return this.state;
  }
  set current(state: MonitorState) {
    this.state = state;
  }

  /** The monitored number among the scores of an epoch; undefined where it was not measured. */
  scoreOf(scores: Scores): number | undefined {
    const values: Readonly<Record<string, MetricValue | undefined>> = {
      ...scores.metrics,
      loss: scores.loss,
      accuracy: scores.accuracy,
    };
    const value = values[this.name];
    if (value === undefined || typeof value === "number") return value;
    throw new DocumentError("E_DOCUMENT_MONITOR", {
      message: `training.monitor must be a single number, and metric '${this.name}' gives ${value.length} of them`,
      hint: 'Take its mean over the classes ("average": "macro"), or monitor the loss.',
    });
  }

  /** Takes up the score of an epoch that has ended. Returns whether it is the best so far, by any margin. */
  observe(score: number, step: number, epoch: number): boolean {
    const { best, stale } = this.state;
    const gain = best === undefined ? Number.POSITIVE_INFINITY : this.goal === "min" ? best.score - score : score - best.score;
    const isBetter = gain > 0;
    const counts = gain > (this.stopping?.minDelta ?? 0);
    this.state = { ...(isBetter ? { best: { score, step, epoch } } : best && { best }), stale: counts ? 0 : stale + 1 };
    return isBetter;
  }

  /** Whether early stopping ends the run here. */
  get isOver(): boolean {
    return this.stopping !== undefined && this.state.stale >= this.stopping.patience;
  }

  /** Why it ended, in words. */
  get verdict(): string {
    const { best, stale } = this.state;
    const since = `${stale} ${stale === 1 ? "epoch" : "epochs"}`;
    return `${this.name} has not become better for ${since}; the best was ${best && Number(best.score.toPrecision(4))} after epoch ${best?.epoch}`;
  }
}
