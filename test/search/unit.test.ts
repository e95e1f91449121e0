import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assign, inOrder } from "../../src/search/conditions.ts";
import type { Dimension, Space } from "../../src/search/space.ts";
import { levelsOf, placeOf, unitOf, valueAt } from "../../src/search/unit.ts";
import { propertyRuns } from "../support/long.ts";

const range = (low: number, high: number) =>
  fc.tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: 1e-3, max: high, noNaN: true }));
const dimensions: fc.Arbitrary<Dimension> = fc.oneof(
  range(-1e3, 1e3).map(([min, width]) => ({ type: "float" as const, min, max: min + width })),
  range(1e-8, 1e3).map(([min, width]) => ({ type: "float" as const, min, max: min + width, scale: "log" as const })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 40 }))
    .map(([k, n]) => ({ type: "float" as const, min: k / 10, max: (k + n) / 10, step: 0.1 })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 900 }))
    .map(([min, n]) => ({ type: "integer" as const, min, max: min + n })),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 900 }))
    .map(([min, n]) => ({ type: "integer" as const, min, max: min + n, scale: "log" as const })),
  fc
    .tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .map(([min, n]) => ({ type: "integer" as const, min, max: min + 3 * n, step: 3 })),
  fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 5 }).map((values) => ({ type: "categorical" as const, values })),
  fc.constant({ type: "boolean" as const }),
);
const units = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

test("every value lies in its range, and comes back from its own place", () => {
  fc.assert(
    fc.property(dimensions, units, (dimension, u) => {
      const value = valueAt(dimension, u);
      if ("min" in dimension) {
        expect(value).toBeGreaterThanOrEqual(dimension.min);
        expect(value).toBeLessThanOrEqual(dimension.max);
      }
      const back = unitOf(dimension, value);
      expect(back >= 0 && back <= 1).toBe(true);
      if (levelsOf(dimension) !== undefined) expect(valueAt(dimension, back)).toEqual(value);
      // The scale is computed forth and back: a few roundings, which narrow ranges far from 0 enlarge by |min| / width <= 1e6.
      else expect(Math.abs(back - u)).toBeLessThan(1e-9);
    }),
    propertyRuns(300, 20_000),
  );
});

test("a larger u never gives a smaller number", () => {
  fc.assert(
    fc.property(dimensions, units, units, (dimension, a, b) => {
      if (!("min" in dimension)) return;
      expect(valueAt(dimension, Math.min(a, b)) as number).toBeLessThanOrEqual(valueAt(dimension, Math.max(a, b)) as number);
    }),
    propertyRuns(200, 20_000),
  );
});

describe("the shares of values", () => {
  const sharesOf = (dimension: Dimension): Map<unknown, number> => {
    const [shares, n] = [new Map<unknown, number>(), 100_000];
    for (let i = 0; i < n; i++) {
      const value = valueAt(dimension, (i + 0.5) / n);
      shares.set(value, (shares.get(value) ?? 0) + 1 / n);
    }
    return shares;
  };

  test.each<[string, Dimension, number]>([
    ["integers", { type: "integer", min: 1, max: 3 }, 3],
    ["integers with a step", { type: "integer", min: 0, max: 8, step: 2 }, 5],
    ["floats with a step", { type: "float", min: 0.1, max: 0.5, step: 0.1 }, 5],
    ["values in no order", { type: "categorical", values: ["a", "b", null, { c: [1] }] }, 4],
    ["true and false", { type: "boolean" }, 2],
  ])("%s: all the same, the ends too", (_, dimension, count) => {
    const shares = sharesOf(dimension);
    expect(shares.size).toBe(count);
    // A value's share is counted to one point in 100 000 at each end.
    for (const share of shares.values()) expect(Math.abs(share - 1 / count)).toBeLessThan(3e-5);
  });

  test("integers on a logarithmic scale: as wide as [v - 1/2, v + 1/2] is there", () => {
    const shares = sharesOf({ type: "integer", min: 1, max: 100, scale: "log" });
    expect(shares.size).toBe(100);
    for (const v of [1, 2, 10, 100])
      expect(Math.abs(shares.get(v)! - Math.log((v + 0.5) / (v - 0.5)) / Math.log(201))).toBeLessThan(3e-5);
  });

  test("steps have no digits of their own", () => {
    const values = [...sharesOf({ type: "float", min: 0.1, max: 0.7, step: 0.1 }).keys()];
    expect(values).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]);
  });
});

test("places on a logarithmic scale: a decade is as long as another", () => {
  const rate = { type: "float", min: 1e-6, max: 1e-2, scale: "log" } as const;
  // Logarithms of our own and divisions, a few roundings each.
  expect(placeOf(rate, 1e-4)).toBeCloseTo(0.5, 12);
  expect(valueAt(rate, 0.25)).toBeCloseTo(1e-5, 15);
});

test("a dimension counts where its condition holds, wherever it stands", () => {
  const space: Space = {
    inner: { type: "boolean", when: { path: "outer", is: [1, 2] } },
    outer: { type: "integer", min: 1, max: 3, when: { path: "kind", is: { a: 1 } } },
    kind: { type: "categorical", values: [{ a: 1 }, "b"] },
  };
  expect(inOrder(space).map(([name]) => name)).toEqual(["kind", "outer", "inner"]);
  const at = (kind: number, outer: number) =>
    assign(space, (name) => (name === "kind" ? [{ a: 1 }, "b"][kind]! : name === "outer" ? outer : true));
  expect(at(0, 2)).toEqual({ kind: { a: 1 }, outer: 2, inner: true });
  expect(at(0, 3)).toEqual({ kind: { a: 1 }, outer: 3 });
  expect(at(1, 2)).toEqual({ kind: "b" });
});
