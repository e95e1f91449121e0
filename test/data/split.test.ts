import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomKey } from "../../src/core/random.ts";
import { splitRows } from "../../src/data/split.ts";
import { raised } from "./raised.ts";

describe("splitRows", () => {
  test("every row is in exactly one part, both ascending, the validation as large as asked", () => {
    const n = fc.integer({ min: 2, max: 500 });
    fc.assert(
      fc.property(n, fc.nat(), fc.nat(), (rows, seed, some) => {
        const count = some % rows;
        const { train, validation } = splitRows(randomKey(seed), rows, count);
        expect(validation.length).toBe(count);
        const isAscending = (part: Uint32Array) => part.every((row, i) => i === 0 || part[i - 1] < row);
        expect([isAscending(train), isAscending(validation)]).toEqual([true, true]);
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
      }),
    );
  });

  test("a fraction is a rounded share of the rows, at least one", () => {
    const held = (rows: number, validation: number) => splitRows(randomKey(1), rows, validation).validation.length;
    expect([held(60000, 0.1), held(10, 0.25), held(10, 0.01), held(3, 1 / 3)]).toEqual([6000, 3, 1, 1]);
    expect(held(10, 0)).toBe(0);
    expect(held(10, 1)).toBe(1);
  });

  test("the same key gives the same split, another key another one", () => {
    const split = (seed: number) => splitRows(randomKey(seed), 1000, 100).validation;
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });

  test("the rows held out are spread over the table", () => {
    const { validation } = splitRows(randomKey(3), 100_000, 10_000);
    const mean = validation.reduce((sum, row) => sum + row, 0) / validation.length;
    // Standard deviation of the mean of 10,000 draws out of 100,000 without replacement: 28868 / 100 * sqrt(0.9) = 274; here 5 of them.
    expect(Math.abs(mean - 49_999.5)).toBeLessThan(5 * 274);
  });

  test("says what is wrong", () => {
    const fault = (rows: number, validation: number) => raised(() => splitRows(randomKey(1), rows, validation));
    expect(fault(100, 100)).toBe(
      "DataError E_DATA_SPLIT_EMPTY: validation 100 holds out 100 of 100 rows and leaves none to learn from | " +
        "Set validation to less than 100 rows, or to a fraction such as 0.1.",
    );
    expect(fault(100, 5000)).toContain("holds out 5000 of 100 rows");
    expect(fault(1, 0.5)).toContain("E_DATA_SPLIT_EMPTY");
    expect(fault(10, 0.99)).toContain("E_DATA_SPLIT_EMPTY");
    for (const validation of [-1, -0.5, 1.5, Number.NaN, Infinity]) {
      expect(fault(100, validation)).toContain(`E_DATA_SPLIT: validation must be a count`);
      expect(fault(100, validation)).toContain(`received ${validation} |`);
    }
    for (const rows of [0, -1, 2.5])
      expect(fault(rows, 0)).toContain(`E_DATA_EMPTY: a split needs a number of rows >= 1, received ${rows}`);
  });
});
