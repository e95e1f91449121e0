/** A workload as a session of Osolgil's own, ready to step. */
import { resolveRun } from "../src/document/resolve.ts";
import type { Numerics } from "../src/engine/engine.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { startThreads } from "../src/execute/compute-threads.ts";
import { modelLayers } from "../src/nn/layers/index.ts";
import { Session } from "../src/train/session.ts";
import { loadExamples } from "./data.ts";
import { forPeers, layersOf, type Workload } from "./workload.ts";

export interface Opened {
  readonly session: Session;
  readonly numerics: Numerics;
  /** Threads that the engine really uses, which may be fewer than were asked for. */
  readonly threads: number;
}

/** Why Osolgil cannot run this workload yet, or undefined where it can. */
export function whyNotYet(workload: Workload): string | undefined {
  const missing = new Set(layersOf(workload).flatMap(({ kind }) => (modelLayers.has(kind) ? [] : [kind])));
  return missing.size === 0 ? undefined : `this version of osolgil has no layer ${[...missing].join(", ")}`;
}

/** @throws OsolgilError the workload does not fit this version, or this machine */
export function openSession(workload: Workload, threads: number, numerics: Numerics | undefined): Opened {
  const run = resolveRun(workload.document, `workload ${workload.name}`);
  const team = teamOf(threads);
  const options = { engine: wasmEngine, ...(team && { threads: team }), ...(numerics && { numerics }) };
  const session = new Session(run, loadExamples(forPeers(workload)), options);
  const { executable } = session;
  // A step does not wait for threads that are not ready; a measurement does.
  for (let tries = 0; executable.activeThreads < executable.threads && tries < 2000; tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    session.step(0);
  }
  return { session, numerics: executable.numerics as Numerics, threads: executable.activeThreads };
}

/** Threads serve one session after the other. */
const teams = new Map<number, ReturnType<typeof startThreads>>();
function teamOf(threads: number): ReturnType<typeof startThreads> {
  if (!teams.has(threads)) teams.set(threads, startThreads(threads));
  return teams.get(threads);
}
