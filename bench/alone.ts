/** Osolgil alone: steps per second of each workload, with the threads that it really uses. */
import { describeError, OsolgilError } from "../src/core/errors.ts";
import { flopsOf } from "./flops.ts";
import type { Limits } from "./limits.ts";
import { measureRate } from "./measure.ts";
import { openSession, whyNotYet } from "./open-session.ts";
import { type BenchOptions, threadsFor } from "./options.ts";
import type { Workload } from "./workload.ts";

export interface AloneLine {
  readonly workload: string;
  readonly peer: "osolgil";
  readonly engine: "wasm";
  /** Really used; `requestedThreads` is there where more were asked for. */
  readonly threads: number;
  readonly requestedThreads?: number;
  /** null where it was not measured; `skipped` or `failed` tells why. */
  readonly stepsPerSecond: number | null;
  /** It does not fit this version or this machine. */
  readonly skipped?: string;
  /** A fault of Osolgil's. */
  readonly failed?: string;
  readonly min?: number;
  readonly max?: number;
  readonly numerics?: string;
  readonly msPerStep?: number;
  /** Millions of floating-point operations of a step. */
  readonly mflop?: number;
  readonly gflops?: number;
  /** Of one core. */
  readonly peakGflops?: number;
  readonly compileMs?: number;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

function measure(workload: Workload, requested: number, options: BenchOptions, limits: Limits, done: Set<number>): AloneLine {
  const line = { workload: workload.name, peer: "osolgil", engine: "wasm" } as const;
  try {
    const { session, threads, numerics } = openSession(workload, requested, options.numerics);
    const asked = { threads, ...(threads !== requested && { requestedThreads: requested }) };
    if (done.has(threads)) {
      const skipped = `the engine offers ${threads} thread${threads === 1 ? "" : "s"} where ${requested} were asked for: measured already`;
      return { ...line, ...asked, stepsPerSecond: null, skipped };
    }
    done.add(threads);
    let step = 0;
    const rate = measureRate(() => session.step(step++), { windowMs: options.windowMs });
    const flops = flopsOf(workload);
    return {
      ...line,
      ...asked,
      stepsPerSecond: rounded(rate.median, 4),
      min: rounded(rate.min, 4),
      max: rounded(rate.max, 4),
      numerics,
      msPerStep: rounded(1000 / rate.median, 4),
      mflop: rounded(flops / 1e6, 4),
      gflops: rounded((rate.median * flops) / 1e9, 3),
      ...(limits.peakGflops[numerics] !== undefined && { peakGflops: limits.peakGflops[numerics] }),
      compileMs: rounded(session.executable.compileMs, 3),
    };
  } catch (error) {
    const reason = describeError(error).replaceAll(/\s*\n\s*/g, " ");
    const why = error instanceof OsolgilError ? { skipped: reason } : { failed: reason };
    return { ...line, threads: requested, stepsPerSecond: null, ...why };
  }
}

/** Measures all that the options ask for, one line after the other. */
export function* measureAlone(options: BenchOptions, limits: Limits): Generator<{ workload: Workload; line: AloneLine }> {
  for (const workload of options.workloads) {
    const done = new Set<number>();
    const skipped = whyNotYet(workload);
    if (skipped !== undefined) {
      const line = {
        workload: workload.name,
        peer: "osolgil",
        engine: "wasm",
        threads: 1,
        stepsPerSecond: null,
        skipped,
      } as const;
      yield { workload, line };
      continue;
    }
    for (const threads of threadsFor(options, workload))
      yield { workload, line: measure(workload, threads, options, limits, done) };
  }
}
