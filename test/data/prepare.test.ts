import { describe, expect, test } from "vitest";
import { fillNormal, foldIn, randomKey } from "../../src/core/random.ts";
import type { Dataset, RawDataset, RawTable } from "../../src/data/dataset.ts";
import type { Frame } from "../../src/data/frame.ts";
import { prepareData } from "../../src/data/prepare.ts";
import { frameOf } from "../../src/data/records.ts";
import { restorePreparation } from "../../src/data/restore-preparation.ts";
import { splitParts, splitRows } from "../../src/data/split.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import { expectSameBits } from "../../src/testing/close.ts";
import { blobs, pictures, plane } from "../train/toy.ts";
import { raised } from "./raised.ts";

const key = randomKey(1);
/** The choices of a run: options of its data set, and preprocessing. */
function choices(options: Readonly<Record<string, unknown>> = {}, preprocessing: readonly unknown[] = []) {
  const run = resolveRun({ data: "mnist", preprocessing, model: ["relu"] });
  return { preprocessing: run.preprocessing, data: { options } };
}
const prepare = (raw: RawDataset, options: Readonly<Record<string, unknown>> = {}, steps: readonly unknown[] = []) =>
  prepareData(choices(options, steps), raw, key);

const table = (values: RawTable["values"], shape: number[]): RawTable => ({
  values,
  shape,
  count: values.length / shape.reduce((a, b) => a * b, 1),
  scale: 1,
});
const houses = (count: number): Frame =>
  frameOf(
    Array.from({ length: count }, (_, i) => ({
      rooms: i % 7 === 3 ? null : (i * 5) % 11,
      town: i % 5 === 4 ? undefined : ["Busan", "Daegu", "Jeju"][i % 3],
      built: 1.6e9 + i,
    })),
  );
const prices = (count: number) =>
  table(
    Float64Array.from({ length: count }, (_, i) => 1e5 + 1000 * ((i * 7) % 13)),
    [1],
  );
const market = (count: number, test = 0): RawDataset => ({
  name: "houses.csv",
  task: { kind: "regression", outputs: 1 },
  train: { inputs: houses(count), targets: prices(count) },
  test: test === 0 ? null : { inputs: houses(test), targets: prices(test) },
  targetNames: ["price"],
});

describe("where nothing is to be done", () => {
  test("tables are passed on as they are, and the split is the one it has always been", () => {
    const raw = blobs({ count: 60, classes: 3, features: 4, bytes: true });
    const { dataset, split, preparation, warnings } = prepare(raw, { validation: 13 });
    expect(dataset).toEqual(raw);
    expect(dataset.train.inputs.values).toBe(raw.train.inputs.values);
    expect(dataset.test!.inputs.values).toBe(raw.test!.inputs.values);
    const { train, validation } = splitRows(foldIn(key, "split"), 60, 13);
    expect([split.train, split.validation]).toEqual([train, validation]);
    expect(warnings).toEqual([]);
    expect(preparation.apply(raw.test!.inputs).values).toBe(raw.test!.inputs.values);
  });

  test("float64 is rounded to float32 once, and too large numbers are refused by name", () => {
    const raw = (values: Float64Array): Dataset => ({
      ...plane(4, 1),
      train: { inputs: table(values, [1]) as never, targets: prices(4) as never },
    });
    const { dataset } = prepare(raw(Float64Array.of(0.1, 1e-60, 16_777_217, -3)));
    expect(dataset.train.inputs.values).toEqual(Float32Array.of(0.1, 0, 16_777_216, -3));
    expect(dataset.train.targets.values).toBeInstanceOf(Float32Array);
    expect(raised(() => prepare(raw(Float64Array.of(0, 0, 1e39, 0))))).toContain(
      "E_DATA_RANGE: plane train inputs: numbers must be finite in float32 (up to 3.4e38), received 1e+39 in row 2, value 0",
    );
  });
});

describe("a test part", () => {
  test("becomes a table of its own; bytes stay bytes, and no row is lost or doubled", () => {
    const raw = { ...blobs({ count: 60, classes: 3, features: 2, bytes: true }), test: null };
    const { dataset, split } = prepare(raw, { validation: 10, test: 0.25, stratify: true });
    expect([split.train.length, split.validation.length, dataset.test!.inputs.count]).toEqual([35, 10, 15]);
    expect(dataset.train.inputs.values).toBeInstanceOf(Uint8Array);
    const rowsOf = ({ inputs, targets }: Dataset["train"]) =>
      Array.from({ length: inputs.count }, (_, i) => `${inputs.values.slice(2 * i, 2 * i + 2)} ${targets.values[i]}`);
    expect([...rowsOf(dataset.train), ...rowsOf(dataset.test!)].sort()).toEqual(rowsOf(raw.train).sort());
    const parts = splitParts(foldIn(key, "split"), 60, { validation: 10, test: 0.25, classes: raw.train.targets.values });
    const kept = [...parts.train, ...parts.validation].sort((a, b) => a - b);
    expect([...split.validation].map((row) => kept[row])).toEqual([...parts.validation]);
    expect(rowsOf(dataset.test!)).toEqual([...parts.test].map((row) => rowsOf(raw.train)[row]));
  });

  test("groups stay together", () => {
    const raw = { ...plane(50, 3), groups: Int32Array.from({ length: 50 }, (_, i) => i % 10) };
    const { dataset, split } = prepare(raw, { validation: 0.2, test: 0.2 });
    expect([split.train.length, split.validation.length, dataset.test!.inputs.count]).toEqual([30, 10, 10]);
  });

  test("beside test examples, or with classes that are none, is refused", () => {
    const raw = blobs({ count: 30, classes: 3, features: 2 });
    expect(raised(() => prepare(raw, { test: 5 }))).toContain("E_DATA_SPLIT_TEST: data set 'blobs' has test examples of its own");
    expect(raised(() => prepare(plane(9, 2), { stratify: true }))).toContain(
      "is a regression: stratify keeps the shares of classes",
    );
  });
});

describe("preprocessing", () => {
  test("is fitted on the training rows alone: others may be anything", () => {
    for (const step of ["standardise", "minMax", "meanImage", "whiten", { kind: "whiten", method: "zca" }]) {
      const raw = plane(40, 3);
      const options = { validation: 10, test: 5 };
      const { preparation, dataset, split } = prepare(raw, options, [step]);
      const parts = splitParts(foldIn(key, "split"), 40, options);
      const changed = raw.train.inputs.values.slice();
      for (const row of [...parts.validation, ...parts.test]) changed.fill(1e4, 3 * row, 3 * row + 3);
      const other = prepare({ ...raw, train: { ...raw.train, inputs: { ...raw.train.inputs, values: changed } } }, options, [
        step,
      ]);
      expect(other.preparation.steps.map(({ state }) => state)).toEqual(preparation.steps.map(({ state }) => state));
      for (const row of split.train)
        expectSameBits(
          other.dataset.train.inputs.values.slice(3 * row, 3 * row + 3),
          dataset.train.inputs.values.slice(3 * row, 3 * row + 3),
          `row ${row}`,
        );
    }
  });

  test("so are the numbers that stand for missing ones, the categories, and the scaling of targets", () => {
    const options = { validation: 10, test: 10, standardiseTargets: true };
    const parts = splitParts(foldIn(key, "split"), 50, options);
    const isTraining = new Set(parts.train);
    const raw = market(50);
    const frame = raw.train.inputs as Frame;
    const [rooms, town] = frame.columns as [
      Extract<Frame["columns"][number], { kind: "number" }>,
      Extract<Frame["columns"][number], { kind: "category" }>,
    ];
    const strange: Frame = {
      ...frame,
      columns: [
        { ...rooms, values: rooms.values.map((value, i) => (isTraining.has(i) ? value : 1e6)) },
        { ...town, levels: [...town.levels, "Seoul"], codes: town.codes.map((code, i) => (isTraining.has(i) ? code : 3)) },
        frame.columns[2]!,
      ],
    };
    const targets = table(prices(50).values.map((value, i) => (isTraining.has(i) ? value : -1)) as Float64Array, [1]);
    const a = prepare(raw, options, ["standardise"]).preparation.store();
    const b = prepare({ ...raw, train: { inputs: strange, targets } }, options, ["standardise"]).preparation.store();
    expect(b).toEqual(a);
  });

  test("steps follow one another, each fitted on what the one before it gives", () => {
    const { dataset, split } = prepare(plane(60, 3), { validation: 10 }, ["standardise", { kind: "minMax", low: -1 }]);
    const columns = [0, 1, 2].map((j) => Array.from(split.train, (row) => dataset.train.inputs.values[3 * row + j]!));
    for (const column of columns) expect([Math.min(...column), Math.max(...column)]).toEqual([-1, 1]);
    expect(dataset.train.inputs.scale).toBe(1);
  });

  test("images in bytes are scaled before it, and pca makes rows of them", () => {
    const raw = pictures({ count: 20, side: 4, classes: 2 });
    const { dataset, preparation } = prepare(raw, { validation: 4 }, ["meanImage", { kind: "whiten", components: 3 }]);
    expect([dataset.train.inputs.shape, preparation.shape]).toEqual([[3], [3]]);
    const centred = prepare(raw, {}, ["meanImage"]).dataset.train.inputs.values;
    const pixel = Array.from({ length: 20 }, (_, i) => raw.train.inputs.values[16 * i + 5]! / 255);
    const mean = pixel.reduce((sum, value) => sum + value, 0) / 20;
    expect(centred[5]).toBeCloseTo(pixel[0]! - mean, 6);
  });

  test("numbers too large for float64 sums are refused, not turned into NaN", () => {
    const raw: RawDataset = {
      ...plane(3, 1),
      train: { inputs: table(Float64Array.of(1e300, -1e300, 1e299), [1]), targets: prices(3) },
    };
    expect(raised(() => prepare(raw, {}, ["standardise"]))).toContain(
      "E_PREPROCESSING_NUMBERS: the spread of feature 0 is too large for float64",
    );
  });
});

describe("columns", () => {
  test("become features with names; missing ones are filled, unknown categories are zeros", () => {
    const raw = market(12);
    const { dataset, preparation } = prepare(raw, {});
    expect(preparation.featureNames).toEqual(["rooms", "town=Busan", "town=Daegu", "town=Jeju", "built"]);
    expect(dataset.train.inputs.shape).toEqual([5]);
    const rooms = (raw.train.inputs as Frame).columns[0] as { values: Float64Array };
    const present = [...rooms.values].filter((value) => !Number.isNaN(value));
    const mean = present.reduce((a, b) => a + b, 0) / present.length;
    const row = (i: number) => [...dataset.train.inputs.values.slice(5 * i, 5 * i + 5)];
    expect(row(3).slice(0, 4)).toEqual([Math.fround(mean), 1, 0, 0]);
    expect(row(4).slice(1, 4)).toEqual([0, 0, 0]); // its town is missing
    expect([...preparation.apply(frameOf([{ rooms: 1, town: "Seoul", built: 0 }])).values]).toEqual([1, 0, 0, 0, 0]);
  });

  test("as an index, unknown categories come after the last; the median stands for missing numbers", () => {
    const { preparation } = prepare(market(12), { categories: "index", missing: "median" });
    expect(preparation.featureNames).toEqual(["rooms", "town", "built"]);
    const rows = frameOf([
      { built: 0, town: "Jeju", rooms: null },
      { built: 0, town: "Seoul", rooms: 2 },
      { built: 0, town: null, rooms: 2 },
    ]);
    // The median of rooms 0 5 10 9 3 8 2 7 1 0.
    expect([...preparation.apply(rows).values]).toEqual([4, 2, 0, 2, 3, 0, 2, 3, 0]);
  });

  test("what the training rows do not show is told", () => {
    const frame = frameOf(
      Array.from({ length: 6 }, (_, i) => ({ a: null, b: "x", c: i })),
      { a: "number" },
    );
    const raw: RawDataset = { ...market(6), train: { inputs: frame, targets: prices(6) } };
    expect(prepare(raw, {}, ["standardise"]).warnings).toEqual([
      "column 'a' has no number in the training rows: 0 stands for missing ones",
      "column 'b' has one value in the training rows at the most: nothing is learned from it",
      "standardise: 1 of 3 features do not vary in the training rows and become 0 ('a')",
    ]);
  });

  test("a class without a training row is told", () => {
    const raw: RawDataset = {
      ...blobs({ count: 6, classes: 2, features: 2 }),
      task: { kind: "classification", classes: 4, labels: ["a", "b", "c", "d"] },
    };
    expect(prepare(raw).warnings).toEqual(["blobs: 2 of 4 classes have no training row, and cannot be learned: 'c', 'd'"]);
  });

  test("an example in time keeps its digits until it is standardised", () => {
    const { dataset } = prepare(market(100), {}, ["standardise"]);
    const size = dataset.train.inputs.shape[0]!;
    for (let i = 0; i < 100; i++) {
      const exact = (i - 49.5) / Math.sqrt(833.25);
      expect(Math.abs(dataset.train.inputs.values[size * i + size - 1]! - exact)).toBeLessThan(2e-7); // float32 near 1.7
    }
  });
});

describe("targets", () => {
  test("are standardised by the training rows, and outputs come back in the units of the data", () => {
    const raw = market(40);
    const { dataset, split, preparation } = prepare(raw, { validation: 0.2, standardiseTargets: true });
    const trained = Array.from(split.train, (row) => dataset.train.targets.values[row]!);
    const mean = trained.reduce((a, b) => a + b, 0) / trained.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(trained.reduce((sum, value) => sum + value * value, 0) / trained.length).toBeCloseTo(1, 5);
    const restored = preparation.restoreTargets(dataset.train.targets.values);
    // One rounding to float32 of a number below 2, times a deviation of 4000.
    restored.forEach((value, i) => {
      expect(Math.abs(value - raw.train.targets.values[i]!)).toBeLessThan(4000 * 2 ** -23);
    });
    expect([...prepare(plane(9, 2)).preparation.restoreTargets([1, 2])]).toEqual([1, 2]);
  });

  test("of classes are not", () => {
    expect(raised(() => prepare(blobs({ count: 9, classes: 3, features: 2 }), { standardiseTargets: true }))).toContain(
      "E_DATA_TARGETS: data set 'blobs' has classes",
    );
  });
});

describe("at prediction", () => {
  const cases: [string, RawDataset, readonly unknown[]][] = [
    ["bytes", blobs({ count: 30, classes: 3, features: 4, bytes: true }), []],
    ["bytes, preprocessed", blobs({ count: 30, classes: 3, features: 4, bytes: true }), ["standardise", "whiten"]],
    [
      "images",
      pictures({ count: 20, side: 4, classes: 2 }),
      [
        { kind: "channelMean", std: true },
        { kind: "whiten", method: "zca" },
      ],
    ],
    ["columns", market(30, 7), ["standardise"]],
    ["columns, whitened", market(30, 7), ["standardise", { kind: "whiten", components: 3 }]],
  ];
  test.each(cases)("%s: the test rows become the same to the bit, also after JSON", (_, raw, steps) => {
    const { dataset, preparation } = prepare(raw, { validation: 5 }, steps);
    const { json, arrays } = preparation.store();
    const again = restorePreparation({ json: JSON.parse(JSON.stringify(json)), arrays });
    for (const one of [preparation, again]) {
      const { values, shape, scale, count } = one.apply(raw.test!.inputs);
      expect({ shape, scale, count }).toEqual({
        shape: dataset.test!.inputs.shape,
        scale: dataset.test!.inputs.scale,
        count: raw.test!.inputs.count,
      });
      expectSameBits(values, dataset.test!.inputs.values, "rows");
    }
    expect(again.task).toEqual(raw.task);
    expect(again.targetNames).toEqual(raw.targetNames);
    expect(again.store()).toEqual({ json, arrays });
    expect(arrays.length > 0).toBe(JSON.stringify(steps).includes("whiten"));
  });

  test("columns may come in any order with others beside them; missing or changed ones are named", () => {
    const { preparation } = prepare(market(30), {}, ["standardise"]);
    const row = { rooms: 3, town: "Jeju", built: 1.6e9 };
    const expected = preparation.apply(frameOf([row])).values;
    expect(preparation.apply(frameOf([{ extra: "x", built: 1.6e9, town: "Jeju", rooms: 3 }])).values).toEqual(expected);
    expect(raised(() => preparation.apply(frameOf([{ rooms: 3, twon: "Jeju", built: 1 }])))).toBe(
      "DataError E_DATA_COLUMN: the rows given has no column 'town' | Did you mean 'twon'? (valid: rooms, twon, built)",
    );
    expect(raised(() => preparation.apply(frameOf([{ ...row, rooms: "three" }])))).toContain(
      "E_DATA_COLUMN_KIND: the rows given: column 'rooms' was of numbers in training, here it has texts such as 'three'",
    );
    expect(raised(() => preparation.apply(frameOf([{ ...row, town: 3 }])))).toContain(
      "was of categories in training, here it has numbers",
    );
    expect(preparation.kinds).toEqual({ rooms: "number", town: "category", built: "number" });
    expect([...preparation.apply(frameOf([{ ...row, town: 3 }], preparation.kinds)).values.slice(1, 4)]).toEqual([0, 0, 0]);
  });

  test("arrays of another shape, or columns for arrays, are refused", () => {
    const { preparation } = prepare(plane(9, 2), {}, ["standardise"]);
    expect(raised(() => preparation.apply({ values: new Float32Array(3), shape: [3], count: 1 }))).toContain(
      "E_DATA_INPUTS: the inputs: the model was trained on examples of [2], received 3 numbers as 1 of [3]",
    );
    expect(raised(() => preparation.apply(frameOf([{ a: 1 }])))).toContain("was trained on arrays, received columns");
    expect(raised(() => prepare(market(9)).preparation.apply(plane(3, 3).train.inputs))).toContain(
      "was trained on columns, received an array",
    );
    expect(raised(() => preparation.apply({ values: Float32Array.of(Number.NaN, 1), shape: [2], count: 1 }))).toContain(
      "E_DATA_RANGE",
    );
  });

  test("what is no stored preparation is refused", () => {
    const { json, arrays } = prepare(plane(20, 3), {}, ["whiten"]).preparation.store();
    const fault = (changed: unknown) => raised(() => restorePreparation(changed as never, [], "preparation.json"));
    expect(fault({ json: { ...json, format: "x/1" }, arrays })).toContain(
      "E_DATA_PREPARATION: preparation.json: expected the format osolgil.preparation/1, received 'x/1'",
    );
    expect(fault({ json: [], arrays })).toContain("E_DATA_PREPARATION");
    expect(fault({ json: { ...json, steps: [{ kind: "wihten", state: {} }] }, arrays })).toContain(
      "expected a preprocessing step",
    );
    expect(fault({ json, arrays: [] })).toContain("the numbers 'matrix' of whiten are missing");
    const standard = prepare(market(9), { standardiseTargets: true }).preparation.store().json;
    for (const changed of [
      { task: { kind: "regression", outputs: 0 } },
      { inputs: { kind: "table", shape: [2.5], scale: 1 } },
      { inputs: { kind: "columns", columns: [{ name: "a", kind: "number", fill: null }] } },
      { inputs: { kind: "columns", columns: [{ name: "a", kind: "category", levels: [1], encoding: "oneHot" }] } },
      { steps: {} },
      { targets: { mean: [1, 2], std: [1, 2] } },
    ])
      expect(fault({ json: { ...standard, ...changed }, arrays: [] }), JSON.stringify(changed)).toContain(
        "expected task, inputs, steps",
      );
  });
});

test("a thousand rows with ten columns are ready in no time, and twice the same", () => {
  const values = new Float64Array(10_000);
  fillNormal(randomKey(3), values, 0, 1);
  const raw: RawDataset = { ...plane(1000, 10), train: { inputs: table(values, [10]), targets: prices(1000) } };
  const [a, b] = [
    prepare(raw, { validation: 0.1, test: 0.1 }, ["whiten"]),
    prepare(raw, { validation: 0.1, test: 0.1 }, ["whiten"]),
  ];
  expectSameBits(a.dataset.train.inputs.values, b.dataset.train.inputs.values, "train");
  expectSameBits(a.dataset.test!.inputs.values, b.dataset.test!.inputs.values, "test");
});
