/** Where the time of a step goes: what engines measure when they are asked to. */

import { sharedNowMs } from "../core/clock.ts";

/** A kernel of a program, as people name it. */
export interface ProfiledKernel {
  readonly program: string;
  /** "product 128 x 784 x 100 -> dense1". */
  readonly label: string;
  /** "matmul", "rows", ... ; "wait" for threads that wait for each other. */
  readonly kind: string;
  /** Multiply-adds of products, times two; 0 for what moves numbers. */
  readonly flops: number;
}

/** One run of one kernel's part in one thread. */
export interface ProfileSample {
  /** Number of the kernel in the list of kernels. */
  readonly kernel: number;
  readonly thread: number;
  /** Milliseconds on the clock of the process, which all threads share. */
  readonly start: number;
  readonly end: number;
}

export interface Profile {
  readonly kernels: readonly ProfiledKernel[];
  readonly samples: readonly ProfileSample[];
}

/** Marks of one thread in shared memory: how many there are, then pairs of a number (2 kernel, + 1 at its end) and a moment. */
export const mostMarks = 200_000;
export const createMarks = (threads: number): Float64Array[] =>
  Array.from({ length: threads }, () => {
    const bytes = 8 * (1 + 2 * mostMarks);
    return new Float64Array(typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));
  });

/** What generated code calls at the start and the end of a kernel. */
export function marker(marks: Float64Array): (mark: number) => void {
  return (mark) => {
    const count = marks[0]!;
    if (count >= mostMarks) return;
    marks[1 + 2 * count] = mark;
    marks[2 + 2 * count] = sharedNowMs();
    marks[0] = count + 1;
  };
}

/** The samples among the marks of all threads. */
export function samplesOf(marks: readonly Float64Array[]): ProfileSample[] {
  return marks.flatMap((list, thread) => {
    const samples: ProfileSample[] = [];
    const started = new Map<number, number>();
    for (let i = 0; i < list[0]!; i++) {
      const [mark, moment] = [list[1 + 2 * i]!, list[2 + 2 * i]!];
      const kernel = Math.floor(mark / 2);
      const start = started.get(kernel);
      if (mark % 2 === 0) started.set(kernel, moment);
      else if (start !== undefined) samples.push({ kernel, thread, start, end: moment });
    }
    return samples;
  });
}
