/** Sharing by time: what each thread of a team does of a run, and whether all of them work, follows from how long runs have taken. */
import { nowMs } from "../../core/clock.ts";
import type { SharedWork, Sharing } from "../threads.ts";
import { Balance } from "./balance.ts";
import { Pace } from "./pace.ts";

class TimedSharing implements Sharing {
  readonly laps: readonly Float64Array[];
  private readonly work: SharedWork;
  private readonly balance: Balance;
  private readonly pace: Pace | undefined;
  private threads: number;

  constructor(work: SharedWork, size: number, adapts: boolean) {
    this.work = work;
    this.threads = size;
    this.balance = new Balance(size, work);
    this.laps = this.balance.laps;
    this.pace = adapts ? new Pace(size) : undefined;
  }

  sharesIn(phase: number): readonly number[] {
    return this.balance.of(phase);
  }

  run(program: number, run: () => void): void {
    const { work, pace } = this;
    const start = nowMs();
    const isTimed = this.threads > 1 && this.balance.isDue(program, start);
    if (isTimed) work.setTimed(true);
    run();
    const end = nowMs();
    if (isTimed) {
      work.setTimed(false);
      for (const phase of this.balance.took(program, end)) work.cut(phase);
    }
    if (!pace) return;
    const threads = pace.took(program, end - start);
    if (threads !== this.threads) work.useThreads(threads);
    this.threads = threads;
  }
}

/** @param adapts  one thread may work alone where that is faster; not in a profile, which shows the threads that were asked for */
export const shareByTime =
  (size: number, adapts: boolean) =>
  (work: SharedWork): Sharing =>
    new TimedSharing(work, size, adapts && !work.isProfiled);
