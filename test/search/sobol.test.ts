import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foldIn, randomKey } from "../../src/core/random.ts";
import { samplers } from "../../src/search/samplers/index.ts";
import { scrambled, sobolBits, sobolDimensions, sobolDirections, toUnit } from "../../src/search/sobol.ts";
import type { Space } from "../../src/search/space.ts";

const directions = sobolDirections(sobolDimensions);

test("unscrambled, its points are scipy's, to the bit", () => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../goldens/sobol.json"), "utf8")) as {
    indices: number[];
    points: number[][];
  };
  expect(golden.points[0]!.length).toBe(sobolDimensions);
  for (const [at, index] of golden.indices.entries())
    expect(directions.map((column) => sobolBits(column, index))).toEqual(golden.points[at]);
});

test("scrambled, 2^n points still have one coordinate in each of 2^n equal parts, in every dimension", () => {
  for (const [dimension, column] of directions.entries()) {
    const key = foldIn(randomKey(3), dimension);
    const parts = Array.from({ length: 64 }, (_, index) => Math.floor(64 * toUnit(scrambled(key, sobolBits(column, index)))));
    expect(new Set(parts).size).toBe(64);
  }
});

test("scrambled, 64 points in two dimensions have one in each of 64 boxes of any shape, where the unscrambled have", () => {
  // Dimensions 1 and 2 are a (0, 2)-sequence: every box of 2^a by 2^(6 - a) holds one of 64 points.
  const points = Array.from({ length: 64 }, (_, index) =>
    [0, 1].map((d) => toUnit(scrambled(foldIn(randomKey(8), d), sobolBits(directions[d]!, index)))),
  );
  for (let a = 0; a <= 6; a++) {
    const boxes = points.map(([x, y]) => Math.floor(x! * 2 ** a) * 64 + Math.floor(y! * 2 ** (6 - a)));
    expect(new Set(boxes).size).toBe(64);
  }
});

test("each scrambled point is uniform by itself: the mean over scramblings is 1/2, the variance 1/12", () => {
  const values = Array.from({ length: 2000 }, (_, seed) => toUnit(scrambled(randomKey(seed), sobolBits(directions[5]!, 3))));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  // Standard errors: 1 / sqrt(12 * 2000) = 0.0065 and sqrt(1/180 / 2000) = 0.0017; four of them.
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.026);
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0067);
});

/** The squared L2-star discrepancy by Warnock's formula. */
function discrepancy(points: readonly (readonly number[])[]): number {
  const [n, d] = [points.length, points[0]!.length];
  const single = points.reduce((sum, x) => sum + x.reduce((product, xi) => product * (1 - xi * xi), 1), 0);
  const pairs = points.reduce(
    (sum, x) =>
      sum + points.reduce((inner, y) => inner + x.reduce((product, xi, i) => product * (1 - Math.max(xi, y[i]!)), 1), 0),
    0,
  );
  return 3 ** -d - (2 ** (1 - d) / n) * single + pairs / (n * n);
}

test("50 trials of the sampler are spread far more evenly than random ones would be, for every seed", () => {
  const space: Space = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { type: "float", min: 0, max: 1 }] as const));
  // Of n random points the expected square is (2^-d - 3^-d) / n.
  const ofRandom = (2 ** -4 - 3 ** -4) / 50;
  for (let seed = 1; seed <= 5; seed++) {
    const trials = Array.from({ length: 50 }, (_, index) => {
      const context = { space, key: randomKey(seed), index, goal: "min", ended: [], running: [] } as const;
      return Object.values(samplers.get("sobol").suggest(context, {})) as number[];
    });
    expect(discrepancy(trials)).toBeLessThan(0.4 * ofRandom);
  }
});
