import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldIn, randomKey, uniformAt } from "../../src/core/random.ts";
import {
  type EndedTrial,
  type PlannedTrial,
  resolveStudy,
  type StageEnded,
  type Study,
  type StudyDocument,
  StudyPlanner,
} from "../../src/index.ts";
import { objectiveValue, rankAll } from "../../src/search/ranking.ts";
import type { RunningTrial } from "../../src/search/trial.ts";
import c12 from "../goldens/c12-curves.json" with { type: "json" };
import { propertyRuns } from "../support/long.ts";

const run = { data: "mnist", model: [{ kind: "dense", units: 10 }] } as const;
const space = {
  "optimizer.learningRate": { type: "float", min: 1e-6, max: 1e-2, scale: "log" },
  "training.batchSize": { type: "integer", min: 10, max: 200, scale: "log" },
  "optimizer.kind": { type: "categorical", values: ["adam", "sgd", "momentum"] },
  "optimizer.decay": { type: "float", min: 0, max: 0.9, when: { path: "optimizer.kind", is: "momentum" } },
} as const;
const study = (more: Partial<StudyDocument> = {}): Study => resolveStudy({ run, space, ...more });

type Ending = Partial<EndedTrial>;
const ended = ({ number, stage, parameters }: Omit<PlannedTrial, "document">, ending: Ending = {}): EndedTrial => ({
  number,
  stage,
  parameters,
  reports: [],
  status: "completed",
  steps: 1,
  seconds: 1,
  ...ending,
});
const running = ({ number, stage, parameters }: PlannedTrial): RunningTrial => ({ number, stage, parameters, reports: [] });

/** How good a trial is: a rate of 1e-3 is best, and a little noise by its number. */
const worth = ({ number, parameters }: PlannedTrial): number =>
  1 - 0.1 * Math.abs(Math.log10(parameters["optimizer.learningRate"] as number) + 3) - 0.001 * uniformAt(randomKey(2), number);

/** Runs a study with so many workers, whose trials end in an order that `key` decides. */
function carryOut(of: Study, workers: number, seed: number, value = worth) {
  const planner = new StudyPlanner(of);
  const busy: PlannedTrial[] = [];
  const all: EndedTrial[] = [];
  const events: string[] = [];
  for (let turn = 0; turn < 10_000; turn++) {
    const next = busy.length < workers ? planner.next(busy.map(running)) : "wait";
    if (typeof next === "object") {
      busy.push(next);
      continue;
    }
    if (busy.length === 0) return { planner, all, events, last: next };
    const [over] = busy.splice(Math.floor(uniformAt(foldIn(randomKey(seed), "order"), turn) * busy.length), 1);
    const trial = ended(over!, { value: value(over!) });
    all.push(trial);
    events.push(...planner.ended(trial).map((event) => JSON.stringify(event)));
  }
  throw new Error("the study does not end");
}

describe.each(["random", "sobol", "grid"])("%s", (sampler) => {
  const staged = study({ sampler, stages: [{ trials: 12 }, { trials: 7, epochs: 3 }, { trials: 5, narrow: false }] });
  test("the same trials and stages, whatever the number of workers and the order in which trials end", () => {
    const alone = carryOut(staged, 1, 1);
    expect(alone.all.length).toBe(24);
    expect(alone.last).toBe("done");
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 1e6 }), (workers, seed) => {
        const other = carryOut(staged, workers, seed);
        expect([...other.all].sort((a, b) => a.number - b.number)).toEqual(alone.all);
        expect(other.events).toEqual(alone.events);
        expect(other.planner.summary()).toEqual(alone.planner.summary());
      }),
      propertyRuns(6, 100),
    );
  });

  test("a planner made of what was recorded goes on as if it had never stopped", () => {
    const { all, planner, events } = carryOut(staged, 1, 1);
    for (const count of [0, 1, 11, 12, 13, 19, 23, 24]) {
      const resumed = new StudyPlanner(staged, [...all.slice(0, count)].reverse());
      const next = resumed.next([]);
      if (count === 24) expect(next).toBe("done");
      else expect(ended(next as PlannedTrial, { value: all[count]!.value! })).toEqual(all[count]);
      expect(resumed.summary().ended.map((event) => JSON.stringify(event))).toEqual(
        events.slice(0, resumed.summary().ended.length),
      );
    }
    expect(new StudyPlanner(staged, all).summary()).toEqual(planner.summary());
  });

  test("another seed gives other trials, but for the grid", () => {
    const first = new StudyPlanner(study({ sampler, seed: 1 })).next([]) as PlannedTrial;
    const other = new StudyPlanner(study({ sampler, seed: 2 })).next([]) as PlannedTrial;
    if (sampler === "grid") expect(other.parameters).toEqual(first.parameters);
    else expect(other.parameters).not.toEqual(first.parameters);
  });
});

test("the lowest number that is neither over nor running comes next; again gives a trial as it was", () => {
  const planner = new StudyPlanner(study({ trials: 5 }));
  const first = planner.next([]) as PlannedTrial;
  const second = planner.next([running(first)]) as PlannedTrial;
  planner.ended(ended(second, { value: 0.5 }));
  expect((planner.next([running(first)]) as PlannedTrial).number).toBe(2);
  expect(planner.next([])).toEqual(first);
  expect(planner.again(ended(first))).toEqual(first);
});

test("a stage waits for the last trials of the one before it, and the next one has its own length", () => {
  const planner = new StudyPlanner(
    study({
      stages: [
        { trials: 3, epochs: 1 },
        { trials: 2, epochs: 9 },
      ],
    }),
  );
  const busy: PlannedTrial[] = [];
  while (busy.length < 3) busy.push(planner.next(busy.map(running)) as PlannedTrial);
  expect(busy.map(({ document }) => document.training?.epochs)).toEqual([1, 1, 1]);
  expect(planner.next(busy.map(running))).toBe("wait");
  for (const trial of busy.slice(1)) expect(planner.ended(ended(trial, { value: 0.5 }))).toEqual([]);
  expect(planner.next([running(busy[0]!)])).toBe("wait");
  expect(planner.ended(ended(busy[0]!, { value: 0.5 })).map(({ type }) => type)).toEqual(["stage.ended"]);
  const next = planner.next([]) as PlannedTrial;
  expect([next.number, next.stage, next.document.training?.epochs]).toEqual([3, 1, 9]);
});

test("a grid ends the stage with its last point", () => {
  const small = {
    "training.batchSize": { type: "categorical", values: [1, 2] },
    seed: { type: "boolean", paths: ["optimizer.biasCorrection"] },
  } as const;
  const { all, last } = carryOut(study({ space: small, sampler: "grid", trials: 50 }), 2, 3, () => 1);
  expect(last).toBe("done");
  expect(all.map(({ parameters }) => Object.values(parameters)).sort()).toEqual([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
  ]);
});

test("a study whose trials keep failing stops: from the fourth failure on, above the share that is borne", () => {
  const fails = { status: "failed", reason: "out of memory" } as const;
  const planner = new StudyPlanner(study({ maxFailures: 0.5 }));
  const step = (ending: Ending) => planner.ended(ended(planner.next([]) as PlannedTrial, ending));
  for (let i = 0; i < 3; i++) expect(step(fails)).toEqual([]);
  for (let i = 0; i < 4; i++) expect(step({ value: 1 })).toEqual([]);
  expect(step(fails)).toEqual([]); // 4 of 8
  const [event, ...more] = step(fails); // 5 of 9
  expect(more).toEqual([]);
  expect(event).toMatchObject({ type: "study.stopped", code: "E_STUDY_FAILURES" });
  expect((event as { reason: string }).reason).toBe(
    "5 of 9 trials have failed, more than a share of 0.5; the last: out of memory",
  );
  expect(planner.next([])).toBe("done");
  expect(planner.summary().stopped).toEqual(event);
  const patient = new StudyPlanner(study({ maxFailures: 1, trials: 6 }));
  for (let i = 0; i < 6; i++) patient.ended(ended(patient.next([]) as PlannedTrial, fails));
  expect(patient.summary().stopped).toBeUndefined();
});

test("the best are completed trials that have a number; pruned ones stand behind them, by how far they got", () => {
  const planner = new StudyPlanner(study({ objective: { metric: "loss" } }));
  const values: Ending[] = [
    { value: 0.3 },
    { value: Number.NaN },
    { status: "pruned", value: 0.1, reports: [{ epoch: 2, step: 2, value: 0.1 }] },
    { value: 0.2 },
    { status: "failed" },
    { value: 0.2 },
    { status: "pruned", value: 0.4, reports: [{ epoch: 3, step: 3, value: 0.4 }] },
  ];
  for (const ending of values) planner.ended(ended(planner.next([]) as PlannedTrial, ending));
  const { best, ranking, counts } = planner.summary();
  expect(best?.number).toBe(3);
  expect(ranking.map(({ number }) => number)).toEqual([3, 5, 0]);
  expect(counts).toEqual({ completed: 4, pruned: 2, failed: 1 });
  const all = values.map((ending, number) => ended({ number, stage: 0, parameters: {} }, ending));
  expect(rankAll("min", all).map(({ number }) => number)).toEqual([3, 5, 0, 6, 2]);
});

test("a trial's value is the best or the last of its epochs' values", () => {
  const reports = [0.3, Number.NaN, 0.1, 0.2].map((value, i) => ({ epoch: i + 1, step: i, value }));
  const of = (goal: "min" | "max", at: "best" | "last", list = reports) => objectiveValue({ metric: "x", goal, at }, list);
  expect([of("min", "best"), of("max", "best"), of("min", "last")]).toEqual([0.1, 0.3, 0.2]);
  expect([of("min", "last", reports.slice(0, 2)), of("min", "best", []), of("max", "best", reports.slice(1, 2))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe("judge", () => {
  const reports = (values: readonly number[], losses: readonly number[] = []) =>
    values.map((value, i) => ({ epoch: i + 1, step: i + 1, value, ...(losses[i] !== undefined && { trainingLoss: losses[i] }) }));
  const trial = (number: number, values: readonly number[], losses?: readonly number[]): RunningTrial => ({
    number,
    stage: 0,
    parameters: {},
    reports: reports(values, losses),
  });

  test("by default, a loss above 3 times the first and one that is no number are given up, at once", () => {
    const planner = new StudyPlanner(study());
    expect(planner.judge(trial(0, [0.5], [6.8]), { firstLoss: 2.3 })).toBeUndefined();
    expect(planner.judge(trial(0, [0.5], [7]), { firstLoss: 2.3 })).toEqual({
      prune: true,
      code: "explosion",
      reason: "the loss is 7, more than 3 times the first one, 2.3",
    });
    expect(planner.judge(trial(0, []), { firstLoss: 2.3, loss: 100 })?.code).toBe("explosion");
    expect(planner.judge(trial(0, []), { firstLoss: 2.3, loss: Number.POSITIVE_INFINITY })?.code).toBe("explosion");
    expect(planner.judge(trial(0, []), { firstLoss: 2.3, loss: Number.NaN })).toMatchObject({
      code: "nonFinite",
      reason: "the loss is NaN",
    });
    expect(planner.judge(trial(0, [Number.NaN], [1]), { firstLoss: 2.3 })).toBeUndefined();
    expect(planner.judge(trial(0, [Number.NaN]))).toMatchObject({ code: "nonFinite", reason: "the value is NaN" });
  });

  test("median: behind what half of the completed trials had after the same epoch", () => {
    const planner = new StudyPlanner(study({ pruners: [{ kind: "median", startupTrials: 3, warmupEpochs: 1 }] }));
    [0.5, 0.6, 0.7].forEach((value, number) => {
      expect(planner.judge(trial(9, [0.1, 0.1]))).toBeUndefined();
      planner.ended(ended({ number, stage: 0, parameters: {} }, { value, reports: reports([value, value, value]) }));
    });
    expect(planner.judge(trial(9, [0.1]))).toBeUndefined();
    expect(planner.judge(trial(9, [0.1, 0.59]))?.reason).toBe(
      "the best value is 0.59 after epoch 2; the median of 3 trials is 0.6",
    );
    expect(planner.judge(trial(9, [0.1, 0.6]))).toBeUndefined();
    expect(planner.judge(trial(9, [0.65, 0.1]))).toBeUndefined();
    expect(planner.judge(trial(9, [0.1, 0.1, 0.1, 0.1]))).toBeUndefined(); // nobody has an epoch 4
    expect(planner.judge(trial(9, [0.1, 0.1]), { loss: 5 })).toBeUndefined(); // in the middle of an epoch
  });

  test("successiveHalving: one in three goes on at each rung, judged against those that were there, running ones too", () => {
    const planner = new StudyPlanner(study({ pruners: [{ kind: "successiveHalving", factor: 3 }] }));
    const isUp = (number: number, ...values: number[]) => planner.judge(trial(number, values)) !== undefined;
    expect([isUp(0, 0.5), isUp(1, 0.6), isUp(2, 0.55), isUp(3, 0.7)]).toEqual([false, false, true, false]);
    // Places: one of up to five, two of six.
    expect([isUp(4, 0.65), isUp(5, 0.66), isUp(6, 0.1)]).toEqual([true, false, true]);
    expect(isUp(3, 0.7, 0.1)).toBe(false); // 2 is no rung
    expect(isUp(3, 0.7, 0.1, 0.1)).toBe(false); // the first at rung 3, its best value up to there counts
    expect(isUp(5, 0.66, 0.1, 0.1)).toBe(true);
    expect(planner.judge(trial(5, [0.66, 0.1, 0.1]))?.reason).toBe(
      "the best value is 0.66 after epoch 3: place 2 of 2, and 1 go on",
    );
  });

  test("successiveHalving: of equal values the smaller training loss is ahead; without losses they go on together", () => {
    const planner = new StudyPlanner(study({ pruners: ["successiveHalving"] }));
    const isUp = (number: number, loss?: number) =>
      planner.judge(trial(number, [0.1], loss === undefined ? [] : [loss])) !== undefined;
    expect([isUp(0, 2.3), isUp(1, 2.4), isUp(2, 2.2), isUp(3, 2.2), isUp(4)]).toEqual([false, true, false, false, false]);
  });

  test.each(c12.studies)("successiveHalving finds the best of C12's trials with 35 % of their steps, seed $seed", (recorded) => {
    const trials = recorded.values.map((values, number) => {
      const losses = recorded.losses[number]!.split(" ").map(Number);
      return trial(
        number,
        values.split(" ").map((percent) => Number(percent) / 100),
        losses,
      );
    });
    const planner = new StudyPlanner(study({ pruners: ["successiveHalving"], trials: trials.length }));
    let epochs = 0;
    const completed = trials.filter(({ reports: all, ...one }) => {
      const isUp = (length: number) => planner.judge({ ...one, reports: all.slice(0, length) }) !== undefined;
      let length = 1;
      while (!isUp(length) && length < all.length) length++;
      epochs += length;
      planner.ended(ended(one, { reports: all.slice(0, length), status: length < all.length ? "pruned" : "completed" }));
      return length === all.length;
    });
    const best = (of: readonly RunningTrial[]) => Math.max(...of.flatMap((one) => one.reports.map(({ value }) => value)));
    // What is asked of it. Were equal ones to go on together, two of these took 73 and 82 %.
    expect(best(completed)).toBeGreaterThanOrEqual(best(trials) - 0.01);
    expect(epochs).toBeLessThanOrEqual(0.35 * trials.length * 50);
  });

  test("successiveHalving finds the best with a fraction of the epochs", () => {
    const planner = new StudyPlanner(study({ trials: 90, pruners: ["successiveHalving"] }));
    let epochs = 0;
    const final = (number: number) => uniformAt(randomKey(11), number);
    for (let next = planner.next([]); typeof next === "object"; next = planner.next([])) {
      // Curves that rise to their end without crossing.
      const values = Array.from({ length: 27 }, (_, i) => final((next as PlannedTrial).number) * (1 - 0.5 ** (i + 1)));
      let [length, isPruned] = [0, false];
      while (length < 27 && !isPruned) isPruned = planner.judge(trial(next.number, values.slice(0, ++length))) !== undefined;
      epochs += length;
      planner.ended(
        ended(next, {
          status: isPruned ? "pruned" : "completed",
          value: values[length - 1]!,
          reports: reports(values.slice(0, length)),
        }),
      );
    }
    const best = Array.from({ length: 90 }, (_, number) => number).sort((a, b) => final(b) - final(a))[0];
    expect(planner.summary().best?.number).toBe(best);
    expect(epochs).toBeLessThan(0.35 * 90 * 27);
  });
});

describe("stages", () => {
  const rate = "optimizer.learningRate";
  const stageOf = (more: Partial<StudyDocument>, value = worth): StageEnded =>
    JSON.parse(carryOut(study({ stages: [{ trials: 40 }, { trials: 1 }], ...more }), 1, 1, value).events[0]!) as StageEnded;

  test("ranges close in on the best, stay inside of what they were, and say so", () => {
    const { best, next, borders, changes, space: before } = stageOf({});
    expect(best.length).toBe(8);
    expect(borders).toEqual([]);
    const range = next![rate] as { min: number; max: number };
    expect(range.min).toBeGreaterThan(1e-5);
    expect(range.min).toBeLessThan(1e-3);
    expect(range.max).toBeGreaterThan(1e-3);
    expect(range.max).toBeLessThanOrEqual(1e-2);
    expect(changes[0]).toBe(`${rate}: [0.000001, 0.01] becomes [${range.min}, ${range.max}]`);
    expect(before).toEqual(space);
  });

  test("where the best lie at a border, it is widened beyond it, as far as runs take it", () => {
    const cut = { [rate]: { type: "float", min: 1e-6, max: 1e-5, scale: "log" } } as const;
    const { borders, next, changes } = stageOf({ space: cut });
    expect(borders).toEqual([{ dimension: rate, side: "max", at: 1e-5, count: expect.any(Number), of: 8 }]);
    // Half the width of the range, a decade, more: 10^-4.5.
    expect((next![rate] as { max: number }).max).toBeCloseTo(3.2e-5, 6);
    expect(changes[0]).toContain(`since ${borders[0]!.count} of the best 8 lie at its max, 0.00001: widened`);
    const towards = (goal: number) => (trial: PlannedTrial) => -Math.abs((trial.parameters.share as number) - goal);
    const share = (min: number, max: number) => ({ share: { type: "float", min, max, paths: ["model[1].rate"] } }) as const;
    const dropout = {
      data: "mnist",
      model: [
        { kind: "dense", units: 9 },
        { kind: "dropout", rate: 0.5 },
        { kind: "dense", units: 10 },
      ],
    };
    const lower = stageOf({ run: dropout, space: share(0.1, 0.9) }, towards(0));
    expect(lower.next!.share).toMatchObject({ min: 0 });
    expect(lower.changes[0]).toContain("lie at its min, 0.1: widened");
    const none = stageOf({ run: dropout, space: share(0, 0.9) }, towards(0));
    expect(none.next!.share).toMatchObject({ min: 0 });
    expect(none.changes[0]).toContain("lie at its min, 0, beyond which runs do not go");
  });

  test("borders are told after the last stage too, and without narrowing the ranges stay", () => {
    const cut = { [rate]: { type: "float", min: 1e-6, max: 1e-5, scale: "log" } } as const;
    const { planner } = carryOut(study({ space: cut, trials: 40 }), 1, 1);
    expect(planner.summary().borders.map(({ side }) => side)).toEqual(["max"]);
    expect(planner.summary().ended[0]!.next).toBeUndefined();
    const stays = stageOf({ stages: [{ trials: 40 }, { trials: 1, narrow: false }] });
    expect([stays.next, stays.changes]).toEqual([stays.space, []]);
  });

  test("by chance alone, a border is told of one range in ten at most", () => {
    const told = Array.from({ length: 40 }, (_, at) => {
      const seed = at + 1;
      const chance = ({ number }: PlannedTrial) => uniformAt(foldIn(randomKey(seed), "chance"), number);
      return carryOut(study({ seed, trials: 30 }), 1, 1, chance).planner.summary().borders.length;
    });
    // 40 studies of 3 ranges.
    expect(told.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(12);
  });

  test("values that are never among the best fall away, with what waited for them", () => {
    const kinds = ({ parameters }: PlannedTrial) => (parameters["optimizer.kind"] === "sgd" ? 1 : 0);
    const { next, changes } = stageOf({}, kinds);
    expect(next!["optimizer.kind"]).toEqual({ type: "categorical", values: ["sgd"] });
    expect(next!["optimizer.decay"]).toBeUndefined();
    expect(changes).toContain('optimizer.kind: "adam", "momentum" fall away: not among the best');
  });

  test("integers and steps stay on their grid", () => {
    const grid = {
      units: { type: "integer", min: 10, max: 100, step: 10, paths: ["model[0].units"] },
      "optimizer.beta1": { type: "float", min: 0.1, max: 0.9, step: 0.1 },
    } as const;
    const goal = ({ parameters }: PlannedTrial) =>
      -Math.abs((parameters.units as number) - 50) - Math.abs((parameters["optimizer.beta1"] as number) - 0.4);
    const { next } = stageOf({ space: grid }, goal);
    const { units, "optimizer.beta1": beta } = next as unknown as Record<string, { min: number; max: number }>;
    expect([units!.min % 10, units!.max % 10]).toEqual([0, 0]);
    expect(units!.min).toBeLessThanOrEqual(50);
    expect(units!.max).toBeGreaterThanOrEqual(50);
    for (const end of [beta!.min, beta!.max]) expect(Math.abs(end * 10 - Math.round(end * 10))).toBeLessThan(1e-9);
  });

  test("a stage without a single value goes on with its ranges", () => {
    const planner = new StudyPlanner(study({ maxFailures: 1, stages: [{ trials: 4 }, { trials: 1 }] }));
    let events: unknown[] = [];
    for (let i = 0; i < 4; i++) events = planner.ended(ended(planner.next([]) as PlannedTrial, { status: "failed" }));
    expect(events).toMatchObject([{ best: [], borders: [], next: space, changes: [] }]);
    expect((planner.next([]) as PlannedTrial).stage).toBe(1);
  });
});
