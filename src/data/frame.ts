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

/** A cell of a record: null, undefined and "" are missing, true and false are texts. */
export type Cell = string | number | boolean | null | undefined;

/**
 * A frame of rows from code. A column is of numbers where every value in it is one, else a category; null, undefined and NaN are
 * missing.
 *
 * @param kinds  what columns must be, whatever their values look like
 * @throws DataError  a value is no number where one is needed, or not finite
 * @example frameOf([{ rooms: 3, town: "Jeju" }]).columns.map(({ kind }) => kind); // ["number", "category"]
 */
export function frameOf(records: readonly Readonly<Record<string, Cell>>[], kinds: ColumnKinds = {}): Frame {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  const frame = { columns: [] as Column[], count: records.length, origin: "the rows given" };
  for (const name of names) {
    const cells = records.map((record) => {
      const cell = record[name];
      return cell === null || (typeof cell === "number" && Number.isNaN(cell)) ? undefined : cell;
    });
    const isNumber = (cell: Cell): cell is number => typeof cell === "number";
    const asked = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    const kind = asked ?? (cells.every((cell) => cell === undefined || isNumber(cell)) ? "number" : "category");
    if (kind === "category") {
      const builder = new CategoryBuilder(records.length);
      for (const cell of cells) builder.add(cell === undefined ? undefined : String(cell));
      frame.columns.push(builder.build(name));
      continue;
    }
    const bad = cells.findIndex((cell) => cell !== undefined && !(isNumber(cell) && Number.isFinite(cell)));
    if (bad >= 0) throw notNumber(placeOf(frame, bad), name, cells[bad]);
    frame.columns.push({ name, kind, values: Float64Array.from(cells, (cell) => (cell as number | undefined) ?? Number.NaN) });
  }
  return frame;
}

/** The error of a cell that must be a finite number. */
export function notNumber(place: string, name: string, cell: unknown): DataError {
  return new DataError("E_DATA_CELL", {
    message: `${place}: column ${showValue(name)} needs a finite number, received ${showValue(cell)}`,
    hint: "Correct the cell, or leave it empty if its value is not known.",
  });
}
