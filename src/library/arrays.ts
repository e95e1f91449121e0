/** Arrays as people have them, nested or typed, as tables of examples. */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import { exampleSize, type RawTable, type Task } from "../data/dataset.ts";

/** Numbers as arrays of one type. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Lists of numbers, as deep as an example has axes: `[[1, 2], [3, 4]]` are two examples of two features. */
export type Nested = readonly number[] | readonly Numbers[] | readonly Nested[];

/** Numbers in one piece, row-major; the first extent of `shape` counts the examples. The model sees value * scale. */
export interface ShapedArray {
  readonly values: Numbers;
  readonly shape: readonly number[];
  /** Default 1; 1 / 255 for bytes of an image. */
  readonly scale?: number;
}

/** Inputs of examples: nested lists, or numbers in one piece with their shape. A flat array has one number for each example. */
export type Examples = Nested | Numbers | ShapedArray;

/** What is to be learned for each example: class names, class numbers, or values; flat, nested or with a shape. */
export type Targets = Examples | readonly string[];

const isNumbers = (value: unknown): value is Numbers =>
  value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint8Array;

const isShaped = (value: object): value is ShapedArray => "values" in value && "shape" in value && isNumbers(value.values);

/** The extents of a nested list, by its first entries. */
function shapeOf(nested: unknown): number[] {
  if (isNumbers(nested)) return [nested.length];
  return Array.isArray(nested) ? [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])] : [];
}

function flatten(nested: unknown, shape: readonly number[], out: Float64Array, at: number, path: string, who: string): void {
  const [extent, ...rest] = shape as [number, ...number[]];
  if (!(Array.isArray(nested) || isNumbers(nested)) || nested.length !== extent) {
    const came = Array.isArray(nested) || isNumbers(nested) ? `${nested.length}` : showValue(nested);
    throw new DataError("E_DATA_RAGGED", {
      message: `${who}${path} must have ${extent} entries as the others have, received ${came}`,
      hint: "All examples have the same shape.",
    });
  }
  const size = exampleSize(rest);
  for (let i = 0; i < extent; i++) {
    if (rest.length > 0) flatten(nested[i], rest, out, at + i * size, `${path}[${i}]`, who);
    else if (typeof nested[i] === "number") out[at + i] = nested[i] as number;
    else
      throw new DataError("E_DATA_NUMBER", { message: `${who}${path}[${i}] must be a number, received ${showValue(nested[i])}` });
  }
}

/**
 * Examples as a table.
 *
 * @param who  what they are, for messages: "inputs"
 * @throws DataError  E_DATA_RAGGED, E_DATA_NUMBER, E_DATA_SHAPE: what is given is no table of numbers
 */
export function tableOf(examples: Examples, who: string): RawTable {
  if (isNumbers(examples)) return { values: examples, shape: [], count: examples.length, scale: 1 };
  if (Array.isArray(examples)) {
    const shape = shapeOf(examples);
    const values = new Float64Array(exampleSize(shape));
    flatten(examples, shape, values, 0, "", who);
    return { values, shape: shape.slice(1), count: shape[0]!, scale: 1 };
  }
  if (typeof examples !== "object" || examples === null || !isShaped(examples)) {
    throw new DataError("E_DATA_ARRAY", {
      message: `${who} must be nested lists of numbers, a typed array, or { values, shape }; received ${showValue(examples)}`,
    });
  }
  const { values, shape, scale = 1 } = examples;
  if (shape.length === 0 || exampleSize(shape) !== values.length) {
    throw new DataError("E_DATA_SHAPE", {
      message: `${who}: shape [${shape.join(", ")}] holds ${shape.length === 0 ? "no examples" : exampleSize(shape)}, received ${values.length} numbers`,
      hint: "The first extent counts the examples, the others are the shape of one.",
    });
  }
  return { values, shape: shape.slice(1), count: shape[0]!, scale };
}

/** As a model that has learned from features alone sees them: an example of one number is a row of one. */
export function inputTable(examples: Examples): RawTable {
  const table = tableOf(examples, "inputs");
  return table.shape.length === 0 ? { ...table, shape: [1] } : table;
}

/** What the targets are, where that cannot be seen from the numbers alone. */
export interface TargetChoice {
  /** What a loss can learn from, where one was chosen. */
  readonly accepts?: readonly ("classes" | "values")[] | undefined;
  readonly task?: Task["kind"] | undefined;
  /** Number of classes; by default one more than the largest class number. */
  readonly classes?: number | undefined;
  /** Names of the classes, in the order of their numbers. */
  readonly labels?: readonly string[] | undefined;
}

/** Targets as a table, and the task that they are. Texts and integer types are classes; other numbers are values, unless said. */
export function targetTable(targets: Targets, choice: TargetChoice): { readonly table: RawTable; readonly task: Task } {
  if (Array.isArray(targets) && targets.some((one) => typeof one === "string")) return labelTable(targets, choice);
  const table = tableOf(targets as Examples, "targets");
  if (!isClassification(table, choice)) {
    const flat = table.shape.length === 0;
    return { table: flat ? { ...table, shape: [1] } : table, task: { kind: "regression", outputs: exampleSize(table.shape) } };
  }
  if (exampleSize(table.shape) !== 1) {
    throw new DataError("E_DATA_TARGETS", {
      message: `targets: a class number for each example is expected, received examples of [${table.shape.join(", ")}]`,
      hint: 'Give class numbers; or set task to "regression" for probabilities or values.',
    });
  }
  const numbers = Int32Array.from(table.values);
  table.values.forEach((value, row) => {
    if (numbers[row] === value && value >= 0) return;
    throw new DataError("E_DATA_LABEL", {
      message: `targets: class numbers must be integers >= 0, received ${value} in row ${row}`,
      hint: 'Set task to "regression" to learn values.',
    });
  });
  const largest = numbers.reduce((most, one) => Math.max(most, one), 0);
  const { labels } = choice;
  const classes = choice.classes ?? labels?.length ?? Math.max(2, largest + 1);
  return {
    table: { values: numbers, shape: [], count: table.count, scale: 1 },
    task: { kind: "classification", classes, ...(labels && { labels }) },
  };
}

function labelTable(targets: readonly unknown[], { labels: given }: TargetChoice): { table: RawTable; task: Task } {
  const wrong = targets.findIndex((one) => typeof one !== "string");
  if (wrong >= 0) {
    throw new DataError("E_DATA_LABEL", {
      message: `targets[${wrong}] must be a class name as the others are, received ${showValue(targets[wrong])}`,
    });
  }
  const labels = given ?? [...new Set(targets as string[])].sort();
  const numbers = new Map(labels.map((label, i) => [label, i]));
  const values = Int32Array.from(targets as string[], (label, row) => {
    const number = numbers.get(label);
    if (number !== undefined) return number;
    throw new DataError("E_DATA_LABEL", {
      message: `targets[${row}] must be one of ${labels.map(showValue).join(", ")}; received ${showValue(label)}`,
    });
  });
  return {
    table: { values, shape: [], count: values.length, scale: 1 },
    task: { kind: "classification", classes: Math.max(2, labels.length), labels },
  };
}

function isClassification({ values, shape }: RawTable, { task, accepts, classes, labels }: TargetChoice): boolean {
  if (task !== undefined) return task === "classification";
  if (accepts && accepts.length === 1) return accepts[0] === "classes";
  if (classes !== undefined || labels) return true;
  if (accepts?.includes("classes") && shape.length === 0) return true;
  return values instanceof Int32Array || values instanceof Uint8Array;
}
