/**
 * All that turns raw inputs into what a model sees, and its outputs back into units of the data: fitted once, kept with the model,
 * and the same to the bit at prediction.
 *
 * Stored   JSON, and the arrays with many numbers beside it, by name. JSON keeps every float64 to the bit.
 */
import { DataError } from "../core/errors.ts";
import { exampleSize, type RawTable, type Table, type Task } from "./dataset.ts";
import { kindsOf } from "./encode.ts";
import { type ColumnKinds, type EncodedColumn, type Frame, isFrame, type RowReader } from "./frame.ts";
import { type FittedStep, shapeAfter, tableReader, transformRows } from "./rows.ts";

export const preparationFormat = "osolgil.preparation/1";

/** Inputs as they come: an array of numbers for each example, or columns. */
export type InputForm =
  | { readonly kind: "table"; readonly shape: readonly number[]; readonly scale: number }
  | { readonly kind: "columns"; readonly columns: readonly EncodedColumn[] };

/** y -> (y - mean) / std for each output of a regression. */
export interface TargetScaling {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What a preparation is made of. */
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

/** A preparation as JSON, and the arrays that are too large for it. */
export interface StoredPreparation {
  readonly json: Readonly<Record<string, unknown>>;
  readonly arrays: readonly StoredArray[];
}

/** What turns raw inputs into what a model sees, and its outputs back: the same at prediction as in training, to the bit. */
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
   * @example
   * const inputs = [[1], [2], [3]];
   * const model = await fit({ model: [dense({ units: 1 })], inputs, targets: [2, 4, 6], preprocessing: [preprocessing.standardise] });
   * model.preparation.apply({ values: Float64Array.of(2), shape: [1], count: 1 }).values; // [0]
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
    if (form.kind === "columns" && isFrame(inputs)) return inputs.encoding.read(inputs, form.columns);
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
}
