/** Takes the events of a run to its folder and to whoever watches. */
import { wallClock } from "../core/clock.ts";
import type { EpochEnded, RunEnded, RunEvent, RunStarted } from "../core/events.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import type { RunProfile } from "../execute/messages.ts";
import { createRunFolder, type RunFolder } from "../store/run-folder.ts";

export interface RecorderOptions {
  /** As given by --out. */
  readonly out: string | undefined;
  show(event: RunEvent): void;
}

export class Recorder {
  private readonly document: ResolvedDocument;
  private readonly options: RecorderOptions;
  private folder: RunFolder | undefined;
  private step = 0;
  private epoch = 0;
  private lastEpoch: EpochEnded | undefined;
  private fileError: unknown;
  private isOver = false;

  constructor(document: ResolvedDocument, options: RecorderOptions) {
    this.document = document;
    this.options = options;
  }

  /** What kept a checkpoint or a profile from being written, once the run has ended. */
  get failure(): unknown {
    return this.fileError;
  }

  onEvent(event: RunEvent): void {
    if (event.type === "run.started") this.start(event);
    else if (event.type === "run.ended") this.end(event);
    else {
      if (event.type === "epoch.ended") this.lastEpoch = event;
      if ("epoch" in event) [this.step, this.epoch] = [event.step, event.epoch];
      this.folder?.appendEvent(event);
      this.options.show(event);
    }
  }

  /** The run's folder exists once its first event is in it; what cannot be started leaves nothing behind. */
  private start(event: RunStarted): void {
    const folder = createRunFolder(this.options.out);
    try {
      folder.writeDocument({ ...this.document, numerics: event.numerics });
      folder.appendEvent(event);
    } catch (error) {
      folder.discard();
      throw error;
    }
    this.folder = folder;
    this.options.show(event);
  }

  private end(event: RunEnded): void {
    const failed = this.fileError === undefined ? {} : { status: "failed" as const, ...reasonOf(this.fileError) };
    const told: RunEnded = { ...event, ...failed, ...(this.folder && { folder: this.folder.path }) };
    this.isOver = true;
    try {
      this.folder?.appendEvent(told);
    } finally {
      this.options.show(told);
    }
  }

  onCheckpoint(step: number, bytes: Uint8Array): void {
    this.save((folder) => {
      const file = folder.writeCheckpoint("last.safetensors", bytes);
      return { type: "checkpoint.saved", step, file, bytes: bytes.length };
    });
  }

  onProfile(step: number, { summary, trace }: RunProfile): void {
    this.save((folder) => ({ type: "profile.saved", step, steps: summary.steps, ...folder.writeProfile(summary, trace) }));
  }

  /** Files that cannot be written fail the run, but its scores, which come after, are still told. */
  private save(write: (folder: RunFolder) => RunEvent): void {
    if (!this.folder) return;
    try {
      this.onEvent(write(this.folder));
    } catch (error) {
      this.fileError ??= error;
    }
  }

  /** Ends the stream of a run that broke off, with what is known of it. Returns whether training had begun. */
  onFailure(error: unknown): boolean {
    if (!this.folder) return false;
    if (this.isOver) return true;
    const { lastEpoch, step, epoch } = this;
    const seconds = lastEpoch?.seconds ?? 0;
    const ended: RunEnded = {
      type: "run.ended",
      status: "failed",
      at: wallClock(),
      step,
      epoch,
      ...reasonOf(error),
      metrics: {
        ...(lastEpoch && { trainLoss: lastEpoch.training.loss }),
        ...(lastEpoch?.training.accuracy !== undefined && { trainAccuracy: lastEpoch.training.accuracy }),
        ...(lastEpoch?.validation && { validationLoss: lastEpoch.validation.loss }),
        ...(lastEpoch?.validation?.accuracy !== undefined && { validationAccuracy: lastEpoch.validation.accuracy }),
        trainSeconds: seconds,
        stepsPerSecond: seconds > 0 && lastEpoch ? lastEpoch.step / seconds : 0,
      },
    };
    try {
      this.end(ended);
    } catch {
      // The folder cannot take it (it may be what failed); whoever watches has been told all the same.
    }
    return true;
  }

  close(): void {
    this.folder?.close();
  }
}

function reasonOf(error: unknown): { readonly reason: string; readonly code?: string } {
  const code = (error as { code?: unknown } | undefined)?.code;
  return { reason: error instanceof Error ? error.message : String(error), ...(typeof code === "string" && { code }) };
}
