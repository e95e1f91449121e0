/**
 * Raw data made ready for a run: split, then preprocessed with what the training rows alone show.
 *
 * Choice   Where nothing is to be done, tables are passed on as they are: MNIST stays bytes, and no row is copied.
 * Choice   A test part that is split off becomes a table of its own; the rows of training and validation keep their order.
 */
import { DataError } from "../core/errors.ts";
import { foldIn, type RandomKey } from "../core/random.ts";
import {
  type Dataset,
  type ExampleSet,
  exampleSize,
  type RawDataset,
  type RawTable,
  type Table,
  validateDataset,
} from "./dataset.ts";
import { type EncodingOptions, type Frame, isFrame, type RowReader } from "./frame.ts";
import { type InputForm, Preparation, type TargetScaling } from "./preparation.ts";
import type { PreprocessingDefinition } from "./preprocessing/define.ts";
import { chosenRows, examplesOf, type FittedStep, tableReader } from "./rows.ts";
import { type DivideAnew, type RowSplit, splitParts } from "./split.ts";

/** What of a run decides how its data are made ready; a `Run` is one. */
export interface DataChoices {
  /** The options of the data set: validation, test, stratify, categories, missing, standardiseTargets. */
  readonly data: { readonly options: Readonly<Record<string, unknown>> };
  readonly preprocessing: readonly {
    readonly definition: PreprocessingDefinition;
    readonly options: Readonly<Record<string, unknown>>;
  }[];
}

/** Data that a session can train on, and what was learned about them. */
export interface PreparedData {
  readonly dataset: Dataset;
  /** Rows of `dataset.train`. */
  readonly split: RowSplit;
  /** What prediction needs. */
  readonly preparation: Preparation;
  /** What a person should know: what was left out, what does not vary. */
  readonly warnings: readonly string[];
}

/**
 * Makes the data of a run ready.
 *
 * @param key   of the run; the split takes the stream "split" of it
 * @param fold  what of the rows for training and validation, taken together, is for validation; without it the data's options say it
 * @throws DataError  the data cannot be learned from, split or preprocessed as asked
 * @example
 * const run = resolveRun(mainJob);
 * const raw = loadDataset(run.data.definition, run.data.options);
 * prepareData(run, raw, randomKey(run.document.seed)).split.validation.length; // 5000
 */
export function prepareData(run: DataChoices, given: RawDataset, key: RandomKey, fold?: DivideAnew): PreparedData {
  const { options } = run.data;
  validateDataset(given);
  const raw = typeof options.first === "number" ? firstOf(given, options.first) : given;
  const rows = splitRaw(options, raw, key, fold);
  const warnings = [...(raw.warnings ?? []), ...emptyClasses(raw, rows.train)];
  const { train } = raw;
  const scaled = options.standardiseTargets === true ? scaleTargets(raw, rows.train, warnings) : undefined;

  const { form, reader } = inputForm(train.inputs, rows.train, options, warnings);
  const steps = fitSteps(run, reader, rows.train, warnings);
  const preparation = new Preparation({ task: raw.task, inputs: form, steps, targets: scaled, targetNames: raw.targetNames });

  const examples = (set: RawDataset["train"], chosen: Uint32Array | undefined, part: string): ExampleSet => ({
    inputs: preparation.apply(chosen ? takeInputs(set.inputs, chosen) : set.inputs, `${raw.name} ${part} inputs`),
    targets: finalTargets(chosen ? takeRows(set.targets, chosen) : set.targets, scaled, `${raw.name} ${part} targets`),
  });
  const isSplitOff = rows.test.length > 0;
  const kept = isSplitOff ? Uint32Array.from([...rows.train, ...rows.validation]).sort() : undefined;
  const dataset: Dataset = {
    name: raw.name,
    task: raw.task,
    train: examples(train, kept, "train"),
    test: isSplitOff ? examples(train, rows.test, "test") : raw.test && examples(raw.test, undefined, "test"),
  };
  if (steps.length > 0 || form.kind === "columns" || scaled) validateDataset(dataset);
  return { dataset, split: kept ? renumbered(rows, kept) : rows, preparation, warnings };
}

/** The first training examples alone; as views of all. */
function firstOf(raw: RawDataset, count: number): RawDataset {
  const { inputs, targets } = raw.train;
  if (count > inputs.count) {
    throw new DataError("E_DATA_FIRST", {
      message: `data set '${raw.name}' has ${inputs.count} training examples, and first asks for ${count}`,
      hint: `Set first to ${inputs.count} or less, or leave it out.`,
    });
  }
  const head = (table: RawTable): RawTable => ({
    ...table,
    values: table.values.subarray(0, count * exampleSize(table.shape)),
    count,
  });
  const rows = () => Uint32Array.from({ length: count }, (_, row) => row);
  return {
    ...raw,
    train: { inputs: isFrame(inputs) ? inputs.encoding.take(inputs, rows()) : head(inputs), targets: head(targets) },
  };
}

function splitRaw(options: DataChoices["data"]["options"], raw: RawDataset, key: RandomKey, fold: DivideAnew | undefined) {
  const { task, train, test, groups, name } = raw;
  const { validation = 0, test: testShare = 0, stratify = false } = options;
  if (test !== null && testShare !== 0) {
    throw new DataError("E_DATA_SPLIT_TEST", {
      message: `data set '${name}' has test examples of its own, and test ${testShare} would split off others`,
      hint: "Set test to 0, or leave out the file with the test examples.",
    });
  }
  if (stratify === true && task.kind !== "classification") {
    throw new DataError("E_DATA_SPLIT", {
      message: `data set '${name}' is a regression: stratify keeps the shares of classes, and it has none`,
      hint: "Set stratify to false.",
    });
  }
  const kept = { ...(stratify === true && { classes: train.targets.values }), groups };
  const parts = splitParts(foldIn(key, "split"), train.inputs.count, {
    validation: Number(validation),
    test: Number(testShare),
    ...kept,
  });
  return fold ? fold(foldIn(key, "folds"), parts, kept) : parts;
}

/** Row numbers of all data as row numbers of those that are kept. */
function renumbered({ train, validation }: RowSplit, kept: Uint32Array): RowSplit {
  const places = new Map(Array.from(kept, (row, i) => [row, i]));
  const numbers = (rows: Uint32Array) => rows.map((row) => places.get(row)!);
  return { train: numbers(train), validation: numbers(validation) };
}

function emptyClasses({ task, train, name }: RawDataset, rows: Uint32Array): string[] {
  if (task.kind !== "classification") return [];
  const seen = new Uint8Array(task.classes);
  for (const row of rows) seen[train.targets.values[row]] = 1;
  const empty = Array.from(seen.keys()).filter((label) => seen[label] === 0);
  if (empty.length === 0) return [];
  const shown = empty.slice(0, 5).map((label) => `'${task.labels?.[label] ?? label}'`);
  const list = `${shown.join(", ")}${empty.length > shown.length ? ", ..." : ""}`;
  return [`${name}: ${empty.length} of ${task.classes} classes have no training row, and cannot be learned: ${list}`];
}

function inputForm(
  inputs: RawTable | Frame,
  rows: Uint32Array,
  options: DataChoices["data"]["options"],
  warnings: string[],
): { readonly form: InputForm; readonly reader: RowReader } {
  if (!isFrame(inputs)) {
    const { shape, scale } = inputs;
    return { form: { kind: "table", shape, scale }, reader: tableReader(inputs, scale) };
  }
  const { categories, missing } = options as Readonly<Record<string, string | undefined>>;
  const fitted = inputs.encoding.fit(inputs, rows, {
    categories: (categories ?? "oneHot") as EncodingOptions["categories"],
    // Where rows with missing cells were dropped or refused, none is left to stand for.
    missing: missing === "median" ? "median" : "mean",
  });
  warnings.push(...fitted.warnings);
  const { columns } = fitted;
  return { form: { kind: "columns", columns }, reader: inputs.encoding.read(inputs, columns) };
}

function fitSteps({ preprocessing }: DataChoices, all: RowReader, rows: Uint32Array, warnings: string[]): FittedStep[] {
  const steps: FittedStep[] = [];
  if (preprocessing.length === 0) return steps;
  const chosen = chosenRows(all, rows);
  for (const { definition, options } of preprocessing) {
    const { state, warnings: told } = definition.fit(examplesOf(chosen, steps), options);
    for (const values of Object.values(state)) {
      if (Array.prototype.every.call(values, Number.isFinite)) continue;
      throw new DataError("E_PREPROCESSING_NUMBERS", {
        message: `${definition.name}: the spread of a feature is too small for float64`,
        hint: "Change the unit of the columns with such numbers, or ignore them.",
      });
    }
    steps.push({ definition, options, state });
    warnings.push(...told);
  }
  return steps;
}

function takeInputs(inputs: RawTable | Frame, rows: Uint32Array): RawTable | Frame {
  return isFrame(inputs) ? inputs.encoding.take(inputs, rows) : takeRows(inputs, rows);
}

/** The rows named, in the order given; values stay what they are. */
function takeRows(table: RawTable, rows: Uint32Array): RawTable {
  const size = exampleSize(table.shape);
  const values = new (table.values.constructor as new (length: number) => RawTable["values"])(rows.length * size);
  for (let i = 0; i < rows.length; i++) values.set(table.values.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return { ...table, values, count: rows.length };
}

/** Mean and standard deviation (biased) of each output over the training rows. */
function scaleTargets({ task, train, name }: RawDataset, rows: Uint32Array, warnings: string[]): TargetScaling {
  if (task.kind === "classification") {
    throw new DataError("E_DATA_TARGETS", {
      message: `data set '${name}' has classes, and standardiseTargets is for the numbers of a regression`,
      hint: "Set standardiseTargets to false.",
    });
  }
  const { values, scale } = train.targets;
  const width = task.outputs;
  const [mean, std]: number[][] = [[], []];
  for (let j = 0; j < width; j++) {
    const column = Float64Array.from(rows, (row) => values[row * width + j] * scale);
    const first = column[0];
    const centre = first + column.reduce((sum, value) => sum + (value - first), 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - centre) * (value - centre), 0) / column.length;
    mean.push(centre);
    std.push(variance > 0 ? Math.sqrt(variance) : 1);
    if (!(variance > 0)) warnings.push(`${name}: output ${j} does not vary in the training rows`);
  }
  if (![...mean, ...std].every(Number.isFinite)) {
    throw new DataError("E_DATA_RANGE", { message: `data set '${name}': its targets are too large to be standardised` });
  }
  return { mean, std };
}

function finalTargets(targets: RawTable, scaled: TargetScaling | undefined, who: string): Table {
  if (!scaled && !(targets.values instanceof Float64Array)) return targets as Table;
  const width = exampleSize(targets.shape);
  const values = Float32Array.from(targets.values, (value, i) => {
    const raw = value * targets.scale;
    return scaled ? (raw - scaled.mean[i % width]) / scaled.std[i % width] : raw;
  });
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new DataError("E_DATA_RANGE", {
      message: `${who}: numbers must be finite in float32 (up to 3.4e38), received ${targets.values[at]} in row ${Math.floor(at / width)}`,
      hint: "Set standardiseTargets to true.",
    });
  }
  return { ...targets, values, scale: 1 };
}
