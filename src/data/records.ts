/** Frames of records: rows from code, each an object with a value for each column. */
import { frameEncoding } from "./encode.ts";
import { CategoryBuilder, type Column, type ColumnKinds, type Frame, notNumber, placeOf } from "./frame.ts";

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
  const frame = { columns: [] as Column[], count: records.length, origin: "the rows given", encoding: frameEncoding };
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
