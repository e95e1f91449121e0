import { afterEach, expect, test, vi } from "vitest";
import { Pace } from "../../../src/engine/sharing/pace.ts";

/** What a pace chooses after its trials, for runs that take so long with all threads and with one. */
function chosen(withAll: number, withOne: number): number {
  const pace = new Pace(4);
  let threads = 4;
  for (let run = 0; run < 40; run++) threads = pace.took(0, threads === 4 ? withAll : withOne);
  return threads;
}

test.each([
  ["threads that help", 1, 1.8, 4],
  ["threads that are waited for", 3, 1.8, 1],
  ["no difference", 1, 1, 4],
  ["long runs, of which two must do", 500, 900, 4],
])("%s: %d ms with all, %d ms with one", (_, withAll, withOne, expected) => {
  expect(chosen(withAll, withOne)).toBe(expected);
});

test("runs of another program do not count in a trial", () => {
  const pace = new Pace(2);
  let threads = 2;
  for (let run = 0; run < 40; run++) {
    threads = pace.took(0, threads === 2 ? 1 : 2);
    threads = pace.took(1, threads === 2 ? 90 : 1);
  }
  expect(threads).toBe(2);
});

test("a program that runs no more leaves its trial to another", () => {
  const pace = new Pace(2);
  let threads = pace.took(1, 1);
  for (let run = 0; run < 60; run++) threads = pace.took(0, threads === 2 ? 5 : 1);
  expect(threads).toBe(1);
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["short", 0.5, 1.3, 0.02],
  ["long", 200, 6, 0.2],
])("%s runs, of %d ms, are tried again within %d s, and trials take less than %d of the time", (_, ms, seconds, share) => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const pace = new Pace(2);
  // Both ways are as fast: one thread works in trials alone.
  const alone: number[] = [];
  let threads = 2;
  for (let at = 0; at < 60_000; at += ms) {
    vi.advanceTimersByTime(ms);
    if (threads === 1 && at > 20_000) alone.push(at);
    threads = pace.took(0, ms);
  }
  expect((2 * alone.length * ms) / 40_000).toBeLessThan(share);
  const gaps = alone.slice(1).map((at, i) => at - alone[i]!);
  expect(Math.max(...gaps)).toBeGreaterThan(500);
  expect(Math.max(...gaps)).toBeLessThan(1000 * seconds);
});
