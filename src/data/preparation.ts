/**
 * All that turns raw inputs into what a model sees, and its outputs back into units of the data: fitted once, kept with the model,
 * and the same to the bit at prediction.
 *
 * Stored   JSON, and the arrays with many numbers beside it, by name. JSON keeps every float64 to the bit.
 */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import { isPlainObject } from "../core/objects.ts";
import { exampleSize, type RawTable, type Table, type Task } from "./dataset.ts";
import { type EncodedColumn, frameReader, kindsOf } from "./encode.ts";
import { type ColumnKinds, type Frame, isFrame } from "./frame.ts";
import type { PreprocessingState } from "./preprocessing/define.ts";
import { preprocessings } from "./preprocessing/index.ts";
import { type FittedStep, type RowReader, shapeAfter, tableReader, transformRows } from "./rows.ts";

const preparationFormat = "osolgil.preparation/1";

/** Inputs as they come: an array of numbers for each example, or columns. */
export type InputForm =
  | { readonly kind: "table"; readonly shape: readonly number[]; readonly scale: number }
  | { readonly kind: "columns"; readonly columns: readonly EncodedColumn[] };

/** y -> (y - mean) / std for each output of a regression. */
export interface TargetScaling {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface PreparationParts {
  readonly task: Task;
  readonly inputs: InputForm;
  readonly steps: readonly FittedStep[];
  readonly targets?: TargetScaling | undefined;
  /** What is predicted, where the data name it. */
  readonly targetNames?: readonly string[] | undefined;
}

/** An array that is too large for JSON. */
export interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export interface StoredPreparation {
  readonly json: Readonly<Record<string, unknown>>;
  readonly arrays: readonly StoredArray[];
}

export class Preparation {
  readonly task: Task;
  readonly inputs: InputForm;
  readonly steps: readonly FittedStep[];
  readonly targets: TargetScaling | undefined;
  readonly targetNames: readonly string[] | undefined;

  constructor({ task, inputs, steps, targets, targetNames }: PreparationParts) {
    this.task = task;
    this.inputs = inputs;
    this.steps = steps;
    this.targets = targets;
    this.targetNames = targetNames;
  }

  /** What the columns of a file must be read as: for `readCsv`. Undefined where inputs are no columns. */
  get kinds(): ColumnKinds | undefined {
    return this.inputs.kind === "columns" ? kindsOf(this.inputs.columns) : undefined;
  }

  /**
   * Raw inputs as the model sees them.
   *
   * @param inputs  a frame with the columns of training, in any order, others beside them; or numbers of an example's shape
   * @param who     whose rows these are, for messages
   * @throws DataError  columns are missing or of another kind; the numbers are not whole examples, or not finite
   * @example preparation.apply(readCsv(bytes, "new.csv", { kinds: preparation.kinds }))
   */
  apply(inputs: Frame | Pick<RawTable, "values" | "shape" | "count">, who = "the inputs"): Table {
    const { inputs: form, steps } = this;
    if (form.kind === "table" && !isFrame(inputs) && steps.length === 0 && !(inputs.values instanceof Float64Array)) {
      this.requireShape(inputs, form.shape, who);
      return { values: inputs.values, shape: form.shape, count: inputs.count, scale: form.scale };
    }
    return transformRows(this.reader(inputs, who), steps, who);
  }

  /** The rows before the steps. */
  private reader(inputs: Frame | Pick<RawTable, "values" | "shape" | "count">, who: string): RowReader {
    const { inputs: form } = this;
    if (form.kind === "columns" && isFrame(inputs)) return frameReader(inputs, form.columns);
    if (form.kind === "columns" || isFrame(inputs)) {
      const [wanted, given] = isFrame(inputs) ? ["arrays", "columns"] : ["columns", "an array"];
      throw new DataError("E_DATA_INPUTS", { message: `${who}: the model was trained on ${wanted}, received ${given}` });
    }
    this.requireShape(inputs, form.shape, who);
    return tableReader(inputs, form.scale);
  }

  private requireShape(given: Pick<RawTable, "values" | "shape" | "count">, shape: readonly number[], who: string): void {
    if (given.shape.join() === shape.join() && given.values.length === given.count * exampleSize(shape)) return;
    throw new DataError("E_DATA_INPUTS", {
      message:
        `${who}: the model was trained on examples of [${shape.join(", ")}], received ${given.values.length} numbers ` +
        `as ${given.count} of [${given.shape.join(", ")}]`,
    });
  }

  /** Shape of an example as the model sees it. */
  get shape(): readonly number[] {
    const { inputs, steps } = this;
    return shapeAfter(inputs.kind === "table" ? inputs.shape : [this.featureNames!.length], steps);
  }

  /** Names of the features before the steps; undefined where inputs are no columns. */
  get featureNames(): readonly string[] | undefined {
    const { inputs } = this;
    if (inputs.kind === "table") return undefined;
    return inputs.columns.flatMap((column) =>
      column.kind === "category" && column.encoding === "oneHot"
        ? column.levels.map((level) => `${column.name}=${level}`)
        : [column.name],
    );
  }

  /** Outputs of a regression in the units of the data, example by example; others are passed on. */
  restoreTargets(outputs: ArrayLike<number>): Float64Array {
    const { targets } = this;
    const values = Float64Array.from(outputs);
    if (targets) {
      const width = targets.mean.length;
      for (let i = 0; i < values.length; i++) values[i] = values[i] * targets.std[i % width] + targets.mean[i % width];
    }
    return values;
  }

  /** The inverse of `restoreTargets`. */
  scaleTargets(values: ArrayLike<number>): Float64Array {
    const { targets } = this;
    const scaled = Float64Array.from(values);
    if (targets) {
      const width = targets.mean.length;
      for (let i = 0; i < scaled.length; i++) scaled[i] = (scaled[i]! - targets.mean[i % width]!) / targets.std[i % width]!;
    }
    return scaled;
  }

  /** The preparation as JSON and named arrays. */
  store(): StoredPreparation {
    const arrays: StoredArray[] = [];
    const steps = this.steps.map(({ definition, options, state }, i) => {
      const kept = Object.entries(state).map(([name, values]) => {
        if (!(values instanceof Float64Array)) return [name, values];
        const array = `preparation.${definition.name}${i + 1}.${name}`;
        arrays.push({ name: array, shape: [values.length], values });
        return [name, { array }];
      });
      return { kind: definition.name, ...options, state: Object.fromEntries(kept) };
    });
    const { task, inputs, targets, targetNames } = this;
    const json = {
      format: preparationFormat,
      task,
      inputs,
      steps,
      ...(targets && { targets }),
      ...(targetNames && { targetNames }),
    };
    return { json, arrays };
  }

  /**
   * What `store` gave, back again.
   *
   * @param origin  where it comes from, for messages
   * @throws DataError  E_DATA_PREPARATION: it is not what `store` gives
   */
  static restore({ json, arrays }: StoredPreparation, origin = "the preparation"): Preparation {
    const broken = (what: string) =>
      new DataError("E_DATA_PREPARATION", {
        message: `${origin}: ${what}`,
        hint: "It was damaged, or written by another version of Osolgil.",
      });
    if (!isPlainObject(json) || json.format !== preparationFormat) {
      throw broken(`expected the format ${preparationFormat}, received ${showValue(isPlainObject(json) ? json.format : json)}`);
    }
    const byName = new Map(arrays.map(({ name, values }) => [name, values]));
    const { task, inputs, targets } = json;
    if (!isTask(task) || !isForm(inputs) || !Array.isArray(json.steps) || !(targets === undefined || isScaling(targets, task))) {
      throw broken("expected task, inputs, steps, and perhaps targets");
    }
    const parts = json as unknown as PreparationParts & { readonly steps: readonly unknown[] };
    const steps = parts.steps.map((step: unknown): FittedStep => {
      if (!isPlainObject(step) || typeof step.kind !== "string" || !preprocessings.has(step.kind) || !isPlainObject(step.state)) {
        throw broken(`expected a preprocessing step, received ${showValue(step)}`);
      }
      const { kind, state, ...options } = step;
      const entries = Object.entries(state as object).map(([name, values]): [string, PreprocessingState[string]] => {
        const found = isPlainObject(values) ? byName.get(String(values.array)) : values;
        if (!(found instanceof Float64Array || Array.isArray(found)))
          throw broken(`the numbers '${name}' of ${kind} are missing`);
        return [name, found];
      });
      return { definition: preprocessings.get(kind as string), options, state: Object.fromEntries(entries) };
    });
    return new Preparation({ ...parts, steps });
  }
}

const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(Number.isFinite);
const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

const isTask = (task: unknown): task is Task =>
  isPlainObject(task) &&
  ((task.kind === "classification" && isSize(task.classes)) || (task.kind === "regression" && isSize(task.outputs)));

const isScaling = (targets: unknown, task: Task): boolean =>
  isPlainObject(targets) &&
  task.kind === "regression" &&
  [targets.mean, targets.std].every((numbers) => isNumbers(numbers) && numbers.length === task.outputs);

function isForm(form: unknown): form is InputForm {
  if (!isPlainObject(form)) return false;
  if (form.kind === "table") return Array.isArray(form.shape) && form.shape.every(isSize) && Number.isFinite(form.scale);
  return form.kind === "columns" && Array.isArray(form.columns) && form.columns.every(isEncoded);
}

const isEncoded = (column: unknown): column is EncodedColumn =>
  isPlainObject(column) &&
  typeof column.name === "string" &&
  ((column.kind === "number" && Number.isFinite(column.fill)) ||
    (column.kind === "category" &&
      (column.encoding === "oneHot" || column.encoding === "index") &&
      Array.isArray(column.levels) &&
      column.levels.every((level) => typeof level === "string")));
