/** Makes the page of a run out of what its folder holds. */
import { basename } from "node:path";
import type { Language } from "../core/language.ts";
import { exampleSize } from "../data/dataset.ts";
import { explanationOf, findingCodes } from "../doctor/explain.ts";
import { type ImageTile, renderSvg } from "../figures/index.ts";
import type { TrainedModel } from "../library/trained-model.ts";
import { type Judgement, runReport } from "../pages/run-report.ts";
import { readEvents, readRunDocument } from "../store/open-run.ts";
import { chooseLoss } from "../train/build.ts";
import { confusionOf, modelOf, sessionOf } from "./model-of-run.ts";

const mostMistakes = 18;
const mostUnits = 48;

/**
 * @param path  folder of a run
 * @param root  where other runs lie
 * @param language  of the page
 * @throws FileError  it holds no run, or its data are not there any more
 */
export function reportOf(path: string, root: string, language: Language): string {
  const events = readEvents(path);
  const explain = (code: string) => (findingCodes().includes(code) ? explanationOf(code) : undefined);
  const parts = { name: basename(path), language, explain, document: readRunDocument(path), events };
  // A run that broke off before its first checkpoint has curves alone.
  const hasWeights = events.some((event) => event.type === "checkpoint.saved");
  const model = hasWeights ? modelOf(path, { root, checkpoint: "best" }).model : undefined;
  const judgement = model && judge(model);
  const weights = model && firstWeights(model);
  return runReport({ ...parts, ...(judgement && { judgement }), ...(weights && { weights }) }, (figure) =>
    renderSvg({ ...figure, language }, { theme: "auto" }),
  );
}

/** An example as a picture, where it is one. */
function tileOf(shape: readonly number[], values: ArrayLike<number>): Omit<ImageTile, "label"> | undefined {
  const [height, width, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) return undefined;
  return { width: width!, height: height!, channels, values: Array.from(values) };
}

/** How a classifier errs on what it has not learned from: the test examples, or else those for validation. */
function judge(model: TrainedModel): Judgement | undefined {
  const { task, run } = model;
  if (task.kind !== "classification") return undefined;
  const session = sessionOf(model);
  const part = session.counts.test > 0 ? "test" : "validation";
  const found = session.evaluation.predictions(part);
  if (!found) return undefined;
  const targets = session.evaluation.targets(part);
  const { values: predictions, width, count } = found;
  const confusion = confusionOf(task.classes, predictions, width, targets);
  const { definition } = chooseLoss(run, session.dataset);
  const probabilities = definition.probabilities?.(predictions, width);
  const labels = Array.from({ length: task.classes }, (_, i) => task.labels?.[i] ?? String(i));
  const sure = (row: number) => {
    const own = Array.from({ length: width }, (_, i) => (probabilities ?? predictions)[row * width + i]!);
    const takenFor = own.indexOf(Math.max(...own));
    return { row, takenFor, right: own[targets[row]!]!, probability: own[takenFor]! };
  };
  const wrong = Array.from({ length: count }, (_, row) => sure(row)).filter(({ row, takenFor }) => takenFor !== targets[row]);
  wrong.sort((a, b) => a.right - b.right);
  const { inputs } = part === "test" ? session.dataset.test! : session.dataset.train;
  const rows = session.evaluation.rows(part);
  const size = exampleSize(inputs.shape);
  const mistakes = wrong.slice(0, mostMistakes).map(({ row, takenFor, probability }) => {
    const at = rows[row]! * size;
    const tile = tileOf(inputs.shape, inputs.values.subarray(at, at + size));
    return { is: labels[targets[row]!]!, takenFor: labels[takenFor]!, probability, ...(tile && { tile }) };
  });
  return { confusion, labels, mistakes };
}

/** The first weight, unit by unit, where its inputs are a picture. */
function firstWeights({ weights, preparation }: TrainedModel): Omit<ImageTile, "label">[] | undefined {
  const [, first] = [...weights].find(([name]) => name.endsWith(".weight")) ?? [];
  if (!first) return undefined;
  const units = first.shape[first.shape.length - 1]!;
  const isFilter = first.shape.length === 4;
  const shape = isFilter ? first.shape.slice(0, 3) : preparation.shape;
  const size = exampleSize(shape);
  if (first.values.length !== size * units || !tileOf(shape, [])) return undefined;
  return Array.from({ length: Math.min(units, mostUnits) }, (_, unit) => {
    const values = Array.from({ length: size }, (_, i) => first.values[i * units + unit]!);
    // Three channels as a picture of their sum: colours of weights would be no colours.
    const [height, width, channels = 1] = shape as [number, number, number?];
    const summed = Array.from({ length: height * width }, (_, i) =>
      values.slice(i * channels, (i + 1) * channels).reduce((sum, one) => sum + one, 0),
    );
    return { width, height, values: summed };
  });
}
