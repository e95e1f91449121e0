/** Tries a run out in small, for a doctor: what it is to learn, how it begins, whether it can learn at all, and how fast. */

import { definitionsIn } from "../core/choice.ts";
import type { Definition, Registry } from "../core/registry.ts";
import { type Dataset, type ExampleSet, exampleSize, type RawDataset, type Table } from "../data/dataset.ts";
import { decayingMean } from "../doctor/decaying-mean.ts";
import type { DataFacts, Examiner, FirstLook, Overfit, Sweep } from "../doctor/examiner.ts";
import { allParts, resolveRun } from "../document/resolve.ts";
import type { Run } from "../document/run-document.ts";
import type { Engine } from "../engine/engine.ts";
import { allLayers } from "../nn/blocks.ts";
import { chooseLoss } from "./build.ts";
import { checkGradients } from "./gradient-check.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Share of the old mean that a loss of a sweep leaves, where it is watched for its end. */
const smoothing = 0.9;
/** Examples that the scale of the inputs is taken from, at the most: it does not become more certain. */
const mostForScale = 20_000;

/** Means and deviations of all inputs, and which features never vary. */
function inputFacts({ inputs }: ExampleSet, rows: Uint32Array): Pick<DataFacts, "inputs" | "features" | "constantFeatures"> {
  const { values, scale, shape } = inputs;
  const features = exampleSize(shape);
  const [low, high] = [
    new Float64Array(features).fill(Number.POSITIVE_INFINITY),
    new Float64Array(features).fill(Number.NEGATIVE_INFINITY),
  ];
  let [sum, square] = [0, 0];
  const stride = Math.max(1, Math.ceil(rows.length / mostForScale));
  let count = 0;
  for (let i = 0; i < rows.length; i += stride) {
    const at = rows[i]! * features;
    for (let j = 0; j < features; j++) {
      const value = values[at + j]! * scale;
      sum += value;
      square += value * value;
      if (value < low[j]!) low[j] = value;
      if (value > high[j]!) high[j] = value;
    }
    count += features;
  }
  const mean = sum / count;
  let [least, greatest, constantFeatures] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let j = 0; j < features; j++) {
    least = Math.min(least, low[j]!);
    greatest = Math.max(greatest, high[j]!);
    if (low[j] === high[j]) constantFeatures++;
  }
  const deviation = Math.sqrt(Math.max(0, square / count - mean * mean));
  return { inputs: { mean, deviation, least, greatest }, features, constantFeatures };
}

/** Variance and mean square of the targets, over the outputs. */
function targetFacts({ targets }: ExampleSet, rows: ArrayLike<number>): { variance: number; square: number } {
  const width = exampleSize(targets.shape);
  let [variance, square] = [0, 0];
  for (let j = 0; j < width; j++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < rows.length; i++) {
      const value = targets.values[rows[i]! * width + j]! * targets.scale;
      sum += value;
      squares += value * value;
    }
    const mean = sum / rows.length;
    variance += Math.max(0, squares / rows.length - mean * mean) / width;
    square += squares / rows.length / width;
  }
  return { variance, square };
}

/** A text that is the same for the same inputs. */
function rowsAsTexts({ values, shape }: Table, rows: Iterable<number>): string[] {
  const size = exampleSize(shape);
  const texts: string[] = [];
  for (const row of rows) {
    const part = values.subarray(row * size, (row + 1) * size);
    const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    texts.push(text);
  }
  return texts;
}

/** What is looked for in tables above this size would take longer than a doctor may. */
const mostShared = 200e6;

function sharedRows({ train, test }: Dataset, learned: Uint32Array, validation: Uint32Array): DataFacts["shared"] {
  if (train.inputs.values.byteLength > mostShared) return { validation: 0, test: 0 };
  const known = new Set(rowsAsTexts(train.inputs, learned));
  const among = (texts: readonly string[]) => texts.filter((text) => known.has(text)).length;
  return {
    validation: among(rowsAsTexts(train.inputs, validation)),
    test: test
      ? among(
          rowsAsTexts(
            test.inputs,
            Array.from({ length: test.inputs.count }, (_, row) => row),
          ),
        )
      : 0,
  };
}

/** A run's parts that no registry has. */
function ownPartsOf(run: Run): Definition[] {
  const known: readonly Registry<Definition>[] = Object.values(allParts).filter((part) => "has" in part);
  const used: readonly Definition[] = [
    ...allLayers(run.layers).map(({ definition }) => definition),
    ...[run.loss, run.optimizer, run.penalty, run.constraint, run.schedule].flatMap((chosen) =>
      chosen ? [chosen.definition] : [],
    ),
    ...[run.preprocessing, run.augmentation].flat().map(({ definition }) => definition),
  ];
  return [...new Set(used.filter(({ name }) => !known.some((registry) => registry.has(name))))];
}

/** A run as it is where only one thing is asked: whether it can learn by heart. */
function bare(document: Run["document"], learningRate: number): Record<string, unknown> {
  const {
    penalty: _,
    constraint: __,
    schedule: ___,
    clip: ____,
    augmentation: _____,
    average: ______,
    metrics: _______,
    ...rest
  } = document;
  const plain = (layer: unknown): unknown => {
    if (typeof layer !== "object" || layer === null) return layer;
    const { penalty: _penalty, constraint: _constraint, ...own } = layer as Record<string, unknown>;
    const inside = Object.fromEntries(
      ["layers", "shortcut"].flatMap((name) => (Array.isArray(own[name]) ? [[name, (own[name] as unknown[]).map(plain)]] : [])),
    );
    const isDropout = own.kind === "dropout";
    return { ...own, ...inside, ...(isDropout && { rate: 0 }), ...(own.kind === "residual" && { survival: 1 }) };
  };
  return { ...rest, model: document.model.map(plain), optimizer: { kind: "adam", learningRate } };
}

/**
 * An examiner of a run.
 *
 * @param raw  its data, as they were read
 */
export function examinerOf(run: Run, raw: RawDataset, engine: Engine): Examiner {
  let session: Session | undefined;
  const opened = () => (session ??= new Session(run, raw, { engine }));
  const own = ownPartsOf(run);
  const other = (document: object, options: Partial<SessionOptions>) =>
    new Session(resolveRun(definitionsIn(document, own)), raw, { engine, ...options });
  let known: DataFacts | undefined;
  let look: FirstLook | undefined;
  return {
    document: run.document,
    get loss() {
      return chooseLoss(run, opened().dataset).definition.name;
    },
    ownParts: own.map(({ name }) => name),
    facts() {
      if (known) return known;
      const { dataset, counts, rows } = opened();
      const { task, train } = dataset;
      const classCounts = task.kind === "classification" ? new Array<number>(task.classes).fill(0) : undefined;
      if (classCounts) for (const row of rows.training) classCounts[train.targets.values[row]!]!++;
      known = {
        task:
          task.kind === "classification"
            ? { kind: task.kind, classes: task.classes }
            : { kind: task.kind, outputs: task.outputs },
        examples: counts,
        ...(classCounts ? { classCounts } : { targets: targetFacts(train, rows.training) }),
        ...inputFacts(train, rows.training),
        isPictures: train.inputs.shape.length >= 2,
        shared: sharedRows(dataset, rows.training, rows.validation),
      };
      return known;
    },
    firstLook() {
      look ??= opened().probe().first();
      return look;
    },
    overfit({ examples, steps, learningRate, enough }): Overfit {
      const document = {
        ...bare(run.document, learningRate),
        training: { batchSize: examples, iterations: steps, order: "sequential" },
      };
      const small = other(document, { learnsFrom: examples });
      const isClasses = small.dataset.task.kind === "classification";
      const { variance } = isClasses ? { variance: undefined } : targetFacts(small.dataset.train, small.rows.training);
      let [first, loss, correct, taken] = [Number.NaN, Number.NaN, 0, 0];
      for (let step = 0; step < steps; step++) {
        const result = small.step(step);
        taken = step + 1;
        [loss, correct] = [result.loss, result.correct];
        if (step === 0) first = loss;
        if (!Number.isFinite(loss) || loss < enough * (variance ?? Math.abs(first))) break;
      }
      const count = small.counts.training;
      return {
        examples: count,
        steps: taken,
        first,
        loss,
        ...(variance === undefined ? { accuracy: correct / count } : { variance }),
      };
    },
    sweep(rates, bound): Sweep {
      const { schedule: _, average: __, training, ...rest } = run.document;
      const { earlyStopping: ___, epochs: ____, ...steps } = training;
      const document = { ...rest, training: { ...steps, iterations: rates.length } };
      const swept = other(document, { rateAt: (step) => rates[step]! });
      const losses: number[] = [];
      const smooth = decayingMean(smoothing);
      let least = Number.POSITIVE_INFINITY;
      for (let step = 0; step < rates.length; step++) {
        const { loss } = swept.step(step);
        if (!Number.isFinite(loss)) break;
        losses.push(loss);
        const mean = smooth(loss);
        least = Math.min(least, mean);
        if (mean > bound * least) break;
      }
      return { rates, losses };
    },
    gradients() {
      return checkGradients(run, raw, { rows: 4, entries: 6 }).parameters.map(({ name, worstError }) => ({
        parameter: name,
        error: worstError,
      }));
    },
  };
}
