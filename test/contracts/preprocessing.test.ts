import { describe, expect, test } from "vitest";
import { preprocessings } from "../../src/data/preprocessing/index.ts";
import { examplesOf, tableReader } from "../../src/data/rows.ts";
import type { Options } from "../../src/testing/check.ts";
import { resolved } from "../../src/testing/options.ts";
import { fitted, normalRows as normals } from "../../src/testing/preprocessing.ts";
import { preprocessingContract } from "../../src/testing.ts";
import { holds } from "./holds.ts";

for (const one of preprocessings.all) holds(`preprocessing '${one.name}'`, preprocessingContract(one));

describe("what each of them means", () => {
  const step = (kind: string, options: Options, shape: readonly number[], values: readonly number[]) =>
    fitted(preprocessings.get(kind), options, shape, Float64Array.from(values));

  test("meanImage takes the mean of each place, channelMean that of each channel", () => {
    const values = [1, 10, 3, 20, 5, 30, 7, 40]; // two images of one row, two columns, two channels
    expect([...step("meanImage", {}, [1, 2, 2], values).apply(Float64Array.from(values))]).toEqual([
      -2, -10, -2, -10, 2, 10, 2, 10,
    ]);
    expect([...step("channelMean", {}, [1, 2, 2], values).apply(Float64Array.from(values))]).toEqual([
      -3, -15, -1, -5, 1, 5, 3, 15,
    ]);
    const grey = step("channelMean", { std: true }, [2, 1], [1, 3]);
    expect([...grey.apply(Float64Array.of(1, 3, 5))]).toEqual([-1, 1, 3]);
    expect(() => step("channelMean", {}, [4], [1, 2, 3, 4])).toThrow("channelMean needs images");
  });

  test("standardise and minMax: a column that does not vary becomes 0 or low, then and later, and is told", () => {
    const values = [1, 7, 3, 7];
    const scaled = step("standardise", {}, [2], values);
    expect([...scaled.apply(Float64Array.of(1, 7, 3, 99))]).toEqual([-1, 0, 1, 0]);
    expect(scaled.warnings).toEqual(["standardise: 1 of 2 features do not vary in the training rows and become 0 (1)"]);
    const ranged = step("minMax", { low: 2, high: 4 }, [2], values);
    expect([...ranged.apply(Float64Array.of(1, 7, 5, 99))]).toEqual([2, 2, 6, 2]);
    expect(ranged.warnings[0]).toContain("become 2");
    expect(() => step("minMax", { low: 1, high: 1 }, [2], values)).toThrow("minMax needs low below high, received 1 and 1");
  });

  test("standardise leaves indicators of categories as they are, and names columns", () => {
    const values = Float64Array.of(1, 0, 5, 3, 1, 5);
    const reader = {
      ...tableReader({ values, shape: [3], count: 2 }, 1),
      names: ["x", "town=Jeju", "flat"],
      indicators: [false, true, false],
    };
    const { state, warnings } = preprocessings.get("standardise").fit(examplesOf(reader, []), {});
    expect([...preprocessings.get("standardise").apply(values.slice(), 2, state)]).toEqual([-1, 0, 0, 1, 1, 0]);
    expect(warnings[0]).toContain("('flat')");
  });

  test("numbers far from 0 keep their digits", () => {
    const days = Array.from({ length: 100 }, (_, i) => 1.6e9 + i);
    const { apply } = step("standardise", {}, [1], days);
    const out = apply(Float64Array.from(days));
    // The mean is 1.6e9 + 49.5 and the deviation 28.87 to 16 digits; in float32 neighbours there are 128 apart.
    out.forEach((value, i) => {
      expect(Math.abs(value - (i - 49.5) / Math.sqrt(833.25))).toBeLessThan(1e-9);
    });
  });

  test("whitened rows have the identity as covariance; those of zca stay near the features", () => {
    const [rows, size] = [400, 5];
    const mixed = normals(rows, [size]);
    for (let i = 0; i < rows; i++) for (let j = 1; j < size; j++) mixed[i * size + j]! += 0.9 * mixed[i * size + j - 1]!;
    for (const method of ["pca", "zca"]) {
      const out = fitted(preprocessings.get("whiten"), { method, epsilon: 0 }, [size], mixed).apply(mixed);
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) {
          let sum = 0;
          for (let i = 0; i < rows; i++) sum += out[i * size + a]! * out[i * size + b]!;
          expect(Math.abs(sum / rows - (a === b ? 1 : 0))).toBeLessThan(1e-11);
        }
      if (method === "pca") continue;
      let along = 0;
      for (let i = 0; i < rows; i++) along += (out[i * size]! * (mixed[i * size]! - 3)) / rows;
      expect(along).toBeGreaterThan(1); // of a feature with deviation 2, so correlated by more than a half
    }
  });

  test("whiten drops directions without variance, and refuses what is too large", () => {
    const values = Array.from({ length: 20 }, (_, i) => [i, 2 * i, (i * i) % 7]).flat();
    const { warnings, apply } = step("whiten", { epsilon: 0 }, [3], values);
    expect(warnings).toEqual(["whiten: 1 of 3 directions have no variance in the training rows and become 0"]);
    expect(apply(Float64Array.of(1, -50, 3))[2]).toBe(0);
    const wide = { shape: [3101], count: 1, forEachBlock: () => {} };
    expect(() => preprocessings.get("whiten").fit(wide, resolved(preprocessings.get("whiten"), {}))).toThrow(
      "whiten takes 3100 features at the most",
    );
    expect(() => step("whiten", { components: 4 }, [3], values)).toThrow("at most as many components as there are features, 3");
  });
});
