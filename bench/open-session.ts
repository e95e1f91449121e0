/** A workload as a session of Osolgil's own, ready to step. */
import { resolveRun } from "../src/document/resolve.ts";
import type { Numerics } from "../src/engine/engine.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { modelLayers } from "../src/nn/layers/index.ts";
import { Session, type SessionOptions } from "../src/train/session.ts";
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
  // An engine without threads passes over the number; what it made of it, its executable says.
  const options: SessionOptions & { readonly threads: number } = { engine: wasmEngine, threads, ...(numerics && { numerics }) };
  const session = new Session(run, loadExamples(forPeers(workload)), options);
  const executable: { readonly threads?: number; readonly numerics: string } = session.executable;
  return { session, numerics: executable.numerics as Numerics, threads: executable.threads ?? 1 };
}
