/** A run made ready: data in their tables, programs compiled, parameters at their start. Steps and evaluations are calls. */

import { TrainingError } from "../core/errors.ts";
import type { Scores } from "../core/events.ts";
import { foldIn, foldNumber, type RandomKey, randomKey } from "../core/random.ts";
import { type BatchPlan, batchPlan, sequentialBatches } from "../data/batches.ts";
import type { Dataset, RawDataset } from "../data/dataset.ts";
import type { Preparation } from "../data/preparation.ts";
import { prepareData } from "../data/prepare.ts";
import type { Run } from "../document/run-document.ts";
import type { Engine, Executable, Numerics } from "../engine/engine.ts";
import type { ThreadTeam } from "../engine/threads.ts";
import { sizeOf, type Tensor } from "../graph/index.ts";
import { initialValues, type Model } from "../nn/model.ts";
import { numbersOf, optimizerScalars, scalarName } from "../optim/apply.ts";
import { type Part, RunPrograms } from "./build.ts";

/**
 * Rows in one evaluation step: enough to keep the engine busy, few enough to stay in the cache; a divisor of the count where
 * there is one, so that no second program is needed for what is left.
 */
function evaluationRows(count: number, bytesPerRow: number): number {
  const most = Math.max(64, Math.min(1024, Math.floor(cacheBytes / bytesPerRow)));
  for (let rows = Math.min(count, most); rows >= most / 2; rows--) if (count % rows === 0) return rows;
  return Math.min(count, most);
}

/** About what a core has for itself on machines of these years, but for the smallest. */
const cacheBytes = 1 << 20;

/** The loss (mean over the batch) and the number of right answers of a step; the same object each time. */
export interface StepResult {
  loss: number;
  correct: number;
  rows: number;
}

interface StepProgram {
  readonly name: string;
  readonly rows: Int32Array;
  readonly loss: ArrayLike<number>;
  readonly correct: ArrayLike<number> | undefined;
  /** Where layers find the keys of a step's random numbers, each with the stream that they come from. */
  readonly randomKeys: readonly { readonly stream: RandomKey; readonly words: Int32Array }[];
}

export interface SessionOptions {
  readonly engine: Engine;
  /** Overrides the document's choice; "auto" takes the engine's best. */
  readonly numerics?: Numerics;
  readonly memoryLimitBytes?: number;
  /** Threads to work with; they change no bit. */
  readonly threads?: ThreadTeam | undefined;
  /** Whether the engine measures the time of each kernel. */
  readonly profile?: boolean;
}

export class Session {
  readonly run: Run;
  readonly dataset: Dataset;
  /** What turns raw inputs into what the model sees, and outputs back. */
  readonly preparation: Preparation;
  /** What a person should know of the data. */
  readonly warnings: readonly string[];
  readonly model: Model;
  readonly executable: Executable;
  readonly counts: { readonly training: number; readonly validation: number; readonly test: number };
  /** Steps of the whole run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  private readonly key: RandomKey;
  private readonly batches: BatchPlan;
  private readonly validationRows: Uint32Array;
  private readonly programs: RunPrograms;
  private readonly stepPrograms = new Map<number, StepProgram>();
  private readonly evaluationSizes = new Map<Part, number>();
  private readonly evaluationPrograms = new Map<string, StepProgram>();
  private readonly result: StepResult = { loss: 0, correct: 0, rows: 0 };

  /** @throws ShapeError | DocumentError | DataError | EngineError the run does not fit its data, or the engine */
  constructor(run: Run, raw: RawDataset, { engine, numerics, memoryLimitBytes, threads, profile }: SessionOptions) {
    this.run = run;
    this.key = randomKey(run.document.seed);
    const { dataset, split, preparation, warnings } = prepareData(run, raw, this.key);
    this.dataset = dataset;
    this.preparation = preparation;
    this.warnings = warnings;
    const { training, numerics: wanted } = run.document;
    this.validationRows = split.validation;
    this.batches = batchPlan({
      rows: split.train,
      size: training.batchSize,
      order: training.order,
      key: foldIn(this.key, "batches"),
    });
    this.stepsPerEpoch = this.batches.stepsPerEpoch;
    this.steps = training.iterations ?? training.epochs! * this.stepsPerEpoch;
    this.counts = { training: split.train.length, validation: split.validation.length, test: dataset.test?.inputs.count ?? 0 };
    this.programs = new RunPrograms(run, dataset);
    this.model = this.programs.model;
    // The sizes that occur: all batches of an epoch but the last are alike.
    const sizes = new Set([this.batches.sizeOf(0), this.batches.sizeOf(this.stepsPerEpoch - 1)]);
    const trainingSteps = [...sizes].map((rows) => [rows, this.programs.trainingStep(rows)] as const);
    const evaluations = this.evaluationParts().flatMap(({ part, count }) => {
      const size = evaluationRows(count, this.programs.bytesPerRow(part));
      this.evaluationSizes.set(part, size);
      return [size, count % size].filter((rows) => rows > 0).map((rows) => this.programs.evaluation(part, rows));
    });
    const chosen = numerics ?? (wanted === "auto" ? undefined : wanted);
    this.executable = engine.compile(this.programs.programs, {
      ...(chosen && { numerics: chosen }),
      ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
      ...(threads && { threads }),
      ...(profile && { profile }),
    });
    for (const [rows, name] of trainingSteps) this.stepPrograms.set(rows, this.stepProgram(name, "loss"));
    for (const name of evaluations) this.evaluationPrograms.set(name, this.stepProgram(name, "lossSum"));
    for (const { leaf, values } of this.programs.tables()) this.executable.writeTable(leaf, values);
    for (const parameter of this.model.parameters)
      this.executable.writeState(parameter.tensor, initialValues(parameter, this.key));
    for (const { tensor, initial } of this.model.states) {
      this.executable.writeState(tensor, new Float32Array(sizeOf(tensor.shape)).fill(initial));
    }
    const options = run.optimizer.options;
    for (const [name, value] of Object.entries(numbersOf(options))) this.executable.setScalar(scalarName(name), value);
    for (const [name, value] of Object.entries(this.programs.regularizers.numbers)) this.executable.setScalar(name, value);
  }

  private evaluationParts(): { part: Part; count: number }[] {
    return [
      ...(this.validationRows.length > 0 ? [{ part: "train" as const, count: this.validationRows.length }] : []),
      ...(this.counts.test > 0 ? [{ part: "test" as const, count: this.counts.test }] : []),
    ];
  }

  private stepProgram(name: string, loss: string): StepProgram {
    const correct = this.dataset.task.kind === "classification" ? this.executable.output(name, "correct") : undefined;
    const randomKeys = this.programs.randomInputsOf(name).map((input) => ({
      stream: foldIn(this.key, input),
      words: this.executable.input(name, input) as Int32Array,
    }));
    const rows = this.executable.input(name, "rows") as Int32Array;
    return { name, rows, loss: this.executable.output(name, loss), correct, randomKeys };
  }

  /** The engine's profile of product sums, as it was chosen. */
  get numerics(): string {
    return this.executable.numerics;
  }

  /** The epoch, from 1, that a step (from 0) belongs to. */
  epochOf(step: number): number {
    return this.batches.epochOf(step) + 1;
  }

  /**
   * One training step, number `step` from 0.
   *
   * @returns loss and right answers of its batch, before the update; the same object at each call
   */
  step(step: number): Readonly<StepResult> {
    const rows = this.batches.sizeOf(step);
    const program = this.stepPrograms.get(rows)!;
    this.batches.fill(step, program.rows);
    for (const { stream, words } of program.randomKeys) foldNumber(stream, step, words);
    const { definition, options } = this.run.optimizer;
    if (definition.scalars) {
      const scalars = optimizerScalars(definition, options, step + 1);
      for (const name in scalars) this.executable.setScalar(scalarName(name), scalars[name]!);
    }
    this.executable.run(program.name);
    const { result } = this;
    result.loss = program.loss[0]!;
    result.correct = program.correct?.[0] ?? 0;
    result.rows = rows;
    return result;
  }

  /** Mean loss and accuracy over the validation or the test rows, or undefined where there are none or it was asked to stop. */
  evaluate(which: "validation" | "test", shouldStop: () => boolean = () => false): Scores | undefined {
    const part: Part = which === "validation" ? "train" : "test";
    const rows = which === "validation" ? this.validationRows : this.counts.test;
    const count = this.counts[which];
    if (count === 0) return undefined;
    const plan = sequentialBatches(rows, this.evaluationSizes.get(part)!);
    let [loss, correct] = [0, 0];
    for (let step = 0; step < plan.stepsPerEpoch; step++) {
      if (shouldStop()) return undefined;
      const program = this.evaluationPrograms.get(`evaluate.${part}.${plan.sizeOf(step)}`);
      if (!program) throw new TrainingError("E_EVALUATION", { message: `no program evaluates ${plan.sizeOf(step)} rows` });
      plan.fill(step, program.rows);
      this.executable.run(program.name);
      loss += program.loss[0]!;
      correct += program.correct?.[0] ?? 0;
    }
    return { loss: loss / count, ...(this.dataset.task.kind === "classification" && { accuracy: correct / count }) };
  }

  /** Parameters, running statistics and optimizer slots as they are now, in the order of the layers. */
  readStates(): { name: string; shape: readonly number[]; values: Float32Array }[] {
    const tensors: Tensor[] = [
      ...this.model.parameters.map(({ tensor }) => tensor),
      ...this.model.states.map(({ tensor }) => tensor),
      ...this.programs.slotTensors,
    ];
    return tensors.map((tensor) => ({
      name: tensor.name!,
      shape: tensor.shape,
      values: Float32Array.from(this.executable.readState(tensor)),
    }));
  }

  /** The first parameter or running statistic that holds a NaN or an infinity. */
  firstNonFinite(): string | undefined {
    const tensors = [...this.model.parameters, ...this.model.states].map(({ tensor }) => tensor);
    return tensors.find((tensor) => !this.executable.readState(tensor).every(Number.isFinite))?.name;
  }

  /** "784-100-10", "28x28-conv 5x5x30-maxPool-100-10": what comes in, and each layer in short. */
  describeModel(): string {
    const { shape } = this.dataset.train.inputs;
    const seesImages = this.run.layers.some(({ definition }) => definition.seesImages);
    const parts = this.run.layers.map(({ definition, options }) => definition.describe?.(options) ?? definition.name);
    return [seesImages ? shape.join("x") : sizeOf(shape), ...parts.filter((part) => part !== "")].join("-");
  }
}
