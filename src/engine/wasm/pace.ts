/**
 * How many threads work, where the caller leaves it open: all of them, or one where the others slow it down, as on a machine
 * whose cores are busy with something else. Bits do not depend on it, so it may follow from time.
 *
 * A few runs of a program with all threads and a few with one are timed; the faster way holds for a while, then both are tried again.
 */
import { nowMs } from "../../core/clock.ts";

/** A trial: so many runs, or as many as this time has, but two at the least. */
const trialRuns = 12;
const trialMs = 60;
const holdMs = 5000;
/** One thread must be faster by this much. */
const margin = 0.97;

export class Pace {
  private readonly most: number;
  private program: string | undefined;
  private runs = 0;
  /** Runs of other programs since the last of the one on trial. */
  private others = 0;
  private total = 0;
  private withAll = 0;
  private until = 0;
  private stage: "all" | "one" | "hold" = "all";
  private chosen: number;

  constructor(most: number) {
    this.most = most;
    this.chosen = most;
  }

  /** Tells how long a run of a program took, and gives the number of threads for the next. */
  took(program: string, ms: number): number {
    if (this.stage === "hold") {
      if (nowMs() < this.until) return this.chosen;
      this.program = program;
      return this.start("all");
    }
    this.program ??= program;
    if (program !== this.program) {
      // The program of the trial runs no more: the trial is another's.
      if (++this.others <= trialRuns) return this.stage === "all" ? this.most : 1;
      this.program = program;
      return this.start("all");
    }
    this.others = 0;
    this.runs++;
    this.total += ms;
    const isDone = this.runs >= trialRuns || (this.runs >= 2 && this.total >= trialMs);
    const current = this.stage === "all" ? this.most : 1;
    if (!isDone) return current;
    const mean = this.total / this.runs;
    if (this.stage === "all") {
      this.withAll = mean;
      return this.start("one");
    }
    this.chosen = mean < margin * this.withAll ? 1 : this.most;
    this.stage = "hold";
    this.until = nowMs() + holdMs;
    return this.chosen;
  }

  private start(stage: "all" | "one"): number {
    this.stage = stage;
    this.runs = this.others = 0;
    this.total = 0;
    return stage === "all" ? this.most : 1;
  }
}
