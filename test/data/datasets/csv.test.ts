import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OsolgilError } from "../../../src/core/errors.ts";
import { requireOptions } from "../../../src/core/options.ts";
import { randomKey } from "../../../src/core/random.ts";
import type { FileContent, RawDataset } from "../../../src/data/dataset.ts";
import { csv } from "../../../src/data/datasets/csv.ts";
import type { Frame } from "../../../src/data/frame.ts";
import { prepareData } from "../../../src/data/prepare.ts";
import { preprocessings } from "../../../src/data/preprocessing/index.ts";
import { propertyRuns } from "../../support/long.ts";
import { raised } from "../raised.ts";

type Options = Readonly<Record<string, unknown>>;
const content = (text: string, origin: string): FileContent => ({ origin, bytes: new TextEncoder().encode(text) });

function parse(text: string, options: Options, testText?: string): RawDataset {
  const files = new Map([["file", content(text, "data.csv")]]);
  if (testText !== undefined) files.set("testFile", content(testText, "test.csv"));
  return csv.parse(files, requireOptions(csv.options, { file: "at/data.csv", ...options }, "data set 'csv'"));
}
const fault = (text: string, options: Options, testText?: string) => raised(() => parse(text, options, testText));
const inputsOf = ({ train }: RawDataset) => (train.inputs as Frame).columns.map(({ name }) => name);
const lines = (...rows: (string | number)[][]) => rows.map((row) => row.join(",")).join("\n");
/** A table with so many rows; each column a function of the row number. */
const made = (count: number, columns: Readonly<Record<string, (i: number) => string | number>>) =>
  lines(Object.keys(columns), ...Array.from({ length: count }, (_, i) => Object.values(columns).map((cell) => cell(i))));

describe("what is predicted", () => {
  test("texts are classes, in the order of the alphabet", () => {
    const { task, train, name, targetNames } = parse("x,y\n1,b\n2,a\n3,b", { target: "y" });
    expect(task).toEqual({ kind: "classification", classes: 2, labels: ["a", "b"] });
    expect([...train.targets.values]).toEqual([1, 0, 1]);
    expect([name, targetNames]).toEqual(["data.csv", ["y"]]);
  });

  test.each<[string, (i: number) => string | number, "classification" | "regression"]>([
    ["two values", (i) => 5 + 2 * (i % 2), "classification"],
    ["few integers, often", (i) => (i * 3) % 10, "classification"],
    ["few integers, seldom", (i) => i % 60, "regression"],
    ["fractions", (i) => (i % 3) / 2, "regression"],
    ["many integers", (i) => i, "regression"],
  ])("numbers: %s", (_, y, kind) => {
    expect(parse(made(200, { x: (i) => i, y }), { target: "y" }).task.kind).toBe(kind);
  });

  test("classes of numbers ascend, whatever they are; the task may be told", () => {
    const text = "x,y\n1,10\n2,-1\n3,2\n4,10";
    const { task, train } = parse(text, { target: "y", task: "classification" });
    expect(task).toMatchObject({ labels: ["-1", "2", "10"] });
    expect([...train.targets.values]).toEqual([2, 0, 1, 2]);
    expect(parse(text, { target: "y", task: "regression" }).train.targets).toEqual({
      values: Float64Array.of(10, -1, 2, 10),
      shape: [1],
      count: 4,
      scale: 1,
    });
  });

  test("several targets, as a list or with commas", () => {
    for (const target of ["a,b", ["a", "b"]]) {
      const { task, train } = parse("a,x,b\n1,0,2\n3,0.5,4", { target });
      expect(task).toEqual({ kind: "regression", outputs: 2 });
      expect(train.targets).toMatchObject({ values: Float64Array.of(1, 2, 3, 4), shape: [2], count: 2 });
    }
    expect(inputsOf(parse('"a,b",x\n1,2\n2,3', { target: ["a,b"] }))).toEqual(["x"]);
  });
});

describe("which columns are inputs", () => {
  test("all but target, group and those to ignore", () => {
    const data = parse("id,g,x,y\n7,p,1,0.5\n5,q,2,1.5\n6,p,4,2.5", { target: "y", group: "g", ignore: "id" });
    expect(inputsOf(data)).toEqual(["x"]);
    expect([...data.groups!]).toEqual([0, 1, 0]);
  });

  test("no columns of nothing, of ids or of free text: each is told", () => {
    const text = made(12_000, {
      x: (i) => i % 9,
      empty: () => "",
      name: (i) => `n${i % 9000}`,
      remark: (i) => `r${i}`,
      town: (i) => `t${i % 30}`,
      y: (i) => i / 7,
    });
    const data = parse(text, { target: "y" });
    expect(inputsOf(data)).toEqual(["x", "town"]);
    expect(data.warnings).toEqual([
      "column 'empty' is left out: every cell is missing",
      "column 'name' is left out: 9000 different texts in 12000 rows tell the rows apart, not what they have in common",
      "column 'remark' is left out: more different texts than categories can have in 12000 rows tell the rows apart, not what they have in common",
    ]);
  });

  test("a wrong cell in a column of numbers is named, and not made a category of each", () => {
    const text = made(100, { x: (i) => (i === 42 ? "4o" : i), y: (i) => i / 2 });
    expect(fault(text, { target: "y" })).toBe(
      "DataError E_DATA_COLUMN_MIXED: data.csv line 44: column 'x' has numbers in most rows, and '4o' here | " +
        'Correct the cell, or leave it empty; or ignore the column. Numbers with a decimal comma need decimal ",".',
    );
    const few = parse(made(100, { x: (i) => (i === 42 ? "6+" : i % 6), y: (i) => i / 2 }), { target: "y" });
    expect(few.warnings).toEqual(["column 'x' is taken as categories, since data.csv line 44 has '6+', no number"]);
  });

  test("names that are not there are told with the nearest", () => {
    expect(fault("rooms,price\n1,2\n2,4", { target: "prize" })).toBe(
      "DataError E_DATA_COLUMN: data.csv has no column 'prize' | Did you mean 'price'? (valid: rooms, price)",
    );
    expect(fault("rooms,price\n1,2\n2,4", { target: "price", ignore: ["room"] })).toContain("no column 'room'");
    expect(fault("rooms,price\n1,2\n2,4", { target: "price", group: "g" })).toContain("no column 'g'");
    expect(fault("rooms,price\n1,2\n2,4", { target: "" })).toContain("needs at least one target");
  });
});

describe("what is missing", () => {
  const text = "x,c,y\n1,a,0.5\n,b,1.5\n3,,2.5\n4,b,?\n5,a,3.5";
  test("rows without a target are left out, and told; other gaps are filled later", () => {
    const { train, warnings } = parse(text, { target: "y" });
    expect([...train.targets.values]).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect((train.inputs as Frame).columns[0]).toMatchObject({ values: Float64Array.of(1, Number.NaN, 3, 5) });
    expect(warnings).toEqual(["1 of 5 rows have no 'y' and are left out"]);
  });

  test("or rows with gaps are dropped, or refused by line and column", () => {
    const { train, warnings } = parse(text, { target: "y", missing: "drop" });
    expect([...train.targets.values]).toEqual([0.5, 3.5]);
    expect(warnings).toEqual(["1 of 5 rows have no 'y' and are left out", "2 of 5 rows lack an input and are left out"]);
    expect(fault(text, { target: "y", missing: "refuse" })).toContain(
      `E_DATA_MISSING: data.csv line 3: column 'x' is empty, and missing is "refuse"`,
    );
    expect(fault("x,y\n1,\n2,", { target: "y" })).toContain(
      "E_DATA_EMPTY: data.csv: no row can be used; 2 of 2 rows have no 'y'",
    );
  });
});

describe("a second file to test on", () => {
  const train = "x,c,y\n1,p,a\n2,q,b\n3,p,a";
  test("is read as the first was: kinds, classes and columns by name", () => {
    const data = parse("n,c,y\n1,1,1\n2,x,2\n3,1,1", { target: "y", task: "classification" }, "y,c,n,more\n2,1,8,z\n1,2,9,z");
    expect(data.test!.targets.values).toEqual(Int32Array.of(1, 0));
    expect((data.test!.inputs as Frame).columns).toEqual([
      { name: "n", kind: "number", values: Float64Array.of(8, 9) },
      { name: "c", kind: "category", codes: Int32Array.of(0, 1), levels: ["1", "2"] },
    ]);
  });

  test("what does not fit is named", () => {
    expect(fault(train, { target: "y" }, "x,c,y\n1,p,a\n2,p,z")).toContain(
      "E_DATA_LABEL: test.csv line 3: class 'z' in column 'y' does not occur in the training file",
    );
    expect(fault(train, { target: "y" }, "x,y\n1,a")).toContain("E_DATA_COLUMN: test.csv has no column 'c'");
    expect(fault(train, { target: "y" }, "x,c,y\none,p,a")).toContain(
      "E_DATA_CELL: test.csv line 2: column 'x' needs a finite number",
    );
    expect(parse(train, { target: "y" }, "x,c,y\n1,p,a\n2,p,").warnings).toEqual([
      "testFile: 1 of 2 rows have no 'y' and are left out",
    ]);
  });
});

describe("what cannot be learned is said", () => {
  test.each<[string, string, Options, string]>([
    ["one class", "x,y\n1,a\n2,a", { target: "y" }, "E_DATA_ONE_CLASS: data.csv: column 'y' is 'a' in every row"],
    [
      "a constant target",
      "x,y\n1,0.5\n2,0.5",
      { target: "y" },
      "E_DATA_TARGET_CONSTANT: data.csv: column 'y' is 0.5 in every row",
    ],
    [
      "texts in a regression",
      "x,y\n1,a\n2,b",
      { target: "y", task: "regression" },
      "a regression predicts numbers, column 'y' has texts such as 'a'",
    ],
    [
      "several columns of classes",
      "a,b,x\np,q,1\nr,s,2",
      { target: "a,b", task: "classification" },
      "a classification predicts one column, received 2",
    ],
    ["no other column", "y\n1\n2", { target: "y" }, "E_DATA_NO_INPUTS: data.csv: no column is left to learn from"],
    [
      "ids alone",
      made(30, { id: (i) => `n${i}`, y: (i) => i / 2 }),
      { target: "y" },
      "no column is left to learn from; column 'id' is left out",
    ],
    [
      "too many classes",
      made(10_050, { x: (i) => i, y: (i) => `c${i}` }),
      { target: "y" },
      "has more than 10000 different values, too many for classes",
    ],
    [
      "too many classes of numbers",
      made(10_050, { x: (i) => i, y: (i) => i }),
      { target: "y", task: "classification" },
      'too many for classes | Set task to "regression"',
    ],
  ])("%s", (_, text, options, expected) => {
    expect(fault(text, options)).toContain(expected);
  });

  test("too few rows", () => {
    expect(fault("x,y\n1,0.5", { target: "y" })).toContain(
      "E_DATA_ROWS: data.csv: a table to learn from has at least two rows with a target, this one has 1",
    );
    const run = { data: { options: { validation: 1, test: 1 } }, preprocessing: [] };
    expect(raised(() => prepareData(run, parse("x,y\n1,0.5\n2,1.5", { target: "y" }), randomKey(1)))).toContain(
      "hold out 2 of 2 rows and leave none to learn from",
    );
  });
});

test("whatever a table holds, it becomes finite numbers or an error of ours", () => {
  const cell = fc.oneof(
    { weight: 15, arbitrary: fc.integer({ min: -9, max: 9 }).map(String) },
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom("", "a", "b", "?", "NaN", "1e308", "-1e308", "5e-324", "x y", "inf"),
  );
  const table = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 12 }))
    .chain(([width, rows]) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows }),
    );
  const options = fc.record({
    missing: fc.constantFrom("mean", "median", "drop", "refuse"),
    categories: fc.constantFrom("oneHot", "index"),
    task: fc.constantFrom("auto", "classification", "regression"),
    standardiseTargets: fc.boolean(),
    stratify: fc.constantFrom(false, false, true),
    validation: fc.constantFrom(0, 0.3, 1),
    test: fc.constantFrom(0, 0.3),
  });
  const steps = fc.subarray(["standardise", "minMax", "whiten"]);
  let finished = 0;
  fc.assert(
    fc.property(table, options, steps, (rows, choices, kinds) => {
      const text = [rows[0]!.map((_, i) => `c${i}`), ...rows].map((row) => row.join(",")).join("\n");
      const given = requireOptions(csv.options, { file: "f", target: "c0", ...choices }, "csv");
      try {
        const raw = csv.parse(new Map([["file", content(text, "f")]]), given);
        const preprocessing = kinds.map((kind) => {
          const definition = preprocessings.get(kind);
          return { definition, options: requireOptions(definition.options, {}, kind) };
        });
        const { dataset } = prepareData({ data: { options: given }, preprocessing }, raw, randomKey(1));
        for (const set of [dataset.train, dataset.test])
          for (const { values } of set ? [set.inputs, set.targets] : []) expect(values.every(Number.isFinite)).toBe(true);
        finished++;
      } catch (error) {
        if (!(error instanceof OsolgilError)) throw error;
      }
    }),
    propertyRuns(400, 20_000),
  );
  expect(finished).toBeGreaterThan(50);
});
