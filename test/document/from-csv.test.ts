import { describe, expect, test } from "vitest";
import type { RunEnded } from "../../src/core/events.ts";
import { randomKey, uniformAt } from "../../src/core/random.ts";
import { csv } from "../../src/data/datasets/csv.ts";
import { makeDocument } from "../../src/document/from-csv.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Session } from "../../src/train/session.ts";
import { train } from "../../src/train/train.ts";
import { raised } from "../data/raised.ts";

const content = (text: string) => ({ origin: "table.csv", bytes: new TextEncoder().encode(text) });
const made = (text: string, target?: string) => makeDocument(content(text), { file: "at/table.csv", target });
/** A table with so many rows; each column a function of the row number. */
const table = (count: number, columns: Readonly<Record<string, (i: number) => string | number>>) =>
  [Object.keys(columns), ...Array.from({ length: count }, (_, i) => Object.values(columns).map((cell) => cell(i)))]
    .map((row) => row.join(","))
    .join("\n");
const optionOf = (component: unknown, name: string) => (component as Readonly<Record<string, unknown>>)[name];
const noise = (stream: number) => (i: number) => uniformAt(randomKey(stream), i);

test("classes: the last column, equal shares, a small network", () => {
  const { document, notes } = made(
    table(150, { id: (i) => i + 1, x: noise(1), name: (i) => `n${i}`, y: (i) => ["a", "b", "c"][i % 3]! }),
  );
  expect(document).toEqual({
    seed: 1,
    data: {
      kind: "csv",
      file: "at/table.csv",
      target: "y",
      task: "classification",
      ignore: ["id", "name"],
      validation: 0.15,
      test: 0.15,
      stratify: true,
    },
    preprocessing: ["standardise"],
    model: [{ kind: "dense", units: 16 }, "relu", { kind: "dense", units: 16 }, "relu", { kind: "dense", units: 3 }],
    optimizer: { kind: "adam", learningRate: 0.001 },
    penalty: { kind: "l2", strength: 0.01 },
    metrics: ["f1"],
    training: { batchSize: 16, epochs: 200, earlyStopping: { patience: 20 } },
  });
  expect(notes).toEqual([
    "table.csv: 150 rows, 1 column to predict 'y' from, 3 classes",
    "'y' is predicted because it is the last column; --target names another",
    "column 'id' is ignored: it counts the rows",
    "column 'name' is left out: 150 different texts in 150 rows tell the rows apart, not what they have in common",
  ]);
});

test("numbers: targets are standardised, and the target may be any column", () => {
  const { document, notes } = made(table(600, { price: noise(1), x: noise(2), z: noise(3) }), "price");
  expect(document.data).toEqual({
    kind: "csv",
    file: "at/table.csv",
    target: "price",
    task: "regression",
    validation: 0.15,
    test: 0.15,
    standardiseTargets: true,
  });
  expect(document.model[4]).toEqual({ kind: "dense", units: 1 });
  expect(notes).toEqual(["table.csv: 600 rows, 2 columns to predict 'price' from, a number"]);
});

test("more rows give a larger network, larger batches, fewer epochs and a weaker penalty", () => {
  const sizes = [100, 1000, 10_000, 60_000].map((count) => {
    const { model, training, penalty } = made(table(count, { x: noise(1), y: noise(2) })).document;
    return [optionOf(model[0], "units"), training!.batchSize, training!.epochs, optionOf(penalty, "strength")];
  });
  expect(sizes).toEqual([
    [16, 16, 200, 0.01],
    [32, 32, 182, 0.01],
    [64, 128, 73, 0.001],
    [128, 256, 25, 0.0001],
  ]);
});

describe("tables that are not plain", () => {
  test("few rows are not held out", () => {
    const { document, notes } = made(table(8, { x: noise(1), y: (i) => i % 2 }));
    expect(document.data).toMatchObject({ task: "classification", validation: 0, test: 0 });
    expect(document.data).not.toHaveProperty("stratify");
    expect(notes).toContain("there are too few rows to hold any out for validation and testing");
  });

  test("nearly as many classes as rows are not held out either", () => {
    expect(made(table(40, { x: noise(1), y: (i) => `c${i % 35}` })).document.data).toMatchObject({ validation: 0 });
  });

  test("decimal commas are seen, thousands are not taken for them", () => {
    const text = (cell: (i: number) => string) =>
      `x;y\n${Array.from({ length: 30 }, (_, i) => `${cell(i)};${i % 2}`).join("\n")}`;
    const { document, notes } = made(text((i) => `${i},${i % 10}5`));
    expect(document.data).toMatchObject({ decimal: "," });
    expect(notes).toContain("numbers have a decimal comma");
    expect(made(text((i) => `${(i % 5) + 1},000`)).document.data).not.toHaveProperty("decimal");
  });

  test("a target with a comma in its name is a list of one", () => {
    expect(made(`x,"a,b"\n${Array.from({ length: 30 }, (_, i) => `${i * 3},${i / 2}`).join("\n")}`).document.data).toMatchObject({
      target: ["a,b"],
    });
  });

  test("what cannot be learned is said", () => {
    const fault = (text: string, target?: string) => raised(() => made(text, target));
    expect(fault("x,price\n1,2\n2,3", "prize")).toContain(
      "E_DATA_COLUMN: table.csv has no column 'prize' | Did you mean 'price'?",
    );
    expect(fault("x,y\n1,a\n2,a")).toContain("E_DATA_ONE_CLASS");
    expect(fault("y\n1\n2")).toContain("E_DATA_NO_INPUTS");
    expect(fault("")).toContain("E_DATA_CSV_EMPTY");
  });
});

describe("what is made is a run that learns", () => {
  const points = (i: number) => [noise(1)(i) * 4 - 2, noise(2)(i) * 4 - 2] as const;
  test.each<[string, (i: number) => string | number, (ended: RunEnded["metrics"]) => void]>([
    [
      "classes",
      (i) => (points(i)[0] * points(i)[1] > 0 ? "same" : "other"),
      // Four quadrants, which no linear model parts better than by half.
      ({ testAccuracy }) => expect(testAccuracy).toBeGreaterThan(0.9),
    ],
    [
      "numbers",
      (i) => 1e5 + 1e4 * (points(i)[0] * points(i)[0] - points(i)[1]),
      // In units of the target's variance, of which a linear model leaves about a third.
      ({ testLoss }) => expect(testLoss).toBeLessThan(0.05),
    ],
  ])("%s", (_, y, check) => {
    const text = table(400, { a: (i) => points(i)[0], b: (i) => 1e6 * points(i)[1], town: (i) => ["p", "q"][i % 2]!, y });
    const run = resolveRun(made(text).document);
    const raw = csv.parse(new Map([["file", content(text)]]), run.data.options);
    const session = new Session(run, raw, { engine: wasmEngine });
    const events = [...train(session)];
    const ended = events[events.length - 1] as RunEnded;
    expect(ended.status).toBe("completed");
    check(ended.metrics);
    expect(session.preparation.featureNames).toEqual(["a", "b", "town=p", "town=q"]);
    expect(session.warnings).toEqual([]);
  });
});
