/**
 * A frame: a table of named columns of different kinds, as a CSV file has them, before they become numbers for a model.
 *
 * Choice   Numbers are float64 until preprocessing is done: a year or a time in seconds keeps its digits, and is rounded once.
 */
import { DataError } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";

/** Numbers, NaN where a cell is missing. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number";
  readonly values: Float64Array;
}

/** One of some texts, by its place among the levels; -1 where a cell is missing. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  readonly codes: Int32Array;
  /** The different texts, ascending by their UTF-16 units. */
  readonly levels: readonly string[];
}

/** More different texts than a category has: names, sentences, dates. Its cells are not kept. */
export interface TextColumn {
  readonly name: string;
  readonly kind: "text";
  readonly missing: number;
  /** The first of the different texts. */
  readonly samples: readonly string[];
}

/** A column of a table, by what its cells are. */
export type Column = NumberColumn | CategoryColumn | TextColumn;
/** What columns must be read as, by name, whatever their cells look like. */
export type ColumnKinds = Readonly<Record<string, "number" | "category">>;

/** A table of columns, as files and records give it. */
export interface Frame {
  readonly columns: readonly Column[];
  /** Rows. */
  readonly count: number;
  /** Where it comes from, for messages. */
  readonly origin: string;
  /** The line of each row in its file, for messages. */
  readonly lines?: Uint32Array;
  /** What makes numbers of its columns: `frameEncoding`. It comes with the frame, so that who has none does not load it. */
  readonly encoding: FrameEncoding;
}

/** A column as the model takes it: plain data. */
export type EncodedColumn =
  | { readonly name: string; readonly kind: "number" /** Stands for missing ones. */; readonly fill: number }
  | {
      readonly name: string;
      readonly kind: "category";
      readonly levels: readonly string[];
      readonly encoding: "oneHot" | "index";
    };

/** How columns become features. */
export interface EncodingOptions {
  /** Categories as an indicator for each level, or as the place of their level. */
  readonly categories: "oneHot" | "index";
  /** What stands for a missing number. */
  readonly missing: "mean" | "median";
}

/** Inputs of any kind as numbers. */
export interface RowReader {
  /** Of one row. */
  readonly shape: readonly number[];
  /** Rows. */
  readonly count: number;
  /** Of the features, where they have names. */
  readonly names?: readonly string[];
  /** Which features are 0 or 1 alone. */
  readonly indicators?: readonly boolean[];
  /** Writes the rows first, first + 1, ... one after the other, as many as fit in `out`. */
  read(first: number, out: Float64Array): void;
}

/** How the columns of a frame become features. */
export interface FrameEncoding {
  /** What the rows named (those that are learned from) show of each column; see `fitColumns`. */
  fit(frame: Frame, rows: Uint32Array, options: EncodingOptions): { columns: EncodedColumn[]; warnings: string[] };
  /** The features of a frame's rows; see `frameReader`. */
  read(frame: Frame, columns: readonly EncodedColumn[]): RowReader;
  /** The rows named, in the order given. */
  take(frame: Frame, rows: Uint32Array): Frame;
}

/** More different texts than these are no category. */
export const mostLevels = 10_000;

export const isFrame = (inputs: object): inputs is Frame => "columns" in inputs;

/** "houses.csv line 7", or "the rows given, row 3" (from 0) where there are no lines. */
export function placeOf({ origin, lines }: Frame, row: number): string {
  return lines ? `${origin} line ${lines[row]}` : `${origin}, row ${row}`;
}

/** @throws DataError  E_DATA_COLUMN: there is no such column; names the nearest */
export function columnOf({ columns, origin }: Frame, name: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw new DataError("E_DATA_COLUMN", {
    message: `${origin} has no column ${showValue(name)}`,
    hint: suggestName(name, shorten(columns.map((column) => column.name))),
  });
}

/** A few names are a help, thousands are not. */
const shorten = (names: readonly string[]): readonly string[] =>
  names.length > 40 ? [...names.slice(0, 40), `and ${names.length - 40} more`] : names;

export function isMissing(column: Column, row: number): boolean {
  if (column.kind === "number") return Number.isNaN(column.values[row]);
  return column.kind === "category" && column.codes[row] < 0;
}

/** Cells without a value. */
export function missingIn(column: Column): number {
  if (column.kind === "text") return column.missing;
  let count = 0;
  const length = column.kind === "number" ? column.values.length : column.codes.length;
  for (let row = 0; row < length; row++) if (isMissing(column, row)) count++;
  return count;
}

/** The frame with these columns alone. */
export function withColumns(frame: Frame, columns: readonly Column[]): Frame {
  return { ...frame, columns };
}

/** The rows named, in the order given; levels stay as they are. */
export function takeFrameRows(frame: Frame, rows: Uint32Array): Frame {
  const taken = (column: Column): Column => {
    if (column.kind === "text") return column;
    return column.kind === "number"
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]) }
      : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]) };
  };
  return {
    ...frame,
    columns: frame.columns.map(taken),
    count: rows.length,
    ...(frame.lines && { lines: Uint32Array.from(rows, (row) => frame.lines![row]) }),
  };
}

/** A column of texts as a category, its levels sorted; more than `mostLevels` are no category any more. */
export class CategoryBuilder {
  private readonly places = new Map<string, number>();
  private readonly codes: Int32Array;
  private missing = 0;
  private row = 0;

  constructor(count: number) {
    this.codes = new Int32Array(count);
  }

  add(text: string | undefined): void {
    if (text === undefined) {
      this.codes[this.row++] = -1;
      this.missing++;
      return;
    }
    let place = this.places.get(text);
    // One above the limit is enough to know that it was passed.
    if (place === undefined && this.places.size <= mostLevels) this.places.set(text, (place = this.places.size));
    this.codes[this.row++] = place ?? 0;
  }

  build(name: string): Column {
    if (this.places.size > mostLevels)
      return { name, kind: "text", missing: this.missing, samples: [...this.places.keys()].slice(0, 20) };
    const levels = [...this.places.keys()].sort();
    const rank = new Int32Array(levels.length);
    for (const [i, level] of levels.entries()) rank[this.places.get(level)!] = i;
    for (let i = 0; i < this.codes.length; i++) if (this.codes[i] >= 0) this.codes[i] = rank[this.codes[i]];
    return { name, kind: "category", codes: this.codes, levels };
  }
}

/** The error of a cell that must be a finite number. */
export function notNumber(place: string, name: string, cell: unknown): DataError {
  return new DataError("E_DATA_CELL", {
    message: `${place}: column ${showValue(name)} needs a finite number, received ${showValue(cell)}`,
    hint: "Correct the cell, or leave it empty if its value is not known.",
  });
}
