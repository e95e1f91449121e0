/**
 * Columns of a frame as features: numbers as they are, with a number in place of missing ones; categories as indicators or an index.
 *
 * Choice   What is known of a column is what the training rows show. A category that they do not have, and a missing one, is all
 *          zeros as indicators, or the index after the last.
 */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import {
  type Column,
  type ColumnKinds,
  columnOf,
  type EncodedColumn,
  type EncodingOptions,
  type Frame,
  type FrameEncoding,
  missingIn,
  type RowReader,
  takeFrameRows,
} from "./frame.ts";

/** More features than this from one file are a mistake. */
const mostFeatures = 100_000;

/**
 * What the training rows show of each column.
 *
 * @param rows  those that are learned from
 * @throws DataError  E_DATA_FEATURES: indicators of all categories would be too many features
 */
export function fitColumns(
  frame: Frame,
  rows: Uint32Array,
  { categories, missing }: EncodingOptions,
): { columns: EncodedColumn[]; warnings: string[] } {
  const warnings: string[] = [];
  const columns = frame.columns.map((column): EncodedColumn => {
    const { name } = column;
    if (column.kind === "number") {
      const known = Float64Array.from(rows, (row) => column.values[row]).filter((value) => !Number.isNaN(value));
      if (known.length === 0) warnings.push(`column '${name}' has no number in the training rows: 0 stands for missing ones`);
      return { name, kind: "number", fill: known.length === 0 ? 0 : missing === "mean" ? meanOf(known) : medianOf(known) };
    }
    if (column.kind === "text") throw new DataError("E_DATA_COLUMN_TEXT", { message: `column ${showValue(name)} is free text` });
    const seen = new Set<number>();
    for (const row of rows) if (column.codes[row] >= 0) seen.add(column.codes[row]);
    const levels = column.levels.filter((_, code) => seen.has(code));
    if (levels.length < 2)
      warnings.push(`column '${name}' has one value in the training rows at the most: nothing is learned from it`);
    return { name, kind: "category", levels, encoding: categories };
  });
  const features = columns.reduce((count, column) => count + widthOf(column), 0);
  if (features > mostFeatures) {
    throw new DataError("E_DATA_FEATURES", {
      message: `${frame.origin}: at most ${mostFeatures} features are made of the columns, indicators of all categories would be ${features}`,
      hint: 'Set categories to "index", or ignore the columns with the most categories.',
    });
  }
  return { columns, warnings };
}

/** Shifted by the first, so that numbers far from 0 keep their digits. */
function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value - values[0];
  return values[0] + sum / values.length;
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
}

const widthOf = (column: EncodedColumn): number =>
  column.kind === "category" && column.encoding === "oneHot" ? column.levels.length : 1;

/** What a frame's columns must be to be encoded so. */
export const kindsOf = (columns: readonly EncodedColumn[]): ColumnKinds =>
  Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));

/**
 * The features of a frame's rows.
 *
 * @throws DataError  a column is missing, or of another kind
 */
export function frameReader(frame: Frame, columns: readonly EncodedColumn[]): RowReader {
  const writers: ((row: number, out: Float64Array, at: number) => void)[] = [];
  const [names, indicators]: [string[], boolean[]] = [[], []];
  for (const encoded of columns) {
    const column = columnOf(frame, encoded.name);
    const start = names.length;
    if (encoded.kind === "number") {
      const values = numbersOf(column, frame);
      writers.push((row, out, at) => {
        out[at + start] = Number.isNaN(values[row]) ? encoded.fill : values[row];
      });
      names.push(encoded.name);
      indicators.push(false);
      continue;
    }
    const { levels, encoding } = encoded;
    const places = placesOf(column, levels, frame);
    if (encoding === "oneHot") {
      writers.push((row, out, at) => {
        out.fill(0, at + start, at + start + levels.length);
        if (places[row] >= 0) out[at + start + places[row]] = 1;
      });
    } else {
      writers.push((row, out, at) => {
        out[at + start] = places[row] >= 0 ? places[row] : levels.length;
      });
    }
    names.push(...(encoding === "oneHot" ? levels.map((level) => `${encoded.name}=${level}`) : [encoded.name]));
    indicators.push(...(encoding === "oneHot" ? levels.map(() => true) : [false]));
  }
  const size = names.length;
  return {
    shape: [size],
    count: frame.count,
    names,
    indicators,
    read(first, out) {
      for (let row = first, at = 0; at < out.length; row++, at += size) for (const write of writers) write(row, out, at);
    },
  };
}

function numbersOf(column: Column, { origin, count }: Frame): Float64Array {
  if (column.kind === "number") return column.values;
  // A column without a single value can be of any kind.
  if (missingIn(column) === count) return new Float64Array(count).fill(Number.NaN);
  const shown = column.kind === "category" ? `texts such as ${showValue(column.levels[0])}` : "texts";
  throw new DataError("E_DATA_COLUMN_KIND", {
    message: `${origin}: column ${showValue(column.name)} was of numbers in training, here it has ${shown}`,
    hint: "Correct these cells, or leave them empty.",
  });
}

/** The place of each row's text among the levels, -1 where it is none of them. */
function placesOf(column: Column, levels: readonly string[], { origin, count }: Frame): Int32Array {
  const known = new Map(levels.map((level, i) => [level, i]));
  if (column.kind === "category") {
    const places = column.levels.map((level) => known.get(level) ?? -1);
    return column.codes.map((code) => (code < 0 ? -1 : places[code]));
  }
  if (missingIn(column) === count) return new Int32Array(count).fill(-1);
  throw new DataError("E_DATA_COLUMN_KIND", {
    message: `${origin}: column ${showValue(column.name)} was of categories in training, here it has ${column.kind === "number" ? "numbers" : "free text"}`,
    hint: "Read the file with the kinds that the columns had in training.",
  });
}

/** What makes numbers of frames; each carries it. */
export const frameEncoding: FrameEncoding = { fit: fitColumns, read: frameReader, take: takeFrameRows };
