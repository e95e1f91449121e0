/** Trains one trial: a session, or one for each fold side by side, so that after every epoch there is one number to judge it by. */
import { nowMs } from "../core/clock.ts";
import { DocumentError, OsolgilError } from "../core/errors.ts";
import type { MetricValue, RunEnded, Scores } from "../core/events.ts";
import { suggestName } from "../core/names.ts";
import type { RawDataset } from "../data/dataset.ts";
import { foldOf } from "../data/folds.ts";
import { resolveRun } from "../document/resolve.ts";
import type { Run } from "../document/run-document.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import type { TrialReport } from "../search/trial.ts";
import { Session, type StepResult } from "../train/session.ts";
import { Trainer } from "../train/train.ts";
import type { PruneReason, TrialNews, TrialOrder, TrialOutcome } from "./executor.ts";

/** What a trial tells, and is told. */
export interface TrialListener {
  onReport(report: TrialReport, firstLoss: number): Promise<PruneReason | undefined>;
  /** Asks for an answer where the loss is above the first, or no number. */
  onNews(news: TrialNews, isAsking: boolean): Promise<PruneReason | undefined>;
  /** Between steps, now and then: lets others have their turn. */
  pause(): Promise<void>;
}

const pauseEveryMs = 50;
/** News that ask nothing are this far apart. */
const newsEveryMs = 250;

/** A session that keeps the loss of its first batch. */
class TrialSession extends Session {
  firstLoss: number | undefined;

  override step(step: number): Readonly<StepResult> {
    const result = super.step(step);
    this.firstLoss ??= result.loss;
    return result;
  }
}

/** A fold on its way from epoch to epoch. */
interface Fold {
  readonly session: TrialSession;
  readonly events: ReturnType<Trainer["eventsWithPauses"]>;
  /** Steps done, as far as they were told. */
  step: number;
  /** After the last epoch that has ended. */
  latest?: { readonly epoch: number; readonly training: Scores; readonly judged: Scores };
  ended?: RunEnded;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const isWorse = (loss: number, firstLoss: number): boolean => !(loss <= firstLoss);

/** The score to be reported; a definition without a single number is a mistake of the study. */
function readerOf(metric: string, session: Session): (scores: Scores) => number {
  const names = Object.keys(session.goals);
  if (!names.includes(metric)) {
    throw new DocumentError("E_STUDY_METRIC", {
      message: `objective.metric must be a score of the run, received '${metric}'`,
      hint: suggestName(metric, names),
    });
  }
  return ({ loss, accuracy, metrics }) => {
    const all: Readonly<Record<string, MetricValue | undefined>> = { ...metrics, loss, accuracy };
    const value = all[metric] ?? Number.NaN;
    if (typeof value === "number") return value;
    throw new DocumentError("E_STUDY_METRIC", {
      message: `objective.metric must be a single number, and '${metric}' gives ${value.length} of them`,
      hint: 'Take its mean over the classes ("average": "macro"), or another.',
    });
  };
}

/** The test data are for the end, when all is chosen. */
const withoutTest = (run: Run, raw: RawDataset): RawDataset =>
  run.data.options.test === undefined || run.data.options.test === 0 ? { ...raw, test: null } : raw;

class TrialRun {
  readonly #folds: Fold[];
  readonly #metric: string;
  readonly #read: (scores: Scores) => number;
  readonly #listener: TrialListener;
  readonly #epochs: number;
  #newsMs = nowMs();

  constructor(order: TrialOrder, load: (run: Run) => RawDataset, listener: TrialListener) {
    const { document, metric, folds } = order;
    const run = resolveRun(document, `the document of trial ${order.number}`);
    const raw = withoutTest(run, load(run));
    const parts = folds === undefined ? [undefined] : Array.from({ length: folds }, (_, index) => foldOf({ index, of: folds }));
    this.#listener = listener;
    this.#folds = parts.map((fold) => {
      const session = new TrialSession(run, raw, { engine: wasmEngine, fold });
      return { session, step: 0, events: new Trainer(session, { pauseEveryMs }).eventsWithPauses() };
    });
    const [{ session }] = this.#folds as [Fold];
    this.#metric = metric ?? ("accuracy" in session.goals ? "accuracy" : "loss");
    this.#read = readerOf(this.#metric, session);
    this.#epochs = Math.ceil(session.steps / session.stepsPerEpoch);
  }

  get #firstLoss(): number {
    return meanOf(this.#folds.flatMap(({ session }) => session.firstLoss ?? []));
  }

  /** Trains a fold to the end of its epoch, or of the run; returns the verdict that stops it before. */
  async #advance(fold: Fold): Promise<PruneReason | undefined> {
    for (;;) {
      const { value: event, done } = fold.events.next();
      if (done) {
        fold.ended = event;
        fold.step = event.step;
        return undefined;
      }
      if (event === undefined) await this.#listener.pause();
      else if (event.type === "epoch.ended") {
        const { epoch, step, training, validation = training } = event;
        fold.step = step;
        fold.latest = { epoch, training, judged: validation };
        return undefined;
      } else if (event.type === "train.progress") {
        const { epoch, step, scores } = event;
        fold.step = step;
        const firstLoss = this.#firstLoss;
        const isAsking = isWorse(scores.loss, firstLoss);
        if (!isAsking && nowMs() - this.#newsMs < newsEveryMs) continue;
        this.#newsMs = nowMs();
        const news = { epoch, epochs: this.#epochs, step, loss: scores.loss, firstLoss };
        const verdict = await this.#listener.onNews(news, isAsking);
        if (verdict) return verdict;
      }
    }
  }

  /** Metrics other than loss and accuracy are not measured on the way. */
  #trainingValue(scores: readonly Scores[]): Pick<TrialReport, "trainingValue"> {
    if (scores.some((one) => !(this.#metric in one))) return {};
    return { trainingValue: meanOf(scores.map(this.#read)) };
  }

  /** The mean over the folds; those that ended before count with their last epoch. */
  #report(): TrialReport {
    const latest = this.#folds.map((fold) => fold.latest!);
    return {
      epoch: Math.max(...latest.map(({ epoch }) => epoch)),
      step: Math.max(...this.#folds.map(({ step }) => step)),
      value: meanOf(latest.map(({ judged }) => this.#read(judged))),
      ...this.#trainingValue(latest.map(({ training }) => training)),
      trainingLoss: meanOf(latest.map(({ training }) => training.loss)),
    };
  }

  /** A loss that is no number ends a run by itself. */
  async #nonFinite({ epoch, step, reason }: RunEnded): Promise<TrialOutcome> {
    const last = { epoch, step, value: Number.NaN, trainingLoss: Number.NaN };
    const verdict = await this.#listener.onReport(last, this.#firstLoss);
    return this.#outcome({ status: "pruned", code: "nonFinite", ...(reason !== undefined && { reason }), ...verdict });
  }

  #outcome(how: Omit<TrialOutcome, "steps">): TrialOutcome {
    return { ...how, steps: this.#folds.reduce((sum, { step }) => sum + step, 0) };
  }

  async train(): Promise<TrialOutcome> {
    for (;;) {
      let hasEpoch = false;
      for (const fold of this.#folds.filter(({ ended }) => !ended)) {
        const before = fold.latest;
        const verdict = await this.#advance(fold);
        if (verdict) return this.#outcome({ status: "pruned", ...verdict });
        if (fold.ended?.status === "failed") return this.#nonFinite(fold.ended);
        hasEpoch ||= fold.latest !== before;
      }
      if (hasEpoch) {
        const verdict = await this.#listener.onReport(this.#report(), this.#firstLoss);
        if (verdict) return this.#outcome({ status: "pruned", ...verdict });
      }
      if (this.#folds.every(({ ended }) => ended)) return this.#outcome({ status: "completed" });
    }
  }
}

/** Trains a trial to its end; what makes it impossible is its outcome, not an error. */
export async function trainTrial(
  order: TrialOrder,
  load: (run: Run) => RawDataset,
  listener: TrialListener,
): Promise<TrialOutcome> {
  let run: TrialRun | undefined;
  try {
    run = new TrialRun(order, load, listener);
    return await run.train();
  } catch (error) {
    const { code = "E_TRIAL_FAULT", hint } = error instanceof OsolgilError ? error : {};
    const message = error instanceof Error ? error.message : String(error);
    return { status: "failed", code, reason: hint === undefined ? message : `${message}\n  ${hint}`, steps: 0 };
  }
}
