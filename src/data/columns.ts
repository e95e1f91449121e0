/**
 * What the columns of a frame are good for: which are predicted, and what kind of task that is; which are inputs, and which are no
 * help and why.
 *
 * Task     "auto": a column of texts is classes; so is one of integers with at most 20 different values, each 10 times on the
 *          average, or with 2 values. Other numbers are a regression.
 * Ids      Texts that tell rows apart are no categories: as many as rows, or more than 20 and more than half the rows. A column
 *          that is mostly numbers is refused instead: a cell in it is wrong.
 */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import type { RawTable, Task } from "./dataset.ts";
import { type CategoryColumn, type Column, columnOf, type Frame, isMissing, missingIn, placeOf, takeFrameRows } from "./frame.ts";
import { parseNumber } from "./readers/csv-columns.ts";

export interface ColumnRoles {
  /** Columns that are predicted. */
  readonly target: readonly string[];
  readonly task: "auto" | "classification" | "regression";
  /** Columns that are left out. */
  readonly ignore: readonly string[];
  /** Rows with the same value in this column stay together. */
  readonly group?: string | undefined;
}

const mostClasses = 20;
const rowsPerClass = 10;
const fewTexts = 20;
const point = ".".charCodeAt(0);
/** A label above this is no class but something else. */
const mostLabels = 10_000;

/** "classification" or "regression", as the values of a target say. */
export function taskOf(column: Column): "classification" | "regression" {
  if (column.kind !== "number") return "classification";
  const seen = new Set<number>();
  let known = 0;
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return "regression";
    known++;
    seen.add(value);
    if (seen.size > mostClasses) return "regression";
  }
  return seen.size <= 2 || known >= rowsPerClass * seen.size ? "classification" : "regression";
}

export interface Targets {
  readonly task: Task;
  readonly table: RawTable;
}

/**
 * The targets of rows that have them all.
 *
 * @param levels  the classes, where another file has shown them
 * @throws DataError  one class or one value alone, texts in a regression, several columns of classes, a class that is not known
 */
export function targetsOf(
  frame: Frame,
  { target, task: asked }: Pick<ColumnRoles, "target" | "task">,
  levels?: readonly string[],
): Targets {
  const columns = target.map((name) => columnOf(frame, name));
  if (frame.count < 2 && !levels) {
    throw new DataError("E_DATA_ROWS", {
      message: `${frame.origin}: a table to learn from has at least two rows with a target, this one has ${frame.count}`,
    });
  }
  const kind =
    asked === "auto"
      ? columns.every((column) => taskOf(column) === "classification") && columns.length === 1
        ? "classification"
        : "regression"
      : asked;
  if (kind === "classification") return classesOf(frame, columns, levels);
  const width = columns.length;
  const values = new Float64Array(frame.count * width);
  for (const [j, column] of columns.entries()) {
    if (column.kind !== "number") {
      throw new DataError("E_DATA_TARGETS", {
        message: `${frame.origin}: a regression predicts numbers, column '${column.name}' has ${column.kind === "text" ? "free text" : `texts such as ${showValue(column.levels[0])}`}`,
        hint: width > 1 ? "Several targets are numbers, all of them." : 'Set task to "classification", or correct these cells.',
      });
    }
    for (let row = 0; row < frame.count; row++) values[row * width + j] = column.values[row];
    if (column.values.every((value) => value === column.values[0]) && !levels) {
      throw new DataError("E_DATA_TARGET_CONSTANT", {
        message: `${frame.origin}: column '${column.name}' is ${column.values[0]} in every row, there is nothing to learn`,
        hint: "Name another target.",
      });
    }
  }
  return { task: { kind, outputs: width }, table: { values, shape: [width], count: frame.count, scale: 1 } };
}

function classesOf(frame: Frame, columns: readonly Column[], known?: readonly string[]): Targets {
  const [column, another] = columns as [Column, ...Column[]];
  if (another) {
    throw new DataError("E_DATA_TARGETS", {
      message: `${frame.origin}: a classification predicts one column, received ${columns.length}`,
      hint: 'Name one target, or set task to "regression".',
    });
  }
  const { labels, codes } =
    column.kind === "number"
      ? labelled(column.values)
      : { labels: column.kind === "text" ? undefined : column.levels, codes: (column as CategoryColumn).codes };
  if (!labels || labels.length > mostLabels) {
    throw new DataError("E_DATA_CLASSES", {
      message: `${frame.origin}: column '${column.name}' has more than ${mostLabels} different values, too many for classes`,
      hint: column.kind === "number" ? 'Set task to "regression".' : "Name another target.",
    });
  }
  const places = known && new Map(known.map((label, i) => [label, i]));
  const used = new Set(codes);
  const classes = places ? known : labels.filter((_, code) => used.has(code));
  const classNumber = labels.map((label) => (places ? (places.get(label) ?? -1) : classes.indexOf(label)));
  const values = codes.map((code) => classNumber[code]);
  const strange = values.indexOf(-1);
  if (strange >= 0) {
    throw new DataError("E_DATA_LABEL", {
      message: `${placeOf(frame, strange)}: class ${showValue(labels[codes[strange]])} in column '${column.name}' does not occur in the training file`,
      hint: "Correct the cell, or add rows of this class to the training file.",
    });
  }
  if (classes.length < 2) {
    throw new DataError("E_DATA_ONE_CLASS", {
      message: `${frame.origin}: column '${column.name}' is ${showValue(classes[0])} in every row, a classification needs at least two classes`,
      hint: "Name another target.",
    });
  }
  return {
    task: { kind: "classification", classes: classes.length, labels: classes },
    table: { values, shape: [], count: frame.count, scale: 1 },
  };
}

/** Numbers as classes, ascending. */
function labelled(values: Float64Array): { labels: string[]; codes: Int32Array } {
  const different = [...new Set(values)].sort((a, b) => a - b);
  const places = new Map(different.map((value, i) => [value, i]));
  return { labels: different.map(String), codes: Int32Array.from(values, (value) => places.get(value)!) };
}

export interface InputColumns {
  readonly columns: readonly Column[];
  /** One sentence for each column that is left out, or taken for something that it may not be. */
  readonly warnings: readonly string[];
}

/**
 * The columns that a model can learn from.
 *
 * @throws DataError  a column named is not there; one that is mostly numbers has texts in it; none is left
 */
export function inputColumns(frame: Frame, { target, ignore, group }: Omit<ColumnRoles, "task">): InputColumns {
  for (const name of [...target, ...ignore, ...(group === undefined ? [] : [group])]) columnOf(frame, name);
  const others = new Set([...target, ...ignore, group]);
  const warnings: string[] = [];
  const columns = frame.columns.filter((column) => {
    if (others.has(column.name)) return false;
    const why = noHelp(column, frame, warnings);
    if (why !== undefined) warnings.push(`column '${column.name}' is left out: ${why}`);
    return why === undefined;
  });
  if (columns.length === 0) {
    throw new DataError("E_DATA_NO_INPUTS", {
      message: `${frame.origin}: no column is left to learn from${warnings.length > 0 ? `; ${warnings.slice(0, 3).join("; ")}` : ""}`,
      hint: "A table needs at least one column of numbers or categories beside the target.",
    });
  }
  return { columns, warnings };
}

function noHelp(column: Column, frame: Frame, warnings: string[]): string | undefined {
  const known = frame.count - missingIn(column);
  if (known === 0) return "every cell is missing";
  if (column.kind === "number") return undefined;
  const odd = column.kind === "category" ? oddText(column) : undefined;
  if (column.kind === "category") {
    const { levels } = column;
    const tellsApart = (levels.length === known && known > 2) || (levels.length > fewTexts && levels.length > known / 2);
    if (!tellsApart) {
      if (odd !== undefined)
        warnings.push(
          `column '${column.name}' is taken as categories, since ${placeOf(frame, odd.row)} has ${showValue(odd.text)}, no number`,
        );
      return undefined;
    }
  }
  if (odd !== undefined) {
    throw new DataError("E_DATA_COLUMN_MIXED", {
      message: `${placeOf(frame, odd.row)}: column '${column.name}' has numbers in most rows, and ${showValue(odd.text)} here`,
      hint: 'Correct the cell, or leave it empty; or ignore the column. Numbers with a decimal comma need decimal ",".',
    });
  }
  const different =
    column.kind === "category" ? `${column.levels.length} different texts` : "more different texts than categories can have";
  return `${different} in ${known} rows tell the rows apart, not what they have in common`;
}

/** The first text of a column in which at least half of the cells look like numbers. */
function oddText({ codes, levels }: CategoryColumn): { row: number; text: string } | undefined {
  const isNumber = levels.map((level) => !Number.isNaN(parseNumber(level, 0, level.length, point)));
  let [numbers, known, row] = [0, 0, -1];
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) continue;
    known++;
    if (isNumber[codes[i]]) numbers++;
    else if (row < 0) row = i;
  }
  return row >= 0 && 2 * numbers >= known ? { row, text: levels[codes[row]]! } : undefined;
}

/** A number for each different value of a column; a missing one counts as a value. */
export function groupNumbers(column: Column): Int32Array {
  if (column.kind === "text") {
    throw new DataError("E_DATA_GROUPS", {
      message: `column '${column.name}' has too many different texts to be a group`,
      hint: "Leave group out: nearly every row would be a group of its own.",
    });
  }
  const values: ArrayLike<number> = column.kind === "number" ? column.values : column.codes;
  const places = new Map<number, number>();
  return Int32Array.from(values, (value) => {
    if (!places.has(value)) places.set(value, places.size);
    return places.get(value)!;
  });
}

export interface KeptRows {
  readonly frame: Frame;
  readonly warnings: readonly string[];
}

/**
 * The rows that can be used: those with a target, and with every input where missing ones are not filled.
 *
 * @throws DataError  no row is left; or a cell is missing and `missing` is "refuse"
 */
export function usableRows(frame: Frame, target: readonly string[], inputs: readonly Column[], missing: string): KeptRows {
  const lacking = (columns: readonly Column[]) => (row: number) => columns.find((column) => isMissing(column, row));
  const noTarget = lacking(target.map((name) => columnOf(frame, name)));
  const noInput = lacking(inputs);
  const all = Uint32Array.from({ length: frame.count }, (_, row) => row);
  const withTarget = all.filter((row) => noTarget(row) === undefined);
  let kept = withTarget;
  if (missing === "refuse" || missing === "drop") {
    kept = withTarget.filter((row) => noInput(row) === undefined);
    const gap = missing === "refuse" ? withTarget.find((row) => noInput(row) !== undefined) : undefined;
    if (gap !== undefined) {
      throw new DataError("E_DATA_MISSING", {
        message: `${placeOf(frame, gap)}: column '${noInput(gap)!.name}' is empty, and missing is "refuse"`,
        hint: 'Set missing to "mean", "median" or "drop", or fill the cell.',
      });
    }
  }
  const rows = (count: number) => `${count} of ${frame.count} rows`;
  const warnings = [
    ...(withTarget.length < all.length
      ? [`${rows(all.length - withTarget.length)} have no '${target.join("' or '")}' and are left out`]
      : []),
    ...(kept.length < withTarget.length ? [`${rows(withTarget.length - kept.length)} lack an input and are left out`] : []),
  ];
  if (kept.length === 0) {
    throw new DataError("E_DATA_EMPTY", { message: `${frame.origin}: no row can be used; ${warnings.join("; ")}` });
  }
  return { frame: kept.length === all.length ? frame : takeFrameRows(frame, kept), warnings };
}
