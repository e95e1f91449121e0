import fc from "fast-check";
import { expect, test } from "vitest";
import { Balance, rebalanced } from "../../../src/engine/sharing/balance.ts";
import { shareByTime } from "../../../src/engine/sharing/sharing.ts";
import { equalShares, lapper, phaseBegins, type SharedWork } from "../../../src/engine/threads.ts";

/** Shares after so many corrections of threads with these speeds, which take 1 ms for an equal share at speed 1. */
function settled(speeds: readonly number[], rounds = 40): readonly number[] {
  let shares: readonly number[] = equalShares(speeds.length);
  for (let i = 0; i < rounds; i++)
    shares = rebalanced(
      shares,
      shares.map((share, thread) => (share * speeds.length) / speeds[thread]!),
    );
  return shares;
}

test.each([[[1, 1]], [[1, 0.5]], [[0.7, 1, 1]], [[1, 1, 0.5, 0.4]]])(
  "threads of speeds %j come to take equally long",
  (speeds) => {
    const total = speeds.reduce((sum, speed) => sum + speed, 0);
    const shares = settled(speeds);
    for (const [thread, speed] of speeds.entries()) expect(shares[thread]!).toBeCloseTo(speed / total, 1);
    const times = shares.map((share, thread) => share / speeds[thread]!);
    expect(Math.max(...times) / Math.min(...times)).toBeLessThan(1.05);
  },
);

test("shares add up to the whole, and no thread is left without", () => {
  const threads = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(threads, fc.integer({ min: 1, max: 30 }), (milliseconds, rounds) => {
      let shares: readonly number[] = equalShares(milliseconds.length);
      for (let i = 0; i < rounds; i++) shares = rebalanced(shares, milliseconds);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      for (const share of shares) expect(share).toBeGreaterThan(0.01);
    }),
  );
});

test("small differences and short phases are left alone", () => {
  const shares = equalShares(2);
  expect(rebalanced(shares, [1, 1.02])).toBe(shares);
  expect(rebalanced(shares, [0.005, 0.01])).toBe(shares);
  expect(rebalanced(shares, [0, 0])).toBe(shares);
});

test("where equal shares keep data apart, only threads of very different speed give them up", () => {
  const equal = equalShares(2);
  expect(rebalanced(equal, [1, 1.9], true)).toBe(equal);
  const shifted = rebalanced(equal, [1, 3], true);
  expect(shifted[0]!).toBeGreaterThan(0.62);
  expect(rebalanced(shifted, [1.4, 1], true)).toEqual(equal);
  expect(rebalanced(shifted, [1, 1.2], true)[0]!).toBeGreaterThan(shifted[0]!);
});

test("some runs of each program are timed, then none for a while", () => {
  const balance = new Balance(2, { phases: [[0, 1], [2]], costly: new Set() });
  const timed = { first: 0, second: 0 };
  for (let ms = 0; ms < 100; ms++) {
    for (const [program, name] of [
      [0, "first"],
      [1, "second"],
    ] as const) {
      if (!balance.isDue(program, ms)) continue;
      timed[name]++;
      balance.took(program, ms);
    }
  }
  expect(timed.first).toBeGreaterThanOrEqual(24);
  expect(timed.first).toBeLessThan(50);
  expect(timed.second).toBe(timed.first);
});

test("a thread tells the shortest time of a phase", () => {
  const laps = new Float64Array(1);
  const lap = lapper(laps);
  for (const ms of [20, 1, 20]) {
    lap(phaseBegins);
    // Timers of the event loop may come early: they count from when it last looked at the clock.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    lap(0);
  }
  expect(laps[0]).toBeGreaterThan(0.5);
  expect(laps[0]).toBeLessThan(15);
});

/** What a sharing does with work of two phases, in the second of which one thread is twice as fast. */
function share(adapts: boolean, isProfiled: boolean, msWith: (threads: number) => number) {
  const seen = { timed: false, timedRuns: 0, threads: new Set<number>(), cut: new Set<number>() };
  let threads = 2;
  const work: SharedWork = {
    phases: [[0, 1]],
    costly: new Set(),
    isProfiled,
    setTimed: (isTimed) => {
      seen.timed = isTimed;
    },
    useThreads: (count) => {
      threads = count;
      seen.threads.add(count);
    },
    cut: (phase) => seen.cut.add(phase),
  };
  const sharing = shareByTime(2, adapts)(work);
  const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  for (let run = 0; run < 60; run++)
    sharing.run(0, () => {
      wait(msWith(threads));
      if (!seen.timed) return;
      seen.timedRuns++;
      for (const [thread, speed] of [1, 2].entries())
        for (const phase of [0, 1]) sharing.laps[thread]![phase] = sharing.sharesIn(phase)[thread]! / (phase === 0 ? 1 : speed);
    });
  return { ...seen, shares: sharing.sharesIn(1), even: sharing.sharesIn(0) };
}

test("the faster thread gets more to do, in the phases in which it is faster", () => {
  const { cut, timed, timedRuns, shares, even, threads } = share(false, false, () => 1);
  expect([...cut]).toEqual([1]);
  expect(timed).toBe(false);
  expect(timedRuns).toBeGreaterThan(7);
  expect(shares[1]! / shares[0]!).toBeGreaterThan(1.4);
  expect(even).toEqual([0.5, 0.5]);
  expect(threads.size).toBe(0);
});

test("one thread works alone where that is faster, but not in a profile", () => {
  const slower = (threads: number) => (threads === 2 ? 4 : 1);
  expect(share(true, false, slower).threads).toEqual(new Set([1]));
  expect(share(true, true, slower).threads.size).toBe(0);
});
