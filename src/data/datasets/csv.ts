/**
 * A table in a CSV file: some columns are predicted from the others.
 *
 * Choice   The file says what a column is (see readCsv), and src/data/columns.ts which columns are of use; what was decided is told.
 */
import { DataError } from "../../core/errors.ts";
import { groupNumbers, inputColumns, targetsOf, usableRows } from "../columns.ts";
import {
  contentOf,
  type DatasetDefinition,
  fileName,
  type RawDataset,
  type RawExampleSet,
  stratifyOption,
  type Task,
  validateDataset,
} from "../dataset.ts";
import { type Column, type ColumnKinds, columnOf, type Frame, withColumns } from "../frame.ts";
import { type Separator, separators } from "../readers/csv.ts";
import { type CsvOptions, readCsv } from "../readers/csv-columns.ts";

/** Options that decide how the file is read. */
const readingOptions = {
  separator: {
    type: "string",
    choices: separators,
    default: "auto",
    summary: "What parts the cells of a line; found by itself.",
  },
  header: {
    type: "string",
    choices: ["auto", "yes", "no"],
    default: "auto",
    summary: 'Whether the first line names the columns; "auto": if none of its cells is a number.',
  },
  decimal: { type: "string", choices: [".", ","], default: ".", summary: "The decimal point of numbers." },
} as const;

export const csv: DatasetDefinition = {
  name: "csv",
  summary: "A table in a CSV file, some of its columns predicted from the others: classes or numbers.",
  source: "RFC 4180, and what files add to it in practice.",
  options: {
    file: { type: "string", summary: "The CSV file, in UTF-8; relative to the current folder." },
    testFile: { type: "string", optional: true, summary: "A second file of the same columns to test on." },
    target: { type: "texts", summary: "The column that is predicted; several for several numbers." },
    task: {
      type: "string",
      choices: ["auto", "classification", "regression"],
      default: "auto",
      summary: "What is predicted: a class or numbers; by default what the values of the target look like.",
    },
    ignore: { type: "texts", default: [], summary: "Columns that are left out." },
    categories: {
      type: "string",
      choices: ["oneHot", "index"],
      default: "oneHot",
      summary: "A category as a number for each, 1 for its own and 0 else, or as its place in the alphabet.",
    },
    missing: {
      type: "string",
      choices: ["mean", "median", "drop", "refuse"],
      default: "mean",
      summary: "What stands for a missing number; or rows with a missing cell are dropped, or refused.",
    },
    validation: { default: 0.15, min: 0, summary: "Rows held out for validation: a count, or a fraction below 1." },
    test: { default: 0, min: 0, summary: "Rows kept for testing, where there is no testFile: a count, or a fraction below 1." },
    stratify: stratifyOption,
    group: {
      type: "string",
      optional: true,
      summary: "A column, left out of the inputs, whose equal values stay in one part of a split.",
    },
    standardiseTargets: {
      type: "boolean",
      default: false,
      summary: "Whether the numbers of a regression are learned with mean 0 and standard deviation 1.",
    },
    ...readingOptions,
  },
  files: [],
  fileOptions: ["file", "testFile"],
  parse(files, options) {
    const given = options as unknown as CsvChoices;
    const { target, task, ignore, missing, group } = given;
    if (target.length === 0)
      throw new DataError("E_DATA_COLUMN", { message: "data set 'csv' needs at least one target, received none" });
    const all = read(files, "file", given);
    const { columns, warnings } = inputColumns(all, { target, ignore, group });
    const { frame, warnings: told } = usableRows(all, target, columns, missing);
    const targets = targetsOf(frame, { target, task });
    const known = { columns, target: target.map((name) => columnOf(all, name)), task: targets.task };
    const test = files.has("testFile") ? readTest(files, given, known) : undefined;
    const dataset: RawDataset = {
      name: fileName(options.file, "csv"),
      task: targets.task,
      train: { inputs: inputsOf(frame, columns), targets: targets.table },
      test: test?.set ?? null,
      ...(group !== undefined && { groups: groupNumbers(columnOf(frame, group)) }),
      targetNames: target,
      warnings: [...warnings, ...told, ...(test?.warnings ?? [])],
    };
    validateDataset(dataset);
    return dataset;
  },
};

interface CsvChoices extends CsvOptions {
  readonly target: readonly string[];
  readonly task: "auto" | "classification" | "regression";
  readonly ignore: readonly string[];
  readonly missing: string;
  readonly group?: string;
  readonly separator: Separator;
}

type Files = Parameters<DatasetDefinition["parse"]>[0];

function read(
  files: Files,
  option: "file" | "testFile",
  { separator, header, decimal }: CsvChoices,
  kinds: ColumnKinds = {},
): Frame {
  const { bytes, origin } = contentOf(files, option);
  return readCsv(bytes, origin, { separator, header: header ?? "auto", decimal: decimal ?? ".", kinds });
}

const inputsOf = (frame: Frame, columns: Frame["columns"]): Frame =>
  withColumns(
    frame,
    columns.map(({ name }) => columnOf(frame, name)),
  );

/** What the first file has shown. */
interface Known {
  readonly columns: readonly Column[];
  readonly target: readonly Column[];
  readonly task: Task;
}

/** The second file, its columns read as those of the first. */
function readTest(
  files: Files,
  given: CsvChoices,
  { columns, target, task }: Known,
): { set: RawExampleSet; warnings: readonly string[] } {
  const kinds = Object.fromEntries([...columns, ...target].flatMap(({ name, kind }) => (kind === "text" ? [] : [[name, kind]])));
  const all = read(files, "testFile", given, kinds);
  const inputs = columns.map(({ name }) => columnOf(all, name));
  const { frame, warnings } = usableRows(all, given.target, inputs, given.missing);
  const labels = task.kind === "classification" ? task.labels : undefined;
  const { table } = targetsOf(frame, { target: given.target, task: task.kind }, labels ?? []);
  return {
    set: { inputs: inputsOf(frame, inputs), targets: table },
    warnings: warnings.map((warning) => `testFile: ${warning}`),
  };
}
