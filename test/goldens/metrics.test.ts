import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { metrics } from "../../src/nn/metrics/index.ts";
import type { Options } from "../../src/testing/check.ts";
import { expectClose } from "../../src/testing/close.ts";
import { resolved } from "../../src/testing/options.ts";

type Averages = Readonly<Record<"macro" | "micro" | "none", number | readonly number[]>>;
interface Classification {
  readonly name: string;
  readonly classes: number;
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  readonly accuracy: number;
  readonly topK: Readonly<Record<string, number>>;
  readonly precision: Averages;
  readonly recall: Averages;
  readonly f1: Averages;
  readonly auc: { readonly scores: number; readonly softmax?: number };
  readonly confusionMatrix: readonly (readonly number[])[];
}
interface Regression {
  readonly name: string;
  readonly width: number;
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  readonly rSquared: number;
}
interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly classification: readonly Classification[];
  readonly regression: readonly Regression[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "metrics.json"), "utf8")) as Goldens;

/** Sums of up to 150 numbers of float64, in other orders. */
const rounding = 1e-13;
const listOf = (value: unknown): number[] => [value as number | number[]].flat();

test("the goldens say what made them, and every metric has one", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("scikit-learn"),
    version: expect.stringMatching(/^1\./),
    command: expect.stringContaining("make-metric-goldens.py"),
  });
  const keys = [...goldens.classification, ...goldens.regression].flatMap((one) => Object.keys(one));
  for (const name of metrics.names) expect(keys).toContain(name);
});

describe.each(goldens.classification.map((one) => [one.name, one] as const))("%s", (_, golden) => {
  const count = golden.targets.length;
  const given = { targets: golden.targets, width: golden.classes, count };
  const held = (name: string, options: Options, expected: unknown) => {
    const definition = metrics.get(name);
    const received = definition.compute(
      { ...given, predictions: Float64Array.from(golden.predictions) },
      resolved(definition, options),
    );
    expectClose(listOf(received), listOf(expected), rounding, `${name} ${JSON.stringify(options)}`);
  };

  test("accuracy and topK", () => {
    held("accuracy", {}, golden.accuracy);
    for (const [k, expected] of Object.entries(golden.topK)) held("topK", { k: Number(k) }, expected);
  });

  test.each(["precision", "recall", "f1"] as const)("%s", (name) => {
    for (const [average, expected] of Object.entries(golden[name])) held(name, { average }, expected);
  });

  test("auc, its ties by halves", () => {
    held("auc", { softmax: false }, golden.auc.scores);
    if (golden.auc.softmax !== undefined) held("auc", {}, golden.auc.softmax);
  });

  test("confusionMatrix", () => {
    const { confusionMatrix } = golden;
    expect(metrics.get("confusionMatrix").compute({ ...given, predictions: Float64Array.from(golden.predictions) }, {})).toEqual(
      confusionMatrix,
    );
  });
});

test.each(goldens.regression.map((one) => [one.name, one] as const))("%s", (_, { width, targets, predictions, ...golden }) => {
  for (const name of ["meanAbsoluteError", "rootMeanSquaredError", "rSquared"] as const) {
    const received = metrics
      .get(name)
      .compute({ predictions: Float64Array.from(predictions), width, count: targets.length / width, targets }, {});
    expectClose([received as number], [golden[name]], rounding, name);
  }
});
