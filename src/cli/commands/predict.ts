/** osolgil predict: what a trained model makes of new inputs. */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { CsvOptions } from "../../data/readers/csv-columns.ts";
import { readInputs } from "../../files/read-inputs.ts";
import type { Prediction, TrainedModel } from "../../library/trained-model.ts";
import { fileFault } from "../../store/file-faults.ts";
import { addModelOptions, type ModelOptions, modelOf } from "../model-of-run.ts";
import { screen } from "../output.ts";
import { formatShare, painter, plural } from "../terminal/format.ts";
import { type TableColumn, tableLines } from "../terminal/table.ts";

interface PredictOptions extends ModelOptions {
  readonly out?: string;
  readonly json?: true;
}

/** Rows that a terminal shows. */
const mostRows = 20;
/** Classes beside the most probable one. */
const mostOthers = 2;

export function predictCommand(): Command {
  return addModelOptions(
    new Command("predict").description("Tells what a trained model makes of new inputs: classes with probabilities, or values."),
  )
    .argument("<input>", "a .csv, .npy, .png or IDX file of inputs")
    .option("--out <file>", "writes all predictions as a CSV file")
    .option("--json", "one JSON line for each row, and nothing else")
    .action(predict);
}

const nameOf = ({ task }: TrainedModel, label: number): string =>
  (task.kind === "classification" ? task.labels?.[label] : undefined) ?? String(label);

/** What is told of a row as JSON. */
function record(model: TrainedModel, { width, outputs, probabilities, classes, labels }: Prediction, row: number) {
  const part = (values: Float64Array | undefined) => values && [...values.subarray(row * width, (row + 1) * width)];
  return {
    row,
    ...(classes && { class: classes[row] }),
    ...(labels && { label: labels[row] }),
    ...(probabilities && { probabilities: part(probabilities) }),
    ...(!probabilities || model.task.kind === "regression" ? { outputs: part(outputs) } : {}),
  };
}

/** Names of the numbers of a regression. */
const outputNames = ({ preparation }: TrainedModel, width: number): readonly string[] =>
  preparation.targetNames?.length === width
    ? preparation.targetNames
    : Array.from({ length: width }, (_, i) => (width === 1 ? "value" : `value${i + 1}`));

/** What a terminal shows of the predictions. */
interface Table {
  readonly columns: readonly TableColumn[];
  readonly cells: readonly (readonly string[])[];
}

function classTable(model: TrainedModel, { width, probabilities, classes }: Prediction, rows: number): Table {
  const columns: TableColumn[] = [
    { head: "row", align: "right", style: "dim" },
    { head: "class", style: "bold" },
    ...(probabilities ? [{ head: "probability", align: "right" } as const, { head: "else", style: "dim" } as const] : []),
  ];
  const cells = Array.from({ length: rows }, (_, row) => {
    const best = classes![row]!;
    if (!probabilities) return [String(row), nameOf(model, best)];
    const order = Array.from({ length: width }, (_, i) => i)
      .filter((i) => i !== best)
      .sort((a, b) => probabilities[row * width + b]! - probabilities[row * width + a]!);
    const others = order.slice(0, mostOthers).map((i) => `${nameOf(model, i)} ${formatShare(probabilities[row * width + i]!)}`);
    return [String(row), nameOf(model, best), formatShare(probabilities[row * width + best]!), others.join(", ")];
  });
  return { columns, cells };
}

function valueTable(model: TrainedModel, { width, outputs, probabilities }: Prediction, rows: number): Table {
  const columns: TableColumn[] = [
    { head: "row", align: "right", style: "dim" },
    ...outputNames(model, width).map((head): TableColumn => ({ head, align: "right", style: "bold" })),
  ];
  const values = probabilities ?? outputs;
  const cells = Array.from({ length: rows }, (_, row) => [
    String(row),
    ...Array.from({ length: width }, (_, i) => Number(values[row * width + i]!.toPrecision(6)).toString()),
  ]);
  return { columns, cells };
}

/** A cell of a CSV file: quoted where it must be. */
const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csvOf(model: TrainedModel, prediction: Prediction): string {
  const { count, width, outputs, probabilities, classes } = prediction;
  const isClasses = model.task.kind === "classification";
  const numbers = probabilities ?? outputs;
  const names = isClasses ? Array.from({ length: width }, (_, i) => nameOf(model, i)) : outputNames(model, width);
  const head = [...(isClasses ? ["class"] : []), ...names].map(cell).join(",");
  const rows = Array.from({ length: count }, (_, row) =>
    [...(classes ? [cell(nameOf(model, classes[row]!))] : []), ...numbers.subarray(row * width, (row + 1) * width)].join(","),
  );
  return `${[head, ...rows].join("\n")}\n`;
}

function predict(given: string, input: string, options: PredictOptions): void {
  const { model, file } = modelOf(given, options);
  // A file to predict from is written as that of training was.
  const { separator, header, decimal } = model.run.data.options as CsvOptions;
  const csv = { ...(separator && { separator }), ...(header && { header }), ...(decimal && { decimal }) };
  const prediction = model.predict(readInputs(input, model.preparation, csv));
  const out = screen();
  if (options.out !== undefined) {
    try {
      writeFileSync(options.out, csvOf(model, prediction), { flag: "wx" });
    } catch (error) {
      throw fileFault(`'${options.out}' cannot be written`, error);
    }
  }
  if (options.json) {
    for (let row = 0; row < prediction.count; row++) out.write(`${JSON.stringify(record(model, prediction, row))}\n`);
    return;
  }
  const paint = painter(out.color);
  const rows = Math.min(prediction.count, mostRows);
  const { columns, cells } = (prediction.classes ? classTable : valueTable)(model, prediction, rows);
  const table = tableLines(columns, cells, out.columns, paint);
  const left = prediction.count - rows;
  const more =
    left > 0
      ? [
          `  ${paint("dim", `and ${plural(left, "row")} more${options.out === undefined ? ": --out FILE.csv writes them all" : ""}`)}`,
        ]
      : [];
  const written = options.out === undefined ? [] : [`  ${paint("dim", `written to ${options.out}`)}`];
  out.write(`\n${[...table, ...more, "", `  ${paint("dim", `weights ${file}`)}`, ...written].join("\n")}\n\n`);
}
