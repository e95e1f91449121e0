/** Rows of inputs in float64, some at a time: what preprocessing is fitted on and applied to. */
import { DataError } from "../core/errors.ts";
import { exampleSize, type RawTable, type Table } from "./dataset.ts";
import type { RowReader } from "./frame.ts";
import type { Examples, PreprocessingDefinition, PreprocessingState } from "./preprocessing/define.ts";

/** Preprocessing, fitted. */
export interface FittedStep {
  readonly definition: PreprocessingDefinition;
  readonly options: Readonly<Record<string, unknown>>;
  readonly state: PreprocessingState;
}

/** Numbers in a block: 1 MB, of the order of a core's cache. */
const blockValues = 131_072;
/** More than this do not fit into one array on every host. */
const mostValues = 1_073_741_824;

/** The rows of a table, scaled. */
export function tableReader({ values, shape, count }: Pick<RawTable, "values" | "shape" | "count">, scale: number): RowReader {
  const size = exampleSize(shape);
  return {
    shape,
    count,
    read: (first, out) => copyScaled(values, first * size, scale, out),
  };
}

// Loops over millions of numbers are functions of their own, where V8 compiles them best.

function copyScaled(values: RawTable["values"], start: number, scale: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = values[start + i] * scale;
}

/** Some of a table's rows one after the other, scaled. */
export function copyRows({ values, shape, scale }: Table, rows: ArrayLike<number>, out: { [i: number]: number }): void {
  const size = exampleSize(shape);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * size;
    for (let j = 0; j < size; j++) out[i * size + j] = values[from + j]! * scale;
  }
}

/** Rounds a block to float32; gives the place of the first number that is not finite there, or -1. */
function roundInto(out: Float32Array, start: number, block: Float64Array): number {
  let bad = -1;
  for (let i = block.length - 1; i >= 0; i--) {
    const value = (out[start + i] = Math.fround(block[i]));
    // Only NaN and the infinities give NaN.
    if (value - value !== 0) bad = i;
  }
  return bad;
}

/** Some of the rows, in the order given. */
export function chosenRows(reader: RowReader, rows: Uint32Array): RowReader {
  const size = exampleSize(reader.shape);
  return {
    ...reader,
    count: rows.length,
    read(first, out) {
      for (let i = 0, at = 0; at < out.length; i++, at += size) reader.read(rows[first + i], out.subarray(at, at + size));
    },
  };
}

/** Goes through all rows, after the steps; the array is valid during the call. */
function forEachBlock(
  reader: RowReader,
  steps: readonly FittedStep[],
  visit: (values: Float64Array, rows: number, first: number) => void,
): void {
  const size = exampleSize(reader.shape);
  const most = Math.max(1, Math.min(reader.count, Math.floor(blockValues / size)));
  const block = new Float64Array(most * size);
  for (let first = 0; first < reader.count; first += most) {
    const rows = Math.min(most, reader.count - first);
    let values = block.subarray(0, rows * size);
    reader.read(first, values);
    for (const { definition, state } of steps) values = definition.apply(values, rows, state) as Float64Array<ArrayBuffer>;
    visit(values, rows, first);
  }
}

/** Shape of an example after the steps. */
export function shapeAfter(shape: readonly number[], steps: readonly FittedStep[]): readonly number[] {
  return steps.reduce((before, { definition, state }) => definition.outputShape?.(before, state) ?? before, shape);
}

/** Names and indicators of the features, as far as the steps leave them what they are. */
const keepsFeatures = (steps: readonly FittedStep[]): boolean => steps.every(({ definition }) => !definition.outputShape);

/** The rows as the steps leave them, for the next one to be fitted on. */
export function examplesOf(reader: RowReader, steps: readonly FittedStep[]): Examples {
  return {
    shape: shapeAfter(reader.shape, steps),
    count: reader.count,
    ...(keepsFeatures(steps) && { names: reader.names, indicators: reader.indicators }),
    forEachBlock: (visit) => forEachBlock(reader, steps, visit),
  };
}

/**
 * The rows after all steps, rounded to float32.
 *
 * @param who  whose rows they are, for messages
 * @throws DataError  E_DATA_RANGE: a number is too large for float32; E_DATA_TOO_LARGE: the table is
 */
export function transformRows(reader: RowReader, steps: readonly FittedStep[], who: string): Table {
  const shape = shapeAfter(reader.shape, steps);
  const size = exampleSize(shape);
  if (reader.count * size > mostValues) {
    throw new DataError("E_DATA_TOO_LARGE", {
      message: `${who}: a table may have ${mostValues} numbers, ${reader.count} rows of ${size} are ${reader.count * size}`,
      hint: "Leave out columns with many different texts, or encode categories as an index.",
    });
  }
  const values = new Float32Array(reader.count * size);
  forEachBlock(reader, steps, (block, _, first) => {
    const bad = roundInto(values, first * size, block);
    if (bad >= 0) throw tooLarge(who, block[bad], first + Math.floor(bad / size), bad % size, reader, steps);
  });
  return { values, shape, count: reader.count, scale: 1 };
}

function tooLarge(
  who: string,
  value: number,
  row: number,
  feature: number,
  reader: RowReader,
  steps: readonly FittedStep[],
): DataError {
  const name = keepsFeatures(steps) ? reader.names?.[feature] : undefined;
  return new DataError("E_DATA_RANGE", {
    message: `${who}: numbers must be finite in float32 (up to 3.4e38), received ${value} in row ${row}, ${name === undefined ? `value ${feature}` : `'${name}'`}`,
    hint: "Preprocessing such as 'standardise' brings large numbers near 1.",
  });
}
