/** Where experiments are done: data, seeds, and runs by their documents. */
import type { RunEvent } from "../core/events.ts";
import type { RawDataset } from "../data/dataset.ts";
import { watched } from "../doctor/watch.ts";
import { resolveRun } from "../document/resolve.ts";
import type { RunDocument } from "../document/run-document.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
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
    const { validation: _, test: __, stratify: ___, first: ____, ...file } = run.document.data;
    const key = JSON.stringify(file);
    let raw = this.loaded.get(key);
    if (!raw) {
      raw = this.options.load(run);
      this.loaded.set(key, raw);
    }
    return new Session(run, raw, { engine: wasmEngine, evaluatesTraining: true });
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
