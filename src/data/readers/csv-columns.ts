/**
 * CSV cells as typed columns.
 *
 * Numbers  [+-] digits [decimal point digits] [e [+-] digits]; a column whose cells are all numbers or missing is of numbers, any
 *          other a category. Parsed to the nearest float64.
 * Missing  An empty cell, ?, and NA, N/A, NaN, null in any case.
 * Header   "auto": the first line names the columns unless a cell of it is a number or all its cells are missing.
 */
import { DataError } from "../../core/errors.ts";
import { showValue } from "../../core/names.ts";
import { frameEncoding } from "../encode.ts";
import { CategoryBuilder, type Column, type ColumnKinds, type Frame, notNumber } from "../frame.ts";
import { type CsvCells, readCells, type Separator } from "./csv.ts";

/** How a CSV file is read where its bytes do not say it. */
export interface CsvOptions {
  readonly separator?: Separator;
  readonly header?: "auto" | "yes" | "no";
  /** The decimal point. */
  readonly decimal?: "." | ",";
  /** What columns must be, by name; the others are what their cells say. */
  readonly kinds?: ColumnKinds;
}

/**
 * Reads a CSV file as a frame.
 *
 * @param origin  what the file is called in messages
 * @throws DataError  E_DATA_CSV_*: see readCells; two columns of one name, no rows. E_DATA_CELL: an infinite number, or a text where
 *                    `kinds` says number
 * @example
 * const bytes = new TextEncoder().encode("rooms,town\n3,Jeju\n4,Busan\n");
 * readCsv(bytes, "houses.csv").columns.map(({ name, kind }) => [name, kind]); // [["rooms", "number"], ["town", "category"]]
 */
export function readCsv(bytes: Uint8Array, origin: string, options: CsvOptions = {}): Frame {
  const { separator, header = "auto", decimal = ".", kinds = {} } = options;
  const cells = readCells(bytes, origin, separator);
  const point = decimal.charCodeAt(0);
  const names = readHeader(cells, header, point);
  const first = names ? 1 : 0;
  const count = cells.count - first;
  if (count === 0) {
    throw new DataError("E_DATA_CSV_EMPTY", {
      message: `${origin}: a table has at least one row below its header, this one has none`,
      hint: 'If its first line is a row, set header to "no".',
    });
  }
  const columns = Array.from({ length: cells.width }, (_, column) => {
    const name = names?.[column] ?? `column${column + 1}`;
    return readColumn({ cells, first, column, name, point, kind: Object.hasOwn(kinds, name) ? kinds[name] : undefined });
  });
  return { columns, count, origin, lines: cells.lines.slice(first), encoding: frameEncoding };
}

function readHeader(cells: CsvCells, header: "auto" | "yes" | "no", point: number): string[] | undefined {
  if (header === "no") return undefined;
  const { width, text, origin } = cells;
  const places = Array.from({ length: width }, (_, i) => i);
  if (header === "auto") {
    if (places.some((i) => !Number.isNaN(parseNumber(text, cells.start(i), cells.end(i), point)))) return undefined;
    if (places.every((i) => isMissingText(text, cells.start(i), cells.end(i)))) return undefined;
  }
  const long = places.find((i) => cells.end(i) - cells.start(i) > longestName);
  if (long !== undefined) {
    throw new DataError("E_DATA_CSV_HEADER", {
      message: `${origin}: the name of column ${long + 1} has ${cells.end(long) - cells.start(long)} characters, more than ${longestName}`,
      hint: "The first line does not look like names of columns. Is a quote missing in it?",
    });
  }
  const names = places.map((i) => cells.cell(i).trim() || `column${i + 1}`);
  const taken = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    const other = taken.get(name);
    if (other !== undefined) {
      throw new DataError("E_DATA_CSV_HEADER", {
        message: `${origin}: each column needs a name of its own, ${showValue(name)} is that of columns ${other + 1} and ${i + 1}`,
        hint: 'Rename one of them. If the first line is no header, set header to "no".',
      });
    }
    taken.set(name, i);
  }
  return names;
}

const longestName = 1000;

interface ColumnPlace {
  readonly cells: CsvCells;
  /** The first record that is a row. */
  readonly first: number;
  readonly column: number;
  readonly name: string;
  readonly point: number;
  readonly kind: "number" | "category" | undefined;
}

function readColumn(place: ColumnPlace): Column {
  const { cells, first, column, name, point, kind } = place;
  const { text, width } = cells;
  const count = cells.count - first;
  if (kind === "category") return readCategory(place);
  const values = new Float64Array(count);
  let infinite = -1;
  for (let row = 0; row < count; row++) {
    const i = (first + row) * width + column;
    const [start, end] = [cells.start(i), cells.end(i)];
    const value = parseNumber(text, start, end, point);
    values[row] = value;
    if (Number.isNaN(value) && !isMissingText(text, start, end)) {
      if (kind === "number") throw notNumber(`${cells.origin} line ${cells.lines[first + row]}`, name, cells.cell(i));
      return readCategory(place);
    }
    if (infinite < 0 && !Number.isFinite(value) && !Number.isNaN(value)) infinite = row;
  }
  if (infinite >= 0) {
    const i = (first + infinite) * width + column;
    throw notNumber(`${cells.origin} line ${cells.lines[first + infinite]}`, name, cells.cell(i));
  }
  return { name, kind: "number", values };
}

function readCategory({ cells, first, column, name }: ColumnPlace): Column {
  const builder = new CategoryBuilder(cells.count - first);
  for (let record = first; record < cells.count; record++) {
    const i = record * cells.width + column;
    builder.add(isMissingText(cells.text, cells.start(i), cells.end(i)) ? undefined : cells.cell(i));
  }
  return builder.build(name);
}

const missingTexts = ["?", "na", "n/a", "nan", "null"];

function isMissingText(text: string, start: number, end: number): boolean {
  if (end - start > 4) return false;
  return end === start || missingTexts.includes(text.slice(start, end).toLowerCase());
}

const POINT = 46;
const written = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const writtenInfinite = /^[+-]?inf(?:inity)?$/i;
/** Exact in float64. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const longestNumber = 1000;

/**
 * The number that text[start, end) writes; NaN where it writes none, which no number is written as.
 *
 * Up to 15 digits and 22 of them behind the point, value and power are exact, so that their quotient is the nearest float64.
 */
export function parseNumber(text: string, start: number, end: number, point: number): number {
  let at = start;
  const sign = text.charCodeAt(at);
  if (sign === 45 || sign === 43) at++;
  let [value, digits, seen, behind, sawPoint] = [0, 0, 0, 0, false];
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      seen++;
      if (value > 0) digits++;
      if (sawPoint) behind++;
    } else if (code === point && !sawPoint) sawPoint = true;
    else break;
  }
  if (at === end && digits <= 15 && behind <= 22) {
    if (seen === 0) return Number.NaN;
    return (sign === 45 ? -value : value) / powersOfTen[behind];
  }
  if (end - start > longestNumber) return Number.NaN;
  const slice = text.slice(start, end);
  const plain = point === POINT ? slice : slice.replace(".", "x").replace(String.fromCharCode(point), ".");
  if (written.test(plain)) return Number(plain);
  return writtenInfinite.test(plain) ? (sign === 45 ? -Infinity : Infinity) : Number.NaN;
}
