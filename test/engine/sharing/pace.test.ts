import { expect, test } from "vitest";
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
