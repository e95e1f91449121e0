/** What is tried before a run: what each examination says of what it is told, and of real runs. */
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/core/findings.ts";
import { fillIntegers, randomKey } from "../../src/core/random.ts";
import type { Dataset, RawDataset } from "../../src/data/dataset.ts";
import { csv } from "../../src/data/datasets/csv.ts";
import { examinations } from "../../src/doctor/examinations/index.ts";
import type { DataFacts, Examiner, Overfit } from "../../src/doctor/examiner.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { Run, RunDocument } from "../../src/document/run-document.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import * as graph from "../../src/graph/index.ts";
import { defineLayer } from "../../src/nn/layers/define.ts";
import { defineLoss } from "../../src/nn/losses/define.ts";
import { examinerOf } from "../../src/train/examiner.ts";
import { bends, blobs, scaledInputs, spirals } from "./toys.ts";

const dense = (units: number, over: object = {}) => ({ kind: "dense", units, ...over });
const examinationOf = (name: string) => examinations.find((one) => one.name === name)!;
const says = (name: string, examiner: Examiner) => examinationOf(name).examine(examiner);
const codesOf = (findings: readonly Finding[] = []) => findings.map(({ code, severity }) => `${severity} ${code}`);

const document = (over: Partial<RunDocument> = {}) =>
  resolveRun({
    data: "mnist",
    model: [dense(20), "relu", dense(10)],
    optimizer: { kind: "sgd", learningRate: 0.05 },
    ...over,
  }).document;

const facts: DataFacts = {
  task: { kind: "classification", classes: 10 },
  examples: { training: 1000, validation: 100, test: 200 },
  classCounts: Array.from({ length: 10 }, () => 100),
  inputs: { mean: 0.1, deviation: 0.9, least: -3, greatest: 3 },
  isPictures: false,
  features: 784,
  constantFeatures: 0,
  shared: { validation: 0, test: 0 },
};
const { classCounts: _, ...others } = facts;
const values: DataFacts = { ...others, task: { kind: "regression", outputs: 1 }, targets: { variance: 1, square: 1 } };

/** All is well with it, but for what is said. */
const fake = (over: Partial<Examiner> = {}): Examiner => ({
  document: document(),
  loss: "softmaxCrossEntropy",
  ownParts: [],
  facts: () => facts,
  firstLook: () => ({ loss: 2.31, penalised: 2.4, outputs: { mean: 0, deviation: 0.1 } }),
  overfit: ({ examples }) => ({ examples, steps: 30, first: 2.3, loss: 0.01, accuracy: 1 }),
  // A valley whose floor is at 0.4: an eighth of it is the rate of the document.
  sweep: (rates) => ({ rates, losses: rates.map((rate) => 2.3 / (1 + 20 * rate) + (rate > 0.4 ? 5 * (rate - 0.4) : 0)) }),
  gradients: () => [{ parameter: "own1.scale", error: 1e-9 }],
  ...over,
});

test("there is nothing to find in a run with which all is well", () => {
  for (const { name, examine } of examinations) expect(examine(fake())?.findings ?? [], name).toEqual([]);
  expect(examinations.map(({ name, examine }) => [name, examine(fake()) !== undefined])).toEqual([
    ["data", true],
    ["firstLoss", true],
    ["penalty", false],
    ["gradient", false],
    ["tinySet", true],
    ["rangeTest", true],
  ]);
});

describe("the data", () => {
  const of = (over: Partial<DataFacts>, base = facts) => says("data", fake({ facts: () => ({ ...base, ...over }) }))!.findings;
  const grown = { mean: 120, deviation: 40, least: 0, greatest: 255 };
  test.each<[string, Partial<DataFacts>, DataFacts, string[]]>([
    ["inputs from 0 to 255", { inputs: grown }, facts, ["warning inputScale"]],
    [
      "inputs of a thousandth",
      { inputs: { mean: 0, deviation: 0.001, least: 0, greatest: 0.01 } },
      facts,
      ["warning inputScale"],
    ],
    ["columns that never vary", { constantFeatures: 3 }, facts, ["note constantFeatures"]],
    ["corners of pictures", { constantFeatures: 67, isPictures: true }, facts, []],
    ["one class alone", { classCounts: [0, 1000] }, facts, ["error constantTarget"]],
    ["one number alone", { targets: { variance: 0, square: 9 } }, values, ["error constantTarget"]],
    ["a small class", { classCounts: [1000, 99] }, facts, ["note classImbalance"]],
    ["a class of a tenth", { classCounts: [1000, 100] }, facts, []],
    ["some shared rows", { shared: { validation: 1, test: 0 } }, facts, ["note sharedRows"]],
    ["many shared rows", { shared: { validation: 5, test: 20 } }, facts, ["warning sharedRows", "warning sharedRows"]],
  ])("%s", (_, over, base, codes) => {
    expect(codesOf(of(over, base))).toEqual(codes);
  });

  test("what would mend the scale is said as a change, unless something is done to the inputs already", () => {
    expect(of({ inputs: grown })[0]!.changes).toEqual([{ path: "preprocessing", value: ["standardise"] }]);
    const scaled = fake({ facts: () => ({ ...facts, inputs: grown }), document: document({ preprocessing: ["standardise"] }) });
    expect(says("data", scaled)!.findings[0]!.changes).toBeUndefined();
  });
});

describe("the first loss", () => {
  const of = (loss: number, deviation: number, over: Partial<Examiner> = {}) =>
    codesOf(
      says("firstLoss", fake({ firstLook: () => ({ loss, penalised: loss, outputs: { mean: 0, deviation } }), ...over }))!
        .findings,
    );
  test.each<[string, number, number, string[]]>([
    ["ln 10", Math.LN10, 0.01, []],
    ["more, by the spread of the outputs", 2.75, 1, []],
    ["sure of wrong answers", 6, 3, ["note firstLossHigh"]],
    ["less than the spread lets expect: the first weights are right by chance", 2.4, 1.5, []],
    ["near none: somebody knows the answer", 0.1, 0.01, ["warning firstLoss"]],
    ["three times as much", 7, 0.1, ["error firstLoss"]],
    ["no number", Number.NaN, 0.1, ["warning firstLoss"]],
  ])("%s", (_, loss, deviation, codes) => {
    expect(of(loss, deviation)).toEqual(codes);
  });
  test("of numbers it is the mean square of targets and outputs", () => {
    const over = { facts: () => ({ ...values, targets: { variance: 4, square: 5 } }), loss: "meanSquaredError" };
    expect(of(6, 1, over)).toEqual([]);
    expect(of(60, 1, over)).toEqual(["error firstLoss"]);
  });
  test("of losses that nothing is known of, nothing is said", () => {
    expect(of(1e6, 1, { loss: "logCosh" })).toEqual([]);
  });
});

test("a penalty that adds nothing", () => {
  const with_ = (penalised: number, strength: number) =>
    says(
      "penalty",
      fake({
        document: document({ penalty: { kind: "l2", strength } }),
        firstLook: () => ({ loss: 2.3, penalised, outputs: { mean: 0, deviation: 0.1 } }),
      }),
    )!;
  expect(codesOf(with_(2.3, 0.1).findings)).toEqual(["warning penaltyWithoutEffect"]);
  expect(codesOf(with_(2.2, 0.1).findings)).toEqual(["warning penaltyWithoutEffect"]);
  expect(with_(3.07, 0.1)).toEqual({ result: "2.3 without it, 3.07 with it", findings: [] });
  expect(with_(2.3, 0).findings).toEqual([]);
});

test("gradients of parts of one's own", () => {
  const with_ = (error: number) =>
    says(
      "gradient",
      fake({
        ownParts: ["own"],
        gradients: () => [
          { parameter: "a", error: 1e-9 },
          { parameter: "b", error },
        ],
      }),
    )!;
  expect(codesOf(with_(1e-6).findings)).toEqual([]);
  expect(codesOf(with_(1e-3).findings)).toEqual(["warning wrongGradient"]);
  expect(with_(0.5).findings[0]).toMatchObject({ severity: "error", layer: "b", cause: "a part of your own: own" });
  expect(codesOf(with_(Number.POSITIVE_INFINITY).findings)).toEqual(["error wrongGradient"]);
});

describe("twenty examples by heart", () => {
  const learned: Overfit = { examples: 20, steps: 400, first: 2.3, loss: 0.01, accuracy: 1 };
  test("three rates are tried, one after the other, until one does", () => {
    const tried: number[] = [];
    const examiner = fake({
      overfit({ learningRate }) {
        tried.push(learningRate);
        return tried.length === 3 ? learned : { ...learned, loss: Number.NaN, accuracy: 0.1 };
      },
    });
    expect(says("tinySet", examiner)!.findings).toEqual([]);
    expect(tried).toEqual([3e-3, 3e-2, 3e-4]);
  });
  test.each<[string, Overfit]>([
    ["half of them right", { ...learned, loss: 1.2, accuracy: 0.5 }],
    ["NaN at every rate", { ...learned, loss: Number.NaN, accuracy: 0 }],
  ])("%s is an error", (_, overfit) => {
    expect(says("tinySet", fake({ overfit: () => overfit }))!.findings).toMatchObject([
      { code: "cannotOverfit", severity: "error" },
    ]);
  });
  test("numbers must come within a twentieth of their variance", () => {
    const of = (loss: number) =>
      says("tinySet", fake({ facts: () => values, overfit: () => ({ examples: 20, steps: 400, first: 5, loss, variance: 2 }) }))!;
    expect(of(0.09).findings).toEqual([]);
    expect(codesOf(of(0.11).findings)).toEqual(["error cannotOverfit"]);
  });
});

describe("learning rates", () => {
  const at = (learningRate: number) =>
    says("rangeTest", fake({ document: document({ optimizer: { kind: "sgd", learningRate } }) }))!.findings;
  test("one far from what the sweep suggests is told, with the suggestion as a change", () => {
    expect(at(0.05)).toEqual([]);
    expect(at(1)).toEqual([]);
    for (const [rate, code, threshold] of [
      [1e-4, "learningRateTooLow", 100],
      [9, "learningRateTooHigh", 30],
    ] as const) {
      const [found] = at(rate);
      expect(found).toMatchObject({ code, severity: "warning", evidence: { learningRate: rate, threshold } });
      const [change] = found!.changes!;
      expect(change!.path).toBe("optimizer.learningRate");
      expect(change!.value as number).toBeGreaterThan(0.02);
      expect(change!.value as number).toBeLessThan(0.15);
    }
  });
  test("one far below the suggestion is fine where the loss has fallen by then: many rates will do on easy problems", () => {
    const easy = fake({
      document: document({ optimizer: { kind: "sgd", learningRate: 1e-4 } }),
      sweep: (rates) => ({ rates, losses: rates.map((rate) => 2.3 / (1 + 1e5 * rate) + (rate > 0.4 ? rate : 0)) }),
    });
    expect(says("rangeTest", easy)!.findings).toEqual([]);
  });
  test("a loss that falls nowhere", () => {
    const flat = fake({ sweep: (rates) => ({ rates, losses: rates.map(() => 2.3) }) });
    expect(codesOf(says("rangeTest", flat)!.findings)).toEqual(["warning noLearningRate"]);
  });
  test("an optimizer without a rate of its own is not swept", () => {
    const { learningRate: __, ...optimizer } = document().optimizer;
    expect(says("rangeTest", fake({ document: { ...document(), optimizer: optimizer as never } }))).toBeUndefined();
  });
});

test("every finding has a code that its examination knows, and one that is explained", () => {
  const known = new Set(examinations.flatMap(({ codes }) => Object.keys(codes)));
  for (const code of ["inputScale", "firstLoss", "cannotOverfit", "noLearningRate"]) expect(known).toContain(code);
  expect(known.size).toBe(examinations.flatMap(({ codes }) => Object.keys(codes)).length);
});

describe("real runs", () => {
  const runOf = (over: Partial<RunDocument>): Run =>
    resolveRun({
      data: { kind: "mnist", validation: 0.2 },
      model: [dense(30), "relu", dense(4)],
      optimizer: { kind: "adam", learningRate: 0.005 },
      training: { batchSize: 32, epochs: 2 },
      ...over,
    });
  const examined = (run: Run, data: RawDataset, ...names: string[]) => {
    const examiner = examinerOf(run, data, wasmEngine);
    return names.flatMap((name) => says(name, examiner)?.findings ?? []);
  };
  const all = examinations.map(({ name }) => name);

  test("nothing is found where nothing is wrong", () => {
    // Weights by He give clouds that lie far apart sure answers.
    expect(codesOf(examined(runOf({}), blobs(1000, 1), ...all))).toEqual(["note firstLossHigh"]);
    const penalty = { kind: "l2", strength: 0.001 };
    expect(examined(runOf({ penalty, model: [dense(30), "tanh", dense(3)] }), spirals(1000, 1), ...all)).toEqual([]);
    expect(examined(runOf({ model: [dense(30), "relu", dense(1)] }), bends(1000, 1), ...all)).toEqual([]);
  });

  test("a table with a constant column, rows in two parts and inputs out of scale", () => {
    const numbers = new Int32Array(400);
    fillIntegers(randomKey(4), 0, 1000, numbers);
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${numbers[2 * i]},7,${numbers[2 * i + 1]},${numbers[2 * i]! > 500 ? "a" : "b"}`,
    );
    // Each of the last forty once more.
    const text = ["x,same,y,class", ...rows, ...rows.slice(160)].join("\n");
    const bytes = new TextEncoder().encode(text);
    const run = resolveRun({
      data: { kind: "csv", file: "table.csv", target: "class", validation: 0.2, test: 0.2 },
      model: [dense(8), "relu", dense(2)],
    });
    const raw = csv.parse(new Map([["file", { origin: "table.csv", bytes }]]), run.data.options);
    const found = examined(run, raw, "data");
    expect(codesOf(found)).toEqual(expect.arrayContaining(["warning inputScale", "warning sharedRows"]));
    expect(found.find(({ code }) => code === "sharedRows")!.message).toMatch(
      /of 48 validation examples .* also among those learned from/,
    );
  });

  test("inputs a thousand times as large", () => {
    expect(codesOf(examined(runOf({}), scaledInputs(blobs(1000, 1), 1000), "data"))).toEqual(["warning inputScale"]);
  });

  test("weights of zero cannot learn twenty examples, at no rate, and have nothing to be penalised", () => {
    const zero = { initializer: "zeros" };
    const run = runOf({ model: [dense(30, zero), "relu", dense(4, zero)], penalty: { kind: "l2", strength: 0.1 } });
    expect(codesOf(examined(run, blobs(1000, 1), "penalty", "tinySet"))).toEqual([
      "warning penaltyWithoutEffect",
      "error cannotOverfit",
    ]);
  });

  test("a loss that does not look at the labels", () => {
    const blind = defineLoss({
      name: "softmaxCrossEntropy",
      summary: "Nothing, whatever the labels.",
      source: "This test.",
      targets: ["classes"],
      options: {},
      build: (prediction) => graph.mul(graph.sum(graph.mul(prediction, 0), 1), 1),
      examples: [{}],
    });
    // It is always 0, where ln 4 is expected.
    expect(codesOf(examined(runOf({ loss: blind }), blobs(1000, 1), "firstLoss"))).toEqual(["warning firstLoss"]);
  });

  test("a part of one's own that jumps about where differences are taken", () => {
    const wild = defineLayer({
      name: "wild",
      summary: "Twenty-four times 4 x (1 - x): no two neighbours go together.",
      source: "This test.",
      options: {},
      build(x) {
        let y = graph.sigmoid(x);
        for (let i = 0; i < 24; i++) y = graph.mul(4, graph.mul(y, graph.sub(1, y)));
        return y;
      },
      examples: [{ options: {}, input: [3] }],
    });
    const calm = defineLayer({ ...wild, name: "calm", build: (x) => graph.tanh(x), options: {}, examples: [] });
    const withPart = (part: typeof wild) => runOf({ model: [dense(6), part, dense(4)] });
    expect(examined(withPart(wild), blobs(300, 1), "gradient")).toMatchObject([
      { code: "wrongGradient", severity: "error", cause: "a part of your own: wild" },
    ]);
    expect(examined(withPart(calm), blobs(300, 1), "gradient")).toEqual([]);
  });

  test("rates that are far too high and far too low", () => {
    const rated = (learningRate: number) => runOf({ optimizer: { kind: "adam", learningRate } });
    const data: Dataset = blobs(2000, 1);
    expect(codesOf(examined(rated(1e-6), data, "rangeTest"))).toEqual(["warning learningRateTooLow"]);
    expect(codesOf(examined(rated(5), data, "rangeTest"))).toEqual(["warning learningRateTooHigh"]);
  });

  test("the run that is examined is as it was: its own training begins with the same loss", () => {
    const run = runOf({});
    const examiner = examinerOf(run, blobs(1000, 1), wasmEngine);
    const before = examiner.firstLook().loss;
    for (const { examine } of examinations) examine(examiner);
    expect(examinerOf(run, blobs(1000, 1), wasmEngine).firstLook().loss).toBe(before);
  });
});
