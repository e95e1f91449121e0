/**
 * Where the time of a step goes, kernel by kernel, from what a ProfiledSession has measured.
 *
 * Choice   A time is a mean over the threads, so that kernels, waiting and all else add up to the step; the slowest thread of each
 *          kernel would not, since whoever is late in one may be early in the next. And it is a mean over the middle half of the
 *          steps by their length: it adds up, as medians do not, and a step that something else interrupted does not count.
 */
import type { ProfileSample } from "../engine/profile.ts";
import type { ProfiledStep, ProfiledSteps } from "./profiled-session.ts";

export const profileFormat = "osolgil.profile/1";

/** Microseconds in a step. */
export interface Timing {
  /** Over the threads and over the middle half of the steps. */
  readonly mean: number;
  /** Of `mean` in the whole step. */
  readonly share: number;
  /** Over all steps, of the mean over the threads. */
  readonly quartiles: readonly [lower: number, median: number, upper: number];
  /** In each thread, over the middle half of the steps. */
  readonly perThread: readonly number[];
}

export interface KernelTiming extends Timing {
  readonly label: string;
  readonly shortLabel: string;
  readonly kind: string;
  /** Multiply-adds of its products, times two, with those that are left out since their data are 0. */
  readonly flops: number;
  readonly skipsZeros: boolean;
  /** Parts of its work in a step, in all threads. */
  readonly parts: number;
  /** Billions of `flops` a second in one core. Absent where there are none. */
  readonly gflops?: number;
  /** `gflops` in the peak of one core. */
  readonly peakShare?: number;
}

/** Where the time of a step goes, kernel by kernel: medians over the steps that were measured. */
export interface ProfileSummary {
  readonly format: typeof profileFormat;
  readonly program: string;
  /** Steps that were measured; the first and the last of them, from 1. */
  readonly steps: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly threads: number;
  /** Whether enough steps came before: otherwise later ones may be faster. */
  readonly isWarm: boolean;
  /** Billions of floating-point operations a second that one core can do, where it was measured. */
  readonly peakGflops?: number;
  readonly step: Timing & { readonly flops: number; readonly gflops?: number; readonly peakShare?: number };
  /** In the order in which they run. */
  readonly kernels: readonly KernelTiming[];
  /** Threads that wait for each other: between phases, at the beginning and at the end. */
  readonly waiting: Timing;
  /** Calls, and the measuring itself. */
  readonly calls: Timing;
  /** Choosing the batch, keys of random numbers, scalars; one thread does it. */
  readonly host: Timing;
}

const rounded = (value: number): number => Number(value.toFixed(3));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function quartilesOf(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return rounded(below + (above - below) * (place % 1));
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/** Times in one step, in milliseconds: of each kernel in each thread, and of what is no kernel. */
class StepTimes {
  readonly length: number;
  readonly host: number;
  readonly waiting: number[];
  readonly calls: number[];
  readonly parts = new Map<number, number>();
  private readonly kernels = new Map<number, number[]>();

  constructor({ start, end, run }: ProfiledStep, threads: number, isWait: (kernel: number) => boolean) {
    this.length = end - start;
    this.host = this.length - (run.end - run.start);
    this.waiting = new Array(threads).fill(0);
    const busy: number[] = new Array(threads).fill(0);
    const inThread: ProfileSample[][] = Array.from({ length: threads }, () => []);
    for (const sample of run.samples) {
      const { kernel, thread } = sample;
      const took = sample.end - sample.start;
      inThread[thread]!.push(sample);
      if (isWait(kernel)) this.waiting[thread]! += took;
      else {
        busy[thread]! += took;
        this.of(kernel)[thread]! += took;
        this.parts.set(kernel, (this.parts.get(kernel) ?? 0) + 1);
      }
    }
    // The first thread marks when it waits at the end; the others are there before and after their samples.
    inThread.slice(1).forEach((samples, i) => {
      const [first, last] = [samples[0]?.start ?? run.end, samples[samples.length - 1]?.end ?? run.end];
      this.waiting[i + 1]! += Math.max(0, first - run.start) + Math.max(0, run.end - last);
    });
    this.calls = busy.map((time, thread) => run.end - run.start - time - this.waiting[thread]!);
  }

  of(kernel: number): number[] {
    let times = this.kernels.get(kernel);
    if (!times) {
      times = this.waiting.map(() => 0);
      this.kernels.set(kernel, times);
    }
    return times;
  }
}

/**
 * What steps took, kernel by kernel, as medians.
 *
 * @param peakGflops  of one core, measured on this machine; shares of it are left out where it is not given
 */
export function summarizeProfile({ kernels, threads, isWarm, steps }: ProfiledSteps, peakGflops?: number): ProfileSummary {
  const isWait = (kernel: number) => kernels[kernel]!.kind === "wait";
  const all = steps.map((step) => new StepTimes(step, threads, isWait)).sort((a, b) => a.length - b.length);
  const middle = all.slice(Math.floor(all.length / 4), Math.ceil((3 * all.length) / 4));
  const stepMean = 1000 * meanOf(middle.map(({ length }) => length));
  const timing = (of: (times: StepTimes) => readonly number[]): Timing => {
    const perThread = Array.from({ length: threads }, (_, thread) => 1000 * meanOf(middle.map((step) => of(step)[thread]!)));
    const mean = meanOf(perThread);
    return {
      mean: rounded(mean),
      share: Number((mean / stepMean).toFixed(5)),
      quartiles: quartilesOf(all.map((step) => 1000 * meanOf(of(step)))),
      perThread: perThread.map(rounded),
    };
  };
  const everywhere = (time: number): number[] => new Array(threads).fill(time);
  /** Rates of one core: all threads together have `threads` times the mean. */
  const rates = (flops: number, { mean }: Timing) => {
    if (flops === 0 || mean === 0) return {};
    const gflops = flops / (threads * mean * 1000);
    return {
      gflops: rounded(gflops),
      ...(peakGflops !== undefined && { peakShare: rounded(gflops / peakGflops) }),
    };
  };
  const { program } = steps[0]!.run;
  const timings = kernels.flatMap(({ program: owner, label, shortLabel, kind, flops, skipsZeros }, kernel): KernelTiming[] => {
    if (owner !== program || isWait(kernel)) return [];
    const time = timing((times) => times.of(kernel));
    const parts = meanOf(all.map((times) => times.parts.get(kernel) ?? 0));
    return [{ label, shortLabel, kind, flops, skipsZeros, parts, ...time, ...rates(flops, time) }];
  });
  const whole = timing(({ length }) => everywhere(length));
  const flops = timings.reduce((sum, kernel) => sum + kernel.flops, 0);
  return {
    format: profileFormat,
    program,
    steps: steps.length,
    firstStep: steps[0]!.step,
    lastStep: steps[steps.length - 1]!.step,
    threads,
    isWarm,
    ...(peakGflops !== undefined && { peakGflops: rounded(peakGflops) }),
    step: { ...whole, flops, ...rates(flops, whole) },
    kernels: timings,
    waiting: timing(({ waiting }) => waiting),
    calls: timing(({ calls }) => calls),
    host: timing(({ host }) => everywhere(host)),
  };
}
