import { expect, test } from "vitest";
import { randomKey } from "../../src/core/random.ts";
import * as g from "../../src/graph/index.ts";
import { type Fan, initializers } from "../../src/nn/initializers/index.ts";
import { conv2d } from "../../src/nn/layers/conv-2d.ts";
import { initialValues, Model } from "../../src/nn/model.ts";
import type { Options } from "../../src/testing/check.ts";
import { resolved } from "../../src/testing/options.ts";

function draw(name: string, options: Options, fan: Fan, size = fan.fanIn * fan.fanOut): Float32Array {
  const definition = initializers.get(name);
  const out = new Float32Array(size);
  definition.fill(out, fan, randomKey(5), resolved(definition, options));
  return out;
}

/** Largest difference of the vectors' products with each other from gain^2 on the diagonal and 0 beside it. */
function unlikeRotation(matrix: Float32Array, [rows, columns]: readonly [number, number], gain: number): number {
  const few = Math.min(rows, columns);
  const at = (vector: number, k: number) => matrix[rows >= columns ? k * columns + vector : vector * columns + k]!;
  let worst = 0;
  for (let i = 0; i < few; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < Math.max(rows, columns); k++) product += at(i, k) * at(j, k);
      worst = Math.max(worst, Math.abs(product - (i === j ? gain * gain : 0)));
    }
  }
  return worst;
}

test.each<readonly [number, number]>([
  [1, 1],
  [1, 7],
  [7, 1],
  [5, 5],
  [60, 25],
  [25, 60],
  [100, 100],
])("orthogonal [%d, %d]: the rows or columns, whichever are fewer, are orthogonal and as long as the gain", (rows, columns) => {
  for (const gain of [1, 1.5]) {
    const matrix = draw("orthogonal", { gain }, { fanIn: rows, fanOut: columns });
    // Numbers below gain are rounded to float32, 2^-24 each; a product of unit vectors then by about as much, at most a few times.
    expect(unlikeRotation(matrix, [rows, columns], gain)).toBeLessThan(4 * 2 ** -24 * gain * gain);
  }
});

test("orthogonal filters are the matrix [pixels and channels, filters]", () => {
  const model = new Model([
    { definition: conv2d, name: "conv", options: resolvedConv({ filters: 4, kernel: 3, initializer: "orthogonal" }) },
  ]);
  model.apply(g.input("x", [2, 5, 5, 2]), "training");
  const weight = model.parameters.find(({ isWeight }) => isWeight)!;
  expect(weight.tensor.shape).toEqual([3, 3, 2, 4]);
  expect(unlikeRotation(initialValues(weight, randomKey(1)), [18, 4], 1)).toBeLessThan(4 * 2 ** -24);
});

function resolvedConv(given: Options): Options {
  const definition = initializers.get(given.initializer as string);
  return { ...resolved(conv2d, given), initializer: { definition, options: resolved(definition, {}) } };
}

test("truncated normal numbers lie within the bound, and are no fewer near it", () => {
  const numbers = draw("truncatedNormal", { std: 2, mean: 1, bound: 0.5 }, { fanIn: 100, fanOut: 100 });
  const distances = numbers.map((x) => Math.abs(x - 1));
  expect(Math.max(...distances)).toBeLessThanOrEqual(1);
  // Cut at half a standard deviation the density at the ends is 0.88 of that in the middle: 10,000 (2 Phi(0.5) - 2 Phi(0.45)) / 0.383 = 931.
  const atEnds = distances.filter((distance) => distance > 0.9).length;
  expect(Math.abs(atEnds - 931)).toBeLessThan(5 * Math.sqrt(931));
});

test("uniform numbers lie within their limits", () => {
  const spread = (values: Float32Array) => [Math.min(...values), Math.max(...values)] as const;
  for (const [name, options, limit] of [
    ["he", { distribution: "uniform" }, Math.sqrt(6 / 50)],
    ["lecun", { distribution: "uniform" }, Math.sqrt(3 / 50)],
    ["xavier", { distribution: "uniform", fan: "average" }, Math.sqrt(6 / 130)],
    ["uniform", { limit: 0.25 }, 0.25],
  ] as const) {
    const [low, high] = spread(draw(name, options, { fanIn: 50, fanOut: 80 }));
    // 4,000 draws come within a thousandth of the whole width of either end, but for one key in fifty.
    expect(low, name).toBeGreaterThanOrEqual(-limit);
    expect(high, name).toBeLessThanOrEqual(Math.fround(limit));
    expect(high - low, name).toBeGreaterThan(2 * limit * 0.998);
  }
});
