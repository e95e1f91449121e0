/** The trainer's thread: loads the data, trains, and tells what happens. Files, signals and the terminal stay outside. */
import { parentPort } from "node:worker_threads";
import { resolveRun } from "../document/resolve.ts";
import type { Numerics } from "../engine/engine.ts";
import { measurePeak } from "../engine/wasm/peak.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { loadDataset } from "../files/data-files.ts";
import { summarizeProfile } from "../train/profile-summary.ts";
import { chromeTrace } from "../train/profile-trace.ts";
import { ProfiledSession } from "../train/profiled-session.ts";
import { encodeSafetensors } from "../train/safetensors.ts";
import { Session } from "../train/session.ts";
import { train } from "../train/train.ts";
import { teamOf } from "./compute-threads.ts";
import { type TrainerData, type TrainerMessage, toErrorMessage } from "./messages.ts";

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

function work({ document, stopFlag, processStartMs, team, profile }: TrainerData): void {
  const run = resolveRun(document);
  const dataset = loadDataset(run.data.definition, run.data.options);
  const options = { engine: wasmEngine, ...(team && { threads: teamOf(team) }) };
  const session = profile ? new ProfiledSession(run, dataset, options) : new Session(run, dataset, options);
  const flag = new Int32Array(stopFlag);
  for (const event of train(session, { shouldStop: () => Atomics.load(flag, 0) !== 0, processStartMs })) {
    if (event.type === "run.ended" && event.status !== "failed") {
      const metadata = {
        format: "osolgil.checkpoint/1",
        step: String(event.step),
        seed: String(document.seed),
        numerics: session.numerics,
      };
      const bytes = encodeSafetensors(session.readStates(), metadata);
      send({ type: "checkpoint", step: event.step, bytes }, [bytes.buffer]);
    }
    if (event.type === "run.ended" && session instanceof ProfiledSession) sendProfile(session, event.step);
    send({ type: "event", event });
  }
}

// The one message that comes in is the work; after it nothing keeps the thread alive.
parentPort!.once("message", (data: TrainerData) => {
  try {
    work(data);
  } catch (error) {
    send(toErrorMessage(error));
  }
});
