import { expect, test } from "vitest";
import { fillNormal, foldIn, randomKey } from "../../src/core/random.ts";
import { metrics } from "../../src/nn/metrics/index.ts";
import { resolved } from "../../src/testing/options.ts";
import { type MetricTraits, metricContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

const key = randomKey(1);

const traits: Readonly<Record<string, MetricTraits>> = {
  // Five of four classes.
  topK: { isAlwaysBest: ({ k }) => k === 5 },
  // Asks only those that were decided.
  precision: { skipsUndecided: true },
};

for (const one of metrics.all) holds(`metric '${one.name}'`, metricContract(one, traits[one.name]));

const compute = (
  name: string,
  options: Readonly<Record<string, unknown>>,
  rows: readonly (readonly number[])[],
  targets: number[],
) =>
  metrics
    .get(name)
    .compute(
      { predictions: Float64Array.from(rows.flat()), width: rows[0]!.length, count: rows.length, targets },
      resolved(metrics.get(name), options),
    );

test("auc counts pairs: the share in which the example of the class scores higher, ties by half", () => {
  const draws = new Float32Array(3 * 60);
  fillNormal(foldIn(key, "pairs"), draws, 0, 1);
  const rows = Array.from({ length: 60 }, (_, row) => [0, 1, 2].map((i) => Math.round(2 * draws[3 * row + i]!) / 2));
  const targets = rows.map((_, row) => row % 3);
  const areas = [0, 1, 2].map((c) => {
    let [won, pairs] = [0, 0];
    for (const a of rows.keys()) {
      for (const b of rows.keys()) {
        if (targets[a] !== c || targets[b] === c) continue;
        pairs++;
        won += rows[a]![c]! > rows[b]![c]! ? 1 : rows[a]![c] === rows[b]![c] ? 0.5 : 0;
      }
    }
    return won / pairs;
  });
  expect(compute("auc", { softmax: false }, rows, targets)).toBeCloseTo((areas[0]! + areas[1]! + areas[2]!) / 3, 14);
});

test("auc is undefined where only one class occurs, and far logits do not tie", () => {
  expect(
    compute(
      "auc",
      {},
      [
        [0, 1],
        [1, 0],
      ],
      [1, 1],
    ),
  ).toBeUndefined();
  expect(
    compute(
      "auc",
      {},
      [
        [0, 1, 2],
        [1, 0, 3],
      ],
      [2, 2],
    ),
  ).toBeUndefined();
  // Their probabilities round to 1 and to 0, and would tie.
  expect(
    compute(
      "auc",
      {},
      [
        [0, 0, 900],
        [0, 0, 800],
        [900, 0, 0],
      ],
      [2, 1, 0],
    ),
  ).toBe(1);
  expect(
    compute(
      "auc",
      {},
      [
        [0, 1e-20],
        [0, 0],
      ],
      [1, 0],
    ),
  ).toBe(1);
});

test("of equals the first counts as the larger", () => {
  const rows = [
    [1, 1, 0],
    [0, 2, 2],
    [3, 3, 3],
  ];
  expect(compute("accuracy", {}, rows, [0, 1, 0])).toBe(1);
  expect(compute("accuracy", {}, rows, [1, 2, 2])).toBe(0);
  expect(compute("topK", { k: 2 }, rows, [1, 2, 1])).toBe(1);
  expect(compute("topK", { k: 2 }, rows, [1, 2, 2])).toBe(2 / 3);
});

test("rSquared of one example is undefined; equal targets keep their value to the bit", () => {
  expect(compute("rSquared", {}, [[1]], [2])).toBeUndefined();
  const third = [[0.1], [0.1], [0.1]];
  expect(compute("rSquared", {}, third, [0.1, 0.1, 0.1])).toBe(1);
  expect(compute("rSquared", {}, [[0.1], [0.1], [0.2]], [0.1, 0.1, 0.1])).toBe(0);
});
