/** What the trainer's thread does: loads the data, trains, and tells what happens. Files, signals and the terminal stay outside. */
import { parentPort } from "node:worker_threads";
import { nowMs } from "../core/clock.ts";
import { resolveRun } from "../document/resolve.ts";
import type { Numerics } from "../engine/engine.ts";
import { measurePeak } from "../engine/wasm/peak.ts";
import { createTableMemory } from "../engine/wasm/table-memory.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { loadDataset } from "../files/data-files.ts";
import { decodeCheckpoint } from "../train/checkpoint.ts";
import { defaultProbeEvery } from "../train/probe.ts";
import { summarizeProfile } from "../train/profile-summary.ts";
import { chromeTrace } from "../train/profile-trace.ts";
import { ProfiledSession } from "../train/profiled-session.ts";
import { Session } from "../train/session.ts";
import { type ResumeFrom, Trainer } from "../train/train.ts";
import { teamOf } from "./compute-threads.ts";
import { type CheckpointFile, type ResumeData, signalPlaces, type TrainerData, type TrainerMessage } from "./messages.ts";

function send(message: TrainerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}

/** How long the peak of the machine is measured, once training is over: products are told as shares of it. */
const peakMs = 300;

function sendProfile(session: ProfiledSession, step: number): void {
  const steps = session.takeProfile();
  if (!steps) return;
  const summary = summarizeProfile(steps, measurePeak(session.numerics as Numerics, peakMs));
  const trace = new TextEncoder().encode(chromeTrace(steps));
  send({ type: "profile", step, profile: { summary, trace } }, [trace.buffer]);
}

/** Epochs may be shorter than it takes to write a file: their ends are this far apart at the least, but for the last. */
const leastSecondsApart = 0.05;

function resumeFrom({ checkpoint, best, ...rest }: ResumeData): ResumeFrom {
  return {
    ...rest,
    ...(checkpoint && { checkpoint: decodeCheckpoint(checkpoint, rest.from ?? "the checkpoint") }),
    ...(best && { best: decodeCheckpoint(best, "best.safetensors") }),
  };
}

/** Trains; once for each thread. */
export function work({ document, signals, processStartMs, team, profile, checkpointEverySeconds, resume }: TrainerData): void {
  const run = resolveRun(document);
  const tableMemory = createTableMemory();
  const allocate = tableMemory && ((bytes: number) => tableMemory.allocate(bytes));
  const dataset = loadDataset(run.data.definition, run.data.options, allocate && { allocate });
  const options = { engine: wasmEngine, tableMemory, ...(team && { threads: teamOf(team) }) };
  const session = profile ? new ProfiledSession(run, dataset, options) : new Session(run, dataset, options);
  const words = new Int32Array(signals);
  const trainer = new Trainer(session, {
    shouldStop: () => Atomics.load(words, signalPlaces.stop) !== 0,
    processStartMs,
    probeEvery: defaultProbeEvery,
    ...(resume && { resume: resumeFrom(resume) }),
  });
  const sender = new CheckpointSender(trainer, words, resume?.checkpoint !== undefined);
  for (const event of trainer.events()) {
    if (event.type === "run.ended") {
      if (event.status === "failed") sender.sendBest();
      else sender.send(event.step);
      if (session instanceof ProfiledSession) sendProfile(session, event.step);
    }
    send({ type: "event", event });
    // What is broken already is nothing to go on from.
    if (event.type === "epoch.ended" && session.firstNonFinite() === undefined) sender.offer(event.step, leastSecondsApart);
    else if (event.type === "train.progress") sender.offer(event.step, checkpointEverySeconds);
  }
}

/** Sends checkpoints to who writes them, no faster than they are written. */
class CheckpointSender {
  private readonly trainer: Trainer;
  private readonly words: Int32Array;
  private sent = 0;
  private sentMs = nowMs();
  private sentBest: number | undefined;

  constructor(trainer: Trainer, words: Int32Array, isResumed: boolean) {
    this.trainer = trainer;
    this.words = words;
    // The best that it was resumed with lies in its file already.
    if (isResumed) this.sentBest = trainer.bestStep;
  }

  /** Sends one, unless the last was sent less than so many seconds ago or waits to be written. */
  offer(step: number, seconds: number): void {
    if (nowMs() - this.sentMs < seconds * 1000 || Atomics.load(this.words, signalPlaces.written) < this.sent) return;
    this.send(step);
  }

  send(step: number): void {
    // The best goes first: a state that knows of a best is never without it.
    this.sendBest();
    this.post("last.safetensors", step, this.trainer.checkpoint());
    this.sentMs = nowMs();
  }

  sendBest(): void {
    if (this.trainer.bestStep !== this.sentBest) {
      const best = this.trainer.best()!;
      this.sentBest = best.step;
      this.post("best.safetensors", best.step, best.bytes);
    }
  }

  private post(file: CheckpointFile, step: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.sent++;
    send({ type: "checkpoint", file, step, bytes }, [bytes.buffer]);
  }
}
