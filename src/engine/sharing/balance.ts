/**
 * How much of the work falls to each thread. Cores are not alike: some are slower, or busy with something else; and parts are not, where
 * one holds more zeros. Nothing that is computed depends on where work is cut, so the cuts may follow from time.
 *
 * From time to time a few runs are timed, each phase (the work between two meetings) in each thread; who took longer than the others
 * has less to do from then on. Each phase of each program is balanced by itself.
 */
import { equalShares, type SharedWork } from "../threads.ts";

/** Runs that are timed together, of which the shortest time counts, and the milliseconds until they are again. */
const [timedRuns, pauseMs] = [8, 20];
/** It is worth it where a phase takes longer than this, in milliseconds, and threads differ by more than this part. */
const [shortestMs, tolerance] = [0.02, 0.03];
/** So much of a difference is made up for at once: what has disturbed a few runs shall not count for much. */
const gain = 0.5;
/** Where equal shares keep data apart, threads must differ by this part before they are given up, and shares by that to be no equal ones. */
const [costlyTolerance, costlyShare] = [1, 0.25];
/** At least this part of an equal share is left to each thread; and no time counts as less than this part of their mean. */
const least = 0.25;

/**
 * Shares with which threads would have taken more equally long than the milliseconds that they took with those they had.
 *
 * @param isCostly  equal shares keep data apart
 */
export function rebalanced(shares: readonly number[], milliseconds: readonly number[], isCostly = false): readonly number[] {
  const longest = Math.max(...milliseconds);
  const equal = equalShares(shares.length);
  const isEqual = shares.every((share) => share === equal[0]);
  const allowed = 1 + (isCostly && isEqual ? costlyTolerance : tolerance);
  if (longest < shortestMs || longest <= allowed * Math.min(...milliseconds)) return shares;
  const mean = milliseconds.reduce((sum, ms) => sum + ms, 0) / shares.length;
  const wanted = shares.map((share, thread) => {
    const change = gain * (mean / Math.max(milliseconds[thread]!, least * mean) - 1);
    return Math.max(least / shares.length, share * (1 + change));
  });
  const sum = wanted.reduce((total, share) => total + share, 0);
  const found = wanted.map((share) => share / sum);
  return isCostly && Math.max(...found) < (1 + costlyShare) / shares.length ? equal : found;
}

export class Balance {
  /** Where each thread puts the shortest time of its part of each phase, in milliseconds. */
  readonly laps: readonly Float64Array[];
  /** Of each phase, those of all threads. */
  private readonly shares: (readonly number[])[];
  private readonly costly: ReadonlySet<number>;
  private readonly programs: readonly { readonly phases: readonly number[]; runs: number; until: number }[];

  constructor(threads: number, { phases, costly }: Pick<SharedWork, "phases" | "costly">) {
    this.costly = costly;
    this.programs = phases.map((own) => ({ phases: own, runs: 0, until: 0 }));
    this.shares = phases.flat().map(() => equalShares(threads));
    this.laps = equalShares(threads).map(() => new Float64Array(new SharedArrayBuffer(8 * this.shares.length)));
  }

  of(phase: number): readonly number[] {
    return this.shares[phase]!;
  }

  /** Whether a run of a program is to be timed. */
  isDue(program: number, nowMs: number): boolean {
    return nowMs >= this.programs[program]!.until;
  }

  /** A timed run of a program is over. Returns the phases in which threads have other shares now. */
  took(program: number, nowMs: number): number[] {
    const one = this.programs[program]!;
    if (++one.runs % timedRuns > 0) return [];
    one.until = nowMs + pauseMs;
    return one.phases.filter((phase) => {
      const before = this.shares[phase]!;
      this.shares[phase] = rebalanced(
        before,
        this.laps.map((laps) => laps[phase]!),
        this.costly.has(phase),
      );
      for (const laps of this.laps) laps[phase] = 0;
      return this.shares[phase] !== before;
    });
  }
}
