/** Preprocessing against scikit-learn and NumPy in float64. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireOptions } from "../../src/core/options.ts";
import { preprocessings } from "../../src/data/preprocessing/index.ts";
import { examplesOf, tableReader } from "../../src/data/rows.ts";
import { expectClose } from "../../src/testing/close.ts";

interface Data {
  readonly shape: readonly number[];
  /** How many of the first rows it is fitted on. */
  readonly fitted: number;
  readonly values: readonly number[];
}
interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly table: Data;
  readonly images: Data;
  readonly cases: readonly {
    readonly kind: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly data: "table" | "images";
    readonly result: readonly number[];
  }[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "preprocessing.json"), "utf8")) as Goldens;

test("the goldens say what made them", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("float64"),
    version: expect.stringMatching(/^1\.\d+/),
    command: expect.stringContaining("make-preprocessing-goldens.py"),
  });
});

test.each(goldens.cases.map((golden) => [`${golden.kind} ${JSON.stringify(golden.options)}`, golden] as const))(
  "%s",
  (_, { kind, options: given, data, result }) => {
    const definition = preprocessings.get(kind);
    const options = requireOptions(definition.options, given, kind);
    const { shape, fitted, values } = goldens[data];
    const table = { values: Float64Array.from(values), shape, count: fitted };
    const { state, warnings } = definition.fit(examplesOf(tableReader(table, 1), []), options);
    const size = shape.reduce((a, b) => a * b, 1);
    const rows = values.length / size;
    const applied = definition.apply(table.values.slice(), rows, state);
    const outputs = applied.length / rows;
    // The sign of a component is a matter of convention: that of its first row.
    const flips = Array.from({ length: outputs }, (_, j) =>
      kind === "whiten" && given.method !== "zca" && Math.sign(applied[j]!) !== Math.sign(result[j]!) ? -1 : 1,
    );
    const received = applied.map((value, i) => value * flips[i % outputs]!);
    // Means near 1e6 beside spreads near 1e3 lose 3 of 16 digits. Eigenvalues are found within 2^-52 of the largest, here 1e7, so
    // that those near 1e-3 have 6 digits or more.
    expectClose(received, result, kind === "whiten" ? 1e-6 : 1e-11, kind);
    expect(warnings).toEqual([]);
  },
);
