/**
 * How many threads work, where the caller leaves it open: all of them, or one where the others slow it down, as on a machine
 * whose cores are busy with something else. Bits do not depend on it, so it may follow from time.
 *
 * A few runs of a program with all threads and a few with one are timed; the faster way holds for a while, then both are tried again:
 * for so long that trials take a hundredth of the time, since a host may move its cores apart and together again within seconds.
 * At first it holds for a short while only: hosts compile hot code anew as it begins to run, and take cores for it.
 * Medians are compared: a run after which others slept, or had to be woken, says nothing of those that follow.
 */
import { nowMs } from "../../core/clock.ts";

/** A trial: so many runs, or as many as this time has, but two at the least. */
const trialRuns = 12;
const trialMs = 60;
const [firstHoldMs, holdMs] = [300, 5000];
/** The way that was chosen holds for so many times as long as the trial took. */
const holdTimes = 100;
/** One thread must be faster by this much. */
const margin = 0.97;

export class Pace {
  private readonly most: number;
  private program: number | undefined;
  /** Times of the runs on trial. */
  private readonly times: number[] = [];
  /** Runs of other programs since the last of the one on trial. */
  private others = 0;
  private total = 0;
  private withAll = 0;
  private spentWithAll = 0;
  private until = 0;
  private hold = firstHoldMs;
  private stage: "all" | "one" | "hold" = "all";
  private chosen: number;

  constructor(most: number) {
    this.most = most;
    this.chosen = most;
  }

  /** Tells how long a run of a program took, and gives the number of threads for the next. */
  took(program: number, ms: number): number {
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
    const { times } = this;
    times.push(ms);
    this.total += ms;
    const isDone = times.length >= trialRuns || (times.length >= 2 && this.total >= trialMs);
    const current = this.stage === "all" ? this.most : 1;
    if (!isDone) return current;
    const median = times.sort((a, b) => a - b)[times.length >> 1]!;
    if (this.stage === "all") {
      this.withAll = median;
      this.spentWithAll = this.total;
      return this.start("one");
    }
    this.chosen = median < margin * this.withAll ? 1 : this.most;
    this.stage = "hold";
    this.until = nowMs() + this.hold;
    const enough = holdTimes * (this.spentWithAll + this.total);
    this.hold = Math.min(holdMs, 2 * this.hold, Math.max(firstHoldMs, enough));
    return this.chosen;
  }

  private start(stage: "all" | "one"): number {
    this.stage = stage;
    this.times.length = 0;
    this.others = 0;
    this.total = 0;
    return stage === "all" ? this.most : 1;
  }
}
