/** Splits for cross-validation: see split.ts for how rows are drawn. */
import { DataError } from "../core/errors.ts";
import { permutation, type RandomKey } from "../core/random.ts";
import {
  type DivideAnew,
  type RowSplit,
  requireRows,
  rowsByNumber,
  type SplitOptions,
  shuffledClasses,
  shuffledGroups,
} from "./split.ts";

/**
 * f splits for cross-validation: each row is in the validation part of exactly one of them.
 *
 * Plain and by classes, folds differ by one row at most, and so do the rows of each class in them. By groups, the larger a group the
 * earlier it is given, to the fold with the fewest rows.
 *
 * @param n        rows in all
 * @param folds    2 to n
 * @param options  classes or groups, as in `splitParts`
 * @throws DataError  more folds than rows or groups
 * @example kFolds(randomKey(1), 150, 5)[0]?.validation.length; // 30
 */
export function kFolds(
  key: RandomKey,
  n: number,
  folds: number,
  options: Pick<SplitOptions, "classes" | "groups"> = {},
): readonly RowSplit[] {
  requireRows(n, options);
  const { classes, groups } = options;
  const byGroup = groups && [...rowsByNumber(groups).values()];
  const most = byGroup ? byGroup.length : n;
  if (!Number.isSafeInteger(folds) || folds < 2 || folds > most) {
    throw new DataError("E_DATA_FOLDS", {
      message: `folds must be an integer from 2 to the ${most} ${byGroup ? "groups" : "rows"} there are, received ${folds}`,
    });
  }
  const foldOf = new Uint32Array(n);
  if (byGroup) {
    const order = shuffledGroups(key, byGroup);
    // Stable: groups of one size stay in their random order.
    order.sort((a, b) => b.length - a.length);
    const sizes = new Array<number>(folds).fill(0);
    for (const rows of order) {
      const fold = sizes.reduce((lightest, size, i) => (size < sizes[lightest] ? i : lightest), 0);
      sizes[fold] += rows.length;
      for (const row of rows) foldOf[row] = fold;
    }
  } else {
    const order = classes ? shuffledClasses(key, classes).flat() : permutation(key, n);
    for (let i = 0; i < n; i++) foldOf[order[i]] = i % folds;
  }
  const rows = Uint32Array.from({ length: n }, (_, row) => row);
  return Array.from({ length: folds }, (_, fold) => ({
    train: rows.filter((row) => foldOf[row] !== fold),
    validation: rows.filter((row) => foldOf[row] === fold),
  }));
}

/** A part of the rows that is judged by while the others are learned from: number `index`, from 0, of `of`. */
export interface Fold {
  readonly index: number;
  readonly of: number;
}

/**
 * Divides the rows for training and validation anew, by folds; the test rows stay what they were.
 *
 * @throws DataError  of what it returns: more folds than rows or groups
 * @example
 * const parts = splitParts(randomKey(1), 150, { validation: 0.2, test: 30 });
 * foldOf({ index: 0, of: 5 })(randomKey(1), parts, {}).validation.length; // 24
 */
export function foldOf({ index, of }: Fold): DivideAnew {
  return (key, { train, validation, test }, { classes, groups }) => {
    const rows = Uint32Array.from([...train, ...validation]).sort();
    const among = (numbers: ArrayLike<number> | undefined) => numbers && Array.from(rows, (row) => numbers[row]!);
    const chosen = kFolds(key, rows.length, of, { classes: among(classes), groups: among(groups) })[index]!;
    const named = (places: Uint32Array) => places.map((place) => rows[place]!);
    return { train: named(chosen.train), validation: named(chosen.validation), test };
  };
}
