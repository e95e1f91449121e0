/** The pool of processes: what trials report, what ends them, and what becomes of a trial whose process dies. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TrialHandlers, TrialOrder } from "../../src/execute/executor.ts";
import { TrialPool } from "../../src/execute/trial-pool.ts";
import type { TrialReport } from "../../src/search/trial.ts";
import { writeDigits } from "../support/digits.ts";

const folder = mkdtempSync(join(tmpdir(), "osolgil-pool-"));
let pool: TrialPool;
beforeAll(() => {
  writeDigits(join(folder, "digits"));
  pool = new TrialPool({ workers: 2 });
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

function order(changes: Record<string, unknown> = {}, more: Partial<TrialOrder> = {}): TrialOrder {
  const document = {
    data: { kind: "idxFolder", folder: join(folder, "digits"), validation: 60 },
    model: [{ kind: "dense", units: 8 }, "relu", { kind: "dense", units: 4 }],
    optimizer: { kind: "sgd", learningRate: 0.1 },
    training: { batchSize: 40, epochs: 3 },
    ...changes,
  };
  return { number: 0, document, ...more };
}

/** Runs a trial; what it reported, and how it ended. */
async function runTrial(given: TrialOrder, handlers: Partial<TrialHandlers> = {}) {
  const reports: TrialReport[] = [];
  const firstLosses: number[] = [];
  const outcome = await pool.run(given, {
    onReport(report, firstLoss) {
      reports.push(report);
      firstLosses.push(firstLoss);
      return handlers.onReport?.(report, firstLoss);
    },
    ...(handlers.onNews && { onNews: handlers.onNews }),
    ...(handlers.onRestart && { onRestart: handlers.onRestart }),
  });
  return { reports, firstLosses, outcome };
}

/** Kills all of them, since it is not told which of them trains. */
function killAll(): void {
  for (const pid of pool.pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It was killed before, and nothing has asked for it since.
    }
  }
}

test("a trial reports after each epoch, the same in every process", async () => {
  const [first, second] = await Promise.all([runTrial(order()), runTrial(order())]);
  expect(first.outcome).toEqual({ status: "completed", steps: 18 });
  expect(first.reports.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 6],
    [2, 12],
    [3, 18],
  ]);
  // Four classes: a network that has learned nothing yet has a loss of about ln 4 = 1.39, and He weights make it larger.
  expect(first.firstLosses[0]).toBeGreaterThan(1);
  expect(first.firstLosses[0]).toBeLessThan(4);
  for (const { value, trainingValue } of first.reports) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(trainingValue).toBeLessThanOrEqual(1);
  }
  expect(second).toEqual(first);
});

test("the verdict on a report ends the trial after that epoch", async () => {
  const verdict = { code: "median", reason: "not good enough" };
  const { reports, outcome } = await runTrial(order(), { onReport: ({ epoch }) => (epoch === 2 ? verdict : undefined) });
  expect(reports.length).toBe(2);
  expect(outcome).toEqual({ status: "pruned", ...verdict, steps: 12 });
});

test("a loss above the first one is judged within the epoch", async () => {
  const verdict = { code: "explosion", reason: "too large" };
  const wild = order({ optimizer: { kind: "sgd", learningRate: 30 } });
  const { reports, outcome } = await runTrial(wild, {
    onNews: ({ loss, firstLoss }) => (loss > 3 * firstLoss ? verdict : undefined),
  });
  expect(reports).toEqual([]);
  expect(outcome).toMatchObject({ status: "pruned", ...verdict });
  expect(outcome.steps).toBeLessThan(6);
});

test("a loss that is no number is reported as such, and ends the trial whatever is answered", async () => {
  const { reports, outcome } = await runTrial(order({ optimizer: { kind: "sgd", learningRate: 1e30 } }));
  expect(reports.at(-1)).toMatchObject({ epoch: 1, value: Number.NaN });
  expect(outcome).toMatchObject({ status: "pruned", code: "nonFinite", reason: expect.stringMatching(/^the loss became/) });
});

test("folds: the mean over all of them, and every row is judged by once", async () => {
  const { reports, outcome } = await runTrial(order({}, { folds: 5 }));
  // 300 rows in five folds: 240 to learn from are 6 steps of 40 in each.
  expect(outcome).toEqual({ status: "completed", steps: 5 * 18 });
  expect(reports.map(({ epoch, step }) => [epoch, step])).toEqual([
    [1, 6],
    [2, 12],
    [3, 18],
  ]);
  // Folds of 60 rows: the mean of their accuracies is a number of 300ths.
  for (const { value } of reports) expect(Math.abs(value * 300 - Math.round(value * 300))).toBeLessThan(1e-9);
  expect(new Set(reports.map(({ value }) => value)).size).toBeGreaterThan(1);
});

test.each([
  ["a document with a mistake", order({ optimizer: "sgdd" }), "E_DOCUMENT", "there is no optimizer 'sgdd'"],
  ["a score that is not measured", order({}, { metric: "f2" }), "E_STUDY_METRIC", "must be a score of the run, received 'f2'"],
  ["more folds than rows", order({}, { folds: 301 }), "E_DATA_FOLDS", "from 2 to the 300 rows there are, received 301"],
  ["data that are not there", order({ data: { kind: "idxFolder", folder: "nowhere" } }), "E_FILE_DATA_FOLDER", "does not exist"],
])("%s fails the trial with its code, and the process goes on", async (_, given, code, reason) => {
  const { outcome } = await runTrial(given);
  expect(outcome).toMatchObject({ status: "failed", code, reason: expect.stringContaining(reason), steps: 0 });
  expect((await runTrial(order({ training: { epochs: 1 } }))).outcome.status).toBe("completed");
});

test("a process that is killed is replaced, and its trial begins anew", async () => {
  const whole = await runTrial(order({ training: { batchSize: 40, epochs: 6 } }));
  let restarts = 0;
  const killed = await runTrial(order({ training: { batchSize: 40, epochs: 6 } }), {
    onReport({ epoch }) {
      if (epoch === 3 && restarts === 0) killAll();
      return undefined;
    },
    onRestart: () => restarts++,
  });
  expect(restarts).toBe(1);
  expect(killed.outcome).toEqual(whole.outcome);
  expect(killed.reports.slice(-6)).toEqual(whole.reports);
});

test("a trial whose process dies three times has failed", async () => {
  let restarts = 0;
  const { outcome } = await runTrial(order({ training: { epochs: 1000 } }), {
    onReport({ epoch }) {
      if (epoch === 1) killAll();
      return undefined;
    },
    onRestart: () => restarts++,
  });
  expect(restarts).toBe(2);
  expect(outcome).toMatchObject({ status: "failed", code: "E_TRIAL_DIED", reason: expect.stringContaining("signal SIGKILL") });
  expect((await runTrial(order())).outcome.status).toBe("completed");
});

test("what a handler throws breaks the trial off, and the pool goes on", async () => {
  const thrown = runTrial(order(), {
    onReport: () => {
      throw new Error("no room");
    },
  });
  await expect(thrown).rejects.toThrow("no room");
  expect((await runTrial(order())).outcome.status).toBe("completed");
});

test.each([0, 1.5, 257])("%s workers are refused", (workers) => {
  expect(() => new TrialPool({ workers })).toThrow(`workers must be an integer from 1 to 256, received ${workers}`);
});

test("closing stops what runs: it has not ended", async () => {
  // The last test of the pool: nothing else runs in it.
  const { pids } = pool;
  const trial = pool.run(order({ training: { epochs: 100_000 } }), {
    onReport({ epoch }) {
      if (epoch === 2) void pool.close();
      return undefined;
    },
  });
  expect(await trial).toEqual({ status: "stopped", steps: 0 });
  await pool.close();
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
