/** Takes the events of a run to its folder and to whoever watches. */
import { wallClock } from "../core/clock.ts";
import type { EpochEnded, RunEnded, RunEvent, RunResumed, RunStarted } from "../core/events.ts";
import { Doctor } from "../doctor/watch.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import type { CheckpointFile, RunProfile } from "../execute/messages.ts";
import { createRunFolder, type RunFolder } from "../store/run-folder.ts";

/** The checkpoint before the last, for when that is damaged. */
export const previousCheckpoint = "previous.safetensors";

export interface RecorderOptions {
  /** As given by --out. */
  readonly out?: string | undefined;
  /** The folder of a run that goes on, and what has happened in it. */
  readonly resumed?: { readonly folder: RunFolder; readonly events: readonly RunEvent[] };
  show(event: RunEvent): void;
}

export class Recorder {
  private readonly document: ResolvedDocument;
  private readonly options: RecorderOptions;
  private readonly doctor: Doctor;
  private folder: RunFolder | undefined;
  private step = 0;
  private epoch = 0;
  private lastEpoch: EpochEnded | undefined;
  /** Files that could not be written, and have not been since. */
  private readonly fileErrors = new Map<string, unknown>();
  private isOver = false;

  constructor(document: ResolvedDocument, options: RecorderOptions) {
    this.document = document;
    this.options = options;
    this.doctor = new Doctor(document);
    for (const event of options.resumed?.events ?? []) this.doctor.observe(event);
  }

  /** The run's folder, once there is one. */
  get path(): string | undefined {
    return this.folder?.path;
  }

  /** What kept a checkpoint or a profile from being written, once the run has ended. */
  get failure(): unknown {
    return this.fileErrors.values().next().value;
  }

  /** What the doctor finds in an event comes after it; the end of a run comes after all. */
  onEvent(event: RunEvent): void {
    const findings = this.doctor.observe(event);
    if (event.type !== "run.ended") this.take(event);
    for (const finding of findings) this.take(finding);
    if (event.type === "run.ended") this.take(event);
  }

  private take(event: RunEvent): void {
    if (event.type === "run.started") this.start(event);
    else if (event.type === "run.resumed") this.goOn(event);
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

  private goOn(event: RunResumed): void {
    const { folder } = this.options.resumed!;
    this.folder = folder;
    [this.step, this.epoch] = [event.step, event.epoch];
    folder.writeDocument({ ...this.document, numerics: event.numerics });
    folder.appendEvent(event);
    this.options.show(event);
  }

  private end(event: RunEnded): void {
    const failed = this.failure === undefined ? {} : { status: "failed" as const, ...reasonOf(this.failure) };
    const told: RunEnded = { ...event, ...failed, ...(this.folder && { folder: this.folder.path }) };
    this.isOver = true;
    try {
      this.folder?.appendEvent(told);
    } finally {
      this.options.show(told);
    }
  }

  onCheckpoint(name: CheckpointFile, step: number, bytes: Uint8Array): void {
    this.save(name, (folder) => {
      const keepAs = name === "last.safetensors" ? previousCheckpoint : undefined;
      const file = folder.writeCheckpoint(name, bytes, keepAs);
      return { type: "checkpoint.saved", step, file, bytes: bytes.length };
    });
  }

  onProfile(step: number, { summary, trace }: RunProfile): void {
    this.save("profile", (folder) => ({
      type: "profile.saved",
      step,
      steps: summary.steps,
      ...folder.writeProfile(summary, trace),
    }));
  }

  /** A file that cannot be written fails the run, unless it can be later; its scores, which come after, are still told. */
  private save(file: string, write: (folder: RunFolder) => RunEvent): void {
    if (!this.folder) return;
    try {
      this.onEvent(write(this.folder));
      this.fileErrors.delete(file);
    } catch (error) {
      this.fileErrors.set(file, error);
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
    (this.folder ?? this.options.resumed?.folder)?.close();
  }
}

function reasonOf(error: unknown): { readonly reason: string; readonly code?: string } {
  const code = (error as { code?: unknown } | undefined)?.code;
  return { reason: error instanceof Error ? error.message : String(error), ...(typeof code === "string" && { code }) };
}
