import { describe, expect, test } from "vitest";
import { requireOptions } from "../../../src/core/options.ts";
import { npy } from "../../../src/data/datasets/npy.ts";
import { type NpyKind, npyBytes } from "../npy-bytes.ts";
import { raised } from "../raised.ts";

type Given = readonly [kind: NpyKind, shape: readonly number[], values: readonly number[]];
function parse(files: Readonly<Record<string, Given>>, options = {}) {
  const contents = Object.entries(files).map(
    ([name, given]) => [name, { origin: `${name}.npy`, bytes: npyBytes(...given) }] as const,
  );
  return npy.parse(
    new Map(contents),
    requireOptions(npy.options, { inputs: "at/x.npy", targets: "at/t.npy", ...options }, "npy"),
  );
}
const inputs: Given = ["f4", [3, 2], [1, 2, 3, 4, 5, 6]];
const fault = (files: Readonly<Record<string, Given>>, options = {}) => raised(() => parse(files, options));

describe("tasks", () => {
  test.each<[string, Given, unknown, unknown]>([
    ["integers are classes", ["i8", [3], [2, 0, 1]], { kind: "classification", classes: 3 }, Int32Array.of(2, 0, 1)],
    ["in a column too", ["u1", [3, 1], [2, 0, 1]], { kind: "classification", classes: 3 }, Uint8Array.of(2, 0, 1)],
    ["yes and no", ["b1", [3], [1, 0, 1]], { kind: "classification", classes: 2 }, Uint8Array.of(1, 0, 1)],
    ["fractions are values", ["f8", [3], [0.1, 2, 3]], { kind: "regression", outputs: 1 }, Float64Array.of(0.1, 2, 3)],
    [
      "several of them",
      ["f4", [3, 2], [1, 2, 3, 4, 5, 6]],
      { kind: "regression", outputs: 2 },
      Float32Array.of(1, 2, 3, 4, 5, 6),
    ],
  ])("%s", (_, targets, task, values) => {
    const dataset = parse({ inputs, targets });
    expect([dataset.name, dataset.task, dataset.train.targets.values]).toEqual(["x.npy", task, values]);
  });

  test("the task may be told", () => {
    expect(parse({ inputs, targets: ["i4", [3], [2, 0, 1]] }, { task: "regression" }).task).toEqual({
      kind: "regression",
      outputs: 1,
    });
    expect(parse({ inputs, targets: ["f4", [3], [2, 0, 1]] }, { task: "classification" }).task).toEqual({
      kind: "classification",
      classes: 3,
    });
  });
});

test("inputs keep type and shape, and are scaled; test files are read as well", () => {
  const dataset = parse(
    {
      inputs: ["u1", [2, 2, 1], [0, 255, 7, 8]],
      targets: ["i4", [2], [0, 1]],
      testInputs: ["u1", [1, 2, 1], [1, 2]],
      testTargets: ["i4", [1], [1]],
    },
    { scale: 1 / 255 },
  );
  expect(dataset.train.inputs).toEqual({ values: Uint8Array.of(0, 255, 7, 8), shape: [2, 1], count: 2, scale: 1 / 255 });
  expect(dataset.test!.inputs).toMatchObject({ count: 1, shape: [2, 1] });
  expect(parse({ inputs: ["f8", [3], [1, 2, 3]], targets: ["f8", [3], [1, 2, 4]] }).train.inputs).toMatchObject({
    shape: [1],
    count: 3,
  });
});

test("what does not fit is said", () => {
  expect(fault({ inputs, targets: ["i4", [2], [0, 1]] })).toContain(
    "E_DATA_COUNTS: x.npy train: every input needs one target, received 3 inputs and 2 targets",
  );
  expect(fault({ inputs, targets: ["i4", [3], [0, -1, 1]] })).toContain(
    "labels must be integers in [0, 1], received -1 in row 1",
  );
  expect(fault({ inputs, targets: ["i4", [3], [0, 0, 0]] })).toContain("E_DATA_ONE_CLASS: targets.npy: every target is class 0");
  expect(fault({ inputs, targets: ["i4", [3], [0, 70_000, 0]] })).toContain(
    "E_DATA_CLASSES: targets.npy: class numbers must be below 65536",
  );
  expect(fault({ inputs, targets: ["f4", [3], [0, 0.5, 1]] }, { task: "classification" })).toContain("received 0.5 in row 1");
  expect(fault({ inputs, targets: ["i4", [3, 2], [0, 1, 0, 1, 0, 1]] }, { task: "classification" })).toContain(
    "E_DATA_TARGETS: targets.npy: classes are one integer",
  );
  expect(fault({ inputs: ["f8", [2, 1], [1, Number.NaN]], targets: ["i4", [2], [0, 1]] })).toContain(
    "E_DATA_NOT_FINITE: x.npy train inputs: values must be finite, received NaN in row 1",
  );
  expect(fault({ inputs, targets: ["i4", [3], [0, 1, 1]], testInputs: inputs })).toContain("file 'testTargets' was not given");
});
