/**
 * Which rows form the batch of a step. A function of the step number alone, so that a resumed run sees the same batches, and
 * steps may be asked for in any order.
 *
 * Order    "epochs": permutation(foldIn(key, "epoch", e), n), cut into pieces of b.
 *          "sequential": the rows as they come, the same in every epoch.
 *          "withReplacement": integers s b ... s b + b - 1 of the stream foldIn(key, "draws").
 * Symbols  n rows; b batch size; s step, counted from 0 over the whole run; e epoch, floor(s / ceil(n / b)).
 */
import { DataError } from "../core/errors.ts";
import { fillIntegers, foldIn, permutation, type RandomKey } from "../core/random.ts";

export interface BatchPlan {
  /** ceil(n / b). */
  readonly stepsPerEpoch: number;
  /** Rows in the batch of this step; the last of an epoch may be smaller. */
  sizeOf(step: number): number;
  epochOf(step: number): number;
  /**
   * Writes the row numbers of the batch to the front of `rows`.
   *
   * No array is made for a batch; the order of an epoch is, when the epoch changes.
   *
   * @returns how many were written, `sizeOf(step)`
   * @throws DataError  `rows` is too short
   */
  fill(step: number, rows: Int32Array): number;
}

/** Each row once an epoch, shuffled; drawn with replacement; or each once an epoch, in the order that the rows have. */
export type BatchOrder = "epochs" | "withReplacement" | "sequential";

export interface BatchOptions {
  /** The rows to draw from. */
  readonly rows: Uint32Array;
  /** b, >= 1. */
  readonly size: number;
  /** "epochs": every row once an epoch, in a new order each time. "withReplacement": every batch is b draws from all rows. */
  readonly order: BatchOrder;
  readonly key: RandomKey;
}

/**
 * The batches of a training run.
 *
 * A batch size above n gives one batch of all n rows in "epochs", and still b draws in "withReplacement".
 *
 * @throws DataError  no rows, or a size that is not an integer >= 1
 * @example batchPlan({ rows, size: 100, order: "epochs", key }).fill(step, batchRows)
 */
export function batchPlan({ rows, size, order, key }: BatchOptions): BatchPlan {
  if (order === "sequential") return sequentialBatches(rows, size);
  return order === "epochs" ? shuffledBatches(rows, size, key) : drawnBatches(rows, size, key);
}

/**
 * All rows in the order given, b at a time.
 *
 * @param rows  row numbers, or n for the rows 0 ... n - 1
 * @throws DataError  no rows, or a size that is not an integer >= 1
 */
export function sequentialBatches(rows: number | Uint32Array, size: number): BatchPlan {
  const n = typeof rows === "number" ? rows : rows.length;
  const steps = epochSteps(n, size);
  return {
    ...steps,
    fill(step, out) {
      const count = steps.sizeOf(step);
      checkRoom(out, count);
      const first = (step % steps.stepsPerEpoch) * size;
      if (typeof rows === "number") for (let i = 0; i < count; i++) out[i] = first + i;
      else for (let i = 0; i < count; i++) out[i] = rows[first + i];
      return count;
    },
  };
}

function shuffledBatches(rows: Uint32Array, size: number, key: RandomKey): BatchPlan {
  const n = rows.length;
  const steps = epochSteps(n, size);
  let shuffledEpoch = -1;
  let shuffled: Uint32Array = new Uint32Array(0);
  return {
    ...steps,
    fill(step, out) {
      const count = steps.sizeOf(step);
      checkRoom(out, count);
      const epoch = steps.epochOf(step);
      if (epoch !== shuffledEpoch) {
        shuffled = permutation(foldIn(key, "epoch", epoch), n);
        shuffledEpoch = epoch;
      }
      const first = (step % steps.stepsPerEpoch) * size;
      for (let i = 0; i < count; i++) out[i] = rows[shuffled[first + i]];
      return count;
    },
  };
}

function drawnBatches(rows: Uint32Array, size: number, key: RandomKey): BatchPlan {
  const n = rows.length;
  const { stepsPerEpoch, epochOf } = epochSteps(n, size);
  const drawKey = foldIn(key, "draws");
  const draws = new Int32Array(size);
  const sizeOf = (step: number) => {
    checkStep(step);
    return size;
  };
  return {
    stepsPerEpoch,
    epochOf,
    sizeOf,
    fill(step, out) {
      const count = sizeOf(step);
      checkRoom(out, count);
      fillIntegers(drawKey, step * size, n, draws);
      for (let i = 0; i < count; i++) out[i] = rows[draws[i]];
      return count;
    },
  };
}

function epochSteps(n: number, size: number): Omit<BatchPlan, "fill"> {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new DataError("E_DATA_EMPTY", { message: `batches need at least one row to draw from, received ${n}` });
  }
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new DataError("E_DATA_BATCH_SIZE", { message: `the batch size must be an integer >= 1, received ${size}` });
  }
  const stepsPerEpoch = Math.ceil(n / size);
  const lastSize = n - (stepsPerEpoch - 1) * size;
  return {
    stepsPerEpoch,
    sizeOf(step) {
      checkStep(step);
      return step % stepsPerEpoch === stepsPerEpoch - 1 ? lastSize : size;
    },
    epochOf(step) {
      checkStep(step);
      return Math.floor(step / stepsPerEpoch);
    },
  };
}

function checkStep(step: number): void {
  if (Number.isSafeInteger(step) && step >= 0) return;
  throw new DataError("E_DATA_STEP", { message: `a step must be an integer >= 0, received ${step}` });
}

function checkRoom(out: Int32Array, count: number): void {
  if (out.length >= count) return;
  throw new DataError("E_DATA_BATCH_ROOM", {
    message: `the batch has ${count} rows, the array to fill has room for ${out.length}`,
  });
}
