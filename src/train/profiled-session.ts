/** A session that measures where the time of some of its training steps goes; its results are the same to the bit. */

import { clockSince, nowMs } from "../core/clock.ts";
import type { RawDataset } from "../data/dataset.ts";
import type { Run } from "../document/run-document.ts";
import type { ProfiledKernel, ProfiledRun } from "../engine/profile.ts";
import { wasmProfiler } from "../engine/wasm/describe.ts";
import { Session, type SessionOptions, type StepResult } from "./session.ts";

/** A training step: its batch, keys and scalars, then the run of its program. Times are milliseconds since the profile's origin. */
export interface ProfiledStep {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly start: number;
  readonly end: number;
  readonly run: ProfiledRun;
}

/** What was measured of steps that run the same program with the same threads. */
export interface ProfiledSteps {
  readonly kernels: readonly ProfiledKernel[];
  readonly threads: number;
  /** Whether enough came before them: later steps would be no faster. */
  readonly isWarm: boolean;
  readonly steps: readonly ProfiledStep[];
}

/** Steps that are measured, where the run has as many. */
const mostSteps = 200;
/**
 * What comes before them: the host compiles hot code anew while it runs, which takes hundreds of small steps, or seconds. Of a short
 * run half of the steps are measured.
 */
const warmUpSteps = 500;
const warmUpMs = 5000;

interface Span {
  readonly step: number;
  readonly start: number;
  readonly end: number;
  readonly threads: number;
}

/** A session that measures where the time of its steps goes. The results are the same to the bit. */
export class ProfiledSession extends Session {
  private readonly spans: Span[] = [];
  private steppedBefore = 0;
  private began: number | undefined;
  private clock: (() => number) | undefined;
  private isWarm = false;
  private isOver = false;
  private measured: ProfiledSteps | undefined;

  constructor(run: Run, dataset: RawDataset, options: SessionOptions) {
    super(run, dataset, { ...options, profile: wasmProfiler });
  }

  override step(step: number): Readonly<StepResult> {
    if (this.isOver) return super.step(step);
    if (!this.clock && this.isTime(step)) {
      const dropped = this.executable.readProfile();
      this.clock = dropped && clockSince(dropped.originMs);
    }
    this.steppedBefore++;
    const { clock } = this;
    if (!clock) return super.step(step);
    const start = clock();
    const result = super.step(step);
    this.spans.push({ step: step + 1, start, end: clock(), threads: this.executable.activeThreads });
    if (this.spans.length === mostSteps) this.finish();
    return result;
  }

  private isTime(step: number): boolean {
    const { executable, steps, steppedBefore } = this;
    this.began ??= nowMs();
    this.isWarm = steppedBefore >= warmUpSteps || nowMs() - this.began >= warmUpMs;
    if (steppedBefore >= Math.floor(steps / 2)) return true;
    // Threads that are not ready yet are waited for, unless too few steps would be left.
    return this.isWarm && (executable.activeThreads === executable.threads || steps - step <= mostSteps);
  }

  private finish(): void {
    this.isOver = true;
    const profile = this.clock && this.executable.readProfile();
    if (!profile || this.spans.length === 0) return;
    const threads = Math.max(...this.spans.map((span) => span.threads));
    const steps = this.spans.flatMap((span): ProfiledStep[] => {
      const run = profile.runs.find(({ start, end }) => start >= span.start && end <= span.end);
      return run && span.threads === threads ? [{ ...span, run }] : [];
    });
    // Batches that end an epoch may be smaller: they run a program of their own.
    const counts = new Map<string, number>();
    for (const { run } of steps) counts.set(run.program, (counts.get(run.program) ?? 0) + 1);
    const [program] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
    const alike = steps.filter(({ run }) => run.program === program);
    if (alike.length > 0) this.measured = { kernels: profile.kernels, threads, isWarm: this.isWarm, steps: alike };
  }

  /** What was measured; no more is from now on. Undefined where training ended before, or the engine measures nothing. */
  takeProfile(): ProfiledSteps | undefined {
    if (!this.isOver) this.finish();
    return this.measured;
  }
}
