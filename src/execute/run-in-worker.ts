/** Runs a document in a thread of its own, so that the thread that asked for it stays free for signals, files and people. */
import { Worker } from "node:worker_threads";
import { startedMs } from "../core/clock.ts";
import { TrainingError } from "../core/errors.ts";
import type { RunEnded, RunEvent } from "../core/events.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import { fromErrorMessage, type TrainerData, type TrainerMessage } from "./messages.ts";

export interface RunHandlers {
  /** Called for each event in order. What it throws ends the run. */
  onEvent(event: RunEvent): void;
  /** The weights and slots at the end, as safetensors; comes before the event that ends the run. */
  onCheckpoint?(step: number, bytes: Uint8Array): void;
  /** Asks the trainer to stop after the step at hand. */
  readonly signal?: AbortSignal;
  /** When the process started (see sharedNowMs). */
  readonly processStartMs?: number;
}

/**
 * Trains in a worker thread.
 *
 * @returns the event that ended the run
 * @throws what made the run impossible (its class and code as thrown), or what a handler threw
 */
export function runInWorker(document: ResolvedDocument, handlers: RunHandlers): Promise<RunEnded> {
  const { signal, processStartMs = startedMs() } = handlers;
  const stopFlag = new SharedArrayBuffer(4);
  const stop = () => Atomics.store(new Int32Array(stopFlag), 0, 1);
  const data: TrainerData = { document, stopFlag, processStartMs };
  // Beside this file lies its like: TypeScript in the sources, JavaScript in the package.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./train-worker.${extension}`, import.meta.url), { workerData: data });
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  return new Promise<RunEnded>((resolve, reject) => {
    let ended: RunEnded | undefined;
    const fail = (error: unknown) => {
      signal?.removeEventListener("abort", stop);
      reject(error);
      void worker.terminate();
    };
    worker.on("message", (message: TrainerMessage) => {
      try {
        if (message.type === "error") fail(fromErrorMessage(message));
        else if (message.type === "checkpoint") handlers.onCheckpoint?.(message.step, message.bytes);
        else {
          handlers.onEvent(message.event);
          if (message.event.type === "run.ended") ended = message.event;
        }
      } catch (error) {
        fail(error);
      }
    });
    worker.on("error", fail);
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      if (ended) resolve(ended);
      else
        fail(
          new TrainingError("E_TRAINER_DIED", {
            message: `the trainer's thread ended with code ${code} before the run was over`,
          }),
        );
    });
  });
}
