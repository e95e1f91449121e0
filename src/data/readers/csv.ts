/**
 * Reads CSV into cells: RFC 4180, and what files add to it in practice.
 *
 * Grammar  Records end with LF, CRLF or CR; blank lines are passed over. A cell in quotes may hold separators, line ends, and "" for
 *          a quote. Blanks around a cell do not count, those inside its quotes do. A quote within an unquoted cell is a character
 *          like any other.
 * Source   RFC 4180; Unicode in UTF-8, with or without a byte order mark.
 * Choice   Every record has as many cells as the first: a record that has not is an error with its line, never a shifted row.
 * Choice   The text stays whole and a cell is two numbers, its place in it: 8 bytes a cell, and no text is made before it is asked for.
 */
import { DataError, type ErrorDetail } from "../../core/errors.ts";
import { showValue } from "../../core/names.ts";

/** The separators that are told apart; "auto" finds the one that parts the first records into equally many cells. */
export const separators = ["auto", ",", ";", "\t", "|", "tab"] as const;
export type Separator = (typeof separators)[number];

/** More columns than this are not a table that somebody made. */
export const mostColumns = 65_536;
// V8 has no longer texts.
const mostBytes = 500_000_000;
const sniffedRecords = 100;
const sniffedLength = 65_536;
/** Preferred in this order where several part all records alike: a decimal comma does so too, by chance. */
const candidates = ["\t", ";", "|", ","];

const [TAB, LF, CR, SPACE, QUOTE] = [9, 10, 13, 32, 34];

/** The cells of a file, record by record, each record as long as the first. */
export interface CsvCells {
  readonly origin: string;
  readonly separator: string;
  readonly text: string;
  /** Cells in a record. */
  readonly width: number;
  /** Records, >= 1. */
  readonly count: number;
  /** Start of cell i in the text. */
  start(i: number): number;
  /** End of cell i, exclusive. */
  end(i: number): number;
  /** What cell i says, i = record * width + column. */
  cell(i: number): string;
  /** The line on which each record begins, from 1. */
  readonly lines: Uint32Array;
}

/**
 * Reads a whole CSV file.
 *
 * @param origin  what the file is called in messages
 * @throws DataError  E_DATA_CSV_*: not UTF-8 text, a quote that is not closed, a record that is longer or shorter than the first
 * @example readCells(bytes, "houses.csv").width // 14
 */
export function readCells(bytes: Uint8Array, origin: string, separator: Separator = "auto"): CsvCells {
  const text = decode(bytes, origin);
  const used = separator === "auto" ? findSeparator(text) : separator === "tab" ? "\t" : separator;
  const { bounds, lines, count, width, fault } = scan(text, used.charCodeAt(0), Number.POSITIVE_INFINITY, false);
  if (fault) throw new DataError(fault.code, { ...fault.detail, message: `${origin} ${fault.detail.message}` });
  if (count === 0) {
    throw new DataError("E_DATA_CSV_EMPTY", { message: `${origin}: a table has at least one line, the file has only blanks` });
  }
  const end = (i: number) => bounds[2 * i + 1] >>> 1;
  return {
    origin,
    separator: used,
    text,
    width,
    count,
    start: (i) => bounds[2 * i],
    end,
    cell(i) {
      const cell = text.slice(bounds[2 * i], end(i));
      return bounds[2 * i + 1] & 1 ? cell.replaceAll('""', '"') : cell;
    },
    lines: lines.subarray(0, count),
  };
}

function decode(bytes: Uint8Array, origin: string): string {
  const [a, b] = bytes;
  const refuse = (what: string, hint: string) =>
    new DataError("E_DATA_CSV_ENCODING", { message: `${origin}: a CSV file is text in UTF-8, ${what}`, hint });
  if (bytes.length === 0) {
    throw new DataError("E_DATA_CSV_EMPTY", { message: `${origin}: a table has at least one line, the file has 0 bytes` });
  }
  if (bytes.length > mostBytes) {
    throw new DataError("E_DATA_CSV_TOO_LARGE", {
      message: `${origin}: a CSV file may have ${mostBytes} bytes, this one has ${bytes.length}`,
      hint: "Convert it to .npy files and use the data set 'npy'.",
    });
  }
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw refuse("this one is in UTF-16", 'Save it again as UTF-8, in a spreadsheet as "CSV UTF-8".');
  }
  if (a === 0x50 && b === 0x4b) throw refuse("this one is a zip archive", "It is perhaps a spreadsheet (.xlsx): save it as CSV.");
  if (a === 0x1f && b === 0x8b) throw refuse("this one is compressed with gzip", "Decompress it first.");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Where a byte is no UTF-8, this decoder puts U+FFFD.
    const known = new TextDecoder().decode(bytes);
    const line = 1 + lineEnds(known, 0, Math.max(0, known.indexOf("\uFFFD")));
    throw refuse(
      `line ${line} is not`,
      "It is perhaps in a national encoding such as Windows-1252 or CP949: save it again as UTF-8.",
    );
  }
  if (text.includes("\0")) throw refuse("this one has zero bytes", "It is no text file, or in UTF-16.");
  return text;
}

/** Line ends in text[start, end), CRLF as one. */
function lineEnds(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) count++;
  }
  return count;
}

interface Records {
  /** Of each cell: its start, and 2 end + 1 where "" in it stands for a quote, else 2 end. */
  readonly bounds: Uint32Array;
  readonly lines: Uint32Array;
  readonly count: number;
  /** Cells in the first record. */
  readonly width: number;
  /** Records as long as the first. */
  readonly alike: number;
  readonly fault: { readonly code: string; readonly detail: ErrorDetail } | undefined;
}

/** An array that grows by doubling. */
class Numbers {
  values = new Uint32Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.values.length) this.grow();
    this.values[this.length++] = value;
  }
  private grow(): void {
    const larger = new Uint32Array(2 * this.length);
    larger.set(this.values);
    this.values = larger;
  }
}

/** Goes through the text once, up to the first fault; records of other lengths are one unless `mayDiffer`. */
function scan(text: string, separator: number, mostRecords: number, mayDiffer: boolean): Records {
  const bounds = new Numbers();
  const lines = new Numbers();
  const { length } = text;
  const tab = separator === TAB ? SPACE : TAB;
  let fault: Records["fault"];
  let at = 0;
  let line = 1;
  let width = 0;
  let alike = 0;
  const stop = (code: string, where: number, message: string, hint: string) => {
    fault = { code, detail: { message: `line ${where}: ${message}`, hint } };
  };
  while (at < length && lines.length < mostRecords) {
    const firstLine = line;
    const before = bounds.length;
    const mostCells = lines.length === 0 ? mostColumns : width;
    let cells = 0;
    let isEmpty = true;
    let code = separator;
    for (at--; code === separator; ) {
      at++;
      code = text.charCodeAt(at);
      while (code === SPACE || code === tab) code = text.charCodeAt(++at);
      let start = at;
      let end = at;
      let isEscaped = 0;
      if (code === QUOTE) {
        isEmpty = false;
        start = at + 1;
        end = start;
        while (end < length && (text.charCodeAt(end) !== QUOTE || text.charCodeAt(end + 1) === QUOTE)) {
          if (text.charCodeAt(end) !== QUOTE) end++;
          else {
            isEscaped = 1;
            end += 2;
          }
        }
        if (end >= length) {
          stop(
            "E_DATA_CSV_QUOTE",
            line,
            "a quote is opened here and never closed",
            'A quote inside of quotes is written twice: "".',
          );
          break;
        }
        at = end + 1;
        code = text.charCodeAt(at);
        while (code === SPACE || code === tab) code = text.charCodeAt(++at);
        line += lineEnds(text, start, end);
        if (at < length && code !== separator && code !== LF && code !== CR) {
          const found = showValue(text.slice(at, at + 20).split(/[\r\n]/, 1)[0]);
          const rule = `after a closing quote comes ${showValue(String.fromCharCode(separator))} or the end of the line`;
          stop("E_DATA_CSV_QUOTE", line, `${rule}, received ${found}`, 'A quote inside of quotes is written twice: "".');
          break;
        }
      } else {
        while (at < length && code !== separator && code !== LF && code !== CR) code = text.charCodeAt(++at);
        end = at;
        while (end > start && (text.charCodeAt(end - 1) === SPACE || text.charCodeAt(end - 1) === tab)) end--;
        if (end > start) isEmpty = false;
      }
      cells++;
      if (cells > mostCells) continue;
      bounds.push(start);
      bounds.push(2 * end + isEscaped);
    }
    if (fault) break;
    if (at < length) {
      at += code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      line++;
    }
    if (cells === 1 && isEmpty) {
      bounds.length = before;
      continue;
    }
    if (lines.length === 0) {
      width = cells;
      if (cells > mostColumns) {
        const hint = "Are the line ends missing? A table may have at most that many columns.";
        stop("E_DATA_CSV_COLUMNS", firstLine, `${cells} cells, more than ${mostColumns}`, hint);
        break;
      }
    } else if (cells !== width && !mayDiffer) {
      const hint = "A cell that contains the separator must be in quotes.";
      stop("E_DATA_CSV_RAGGED", firstLine, `every line must have ${width} cells like the first, this one has ${cells}`, hint);
      break;
    }
    if (cells === width) alike++;
    lines.push(firstLine);
  }
  return { bounds: bounds.values, lines: lines.values, count: lines.length, width, alike, fault };
}

/** The separator by which the most of the first records are as long as the very first. */
function findSeparator(text: string): string {
  const start = text.slice(0, sniffedLength);
  let best = ",";
  let bestShare = 0;
  for (const candidate of candidates) {
    const { count, width, alike } = scan(start, candidate.charCodeAt(0), sniffedRecords, true);
    if (width < 2) continue;
    // The last record is perhaps cut.
    const isCut = start.length < text.length && count > 1 && count < sniffedRecords;
    const share = isCut ? Math.min(1, alike / (count - 1)) : alike / count;
    if (share > bestShare) [best, bestShare] = [candidate, share];
  }
  return best;
}
