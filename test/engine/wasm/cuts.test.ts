import fc from "fast-check";
import { expect, test } from "vitest";
import { equalShares } from "../../../src/engine/threads.ts";
import { cutPartition, cutRows } from "../../../src/engine/wasm/cuts.ts";
import { propertyRuns } from "../../support/long.ts";

const partitions = fc.record(
  {
    by: fc.constantFrom("rows" as const, "columns" as const, "one" as const),
    count: fc.integer({ min: 1, max: 3000 }),
    multiple: fc.constantFrom(1, 4, 16),
    half: fc.constantFrom(0 as const, 1 as const),
  },
  { requiredKeys: ["by", "count", "multiple"] },
);

const sharesOfThreads = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(equalShares),
  fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 }),
);

test("parts follow each other, hold everything, begin at multiples, and fall into strips of the whole's heights", () => {
  fc.assert(
    fc.property(partitions, sharesOfThreads, (partition, shares) => {
      const parts = cutPartition(partition, shares);
      const { height, rest } = cutRows(partition.count);
      expect(parts).toHaveLength(shares.length);
      let next = 0;
      for (const { first, count, tall, rest: lower } of parts) {
        expect(count).toBeGreaterThanOrEqual(0);
        if (count === 0) continue;
        expect(first).toBe(next);
        expect(first % partition.multiple).toBe(0);
        next = first + count;
        if (partition.by !== "rows") continue;
        expect(tall * height + lower * (height - 1)).toBe(count);
        if (rest === 0) expect(lower).toBe(0);
      }
      expect(next).toBe(partition.count);
    }),
    propertyRuns(2000, 50_000),
  );
});

test("halves go to the first and the second half of the threads, and move with their shares", () => {
  const sizes = (half: 0 | 1, shares: readonly number[], count = 120) =>
    cutPartition({ by: "rows", count, multiple: 1, half }, shares).map((part) => part.count);
  expect([sizes(0, [1]), sizes(1, [1])]).toEqual([[120], [120]]);
  expect([sizes(0, [1, 1]), sizes(1, [1, 1])]).toEqual([
    [120, 0],
    [0, 120],
  ]);
  expect([sizes(0, [3, 2]), sizes(1, [3, 2])]).toEqual([
    [120, 0],
    [24, 96],
  ]);
  expect([sizes(0, [2, 3]), sizes(1, [2, 3])]).toEqual([
    [96, 24],
    [0, 120],
  ]);
  expect([sizes(0, [1, 1, 1, 1]), sizes(1, [1, 1, 1, 1])]).toEqual([
    [60, 60, 0, 0],
    [0, 0, 60, 60],
  ]);
  const one = (half: 0 | 1) => cutPartition({ by: "one", count: 1, multiple: 1, half }, [1, 1]).map((part) => part.count);
  expect([one(0), one(1)]).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test.each([
  [128, 2, [64, 64]],
  [100, 2, [50, 50]],
  [784, 4, [196, 196, 196, 196]],
  [16, 2, [6, 10]],
  [32, 2, [16, 16]],
])("%i rows are shared fairly by %i threads", (count, threads, expected) => {
  const sizes = cutPartition({ by: "rows", count, multiple: 1 }, equalShares(threads)).map((part) => part.count);
  expect(sizes.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
});
