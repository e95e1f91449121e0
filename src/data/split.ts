/** Which rows are learned from, and which are held out to judge by. */
import { DataError } from "../core/errors.ts";
import { permutation, type RandomKey } from "../core/random.ts";

/** Row numbers, each row in exactly one of the two, ascending. */
export interface RowSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Draws the validation rows at random; the others are for training.
 *
 * @param n           rows in all, >= 1
 * @param validation  a count (integer >= 1), a fraction of n (0 < f < 1; at least one row is taken), or 0 for none
 * @throws DataError  neither a count nor a fraction, or nothing is left to learn from
 * @example splitRows(randomKey(1), 60000, 5000) // train: 55000 rows, validation: 5000 rows
 */
export function splitRows(key: RandomKey, n: number, validation: number): RowSplit {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new DataError("E_DATA_EMPTY", { message: `a split needs a number of rows >= 1, received ${n}` });
  }
  const held = heldOut(n, validation);
  if (held >= n) {
    throw new DataError("E_DATA_SPLIT_EMPTY", {
      message: `validation ${validation} holds out ${held} of ${n} rows and leaves none to learn from`,
      hint: `Set validation to less than ${n} rows, or to a fraction such as 0.1.`,
    });
  }
  const shuffled = permutation(key, n);
  // Ascending: the order of training is drawn anew each epoch, and evaluation reads the table from front to back.
  return { train: shuffled.slice(held).sort(), validation: shuffled.slice(0, held).sort() };
}

function heldOut(n: number, validation: number): number {
  if (validation === 0) return 0;
  if (validation > 0 && validation < 1) return Math.max(1, Math.round(n * validation));
  if (Number.isSafeInteger(validation) && validation >= 1) return validation;
  throw new DataError("E_DATA_SPLIT", {
    message: `validation must be a count (an integer >= 1), a fraction in (0, 1), or 0 for none, received ${validation}`,
  });
}
