import { describe, expect, test } from "vitest";
import {
  contentOf,
  type ExampleSet,
  exampleSize,
  type Table,
  type Task,
  validateDataset,
  validateExampleSet,
} from "../../src/data/dataset.ts";
import { raised } from "./raised.ts";

const tenClasses: Task = { kind: "classification", classes: 10 };
const table = (values: Table["values"], shape: number[], count: number, scale = 1): Table => ({ values, shape, count, scale });
const images = (count: number) => table(new Uint8Array(count * 4), [2, 2], count, 1 / 255);
const labels = (...values: number[]) => table(Int32Array.from(values), [], values.length);
const faultOf = (inputs: Table, targets: Table, task: Task = tenClasses) =>
  raised(() => validateExampleSet({ inputs, targets }, task, "mnist test"));

describe("validateExampleSet", () => {
  test("accepts classes from the first to the last, and a regression", () => {
    validateExampleSet({ inputs: images(3), targets: labels(0, 9, 5) }, tenClasses, "mnist test");
    const outputs = table(Float32Array.of(0.5, -1e9), [2], 1);
    validateExampleSet({ inputs: images(1), targets: outputs }, { kind: "regression", outputs: 2 }, "r train");
  });

  test("a label that is no class: row, value and range", () => {
    expect(faultOf(images(3), labels(1, 2, 10))).toBe(
      "DataError E_DATA_LABEL: mnist test: labels must be integers in [0, 9], received 10 in row 2 | " +
        "The data set has 10 classes, numbered from 0.",
    );
    expect(faultOf(images(2), labels(-1, 0))).toContain("received -1 in row 0");
  });

  test("counts that differ, and no rows", () => {
    expect(faultOf(images(3), labels(1, 2))).toContain(
      "E_DATA_COUNTS: mnist test: every input needs one target, received 3 inputs and 2 targets",
    );
    expect(faultOf(images(0), labels())).toContain("E_DATA_EMPTY: mnist test: at least one example is needed");
  });

  test("tables that are not what they say", () => {
    expect(faultOf(table(new Uint8Array(7), [2, 2], 2), labels(1, 2))).toContain(
      "E_DATA_TABLE: mnist test inputs: 2 rows of [2, 2] are 8 values, received 7",
    );
    for (const shape of [[0], [2, 0], [1.5], [-2, -2], [Number.NaN]]) {
      expect(faultOf(table(new Uint8Array(4), shape, 1), labels(1))).toContain(`E_DATA_SHAPE: mnist test inputs`);
    }
    for (const scale of [0, Number.NaN, Infinity]) {
      expect(faultOf(table(new Uint8Array(1), [1], 1, scale), labels(1))).toContain(
        `E_DATA_SCALE: mnist test inputs: scale must be finite`,
      );
    }
  });

  test("NaN and infinity: row and value", () => {
    const inputs = (bad: number) => table(Float32Array.of(0, 1, 2, 3, bad, 5), [3], 2);
    expect(faultOf(inputs(Number.NaN), labels(1, 2))).toContain(
      "E_DATA_NOT_FINITE: mnist test inputs: values must be finite, received NaN in row 1, value 1",
    );
    expect(faultOf(inputs(-Infinity), labels(1, 2))).toContain("received -Infinity in row 1, value 1");
    const targets = table(Float32Array.of(Number.NaN), [1], 1);
    expect(faultOf(images(1), targets, { kind: "regression", outputs: 1 })).toContain("E_DATA_NOT_FINITE: mnist test targets");
  });

  test("targets that do not suit the task", () => {
    expect(faultOf(images(1), table(Float32Array.of(1), [], 1))).toContain(
      "E_DATA_TARGETS: mnist test: classification needs one integer",
    );
    expect(faultOf(images(1), table(Uint8Array.of(1, 0), [2], 1))).toContain("received Uint8Array of shape [2] with scale 1");
    expect(faultOf(images(1), table(Uint8Array.of(1), [], 1, 0.5))).toContain("with scale 0.5");
    expect(faultOf(images(1), table(Float32Array.of(1, 2), [2], 1), { kind: "regression", outputs: 3 })).toContain(
      "E_DATA_TARGETS: mnist test: a regression with 3 outputs needs as many targets a row, received shape [2]",
    );
  });
});

describe("validateDataset", () => {
  const set = (inputs: Table): ExampleSet => ({ inputs, targets: labels(...Array(inputs.count).fill(1)) });

  test("checks both sets and names the one at fault", () => {
    const train = set(images(2));
    const bad = { inputs: images(1), targets: labels(11) };
    validateDataset({ name: "d", task: tenClasses, train, test: null });
    validateDataset({ name: "d", task: tenClasses, train, test: set(images(1)) });
    expect(raised(() => validateDataset({ name: "d", task: tenClasses, train: bad, test: null }))).toContain(
      "E_DATA_LABEL: d train:",
    );
    expect(raised(() => validateDataset({ name: "d", task: tenClasses, train, test: bad }))).toContain("E_DATA_LABEL: d test:");
  });

  test("test inputs look like training inputs", () => {
    const train = set(images(2));
    const wide = set(table(new Uint8Array(4), [1, 4], 1, 1 / 255));
    const unscaled = set(table(new Uint8Array(4), [2, 2], 1));
    expect(raised(() => validateDataset({ name: "d", task: tenClasses, train, test: wide }))).toMatch(
      /E_DATA_TEST_SHAPE: d: .*received \[1, 4\]/,
    );
    expect(raised(() => validateDataset({ name: "d", task: tenClasses, train, test: unscaled }))).toMatch(
      /E_DATA_TEST_SHAPE.*scale 1 \|/,
    );
  });
});

test("exampleSize is the product of the shape", () => {
  expect([[], [28, 28], [3, 0]].map(exampleSize)).toEqual([1, 784, 0]);
});

test("contentOf gives the file, or says which was forgotten", () => {
  const content = { origin: "o", bytes: new Uint8Array(1) };
  expect(contentOf(new Map([["a", content]]), "a")).toBe(content);
  expect(raised(() => contentOf(new Map([["a", content]]), "b"))).toContain(
    "E_DATA_FILE_NOT_GIVEN: file 'b' was not given to the data set (given: a)",
  );
  expect(raised(() => contentOf(new Map(), "b"))).toContain("(given: none)");
});
