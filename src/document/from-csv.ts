/**
 * A run document for a table that nobody has written one for: what a person would start with.
 *
 * Split    15 % of the rows for validation and for testing each, classes in their shares; none of fewer than 20 rows.
 * Model    Two hidden layers of ReLU, as wide as the rows allow: 16 units below 500 rows, 32 below 5,000, 64 below 50,000, else 128.
 * Penalty  0.01 of l2 below 5,000 rows, a tenth of it below 50,000, a hundredth above: the fewer rows, the more a prior counts.
 * Length   About 4,000 steps, at least 10 epochs and at most 200; it ends early where a tenth of them has brought nothing.
 */
import { inputColumns, targetsOf, taskOf, usableRows } from "../data/columns.ts";
import type { FileContent } from "../data/dataset.ts";
import { type Column, columnOf, type Frame } from "../data/frame.ts";
import { readCsv } from "../data/readers/csv-columns.ts";
import type { RunDocument } from "./run-document.ts";

/** A run document made for a table. */
export interface MadeDocument {
  readonly document: RunDocument;
  /** What was decided, a sentence each, for people. */
  readonly notes: readonly string[];
}

/** What the document of a table is to say. */
export interface TableChoices {
  /** The path that the document names. */
  readonly file: string;
  /** The column to predict; the last one where it is left out. */
  readonly target?: string | undefined;
}

const heldOut = 0.15;
const fewRows = 20;
const wantedSteps = 4000;

/**
 * Makes a run document for a CSV file.
 *
 * @throws DataError  the file cannot be read as a table, or nothing can be learned from it
 * @example
 * const bytes = new TextEncoder().encode("rooms,price\n3,100\n4,140\n5,190\n6,230\n");
 * makeDocument({ origin: "houses.csv", bytes }, { file: "houses.csv", target: "price" }).document.loss;
 */
export function makeDocument({ bytes, origin }: FileContent, { file, target }: TableChoices): MadeDocument {
  const plain = readCsv(bytes, origin);
  const isDecimalComma = plain.columns.some(hasDecimalCommas);
  const all = isDecimalComma ? readCsv(bytes, origin, { decimal: "," }) : plain;
  const wanted = target === undefined ? all.columns[all.columns.length - 1]! : columnOf(all, target);
  const task = taskOf(wanted);
  const rowNumbers = all.columns.filter((column) => column !== wanted && countsRows(column)).map(({ name }) => name);
  const { columns, warnings } = inputColumns(all, { target: [wanted.name], ignore: rowNumbers });
  const used = new Set([wanted, ...columns]);
  const ignore = all.columns.filter((column) => !used.has(column)).map(({ name }) => name);
  const { frame, warnings: told } = usableRows(all, [wanted.name], columns, "mean");
  const { task: goal } = targetsOf(frame, { target: [wanted.name], task });
  const outputs = goal.kind === "classification" ? goal.classes : goal.outputs;
  const isSplit =
    frame.count >= fewRows && 2 * heldOut * frame.count <= frame.count - (goal.kind === "classification" ? outputs : 1);
  const share = isSplit ? heldOut : 0;
  const rows = frame.count * (1 - 2 * share);
  const { units, batchSize, strength } = sizesFor(frame.count);
  const epochs = Math.min(200, Math.max(10, Math.ceil(wantedSteps / Math.ceil(rows / batchSize))));
  return {
    document: {
      seed: 1,
      data: {
        kind: "csv",
        file,
        target: wanted.name.includes(",") ? [wanted.name] : wanted.name,
        task,
        ...(ignore.length > 0 && { ignore }),
        ...(isDecimalComma && { decimal: "," }),
        validation: share,
        test: share,
        ...(task === "classification" ? isSplit && { stratify: true } : { standardiseTargets: true }),
      },
      preprocessing: ["standardise"],
      model: [{ kind: "dense", units }, "relu", { kind: "dense", units }, "relu", { kind: "dense", units: outputs }],
      optimizer: { kind: "adam", learningRate: 0.001 },
      penalty: { kind: "l2", strength },
      metrics: task === "classification" ? ["f1"] : ["meanAbsoluteError", "rSquared"],
      training: { batchSize, epochs, ...(isSplit && { earlyStopping: { patience: Math.max(5, Math.ceil(epochs / 10)) } }) },
    },
    notes: [
      `${describe(frame, wanted, columns.length, goal.kind === "classification" ? `${outputs} classes` : "a number")}`,
      ...(target === undefined ? [`'${wanted.name}' is predicted because it is the last column; --target names another`] : []),
      ...rowNumbers.map((name) => `column '${name}' is ignored: it counts the rows`),
      ...warnings,
      ...told,
      ...(isDecimalComma ? ["numbers have a decimal comma"] : []),
      ...(isSplit ? [] : ["there are too few rows to hold any out for validation and testing"]),
    ],
  };
}

const describe = ({ origin, count }: Frame, { name }: Column, inputs: number, what: string): string =>
  `${origin}: ${count} rows, ${inputs} ${inputs === 1 ? "column" : "columns"} to predict '${name}' from, ${what}`;

/** Units of a hidden layer, examples in a batch, strength of the penalty. */
function sizesFor(rows: number): { units: number; batchSize: number; strength: number } {
  if (rows < 500) return { units: 16, batchSize: 16, strength: 0.01 };
  if (rows < 5000) return { units: 32, batchSize: 32, strength: 0.01 };
  return rows < 50_000 ? { units: 64, batchSize: 128, strength: 0.001 } : { units: 128, batchSize: 256, strength: 0.0001 };
}

/** Whether a column is 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last. */
function countsRows(column: Column): boolean {
  if (column.kind !== "number" || column.values.length < 3) return false;
  const { values } = column;
  return (values[0] === 0 || values[0] === 1) && values.every((value, row) => value === values[0] + row);
}

const decimalComma = /^[+-]?\d*,\d+$|^[+-]?\d+$/;

/** Whether all texts are numbers once a comma is their decimal point; three digits behind it may be thousands. */
function hasDecimalCommas(column: Column): boolean {
  if (column.kind === "number") return false;
  const texts = column.kind === "category" ? column.levels : column.samples;
  return texts.every((text) => decimalComma.test(text)) && texts.some((text) => /,\d{1,2}$|,\d{4,}$/.test(text));
}
