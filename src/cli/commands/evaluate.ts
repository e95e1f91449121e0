/** osolgil evaluate: how good a trained model is, on the data that were held out or on others. */
import { Command } from "commander";
import { OptionError } from "../../core/errors.ts";
import type { MetricValue, Scores } from "../../core/events.ts";
import type { Task } from "../../data/dataset.ts";
import { loadDataset } from "../../files/data-files.ts";
import type { TrainedModel } from "../../library/trained-model.ts";
import { addModelOptions, confusionOf, type ModelOptions, modelOf, sessionOf } from "../model-of-run.ts";
import { screen } from "../output.ts";
import { formatCount, formatLoss, formatShare, type Paint, painter } from "../terminal/format.ts";
import { type TableColumn, tableLines } from "../terminal/table.ts";

interface EvaluateOptions extends ModelOptions {
  readonly on?: string;
  readonly json?: true;
}

/** Classes of which a table of who is taken for whom still fits. */
const mostShown = 12;

export function evaluateCommand(): Command {
  return addModelOptions(
    new Command("evaluate").description(
      "Tells how good a trained model is on the data that were held out, or on another CSV file.",
    ),
  )
    .option("--on <file>", "a CSV file of the same columns, with the target")
    .option("--json", "as JSON, one line for each part")
    .action(evaluate);
}

/** Examples that the model has not learned from, with its scores on them. */
interface Part {
  readonly part: string;
  readonly examples: number;
  readonly scores: Scores;
  /** How many examples of a class (rows) are taken for which (columns). */
  readonly confusion?: readonly (readonly number[])[];
}

/** The confusion of a part, where it is of classes, and of so few that a table shows them. */
function shownConfusion(task: Task, predictions: Float32Array | Float64Array, width: number, targets: ArrayLike<number>) {
  if (task.kind !== "classification" || task.classes > mostShown) return {};
  return { confusion: confusionOf(task.classes, predictions, width, targets) };
}

/** The parts that the run has held out, split as when it was trained. */
function heldOut(model: TrainedModel): Part[] {
  const session = sessionOf(model);
  return (["validation", "test"] as const).flatMap((part): Part[] => {
    const scores = session.evaluate(part);
    const found = session.evaluation.predictions(part);
    if (!scores || !found) return [];
    const confusion = shownConfusion(model.task, found.values, found.width, session.evaluation.targets(part));
    return [{ part, examples: found.count, scores, ...confusion }];
  });
}

function onFile(model: TrainedModel, file: string): Part[] {
  const { definition, options } = model.run.data;
  if (!definition.fileOptions?.includes("testFile")) {
    throw new OptionError("E_EVALUATE_ON", {
      message: `--on takes a CSV file, for a model that was trained on one; this one was trained on '${definition.name}'`,
      hint: "Leave it out to evaluate on the data that were held out; osolgil predict takes inputs alone.",
    });
  }
  const { inputs, targets } = loadDataset(definition, { ...options, test: 0, testFile: file }).test!;
  const values = Float64Array.from(targets.values, (value) => value * targets.scale);
  const { outputs, width } = model.predict(inputs);
  return [
    {
      part: file,
      examples: inputs.count,
      scores: model.score(inputs, values),
      ...shownConfusion(model.task, outputs, width, values),
    },
  ];
}

function shown(value: MetricValue): string {
  if (typeof value === "number") return formatLoss(value);
  if (value.every((one) => typeof one === "number")) return value.map((one) => formatLoss(one as number)).join(" ");
  return "";
}

/** A row for each part, a column for each score that is a number or one for each class. */
function scoreLines(parts: readonly Part[], width: number, paint: Paint): string[] {
  const names = [...new Set(parts.flatMap(({ scores }) => Object.keys(scores.metrics ?? {})))].filter((name) =>
    parts.some(({ scores }) => shown(scores.metrics?.[name] ?? 0) !== ""),
  );
  const hasAccuracy = parts.some(({ scores }) => scores.accuracy !== undefined);
  const right = (head: string): TableColumn => ({ head, align: "right" });
  const columns: TableColumn[] = [
    { head: "", style: "bold" },
    right("examples"),
    right("loss"),
    ...(hasAccuracy ? [right("accuracy")] : []),
    ...names.map(right),
  ];
  const rows = parts.map(({ part, examples, scores }) => [
    part,
    formatCount(examples),
    formatLoss(scores.loss),
    ...(hasAccuracy ? [scores.accuracy === undefined ? "" : formatShare(scores.accuracy)] : []),
    ...names.map((name) => (scores.metrics?.[name] === undefined ? "" : shown(scores.metrics[name]))),
  ]);
  return tableLines(columns, rows, width, paint);
}

function confusionLines({ part, confusion }: Part, task: Task, width: number, paint: Paint): string[] {
  if (!confusion || task.kind !== "classification") return [];
  const names = confusion.map((_, i) => task.labels?.[i] ?? String(i));
  const columns: TableColumn[] = [
    { head: "is \\ taken for", style: "bold" },
    ...names.map((head): TableColumn => ({ head, align: "right" })),
  ];
  const rows = confusion.map((row, i) => [names[i]!, ...row.map((count) => (count === 0 ? "·" : formatCount(count)))]);
  return ["", `  ${paint("dim", part)}`, ...tableLines(columns, rows, width, paint)];
}

function evaluate(given: string, options: EvaluateOptions): void {
  const { model, file } = modelOf(given, options);
  const parts = options.on === undefined ? heldOut(model) : onFile(model, options.on);
  if (parts.length === 0) {
    throw new OptionError("E_EVALUATE_NONE", {
      message: "the run has held out nothing, for validation or for testing, and has learned from all of its data",
      hint: "Give other data by --on, or train with data.validation.",
    });
  }
  const out = screen();
  if (options.json) {
    for (const part of parts) out.write(`${JSON.stringify({ ...part, checkpoint: file })}\n`);
    return;
  }
  const paint = painter(out.color);
  const lines = [
    ...scoreLines(parts, out.columns, paint),
    ...parts.flatMap((part) => confusionLines(part, model.task, out.columns, paint)),
  ];
  out.write(`\n${lines.join("\n")}\n\n  ${paint("dim", `weights ${file}`)}\n\n`);
}
