import fc from "fast-check";
import { expect, test } from "vitest";
import { equalShares } from "../../../src/engine/threads.ts";
import { cutPartition, cutRows } from "../../../src/engine/wasm/cuts.ts";
import { propertyRuns } from "../../support/long.ts";

const partitions = fc.record({
  by: fc.constantFrom("rows" as const, "columns" as const, "one" as const),
  count: fc.integer({ min: 1, max: 3000 }),
  multiple: fc.constantFrom(1, 4, 16),
});

test("parts follow each other, hold everything, begin at multiples, and fall into strips of the whole's heights", () => {
  fc.assert(
    fc.property(partitions, fc.integer({ min: 1, max: 9 }), (partition, threads) => {
      const parts = cutPartition(partition, equalShares(threads));
      const { height, rest } = cutRows(partition.count);
      expect(parts).toHaveLength(threads);
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
