/**
 * Which rows are learned from, which are held out to judge by on the way, and which are kept for the end.
 *
 * Symbols  n rows; v and t rows wanted for validation and test; n_c rows of class c.
 * Plain    permutation(key, n): its first v rows are for validation, the next t for test.
 * Classes  Class c gives v n_c / n rows to validation, rounded so that they add up to v (largest remainder), then as many to test in
 *          the same way, but keeps one row to learn from. Its rows are drawn by permutation(foldIn(key, "class", c), n_c).
 * Groups   In the order of permutation(foldIn(key, "groups"), groups), a group goes to validation where that brings its size closer
 *          to v; of the others, to test in the same way; a part that was wanted gets the smallest group rather than none.
 * Source   Largest remainder: Hamilton 1792.
 */
import { DataError } from "../core/errors.ts";
import { foldIn, permutation, type RandomKey } from "../core/random.ts";

/** Row numbers, each row in exactly one of the two, ascending. */
export interface RowSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** Row numbers, each row in exactly one of the three, ascending. */
export interface RowParts extends RowSplit {
  readonly test: Uint32Array;
}

/** How rows are divided; counts, or fractions below 1. */
export interface SplitOptions {
  /** A count (integer >= 1), a fraction of n (0 < f < 1; at least one row is taken), or 0 for none. */
  readonly validation?: number;
  /** As `validation`. */
  readonly test?: number;
  /** The class of each row, >= 0: every part gets its share of each. */
  readonly classes?: ArrayLike<number> | undefined;
  /** A number for each row, >= 0: rows of one number stay together. */
  readonly groups?: ArrayLike<number> | undefined;
}

/** Divides the rows for training and validation in another way: see `foldOf`. The options are classes or groups of all rows. */
export type DivideAnew = (key: RandomKey, parts: RowParts, options: Pick<SplitOptions, "classes" | "groups">) => RowParts;

/**
 * Draws the validation rows at random; the others are for training.
 *
 * @param n           rows in all, >= 1
 * @param validation  a count (integer >= 1), a fraction of n (0 < f < 1; at least one row is taken), or 0 for none
 * @throws DataError  neither a count nor a fraction, or nothing is left to learn from
 * @example splitRows(randomKey(1), 60000, 5000) // train: 55000 rows, validation: 5000 rows
 */
export function splitRows(key: RandomKey, n: number, validation: number): RowSplit {
  const { train, validation: held } = splitParts(key, n, { validation });
  return { train, validation: held };
}

/**
 * Draws the rows of validation and test; the others are for training. With a test part or without, the validation rows are the same.
 *
 * @param n  rows in all, >= 1
 * @throws DataError  neither a count nor a fraction; too few rows, rows of a class, or groups for the parts; classes and groups at once
 * @example splitParts(randomKey(1), 150, { validation: 0.2, test: 30 }).train.length; // 90
 */
export function splitParts(key: RandomKey, n: number, options: SplitOptions): RowParts {
  const { validation = 0, test = 0, classes, groups } = options;
  requireRows(n, options);
  const [v, t] = [heldOut(n, validation, "validation"), heldOut(n, test, "test")];
  if (v + t >= n) {
    const asked =
      t === 0 ? `validation ${validation} holds out ${v}` : `validation ${validation} and test ${test} hold out ${v + t}`;
    throw new DataError("E_DATA_SPLIT_EMPTY", {
      message: `${asked} of ${n} rows and ${t === 0 ? "leaves" : "leave"} none to learn from`,
      hint: `Set ${t === 0 ? "validation" : "the two together"} to less than ${n} rows, or to a fraction such as 0.1.`,
    });
  }
  if (classes) return splitClasses(key, classes, n, v, t);
  if (groups) return splitGroups(key, groups, n, v, t);
  const shuffled = permutation(key, n);
  // Ascending: the order of training is drawn anew each epoch, and evaluation reads the table from front to back.
  return {
    train: shuffled.slice(v + t).sort(),
    validation: shuffled.slice(0, v).sort(),
    test: shuffled.slice(v, v + t).sort(),
  };
}

export function requireRows(n: number, { classes, groups }: Pick<SplitOptions, "classes" | "groups">): void {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new DataError("E_DATA_EMPTY", { message: `a split needs a number of rows >= 1, received ${n}` });
  }
  if (classes && groups) {
    throw new DataError("E_DATA_SPLIT", {
      message: "a split keeps the shares of classes, or groups together, and both were asked for",
      hint: "Leave out stratify or group.",
    });
  }
  for (const [name, numbers] of Object.entries({ classes, groups })) {
    if (
      !numbers ||
      (numbers.length === n && Array.prototype.every.call(numbers, (value) => Number.isSafeInteger(value) && value >= 0))
    )
      continue;
    throw new DataError("E_DATA_SPLIT", {
      message: `a split by ${name} needs an integer >= 0 for each of ${n} rows, received ${numbers.length} numbers`,
    });
  }
}

function heldOut(n: number, asked: number, part: string): number {
  if (asked === 0) return 0;
  if (asked > 0 && asked < 1) return Math.max(1, Math.round(n * asked));
  if (Number.isSafeInteger(asked) && asked >= 1) return asked;
  throw new DataError("E_DATA_SPLIT", {
    message: `${part} must be a count (an integer >= 1), a fraction in (0, 1), or 0 for none, received ${asked}`,
  });
}

/** The rows of each number, ascending. */
export function rowsByNumber(numbers: ArrayLike<number>): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let row = 0; row < numbers.length; row++) {
    const rows = found.get(numbers[row]);
    if (rows) rows.push(row);
    else found.set(numbers[row], [row]);
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The rows of each class in a random order, classes ascending. */
export function shuffledClasses(key: RandomKey, classes: ArrayLike<number>): number[][] {
  return [...rowsByNumber(classes)].map(([number, rows]) =>
    Array.from(permutation(foldIn(key, "class", number), rows.length), (place) => rows[place]),
  );
}

/** Integers near total * sizes / sum of sizes that add up to total, none above its cap; undefined where the caps do not allow it. */
function apportion(total: number, sizes: readonly number[], caps: readonly number[]): number[] | undefined {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const quotas = sizes.map((size) => (total * size) / all);
  const shares = quotas.map((quota, i) => Math.min(Math.floor(quota), caps[i]));
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  while (left > 0) {
    const open = shares.map((_, i) => i).filter((i) => shares[i] < caps[i]);
    if (open.length === 0) return undefined;
    open.sort((i, j) => quotas[j] - shares[j] - (quotas[i] - shares[i]) || i - j);
    for (const i of open.slice(0, left)) shares[i]++;
    left -= Math.min(left, open.length);
  }
  return shares;
}

function splitClasses(key: RandomKey, classes: ArrayLike<number>, n: number, v: number, t: number): RowParts {
  const byClass = shuffledClasses(key, classes);
  const sizes = byClass.map((rows) => rows.length);
  // Every class keeps a row to learn from.
  const forValidation = apportion(
    v,
    sizes,
    sizes.map((size) => size - 1),
  );
  const forTest =
    forValidation &&
    apportion(
      t,
      sizes,
      sizes.map((size, i) => size - 1 - forValidation[i]),
    );
  if (!forTest) {
    throw new DataError("E_DATA_SPLIT_CLASSES", {
      message: `a split that holds out ${v + t} of ${n} rows leaves some of ${sizes.length} classes without a row to learn from`,
      hint: "Hold out less, or set stratify to false.",
    });
  }
  const part = (from: (i: number) => number, to: (i: number) => number) =>
    Uint32Array.from(byClass.flatMap((rows, i) => rows.slice(from(i), to(i)))).sort();
  const [end, endOfTest] = [(i: number) => forValidation[i], (i: number) => forValidation[i] + forTest[i]];
  return { validation: part(() => 0, end), test: part(end, endOfTest), train: part(endOfTest, (i) => sizes[i]) };
}

function splitGroups(key: RandomKey, groups: ArrayLike<number>, n: number, v: number, t: number): RowParts {
  const byGroup = [...rowsByNumber(groups).values()];
  const parts = (v > 0 ? 1 : 0) + (t > 0 ? 1 : 0) + 1;
  if (byGroup.length < parts) {
    throw new DataError("E_DATA_SPLIT_GROUPS", {
      message: `a split into ${parts} parts needs as many groups, the ${n} rows have ${byGroup.length}`,
      hint: "Name a column with more groups, or leave group out.",
    });
  }
  let left = shuffledGroups(key, byGroup);
  /** Leaves as many groups as the parts after it need. */
  const take = (wanted: number, partsAfter: number): number[] => {
    if (wanted === 0) return [];
    let [size, most] = [0, left.length - partsAfter];
    const isTaken = (rows: readonly number[]): boolean => {
      if (most === 0 || Math.abs(size + rows.length - wanted) >= Math.abs(size - wanted)) return false;
      size += rows.length;
      most--;
      return true;
    };
    const taken = new Set(left.filter(isTaken));
    if (taken.size === 0) taken.add(left.reduce((smallest, rows) => (rows.length < smallest.length ? rows : smallest)));
    left = left.filter((rows) => !taken.has(rows));
    return [...taken].flat();
  };
  const validation = take(v, t > 0 ? 2 : 1);
  const test = take(t, 1);
  const ascending = (rows: readonly number[]) => Uint32Array.from(rows).sort();
  return { validation: ascending(validation), test: ascending(test), train: ascending(left.flat()) };
}

export function shuffledGroups(key: RandomKey, byGroup: readonly number[][]): number[][] {
  return Array.from(permutation(foldIn(key, "groups"), byGroup.length), (place) => byGroup[place]);
}
