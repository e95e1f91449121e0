/** A search as a call: what is refused before there is a folder, and how a study is coordinated, on an executor that trains nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { resolveRun } from "../../src/document/resolve.ts";
import type { Executor, TrialHandlers, TrialOrder, TrialOutcome } from "../../src/execute/executor.ts";
import { resumeSearch, search } from "../../src/execute/search.ts";
import { defineActivation, dense, graph, relu, sgd } from "../../src/index.ts";
import { readStudy } from "../../src/store/study-folder.ts";
import { historyOf, type StudyLine } from "../../src/store/study-log.ts";

const root = mkdtempSync(join(tmpdir(), "osolgil-searched-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const rate = "optimizer.learningRate";
const study = {
  run: { data: "mnist", model: [{ kind: "dense", units: 10 }], optimizer: "sgd", training: { epochs: 4 } },
  space: { [rate]: { type: "float", min: 1e-4, max: 1, scale: "log" } },
  trials: 8,
};

/** Reports, in place of training, what a function of the learning rate gives. */
class Fake implements Executor {
  readonly slots: number;
  isClosed = false;
  readonly orders: TrialOrder[] = [];
  readonly #answer: (order: TrialOrder, handlers: TrialHandlers) => Promise<TrialOutcome>;

  constructor(slots = 2, answer = Fake.train) {
    this.slots = slots;
    this.#answer = answer;
  }

  static rateOf({ document }: TrialOrder): number {
    return resolveRun(document).optimizer.options.learningRate as number;
  }

  static async train(order: TrialOrder, { onReport }: TrialHandlers): Promise<TrialOutcome> {
    for (let epoch = 1; epoch <= 4; epoch++) {
      await Promise.resolve();
      const value = (1 - Math.abs(Math.log10(Fake.rateOf(order)) + 2) / 4) * (epoch / 4);
      const verdict = onReport({ epoch, step: epoch, value, trainingLoss: 1 }, 1);
      if (verdict) return { status: "pruned", ...verdict, steps: epoch };
    }
    return { status: "completed", steps: 4 };
  }

  async run(order: TrialOrder, handlers: TrialHandlers): Promise<TrialOutcome> {
    this.orders.push(order);
    const outcome = await this.#answer(order, handlers);
    return this.isClosed ? { status: "stopped", steps: 0 } : outcome;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const historyIn = (path: string) => historyOf(readStudy(path).lines);

test("the best is the trial with the best of its epochs, and its document lies in best.json", async () => {
  const executor = new Fake();
  const out = join(root, "best");
  const { ended, summary, best, folder } = await search(study, { out, executor });
  expect([ended.status, folder, best, executor.isClosed]).toEqual(["completed", out, join(out, "best.json"), true]);
  const rates = executor.orders.map(Fake.rateOf);
  const nearest = rates.indexOf(rates.reduce((a, b) => (Math.abs(Math.log10(b) + 2) < Math.abs(Math.log10(a) + 2) ? b : a)));
  expect(summary.best!.number).toBe(nearest);
  const { optimizer } = resolveRun(JSON.parse(readFileSync(best!, "utf8")));
  expect(optimizer.options.learningRate).toBe(rates[nearest]);
  expect(executor.orders.every(({ metric }) => metric === "accuracy")).toBe(true);
});

test("a study in TypeScript may name its parts by what it imports; parts of its own are refused", async () => {
  const model = [relu, dense({ units: 10 })];
  const out = join(root, "typed");
  await search({ ...study, run: { ...study.run, model, optimizer: sgd }, trials: 1 }, { out, executor: new Fake() });
  expect((readStudy(out).document as { run: unknown }).run).toMatchObject({
    model: ["relu", { kind: "dense", units: 10 }],
    optimizer: "sgd",
  });
  const own = defineActivation({
    name: "cube",
    summary: "x^3.",
    source: "A test.",
    options: {},
    formula: (x: never) => graph.mul(x, x),
  } as never);
  await expect(search({ ...study, run: { ...study.run, model: [own, ...model] } }, { out: join(root, "own") })).rejects.toThrow(
    /there is no layer 'cube'/,
  );
  expect(existsSync(join(root, "own"))).toBe(false);
});

test("a trial that begins anew counts with what it reports then", async () => {
  const executor = new Fake(1, async (order, handlers) => {
    if (order.number === 0) {
      handlers.onReport({ epoch: 1, step: 1, value: 99 }, 1);
      handlers.onRestart!();
    }
    return Fake.train(order, handlers);
  });
  const out = join(root, "anew");
  const { summary } = await search({ ...study, trials: 2 }, { out, executor });
  const [first] = historyIn(out).ended;
  expect(first!.reports.length).toBe(4);
  expect(summary.best!.value).toBeLessThanOrEqual(1);
});

test("failures count from the fourth on, by their share", async () => {
  const failing = (failed: (number: number) => boolean) =>
    new Fake(1, async (order, handlers) =>
      failed(order.number) ? { status: "failed", code: "E_X", reason: "no", steps: 0 } : Fake.train(order, handlers),
    );
  const half = await search({ ...study, trials: 12 }, { out: join(root, "half"), executor: failing((n) => n % 2 === 1) });
  expect(half.ended).toMatchObject({ status: "completed", trials: { completed: 6, failed: 6 } });
  const most = await search({ ...study, trials: 12 }, { out: join(root, "most"), executor: failing((n) => n > 1) });
  expect(most.ended).toMatchObject({ status: "failed", code: "E_STUDY_FAILURES", trials: { completed: 2, failed: 4 } });
  expect(most.best).toBeDefined();
  const again = await resumeSearch(join(root, "most"), { executor: failing(() => false) });
  expect(again.ended).toMatchObject({ status: "failed", code: "E_STUDY_FAILURES" });
});

test("what was under way when a study stopped is run again, with its number and its values", async () => {
  const stopping = new AbortController();
  const out = join(root, "stopped");
  const first = new Fake(2, async (order, handlers) => {
    if (order.number === 3) stopping.abort();
    return Fake.train(order, handlers);
  });
  const { ended } = await search(study, { out, executor: first, signal: stopping.signal });
  expect(ended).toMatchObject({ status: "stopped", code: "stopRequested" });
  const before = historyIn(out);
  expect(before.interrupted.length).toBeGreaterThan(0);
  const lines: StudyLine[] = [];
  const second = new Fake(2);
  const resumed = await resumeSearch(out, { document: study, executor: second, onLine: (line) => lines.push(line) });
  expect(resumed.ended.status).toBe("completed");
  expect(lines[0]!.type).toBe("study.resumed");
  expect(second.orders.slice(0, before.interrupted.length).map(({ number }) => number)).toEqual(
    before.interrupted.map(({ number }) => number),
  );
  const whole = join(root, "undisturbed");
  await search(study, { out: whole, executor: new Fake(1) });
  const plain = (path: string) => historyIn(path).ended.map(({ seconds: _, ...trial }) => trial);
  expect(plain(out)).toEqual(plain(whole));
});

test("the end of a stage is told once, also where the study was killed between its last trial and that line", async () => {
  const out = join(root, "stages");
  const staged = { ...study, trials: undefined, stages: [{ trials: 4 }, { trials: 2 }] };
  await search(staged, { out, executor: new Fake() });
  const told = () => readStudy(out).lines.flatMap((line) => (line.type === "stage.ended" ? [line.stage] : []));
  expect(told()).toEqual([0, 1]);
  const log = join(out, "trials.jsonl");
  writeFileSync(log, readFileSync(log, "utf8").replaceAll(/\{"type":"stage\.ended".*\n/g, ""));
  expect(told()).toEqual([]);
  const result = await resumeSearch(out, { executor: new Fake() });
  expect([told(), result.ended.status]).toEqual([[0, 1], "completed"]);
});

test("what a watcher throws ends the study, and what was recorded stays", async () => {
  const out = join(root, "thrown");
  const onLine = (line: StudyLine) => {
    if (line.type === "trial.ended") throw new Error("the watcher is gone");
  };
  await expect(search(study, { out, executor: new Fake(1), onLine })).rejects.toThrow("the watcher is gone");
  expect(historyIn(out).ended.length).toBe(1);
  expect(existsSync(join(out, "lock"))).toBe(false);
});

describe("is refused before there is a folder:", () => {
  const withSpace = (space: unknown) => ({ ...study, space });
  test.each([
    ["an empty range", withSpace({ [rate]: { type: "float", min: 1, max: 1e-3 } }), /optimizer\.learningRate/],
    [
      "a negative range on a log scale",
      withSpace({ [rate]: { type: "float", min: -1, max: 1, scale: "log" } }),
      /learningRate[\s\S]*-1/,
    ],
    ["a path that the run does not have", withSpace({ "optimizer.rate": { type: "float", min: 1, max: 2 } }), /optimizer\.rate/],
    ["an unknown sampler", { ...study, sampler: "randm" }, /Did you mean 'random'/],
    ["a run in place of a study", study.run, /it is a run document: a study has one as its 'run'/],
    ["no study at all", "nothing", /expected an object/],
  ])("%s", async (_, document, message) => {
    const out = join(root, "refused");
    await expect(search(document, { out, executor: new Fake() })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("more workers than there can be", async () => {
    const out = join(root, "refused");
    await expect(search(study, { out, workers: 300 })).rejects.toThrow("workers must be an integer from 1 to 256, received 300");
    expect(existsSync(out)).toBe(false);
  });

  test("trials of all stages together", async () => {
    const staged = { ...study, trials: undefined, stages: [{ trials: 4 }, { trials: 2 }] };
    await expect(search(staged, { out: join(root, "refused"), trials: 9 })).rejects.toThrow(
      "the trials of a study with 2 stages cannot be set to 9 in all",
    );
  });

  test("fewer trials than have begun", async () => {
    await expect(resumeSearch(join(root, "best"), { trials: 3, executor: new Fake() })).rejects.toThrow(
      `the study in '${join(root, "best")}' has begun 8 trials, and cannot end with 3`,
    );
    expect(readStudy(join(root, "best")).document).toMatchObject({ trials: 8 });
  });

  test("another study than the one in the folder, by the key that differs", async () => {
    const space = { [rate]: { ...study.space[rate], max: 2 } };
    await expect(resumeSearch(join(root, "best"), { document: { ...study, space } })).rejects.toThrow(
      "is another: space.optimizer.learningRate.max is 1 there, and 2 in what was given",
    );
    await expect(resumeSearch(join(root, "nowhere"))).rejects.toThrow("holds no study");
    const again = await resumeSearch(join(root, "best"), { document: study, executor: new Fake() });
    expect(again.ended.status).toBe("completed");
  });
});
