/**
 * Mean, variance and range of features, in two passes over the rows; and the map x -> (x - shift) factor + offset.
 *
 * Symbols  m values of a feature; mean = sum x / m; variance = sum (x - mean)^2 / m, biased, as scikit-learn scales.
 * Method   The second pass also sums x - mean, which is 0 but for rounding, and corrects both by it.
 * Source   Chan, Golub & LeVeque 1983, The American Statistician 37(3), eq. 1.7.
 */
import { DataError } from "../core/errors.ts";
import { exampleSize } from "./dataset.ts";
import type { Examples } from "./preprocessing/define.ts";

export interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/**
 * @param width  features; where it is the number of channels, all places of an image count together
 * @throws DataError  E_PREPROCESSING_NUMBERS: squares of the numbers are beyond float64
 */
export function momentsOf(examples: Examples, width: number): Moments {
  const [mean, sum, squares] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];
  const [min, max] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)];
  const m = (examples.count * exampleSize(examples.shape)) / width;
  examples.forEachBlock((values) => addRange(values, sum, min, max));
  for (let j = 0; j < width; j++) mean[j] = sum[j] / m;
  sum.fill(0);
  examples.forEachBlock((values) => addSpread(values, mean, sum, squares));
  const variance = squares.map((square, j) => Math.max(0, (square - (sum[j] * sum[j]) / m) / m));
  const beyond = variance.findIndex((value) => !Number.isFinite(value));
  if (beyond >= 0) {
    throw new DataError("E_PREPROCESSING_NUMBERS", {
      message: `the spread of ${examples.names ? `column '${examples.names[beyond]}'` : `feature ${beyond}`} is too large for float64`,
      hint: "Change the unit of such numbers, or leave them out.",
    });
  }
  // What does not vary is its own mean, whatever rounding says.
  return { mean: mean.map((value, j) => (min[j] === max[j] ? min[j] : value + sum[j] / m)), variance, min, max };
}

function addRange(values: Float64Array, sum: Float64Array, min: Float64Array, max: Float64Array): void {
  const width = sum.length;
  for (let at = 0; at < values.length; )
    for (let j = 0; j < width; j++, at++) {
      const x = values[at];
      sum[j] += x;
      if (x < min[j]) min[j] = x;
      if (x > max[j]) max[j] = x;
    }
}

function addSpread(values: Float64Array, mean: Float64Array, sum: Float64Array, squares: Float64Array): void {
  const width = mean.length;
  for (let at = 0; at < values.length; )
    for (let j = 0; j < width; j++, at++) {
      const d = values[at] - mean[j];
      sum[j] += d;
      squares[j] += d * d;
    }
}

export interface Scaling {
  readonly shift: readonly number[];
  /** 0 for what does not vary, so that it is the same then and at prediction. */
  readonly factor: readonly number[];
}

/** In place: (x - shift) factor + offset, features or channels running fastest. */
export function scaleValues(values: Float64Array, { shift, factor }: Scaling, offset = 0): Float64Array {
  const width = shift.length;
  for (let at = 0; at < values.length; )
    for (let j = 0; j < width; j++, at++) values[at] = (values[at] - shift[j]) * factor[j] + offset;
  return values;
}

/** "standardise: 67 of 784 features do not vary in the training rows and become 0 (the first: feature 0)"; nothing where all vary. */
export function constantWarning(
  who: string,
  factor: readonly number[],
  { names }: Pick<Examples, "names">,
  what = "features",
  becomes = 0,
): string[] {
  const constant = factor.flatMap((one, j) => (one === 0 ? [j] : []));
  if (constant.length === 0) return [];
  const shown = constant.slice(0, 5).map((j) => (names ? `'${names[j]}'` : String(j)));
  const list = `${shown.join(", ")}${constant.length > shown.length ? ", ..." : ""}`;
  return [
    `${who}: ${constant.length} of ${factor.length} ${what} do not vary in the training rows and become ${becomes} (${list})`,
  ];
}
