import { describe, expect, test } from "vitest";
import type { MetricValue } from "../../src/core/events.ts";
import { fillNormal, foldIn, permutation, randomKey } from "../../src/core/random.ts";
import { type MetricDefinition, metrics, type Predicted } from "../../src/nn/metrics/index.ts";
import { raised } from "../data/raised.ts";
import { expectClose } from "../support/close.ts";
import { optionsContract, resolved } from "./options.ts";

const key = randomKey(1);

/** Predictions with noise around what would be right; classes come in turns. */
function predicted(definition: MetricDefinition, count: number, width: number, noise: number): Predicted {
  const isClasses = definition.targets.includes("classes");
  const numbers = new Float32Array(count * width);
  fillNormal(foldIn(key, "noise"), numbers, 0, 1);
  const targets = isClasses
    ? Uint8Array.from({ length: count }, (_, row) => row % width)
    : Float32Array.from(numbers, (_, i) => ((i * 37) % 11) / 4);
  const right = (i: number) => (isClasses ? Number(targets[Math.floor(i / width)] === i % width) : targets[i]!);
  return { predictions: numbers.map((x, i) => right(i) + noise * x), width, count, targets };
}

const listOf = (value: MetricValue | undefined): number[] => [value as number[][] | number].flat(2);

function metricContract(definition: MetricDefinition): void {
  const { name, goal } = definition;
  const isClasses = definition.targets.includes("classes");
  const best = goal === "min" ? 0 : 1;

  describe(`metric '${name}'`, () => {
    optionsContract("metric", definition, definition.examples);

    describe.each(definition.examples.map((example) => [JSON.stringify(example), resolved(definition, example)] as const))(
      "with %s",
      (_, options) => {
        const of = (given: Predicted) => definition.compute(given, options);

        test("the order of the examples is nothing to it, nor whether their numbers are of 4 bytes or 8; JSON holds it", () => {
          const given = predicted(definition, 53, 3, 0.6);
          const value = of(given);
          const order = permutation(foldIn(key, "order"), given.count);
          const per = given.targets.length / given.count;
          const mixed: Predicted = {
            ...given,
            predictions: Float64Array.from(
              given.predictions,
              (_, i) => given.predictions[order[Math.floor(i / 3)]! * 3 + (i % 3)]!,
            ),
            targets: Array.from(given.targets, (_, i) => given.targets[order[Math.floor(i / per)]! * per + (i % per)]!),
          };
          // Sums of 159 numbers of float64 in another order.
          expectClose(listOf(of(mixed)), listOf(value), 1e-13, name);
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        });

        if (goal !== undefined) {
          test("it is best where all is right, and worse the more is wrong", () => {
            const values = [0, 0.3, 1, 4].map((noise) => listOf(of(predicted(definition, 400, 4, noise))));
            expect(values[0]!.every((value) => value === best)).toBe(true);
            const means = values.map((list) => list.reduce((sum, one) => sum + one, 0) / list.length);
            for (let i = 1; i < means.length; i++) {
              if (name === "topK" && options.k === 5) expect(means[i], "five of four classes").toBe(1);
              else if (goal === "max") expect(means[i]).toBeLessThan(means[i - 1]!);
              else expect(means[i]).toBeGreaterThan(means[i - 1]!);
            }
          });
        }

        test("a prediction that is NaN never helps, and never comes out as NaN", () => {
          const given = predicted(definition, 30, 3, 0);
          const value = listOf(of(given));
          for (const at of [0, 1, 2, 40]) {
            const predictions = given.predictions.slice();
            predictions[at] = Number.NaN;
            const worse = of({ ...given, predictions });
            if (worse === undefined) continue;
            expect(isClasses).toBe(true);
            listOf(worse).forEach((one, i) => {
              expect(one).toBeLessThanOrEqual(value[i]!);
            });
            // Where one right answer is lost it shows; precision asks only those that were decided.
            if (name !== "precision") expect(worse).not.toEqual(of(given));
          }
          expect(of({ ...given, predictions: given.predictions.map(() => Number.NaN) }) ?? 0).toEqual(
            typeof of(given) === "number" ? 0 : JSON.parse(JSON.stringify(of(given), (_, x) => (typeof x === "number" ? 0 : x))),
          );
        });

        test("tables that do not fit are refused, with what was expected and what came", () => {
          const given = predicted(definition, 6, 3, 0.1);
          const refused = (wrong: Partial<Predicted>) => raised(() => of({ ...given, ...wrong }));
          const wanted = isClasses ? 6 : 18;
          expect(refused({ count: 0 })).toContain(
            `DataError E_METRIC_INPUT: metric '${name}' needs at least one example, received 0`,
          );
          expect(refused({ predictions: new Float32Array(17) })).toContain("expects 6 x 3 predictions, received 17 numbers");
          expect(refused({ targets: [1] })).toContain(`expects ${wanted} targets, received 1`);
          if (!isClasses) return;
          expect(refused({ targets: [0, 1, 2, 0, 3, 1] })).toContain("class numbers in [0, 2], received 3 at example 4");
          expect(refused({ targets: [0, 1, -1, 0, 1, 1] })).toContain("received -1 at example 2");
          expect(refused({ targets: [0, 1, 0.5, 0, 1, 1] })).toContain("received 0.5 at example 2");
          expect(refused({ classes: 4 })).toContain("expects 4 numbers for an example, one for each class, received 3");
          expect(refused({ width: 1, predictions: new Float32Array(6), targets: new Uint8Array(6) })).toContain(
            "2 classes or more",
          );
        });

        if (isClasses) {
          test("one number for two classes is the logit of class 1", () => {
            const predictions = Float32Array.of(0.5, -2, 0, 1e-30, 3, -0.25);
            const targets = [1, 0, 0, 1, 0, 1];
            const both = Float64Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 0 : predictions[i >> 1]!));
            expect(of({ predictions, width: 1, count: 6, classes: 2, targets })).toEqual(
              of({ predictions: both, width: 2, count: 6, targets }),
            );
          });
        }
      },
    );
  });
}

metrics.all.forEach(metricContract);

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
