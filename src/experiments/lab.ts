/** Where experiments are done: data, seeds, and runs by their documents. */
import { TrainingError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { RawDataset } from "../data/dataset.ts";
import { watched } from "../doctor/watch.ts";
import { resolveRun } from "../document/resolve.ts";
import type { Run, RunDocument } from "../document/run-document.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { endedTrial } from "../execute/run-study.ts";
import { trainTrial } from "../execute/train-trial.ts";
import { StudyPlanner, type StudySummary } from "../search/planner.ts";
import { resolveStudy } from "../search/resolve-study.ts";
import type { StudyDocument } from "../search/study.ts";
import type { EndedTrial, TrialReport } from "../search/trial.ts";
import { defaultProbeEvery } from "../train/probe.ts";
import { Session } from "../train/session.ts";
import { train } from "../train/train.ts";

export interface LabOptions {
  readonly seed: number;
  /** Fewer seeds, so that all experiments take minutes. */
  readonly quick: boolean;
  /** Reads a data set by the section of a document. @throws FileError  it is not there */
  load(run: ReturnType<typeof resolveRun>): RawDataset;
  /** Takes what is being done, for people who wait. */
  tell?(what: string): void;
}

export class Lab {
  readonly quick: boolean;
  private readonly options: LabOptions;
  private readonly loaded = new Map<string, RawDataset>();

  constructor(options: LabOptions) {
    this.options = options;
    this.quick = options.quick;
  }

  /** The seed, or that and the next ones. */
  seeds(inFull: number, quickly = 1): number[] {
    return Array.from({ length: this.quick ? quickly : inFull }, (_, i) => this.options.seed + i);
  }

  tell(what: string): void {
    this.options.tell?.(what);
  }

  /** A run made ready, one engine thread; `evaluate("training")` works. */
  open(document: RunDocument): Session {
    const run = resolveRun(document);
    return new Session(run, this.load(run), { engine: wasmEngine, evaluatesTraining: true });
  }

  /** The data of a run, read once. */
  private load(run: Run): RawDataset {
    const { validation: _, test: __, stratify: ___, first: ____, ...file } = run.document.data;
    const key = JSON.stringify(file);
    let raw = this.loaded.get(key);
    if (!raw) {
      raw = this.options.load(run);
      this.loaded.set(key, raw);
    }
    return raw;
  }

  /** Makes the trials of a study, one after the other: the same on every machine. */
  async search(document: StudyDocument): Promise<{ readonly summary: StudySummary; readonly trials: readonly EndedTrial[] }> {
    const study = resolveStudy(document);
    const planner = new StudyPlanner(study);
    const trials: EndedTrial[] = [];
    const pause = () => Promise.resolve();
    for (let next = planner.next([]); typeof next === "object"; next = planner.next([])) {
      const { number, stage, parameters } = next;
      this.tell(`trial ${number + 1} of ${study.trials}`);
      const reports: TrialReport[] = [];
      const running = { number, stage, parameters, reports };
      const order = { number, document: next.document, metric: study.objective.metric };
      const outcome = await trainTrial(order, (run) => this.load(run), {
        onReport: (report, firstLoss) => {
          reports.push(report);
          return Promise.resolve(planner.judge(running, { firstLoss }));
        },
        onNews: ({ loss, firstLoss }, isAsking) =>
          Promise.resolve(isAsking ? planner.judge(running, { firstLoss, loss }) : undefined),
        pause,
      });
      if (outcome.status === "failed")
        throw new TrainingError("E_EXPERIMENT_TRIAL", { message: `trial ${number}: ${outcome.reason}` });
      // Times differ from machine to machine, and what an experiment writes does not.
      const ended = endedTrial(study, running, outcome, 0);
      trials.push(ended);
      planner.ended(ended);
    }
    return { summary: planner.summary(), trials };
  }

  /** Trains a run to its end, with the doctor watching; its events, findings among them. */
  watch(document: RunDocument): RunEvent[] {
    const session = this.open(document);
    return [...watched(train(session, { probeEvery: defaultProbeEvery }), session.run.document)];
  }

  /** The loss of each step of a run. A loss that is no number ends it: the rest is NaN. */
  losses(document: RunDocument): Float64Array {
    const session = this.open(document);
    const losses = new Float64Array(session.steps).fill(Number.NaN);
    for (let step = 0; step < session.steps; step++) {
      const { loss } = session.step(step);
      losses[step] = loss;
      if (!Number.isFinite(loss)) break;
    }
    return losses;
  }
}

/** Means of neighbouring values, so that a curve has about so many points. */
export function thinned(values: ArrayLike<number>, points: number): { readonly x: number[]; readonly y: number[] } {
  const size = Math.max(1, Math.ceil(values.length / points));
  const [x, y]: number[][] = [[], []];
  for (let first = 0; first < values.length; first += size) {
    const part = Array.from({ length: Math.min(size, values.length - first) }, (_, i) => values[first + i]!);
    x.push(first + (part.length + 1) / 2);
    y.push(part.reduce((sum, one) => sum + one, 0) / part.length);
  }
  return { x, y };
}
