/** Where the time of a step goes: what engines measure when they are asked to. */

import { clockSince, sharedNowMs } from "../core/clock.ts";

/** A kernel of a program, as people name it. */
export interface ProfiledKernel {
  readonly program: string;
  /** "product 128 x 784 x 100 -> dense1": what it does, its sizes, and what it writes (or, after "<-", reads). */
  readonly label: string;
  /** The same without the sizes. */
  readonly shortLabel: string;
  /** "matmul", "rows", ... ; "wait" for threads that wait for each other. */
  readonly kind: string;
  /** Multiply-adds of products, times two; 0 for what moves numbers. */
  readonly flops: number;
  /** Whether terms whose data are 0 are left out; `flops` counts them all the same. */
  readonly skipsZeros: boolean;
}

/** One run of one kernel's part in one thread. */
export interface ProfileSample {
  /** Number of the kernel in the list of kernels. */
  readonly kernel: number;
  /** From 0, the thread that runs programs. */
  readonly thread: number;
  /** Milliseconds since the profile's origin. */
  readonly start: number;
  readonly end: number;
}

/** One run of a program, from the first thread's point of view. */
export interface ProfiledRun {
  readonly program: string;
  readonly start: number;
  readonly end: number;
  /** Thread after thread, each in the order of their ends. */
  readonly samples: readonly ProfileSample[];
}

/** Where the time went since the last reading: kernels, and their runs in every thread. */
export interface Profile {
  /** The moment from which all others count (see clockSince). */
  readonly originMs: number;
  readonly kernels: readonly ProfiledKernel[];
  readonly runs: readonly ProfiledRun[];
}

/** As many marks as one thread makes from one reading of the profile to the next; later runs are left out. */
export const mostMarks = 200_000;

/**
 * A list of marks: how many there are, the profile's origin, then pairs of a number and a moment. The numbers are 2 kernel at its
 * start and 2 kernel + 1 at its end; -2 program - 2 and -2 program - 1 at the start and the end of a run.
 */
const [countAt, originAt, firstAt] = [0, 1, 2];

/** What generated code calls at the start and the end of a kernel. */
export function marker(marks: Float64Array): (mark: number) => void {
  const clock = clockSince(marks[originAt]!);
  return (mark) => {
    const count = marks[countAt]!;
    if (count >= mostMarks) return;
    marks[firstAt + 2 * count] = mark;
    marks[firstAt + 2 * count + 1] = clock();
    marks[countAt] = count + 1;
  };
}

/** The marks of all threads, in memory that they share. */
export class ProfileMarks {
  readonly originMs = sharedNowMs();
  readonly lists: readonly Float64Array[];
  /** What generated code calls in the first thread; the others make theirs of their lists. */
  readonly markers: readonly ((mark: number) => void)[];

  constructor(threads: number) {
    this.lists = Array.from({ length: threads }, () => {
      const bytes = 8 * (firstAt + 2 * mostMarks);
      const list = new Float64Array(
        typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes),
      );
      list[originAt] = this.originMs;
      return list;
    });
    this.markers = this.lists.map(marker);
  }

  /** Runs a program between two marks in each list: no other thread writes to its own before or after. */
  around(program: number, run: () => void): void {
    const { markers } = this;
    for (let thread = markers.length - 1; thread >= 0; thread--) markers[thread]!(-2 * program - 2);
    run();
    for (const mark of markers) mark(-2 * program - 1);
  }

  /** The runs that all lists hold whole; they are forgotten. `programs` are the names of programs by their numbers. */
  take(programs: readonly string[]): ProfiledRun[] {
    const runs: { program: string; start: number; end: number; samples: ProfileSample[] }[] = [];
    let complete = Number.POSITIVE_INFINITY;
    this.lists.forEach((list, thread) => {
      const started = new Map<number, number>();
      let [begun, ended] = [0, 0];
      for (let i = firstAt; i < firstAt + 2 * list[countAt]!; i += 2) {
        const [mark, moment] = [list[i]!, list[i + 1]!];
        const isStart = mark % 2 === 0;
        if (mark < 0 && isStart) {
          begun++;
          if (thread === 0) runs.push({ program: programs[-mark / 2 - 1]!, start: moment, end: moment, samples: [] });
        } else if (mark < 0) {
          ended++;
          if (thread === 0) runs[begun - 1]!.end = moment;
        } else if (isStart) started.set(mark, moment);
        else runs[begun - 1]?.samples.push({ kernel: (mark - 1) / 2, thread, start: started.get(mark - 1)!, end: moment });
      }
      complete = Math.min(complete, ended);
      list[countAt] = 0;
    });
    return runs.slice(0, complete);
  }
}

/** How an engine is asked to measure: `wasmProfiler`. Who does not ask need not load it. */
export interface Profiler {
  /** Where so many threads mark when kernels begin and end. */
  createMarks(threads: number): ProfileMarks;
  /** The kernels of a plan of the engine, as people name them. */
  describe(program: string, plan: object): readonly ProfiledKernel[];
}
