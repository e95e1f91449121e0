/** A model with its weights: what it predicts, how good it is, and as bytes to keep. */
import { DataError, TrainingError } from "../core/errors.ts";
import type { MetricValue, Scores } from "../core/events.ts";
import { exampleSize, type RawTable, type Task } from "../data/dataset.ts";
import { type Frame, isFrame } from "../data/frame.ts";
import type { Preparation } from "../data/preparation.ts";
import type { ResolvedDocument, Run } from "../document/run-document.ts";
import type { Engine, Executable } from "../engine/engine.ts";
import { input, type Tensor } from "../graph/index.ts";
import { Model } from "../nn/model.ts";
import { chooseLoss } from "../train/build.ts";
import { encodeCheckpoint } from "../train/checkpoint.ts";
import type { NamedTensor, StoredTensor } from "../train/safetensors.ts";
import type { Session } from "../train/session.ts";
import { storePreparation } from "../train/stored-preparation.ts";
import { type Examples, inputTable, type Targets, targetTable } from "./arrays.ts";

/** What a model makes of some examples. */
export interface Prediction {
  /** Examples. */
  readonly count: number;
  /** Numbers for each example. */
  readonly width: number;
  /** What the last layer gives, row-major; of a regression in the units of the targets. */
  readonly outputs: Float64Array;
  /** Of classes, and of yes and no: how probable each output is, row-major; absent where the loss gives outputs no such meaning. */
  readonly probabilities?: Float64Array;
  /** Of classes: the number of the most probable one, for each example. */
  readonly classes?: Int32Array;
  /** Of classes with names: that name. */
  readonly labels?: readonly string[];
}

/** What a trained model is made of. */
export interface ModelParts {
  /** The document that it was trained by, with its names resolved. */
  readonly run: Run;
  readonly preparation: Preparation;
  /** Parameters and running statistics by name. */
  readonly weights: ReadonlyMap<string, StoredTensor>;
  /** The profile that it was trained under; another is taken where the engine does not have it. */
  readonly numerics: string;
  readonly engine: Engine;
}

/** Rows of a program that predicts: few for a single example, many for a table. */
const chunkSizes = [1, 16, 256] as const;

interface Compiled {
  readonly executable: Executable;
  readonly rows: number;
}

/** A model with its weights: predicts, evaluates, and becomes bytes. Made by `fit` and `loadModel`. */
export class TrainedModel {
  /** The document that it was trained by. */
  readonly document: ResolvedDocument;
  readonly task: Task;
  /** The document with its names resolved. */
  readonly run: Run;
  /** What turns raw inputs into what the model sees, and outputs back. */
  readonly preparation: Preparation;
  /** Parameters and running statistics by name; averages where the run kept some. */
  readonly weights: ReadonlyMap<string, StoredTensor>;
  private readonly engine: Engine;
  private readonly numerics: string;
  private readonly compiled = new Map<number, Compiled>();

  /** @throws TrainingError  E_CHECKPOINT_MISFIT: the weights are not those of the model */
  constructor({ run, preparation, weights, numerics, engine }: ModelParts) {
    this.run = run;
    this.document = run.document;
    this.preparation = preparation;
    this.task = preparation.task;
    this.weights = weights;
    this.numerics = numerics;
    this.engine = engine;
    this.requireWeights();
  }

  /** The model of a session, with the weights that it has now. */
  static of(session: Session): TrainedModel {
    const { run, preparation, numerics, engine } = session;
    const weights = new Map(session.readPredicting().map(({ name, ...tensor }) => [name, tensor]));
    return new TrainedModel({ run, preparation, weights, numerics, engine });
  }

  private requireWeights(): void {
    const model = new Model(this.run.layers);
    model.apply(input("inputs", [1, ...this.preparation.shape]), "evaluation");
    for (const { tensor } of [...model.parameters, ...model.states]) {
      const stored = this.weights.get(tensor.name!);
      if (stored?.shape.join() === tensor.shape.join()) continue;
      const found = stored ? `it is [${stored.shape.join(", ")}]` : "it is missing";
      throw new TrainingError("E_CHECKPOINT_MISFIT", {
        message: `the weights do not fit the model: '${tensor.name}' must be [${tensor.shape.join(", ")}], and ${found}`,
      });
    }
  }

  /** A program that predicts so many rows, with the weights in their places. */
  private compile(rows: number): Compiled {
    const known = this.compiled.get(rows);
    if (known) return known;
    const model = new Model(this.run.layers);
    const prediction = model.apply(input("inputs", [rows, ...this.preparation.shape]), "evaluation");
    const loss = chooseLoss(this.run, { name: "the data", task: this.task });
    const targets = loss.definition.build(prediction, this.targetLeaf(rows, prediction), loss.options);
    const programs = {
      predict: { outputs: { prediction }, assignments: [] },
      evaluate: { outputs: { prediction, losses: targets }, assignments: [] },
    };
    // Numerics of a run that the engine here does not have are only those of training.
    const probe = this.engine.probe();
    const numerics = probe.available ? probe.numerics.find((one) => one === this.numerics) : undefined;
    const executable = this.engine.compile(programs, numerics ? { numerics } : {});
    for (const { tensor } of [...model.parameters, ...model.states])
      executable.writeState(tensor, this.weights.get(tensor.name!)!.values);
    const compiled = { executable, rows };
    this.compiled.set(rows, compiled);
    return compiled;
  }

  private targetLeaf(rows: number, prediction: Tensor): Tensor {
    return input("targets", this.task.kind === "classification" ? [rows] : prediction.shape);
  }

  /** Numbers that the scale of the training data, and not their own, makes what the model sees. */
  private inUnitsOfTraining(table: RawTable): RawTable {
    const { inputs } = this.preparation;
    if (inputs.kind !== "table" || inputs.scale === table.scale) return table;
    const factor = table.scale / inputs.scale;
    return { ...table, values: Float64Array.from(table.values, (value) => value * factor), scale: inputs.scale };
  }

  /** Runs the model over a table; what it gives for each example goes into one array. */
  private walk(
    inputs: RawTable | Frame,
    targets?: ArrayLike<number>,
  ): { outputs: Float64Array; width: number; losses: Float64Array } {
    const table = this.preparation.apply(isFrame(inputs) ? inputs : this.inUnitsOfTraining(inputs));
    const { values, count, scale } = table;
    const size = exampleSize(table.shape);
    const { executable, rows } = this.compile(chunkSizes.find((one) => one >= count) ?? chunkSizes[chunkSizes.length - 1]!);
    const program = targets ? "evaluate" : "predict";
    const place = executable.input(program, "inputs");
    const given = executable.output(program, "prediction");
    const width = given.length / rows;
    const outputs = new Float64Array(count * width);
    const losses = new Float64Array(targets ? count : 0);
    const targetSize = targets ? targets.length / count : 0;
    for (let first = 0; first < count; first += rows) {
      const here = Math.min(rows, count - first);
      for (let i = 0; i < here * size; i++) place[i] = values[first * size + i]! * scale;
      // Rows of the chunk that are no examples any more: zeros, whose outputs nobody reads.
      place.fill(0, here * size);
      if (targets) {
        const wanted = executable.input(program, "targets");
        for (let i = 0; i < here * targetSize; i++) wanted[i] = targets[first * targetSize + i]!;
        wanted.fill(0, here * targetSize);
      }
      executable.run(program);
      outputs.set(given.subarray(0, here * width), first * width);
      if (targets) losses.set(executable.output(program, "losses").subarray(0, here), first);
    }
    return { outputs, width, losses };
  }

  /**
   * What the model makes of examples.
   *
   * @param inputs  examples as they were given to `fit`, or a frame of columns; what was done to the training data is done to them
   * @throws DataError  they do not look as those that the model has learned from
   * @example
   * const inputs = [[1.4, 0.2], [4.7, 1.4], [1.3, 0.2], [4.5, 1.5]];
   * const targets = ["setosa", "versicolor", "setosa", "versicolor"];
   * const model = await fit({ model: [dense({ units: 2 })], inputs, targets, optimizer: adam({ learningRate: 0.1 }), epochs: 100 });
   * model.predict([[1.5, 0.3]]).labels; // ["setosa"]
   */
  predict(inputs: Examples | RawTable | Frame): Prediction {
    const table = rawInputs(inputs);
    const { outputs: raw, width } = this.walk(table);
    const outputs = this.preparation.restoreTargets(raw);
    const { definition } = chooseLoss(this.run, { name: "the data", task: this.task });
    const probabilities = definition.probabilities?.(raw, width);
    const base = { count: table.count, width, outputs, ...(probabilities && { probabilities }) };
    if (this.task.kind !== "classification") return base;
    const classes = Int32Array.from({ length: table.count }, (_, row) => largest(raw, row * width, width));
    const { labels } = this.task;
    return { ...base, classes, ...(labels && { labels: Array.from(classes, (one) => labels[one]!) }) };
  }

  /**
   * Mean loss, accuracy and the metrics of the document over examples with their targets.
   *
   * @throws DataError  inputs or targets do not look as those that the model has learned from
   */
  evaluate(inputs: Examples | Frame, targets: Targets): Scores {
    const table = rawInputs(inputs);
    const { task } = this;
    const known = task.kind === "classification" ? { classes: task.classes, labels: task.labels } : {};
    const { table: learned } = targetTable(targets, { task: task.kind, ...known });
    return this.score(
      table,
      Float64Array.from(learned.values, (value) => value * learned.scale),
    );
  }

  /** As `evaluate`, of targets that are numbers already: class numbers, or values in their own units. */
  score(inputs: RawTable | Frame, targets: Float64Array): Scores {
    const { task, preparation } = this;
    const { count } = inputs;
    const wanted = task.kind === "classification" ? count : count * task.outputs;
    if (count === 0 || targets.length !== wanted) {
      throw new DataError("E_DATA_COUNTS", {
        message: `${count} inputs need ${wanted} targets, received ${targets.length}`,
        hint: count === 0 ? "There is nothing to evaluate." : "Every input needs its target.",
      });
    }
    if (task.kind === "classification") {
      const row = targets.findIndex((one) => !(Number.isInteger(one) && one >= 0 && one < task.classes));
      if (row >= 0) {
        throw new DataError("E_DATA_LABEL", {
          message: `targets: classes are integers in [0, ${task.classes - 1}], received ${targets[row]} in row ${row}`,
        });
      }
    }
    const { outputs, width, losses } = this.walk(inputs, preparation.scaleTargets(targets));
    const predictions = preparation.restoreTargets(outputs);
    const classes = task.kind === "classification" ? { classes: task.classes } : {};
    const metrics = this.run.metrics.flatMap(({ name, definition, options }): [string, MetricValue][] => {
      const value = definition.compute({ predictions, width, count, targets, ...classes }, options);
      return value === undefined ? [] : [[name, value]];
    });
    let right = 0;
    if (task.kind === "classification")
      for (let row = 0; row < count; row++) if (largest(outputs, row * width, width) === targets[row]) right++;
    return {
      loss: losses.reduce((sum, loss) => sum + loss, 0) / count,
      ...(task.kind === "classification" && { accuracy: right / count }),
      ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics) }),
    };
  }

  /** The document, the weights and all that was done to the data, as the bytes of a safetensors file. */
  save(): Uint8Array<ArrayBuffer> {
    const tensors: NamedTensor[] = [...this.weights].map(([name, tensor]) => ({ name, ...tensor }));
    const stored = storePreparation(this.preparation);
    const metadata = { holds: "weights", numerics: this.numerics, document: JSON.stringify(this.document), ...stored.metadata };
    return encodeCheckpoint([...tensors, ...stored.tensors], metadata);
  }
}

/** The place of the largest number, the first of equals. */
function largest(values: ArrayLike<number>, first: number, width: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) if (values[first + i]! > values[first + best]!) best = i;
  return best;
}

function rawInputs(inputs: Examples | RawTable | Frame): RawTable | Frame {
  if (isFrame(inputs) || ("count" in inputs && "values" in inputs && "scale" in inputs)) return inputs as RawTable | Frame;
  return inputTable(inputs as Examples);
}
