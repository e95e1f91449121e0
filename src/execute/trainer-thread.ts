/**
 * A thread that trains, so that the thread that asks for it stays free for signals, files and people.
 *
 * It loads its code while its owner does other things: made early, it is ready when the document is.
 */
import { Worker } from "node:worker_threads";
import { startedMs } from "../core/clock.ts";
import { TrainingError } from "../core/errors.ts";
import type { RunEnded, RunEvent } from "../core/events.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import { ComputeThreads, defaultThreads } from "./compute-threads.ts";
import {
  type CheckpointFile,
  fromErrorMessage,
  type ResumeData,
  type RunProfile,
  signalPlaces,
  type TrainerData,
  type TrainerMessage,
} from "./messages.ts";

const defaultCheckpointSeconds = 5;

/** What who has started a run is told, and what it may ask. */
export interface RunHandlers {
  /** Called for each event in order. What it throws ends the run. */
  onEvent(event: RunEvent): void;
  /** A checkpoint to be kept; the last comes before the event that ends the run. The next waits until this has returned. */
  onCheckpoint?(file: CheckpointFile, step: number, bytes: Uint8Array): void;
  /** Asks to measure where the time of a step goes. Comes before the event that ends the run, where steps were measured. */
  onProfile?(step: number, profile: RunProfile): void;
  /** Seconds between checkpoints within an epoch; default 5. At an epoch's end there is one as well. */
  readonly checkpointEverySeconds?: number;
  /** Where an earlier part of the run ended. */
  readonly resume?: ResumeData;
  /** Asks the trainer to stop after the step at hand. */
  readonly signal?: AbortSignal;
  /** When the process started (see startedMs). */
  readonly processStartMs?: number;
  /** Threads that work on a step, 1 or more; by default one for each core, up to 4, or one alone where that is faster. The results are the same to the bit. */
  readonly threads?: number;
}

export class TrainerThread {
  readonly #worker: Worker;

  constructor() {
    // Beside this file lies its like: TypeScript in the sources, JavaScript in the package.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./train-worker.${extension}`, import.meta.url));
    // A thread that nobody gives work does not keep the process alive.
    this.#worker.unref();
  }

  /**
   * Trains. Once for each thread, which ends with the run.
   *
   * @returns the event that ended the run
   * @throws what made the run impossible (its class and code as thrown), or what a handler threw
   */
  run(document: ResolvedDocument, handlers: RunHandlers): Promise<RunEnded> {
    const { signal, processStartMs = startedMs(), threads: asked } = handlers;
    const threads = asked ?? defaultThreads();
    const worker = this.#worker;
    const compute = threads > 1 ? new ComputeThreads(threads, asked === undefined) : undefined;
    const team = compute?.parts;
    const signals = new SharedArrayBuffer(8);
    const words = new Int32Array(signals);
    const stop = () => Atomics.store(words, signalPlaces.stop, 1);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    return new Promise<RunEnded>((resolve, reject) => {
      let ended: RunEnded | undefined;
      const finish = () => {
        signal?.removeEventListener("abort", stop);
        void compute?.close();
      };
      const fail = (error: unknown) => {
        finish();
        // What the thread has sent already is about a run that is over.
        worker.removeAllListeners("message");
        reject(error);
        void worker.terminate();
      };
      worker.on("message", (message: TrainerMessage) => {
        try {
          if (message.type === "error") fail(fromErrorMessage(message));
          else if (message.type === "checkpoint") {
            handlers.onCheckpoint?.(message.file, message.step, message.bytes);
            Atomics.add(words, signalPlaces.written, 1);
          } else if (message.type === "profile") handlers.onProfile?.(message.step, message.profile);
          else {
            // The other cores are free for the trainer until it has compiled; its first steps do not wait for these threads.
            if (message.event.type === "run.started" || message.event.type === "run.resumed") compute?.start();
            handlers.onEvent(message.event);
            if (message.event.type === "run.ended") ended = message.event;
          }
        } catch (error) {
          fail(error);
        }
      });
      worker.on("error", fail);
      worker.on("exit", (code) => {
        finish();
        if (ended) resolve(ended);
        else
          fail(
            new TrainingError("E_TRAINER_DIED", {
              message: `the trainer's thread ended with code ${code} before the run was over`,
            }),
          );
      });
      worker.ref();
      const data: TrainerData = {
        document,
        signals,
        processStartMs,
        team,
        profile: handlers.onProfile !== undefined,
        checkpointEverySeconds: handlers.checkpointEverySeconds ?? defaultCheckpointSeconds,
        resume: handlers.resume,
      };
      worker.postMessage(data, team ? [...team.ports] : []);
    });
  }
}

/** Trains in a thread of its own, made for this run. See `TrainerThread.run`. */
export function runInThread(document: ResolvedDocument, handlers: RunHandlers): Promise<RunEnded> {
  return new TrainerThread().run(document, handlers);
}
