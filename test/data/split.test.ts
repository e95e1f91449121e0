import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldIn, permutation, randomKey } from "../../src/core/random.ts";
import { foldOf, kFolds } from "../../src/data/folds.ts";
import { type RowParts, type RowSplit, splitParts, splitRows } from "../../src/data/split.ts";
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

const sorted = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
const all = (n: number) => Array.from({ length: n }, (_, row) => row);
const partsOf = ({ train, validation, test }: RowParts) => [train, validation, test];
const countBy = (rows: Uint32Array, numbers: readonly number[], number: number) =>
  rows.reduce((count, row) => count + (numbers[row] === number ? 1 : 0), 0);
/** Numbers for rows: few of them, so that each comes several times. */
const numbered = fc
  .tuple(fc.integer({ min: 6, max: 120 }), fc.integer({ min: 2, max: 9 }), fc.nat())
  .map(([n, kinds, seed]) => Array.from(permutation(randomKey(seed), n), (place) => (place * place) % kinds));

describe("splitParts", () => {
  test("every row is in exactly one of three parts, each as large as asked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 300 }), fc.nat(), fc.nat(), fc.nat(), (n, a, b, seed) => {
        const validation = a % (n - 1);
        const test = b % (n - validation);
        const parts = splitParts(randomKey(seed), n, { validation, test });
        expect(partsOf(parts).map((part) => part.length)).toEqual([n - validation - test, validation, test]);
        expect(sorted(partsOf(parts).flatMap((part) => [...part]))).toEqual(all(n));
        for (const part of partsOf(parts)) expect([...part]).toEqual(sorted(part));
      }),
    );
  });

  test("the draw is the one that the header documents; a test part leaves the validation rows as they are", () => {
    const key = randomKey(5);
    const order = permutation(key, 50);
    const { validation, test } = splitParts(key, 50, { validation: 7, test: 0.2 });
    expect([...validation]).toEqual(sorted(order.slice(0, 7)));
    expect([...test]).toEqual(sorted(order.slice(7, 17)));
    expect(splitParts(key, 50, { validation: 7 }).validation).toEqual(validation);
    expect(splitRows(key, 50, 7).validation).toEqual(validation);
  });

  test("by classes, every part has its share of each within a row, and training has every class", () => {
    fc.assert(
      fc.property(numbered, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.nat(), (classes, a, b, seed) => {
        const n = classes.length;
        const [validation, test] = [Math.floor((n * a) / 100), Math.floor((n * b) / 100)];
        const kinds = [...new Set(classes)];
        fc.pre(validation + test <= n - kinds.length);
        const parts = splitParts(randomKey(seed), n, { validation, test, classes });
        expect([parts.validation.length, parts.test.length]).toEqual([validation, test]);
        expect(sorted(partsOf(parts).flatMap((part) => [...part]))).toEqual(all(n));
        for (const kind of kinds) {
          const size = classes.filter((one) => one === kind).length;
          expect(countBy(parts.train, classes, kind)).toBeGreaterThan(0);
          // One row where it was rounded; more only for classes so small that a row was kept to learn from.
          if (kinds.some((one) => classes.filter((other) => other === one).length < 4)) continue;
          expect(Math.abs(countBy(parts.validation, classes, kind) - (validation * size) / n)).toBeLessThan(1);
        }
      }),
    );
  });

  test("by classes, equal shares are exact, whatever the order of the rows", () => {
    const classes = Array.from({ length: 150 }, (_, row) => Math.floor(row / 50));
    const { train, validation, test } = splitParts(randomKey(1), 150, { validation: 0.2, test: 0.1, classes });
    for (const kind of [0, 1, 2])
      expect([train, validation, test].map((part) => countBy(part, classes, kind))).toEqual([35, 10, 5]);
  });

  test("by groups, no group is in two parts, and sizes are near what was asked", () => {
    fc.assert(
      fc.property(numbered, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(), (groups, a, b, seed) => {
        const n = groups.length;
        const kinds = [...new Set(groups)];
        const [validation, test] = [Math.ceil((n * a) / 100), Math.ceil((n * b) / 100)];
        fc.pre(kinds.length >= 3 && validation + test < n);
        const parts = splitParts(randomKey(seed), n, { validation, test, groups });
        expect(sorted(partsOf(parts).flatMap((part) => [...part]))).toEqual(all(n));
        for (const kind of kinds) {
          expect(partsOf(parts).filter((part) => countBy(part, groups, kind) > 0)).toHaveLength(1);
        }
        for (const part of partsOf(parts)) expect(part.length).toBeGreaterThan(0);
        const largest = Math.max(...kinds.map((kind) => groups.filter((one) => one === kind).length));
        expect(Math.abs(parts.validation.length - validation)).toBeLessThanOrEqual(Math.max(largest, validation));
      }),
    );
    const groups = Array.from({ length: 1000 }, (_, row) => row % 50);
    const { validation, test } = splitParts(randomKey(2), 1000, { validation: 0.2, test: 0.1, groups });
    expect([validation.length, test.length]).toEqual([200, 100]);
  });

  test.each<[string, Parameters<typeof splitParts>[2]]>([
    ["plain", {}],
    ["classes", { classes: Array.from({ length: 200 }, (_, row) => row % 3) }],
    ["groups", { groups: Array.from({ length: 200 }, (_, row) => row % 40) }],
  ])("%s: the same key gives the same rows, another key others", (_, options) => {
    const split = (seed: number) => splitParts(randomKey(seed), 200, { validation: 0.2, test: 0.2, ...options });
    expect(split(1)).toEqual(split(1));
    for (const part of ["validation", "test"] as const) expect(split(1)[part]).not.toEqual(split(2)[part]);
  });

  test("says what is wrong", () => {
    const fault = (n: number, options: Parameters<typeof splitParts>[2]) => raised(() => splitParts(randomKey(1), n, options));
    expect(fault(10, { validation: 5, test: 0.5 })).toBe(
      "DataError E_DATA_SPLIT_EMPTY: validation 5 and test 0.5 hold out 10 of 10 rows and leave none to learn from | " +
        "Set the two together to less than 10 rows, or to a fraction such as 0.1.",
    );
    expect(fault(10, { test: -1 })).toContain("E_DATA_SPLIT: test must be a count");
    expect(fault(4, { classes: [0, 0, 1, 1], groups: [0, 0, 1, 1] })).toContain("both were asked for");
    expect(fault(4, { classes: [0, 0, 1] })).toContain("a split by classes needs an integer >= 0 for each of 4 rows, received 3");
    expect(fault(2, { groups: [0, -1] })).toContain("a split by groups needs an integer >= 0");
    expect(fault(4, { validation: 3, classes: [0, 0, 1, 1] })).toContain(
      "E_DATA_SPLIT_CLASSES: a split that holds out 3 of 4 rows leaves some of 2 classes without a row",
    );
    expect(fault(4, { validation: 1, test: 1, groups: [0, 0, 1, 1] })).toContain(
      "E_DATA_SPLIT_GROUPS: a split into 3 parts needs as many groups, the 4 rows have 2",
    );
  });
});

describe("kFolds", () => {
  const cases: [string, (numbers: readonly number[]) => { classes?: readonly number[]; groups?: readonly number[] }][] = [
    ["plain", () => ({})],
    ["by classes", (classes) => ({ classes })],
    ["by groups", (groups) => ({ groups })],
  ];
  test.each(cases)(
    "%s: every row is in the validation part of one fold, and in the training part of the others",
    (_, optionsOf) => {
      fc.assert(
        fc.property(numbered, fc.integer({ min: 2, max: 6 }), fc.nat(), (numbers, folds, seed) => {
          const options = optionsOf(numbers);
          fc.pre(!options.groups || new Set(numbers).size >= folds);
          const splits = kFolds(randomKey(seed), numbers.length, folds, options);
          expect(splits.length).toBe(folds);
          expect(sorted(splits.flatMap(({ validation }) => [...validation]))).toEqual(all(numbers.length));
          for (const { train, validation } of splits) {
            expect(sorted([...train, ...validation])).toEqual(all(numbers.length));
            if (options.groups) for (const row of validation) expect(countBy(train, numbers, numbers[row]!)).toBe(0);
          }
          const spread = (count: (split: RowSplit) => number) => Math.max(...splits.map(count)) - Math.min(...splits.map(count));
          if (!options.groups) expect(spread(({ validation }) => validation.length)).toBeLessThanOrEqual(1);
          if (options.classes)
            for (const kind of new Set(numbers))
              expect(spread(({ validation }) => countBy(validation, numbers, kind))).toBeLessThanOrEqual(1);
          expect(kFolds(randomKey(seed), numbers.length, folds, options)).toEqual(splits);
        }),
        { numRuns: 50 },
      );
    },
  );

  test("rows of a fold are spread over the table, and another key gives others", () => {
    const [first, other] = [1, 2].map((seed) => kFolds(randomKey(seed), 1000, 5)[0]!.validation);
    expect(first).not.toEqual(other);
    expect([...first!]).toEqual(sorted([...permutation(randomKey(1), 1000)].filter((_, i) => i % 5 === 0)));
  });

  test("groups of one size are dealt evenly", () => {
    const groups = Array.from({ length: 100 }, (_, row) => row % 10);
    expect(kFolds(foldIn(randomKey(1), "folds"), 100, 5, { groups }).map(({ validation }) => validation.length)).toEqual(
      Array(5).fill(20),
    );
  });

  test("says what is wrong", () => {
    const fault = (folds: number, groups?: number[]) => raised(() => kFolds(randomKey(1), 10, folds, { groups }));
    for (const folds of [1, 11, 2.5])
      expect(fault(folds)).toContain(`E_DATA_FOLDS: folds must be an integer from 2 to the 10 rows there are, received ${folds}`);
    expect(fault(3, Array(10).fill(7))).toContain("from 2 to the 1 groups there are");
  });
});

test("foldOf divides what is not for testing anew, and leaves the test rows as they were", () => {
  const options = { validation: 6, test: 4 };
  const parts = splitParts(randomKey(3), 20, options);
  const folds = [0, 1, 2].map((index) => foldOf({ index, of: 3 })(randomKey(4), parts, {}));
  for (const { test, train, validation } of folds) {
    expect(test).toEqual(parts.test);
    expect(sorted([...train, ...validation, ...test])).toEqual(all(20));
  }
  expect(sorted(folds.flatMap(({ validation }) => [...validation]))).toEqual(sorted([...parts.train, ...parts.validation]));
  expect(raised(() => foldOf({ index: 0, of: 17 })(randomKey(4), parts, {}))).toContain(
    "E_DATA_FOLDS: folds must be an integer from 2 to the 16 rows there are, received 17",
  );
});
