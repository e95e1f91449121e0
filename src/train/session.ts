/** A run made ready: data in their tables, programs compiled, parameters at their start. Steps and evaluations are calls. */

import { DocumentError, TrainingError } from "../core/errors.ts";
import type { Scores } from "../core/events.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { foldIn, foldNumber, type RandomKey, randomKey } from "../core/random.ts";
import { firstNotFinite } from "../core/vectors.ts";
import type { Augmenter } from "../data/augmentations/apply.ts";
import { type BatchPlan, batchPlan } from "../data/batches.ts";
import type { Dataset, RawDataset } from "../data/dataset.ts";
import type { Preparation } from "../data/preparation.ts";
import { prepareData } from "../data/prepare.ts";
import type { DivideAnew } from "../data/split.ts";
import type { Run } from "../document/run-document.ts";
import type { Engine, Executable, Numerics, TableMemory } from "../engine/engine.ts";
import type { Profiler } from "../engine/profile.ts";
import type { ThreadTeam } from "../engine/threads.ts";
import { sameShape, showShape, sizeOf, type Tensor } from "../graph/index.ts";
import { allLayers, describeLayers } from "../nn/blocks.ts";
import { initialValues, type Model } from "../nn/model.ts";
import { numbersOf, scalarName } from "../optim/apply.ts";
import { initialMemory, learningRateMultiplier, observeScore } from "../optim/schedules/apply.ts";
import { RunPrograms } from "./build.ts";
import { Evaluation, type Judged } from "./evaluation.ts";
import { Probe } from "./probe.ts";
import type { NamedTensor, StoredTensor } from "./safetensors.ts";
import { updateScalars } from "./updates.ts";

/** The loss (mean over the batch) and the number of right answers of a step; the same object each time. */
export interface StepResult {
  loss: number;
  correct: number;
  rows: number;
}

interface StepProgram {
  readonly name: string;
  readonly rows: Int32Array;
  /** Where changed images go, where the run changes them. */
  readonly examples: Float32Array | Float64Array | undefined;
  readonly loss: ArrayLike<number>;
  readonly correct: ArrayLike<number> | undefined;
  /** Where layers find the keys of a step's random numbers, each with the stream that they come from. */
  readonly randomKeys: readonly { readonly stream: RandomKey; readonly words: Int32Array }[];
}

/** What a session runs on. */
export interface SessionOptions {
  readonly engine: Engine;
  /** Overrides the document's choice; "auto" takes the engine's best. */
  readonly numerics?: Numerics;
  readonly memoryLimitBytes?: number;
  /** Threads to work with; they change no bit. */
  readonly threads?: ThreadTeam | undefined;
  /** Memory that the data set was read into: the engine finds it there. See `createTableMemory` of osolgil/node. */
  readonly tableMemory?: TableMemory | undefined;
  /** Whether `evaluate` can be asked for the rows that are learned from, too. */
  readonly evaluatesTraining?: boolean;
  /** Learns from so many of the training rows alone; from all where absent. */
  readonly learnsFrom?: number;
  /** The learning rate at a step, from 0, in place of what the document says. */
  rateAt?(step: number): number;
  /** Measures the time of each kernel: see `ProfiledSession`. */
  readonly profile?: Profiler;
  /** Which part of the rows that are not for testing is held out, in place of what the data's options say. */
  readonly fold?: DivideAnew | undefined;
}

/** A warm-up that outlasts the run would never come to the schedule. */
function checkWarmup({ schedule }: Run, steps: number): void {
  if (!schedule || schedule.warmup < steps) return;
  throw new DocumentError("E_SCHEDULE_WARMUP", {
    message: `schedule.warmup must be less than the ${steps} steps of the run, received ${schedule.warmup}`,
    hint: "Shorten the warm-up, or let the run be longer: the schedule begins after it.",
  });
}

/** A run in memory: data in their tables, programs compiled, parameters at their start. Each `step` is a call. */
export class Session {
  readonly run: Run;
  readonly dataset: Dataset;
  /** What turns raw inputs into what the model sees, and outputs back. */
  readonly preparation: Preparation;
  /** What a person should know of the data. */
  readonly warnings: readonly string[];
  readonly engine: Engine;
  readonly model: Model;
  readonly executable: Executable;
  /** Row numbers in the training tables: of what is learned from, and of what is held out to judge by. */
  readonly rows: { readonly training: Uint32Array; readonly validation: Uint32Array };
  private readonly rateAt: ((step: number) => number) | undefined;
  readonly counts: { readonly training: number; readonly validation: number; readonly test: number };
  /** Steps of the whole run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  private readonly key: RandomKey;
  private readonly batches: BatchPlan;
  private readonly programs: RunPrograms;
  private readonly scalarNames = new Map<string, string>();
  private readonly stepPrograms = new Map<number, StepProgram>();
  /** Scores and predictions over what the run is judged by. */
  readonly evaluation: Evaluation;
  private readonly augmenter: Augmenter | undefined;
  private stepRows: Int32Array | undefined;
  /** What the schedule of the learning rate remembers from epoch to epoch. */
  scheduleMemory: readonly number[];
  private currentRate: number;
  private fingerprint: string | undefined;
  private readonly result: StepResult = { loss: 0, correct: 0, rows: 0 };

  /** @throws ShapeError | DocumentError | DataError | EngineError the run does not fit its data, or the engine */
  constructor(run: Run, raw: RawDataset, options: SessionOptions) {
    const { engine, numerics, memoryLimitBytes, threads, profile, fold, evaluatesTraining = false, learnsFrom, rateAt } = options;
    this.run = run;
    this.rateAt = rateAt;
    this.engine = engine;
    this.scheduleMemory = run.schedule ? initialMemory(run.schedule) : [];
    this.currentRate = Number(run.optimizer.options.learningRate);
    this.key = randomKey(run.document.seed);
    const { dataset, split, preparation, warnings } = prepareData(run, raw, this.key, fold);
    this.dataset = dataset;
    this.preparation = preparation;
    this.warnings = warnings;
    const { training, numerics: wanted } = run.document;
    const learned = learnsFrom === undefined ? split.train : split.train.subarray(0, learnsFrom);
    this.rows = { training: learned, validation: split.validation };
    this.batches = batchPlan({
      rows: learned,
      size: training.batchSize * training.accumulate,
      order: training.order,
      key: foldIn(this.key, "batches"),
    });
    this.stepsPerEpoch = this.batches.stepsPerEpoch;
    this.steps = training.iterations ?? training.epochs! * this.stepsPerEpoch;
    checkWarmup(run, this.steps);
    this.counts = { training: learned.length, validation: split.validation.length, test: dataset.test?.inputs.count ?? 0 };
    const [first] = run.augmentation;
    if (first)
      this.augmenter = new first.definition.chain(run.augmentation, dataset.train.inputs, foldIn(this.key, "augmentation"));
    this.programs = new RunPrograms(run, dataset);
    this.model = this.programs.model;
    // The sizes that occur: all batches of an epoch but the last are alike.
    const sizes = new Set([this.batches.sizeOf(0), this.batches.sizeOf(this.stepsPerEpoch - 1)]);
    const trainingSteps = this.trainingPrograms([...sizes]);
    this.evaluation = new Evaluation(run, dataset, preparation, this.programs, {
      training: evaluatesTraining ? learned : new Uint32Array(0),
      validation: split.validation,
    });
    const tables = this.programs.tables();
    const { tableMemory } = options;
    const chosen = numerics ?? (wanted === "auto" ? undefined : wanted);
    this.executable = engine.compile(this.programs.programs, {
      ...(chosen && { numerics: chosen }),
      ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
      ...(threads && { threads }),
      ...(profile && { profile }),
      ...(tableMemory && { tables: { memory: tableMemory, values: new Map(tables.map(({ leaf, values }) => [leaf, values])) } }),
    });
    for (const [rows, name] of trainingSteps) this.stepPrograms.set(rows, this.stepProgram(name));
    this.evaluation.bind(this.executable);
    for (const { leaf, values } of tables) this.executable.writeTable(leaf, values);
    const start = (tensor: Tensor, values: Float32Array) => {
      this.executable.writeState(tensor, values);
      const predicting = this.programs.predicting(tensor);
      if (predicting !== tensor) this.executable.writeState(predicting, values);
    };
    for (const parameter of this.model.parameters) start(parameter.tensor, initialValues(parameter, this.key));
    for (const { tensor, initial } of this.model.states) start(tensor, new Float32Array(sizeOf(tensor.shape)).fill(initial));
    for (const [name, value] of Object.entries(numbersOf(run.optimizer.options)))
      this.executable.setScalar(scalarName(name), value);
    for (const [name, value] of Object.entries(this.programs.regularizers.numbers)) this.executable.setScalar(name, value);
    const { clip } = run;
    if (clip?.value !== undefined) this.executable.setScalar(updateScalars.clipValue, clip.value);
    if (clip?.norm !== undefined) this.executable.setScalar(updateScalars.clipNorm, clip.norm);
  }

  /** Names of the programs that train on so many rows; with accumulation those of its batches. */
  private trainingPrograms(stepSizes: readonly number[]): (readonly [rows: number, name: string])[] {
    const { batchSize, accumulate } = this.run.document.training;
    if (accumulate === 1) return stepSizes.map((rows) => [rows, this.programs.trainingStep(rows)] as const);
    const sizes = new Set(stepSizes.flatMap((rows) => [Math.min(rows, batchSize), rows % batchSize]).filter((rows) => rows > 0));
    const programs = [...sizes].map((rows) => [rows, this.programs.accumulation(rows)] as const);
    this.programs.application();
    return programs;
  }

  private stepProgram(name: string): StepProgram {
    const correct = this.dataset.task.kind === "classification" ? this.executable.output(name, "correct") : undefined;
    const randomKeys = this.programs.randomInputsOf(name).map((input) => ({
      stream: foldIn(this.key, input),
      words: this.executable.input(name, input) as Int32Array,
    }));
    const rows = this.executable.input(name, "rows") as Int32Array;
    const examples = this.augmenter && (this.executable.input(name, "examples") as Float32Array | Float64Array);
    return { name, rows, examples, loss: this.executable.output(name, "loss"), correct, randomKeys };
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
    this.setRates(step);
    const { average } = this.run;
    if (average) this.executable.setScalar(updateScalars.averageShare, step === 0 ? 1 : 1 - average.decay);
    const { result } = this;
    result.rows = rows;
    if (this.run.document.training.accumulate > 1) this.accumulatedStep(step, rows);
    else {
      const program = this.stepPrograms.get(rows)!;
      this.batches.fill(step, program.rows);
      if (program.examples) this.augmenter!.fill(step, 0, program.rows, rows, program.examples);
      for (const { stream, words } of program.randomKeys) foldNumber(stream, step, words);
      this.executable.run(program.name);
      result.loss = program.loss[0]!;
      result.correct = program.correct?.[0] ?? 0;
    }
    return result;
  }

  /** The run-time numbers of the optimizer at a step, which a schedule may change. */
  private setRates(step: number): void {
    const { optimizer, schedule } = this.run;
    const { definition } = optimizer;
    const { rateAt } = this;
    if (!definition.scalars && !schedule && !rateAt) return;
    let { options } = optimizer;
    if (rateAt) {
      this.currentRate = rateAt(step);
      options = { ...options, learningRate: this.currentRate };
      this.executable.setScalar(scalarName("learningRate"), this.currentRate);
    } else if (schedule) {
      const { steps, stepsPerEpoch, scheduleMemory } = this;
      const share = learningRateMultiplier(schedule, schedule.warmup, { step, steps, stepsPerEpoch }, scheduleMemory);
      this.currentRate = (optimizer.options.learningRate as number) * share;
      options = { ...options, learningRate: this.currentRate };
      this.executable.setScalar(scalarName("learningRate"), this.currentRate);
    }
    // All other numbers of the options stay what they are.
    const moving = definition.scalars?.(options, step + 1);
    for (const name in moving) this.executable.setScalar(this.scalarNameOf(name), moving[name]!);
  }

  /** The name of a run-time number in the programs: every step asks for the same few. */
  private scalarNameOf(name: string): string {
    let known = this.scalarNames.get(name);
    if (known === undefined) {
      known = scalarName(name);
      this.scalarNames.set(name, known);
    }
    return known;
  }

  /** One step along the gradients of several batches. */
  private accumulatedStep(step: number, rows: number): void {
    const { batchSize, accumulate } = this.run.document.training;
    const { result, executable } = this;
    this.stepRows ??= new Int32Array(this.batches.sizeOf(0));
    this.batches.fill(step, this.stepRows);
    let [loss, correct] = [0, 0];
    for (let first = 0, batch = 0; first < rows; first += batchSize, batch++) {
      const count = Math.min(batchSize, rows - first);
      const program = this.stepPrograms.get(count)!;
      for (let i = 0; i < count; i++) program.rows[i] = this.stepRows[first + i]!;
      if (program.examples) this.augmenter!.fill(step, first, program.rows, count, program.examples);
      for (const { stream, words } of program.randomKeys) foldNumber(stream, step * accumulate + batch, words);
      executable.setScalar(updateScalars.accumulateKeep, batch === 0 ? 0 : 1);
      executable.run(program.name);
      loss += program.loss[0]! * count;
      correct += program.correct?.[0] ?? 0;
    }
    executable.setScalar(updateScalars.accumulateScale, 1 / rows);
    executable.run(this.programs.application());
    result.loss = loss / rows;
    result.correct = correct;
  }

  /** What looks into the model as it is at the time of a call. @throws EngineError  there is no memory for it */
  probe(): Probe {
    const { programs, dataset, rows, executable, engine, key } = this;
    return new Probe({ programs, dataset, rows: rows.training, executable, engine, key });
  }

  /** Numbers, in the training tables, of the rows of step `step`, from 0. */
  rowsOf(step: number): Int32Array {
    const rows = new Int32Array(this.batches.sizeOf(step));
    this.batches.fill(step, rows);
    return rows;
  }

  /** Mean loss, accuracy and metrics over the validation or the test rows; undefined where there are none, or it was asked to stop. */
  evaluate(which: Judged, shouldStop: () => boolean = () => false): Scores | undefined {
    return this.evaluation.scores(which, shouldStop);
  }

  /** Parameters, running statistics, optimizer slots and averages as they are now, in the order of the layers. */
  readStates(): NamedTensor[] {
    return [...this.modelTensors(), ...this.programs.keptTensors].map((tensor) => this.read(tensor, tensor));
  }

  /** What predictions are made with, each under the name of its parameter or running statistic: the average where there is one. */
  readPredicting(): NamedTensor[] {
    return this.modelTensors().map((tensor) => this.read(tensor, this.programs.predicting(tensor)));
  }

  /**
   * Takes up what `readStates` gave.
   *
   * @throws TrainingError  E_CHECKPOINT_MISFIT: a tensor is missing, is too many, or has another shape
   */
  writeStates(tensors: ReadonlyMap<string, StoredTensor>): void {
    this.write([...this.modelTensors(), ...this.programs.keptTensors], tensors, (tensor) => tensor);
  }

  /** Takes up what `readPredicting` gave: evaluations are then of these. @throws TrainingError as `writeStates` */
  writePredicting(tensors: ReadonlyMap<string, StoredTensor>): void {
    this.write(this.modelTensors(), tensors, (tensor) => this.programs.predicting(tensor));
  }

  private modelTensors(): Tensor[] {
    return [...this.model.parameters, ...this.model.states].map(({ tensor }) => tensor);
  }

  private read(named: Tensor, from: Tensor): NamedTensor {
    const values = this.executable.readState(from);
    return { name: named.name!, shape: named.shape, values: values instanceof Float32Array ? values : new Float32Array(values) };
  }

  private write(
    wanted: readonly Tensor[],
    tensors: ReadonlyMap<string, StoredTensor>,
    placeOf: (tensor: Tensor) => Tensor,
  ): void {
    const names = new Set(wanted.map(({ name }) => name!));
    const misfit = (message: string) =>
      new TrainingError("E_CHECKPOINT_MISFIT", {
        message: `the checkpoint does not fit the document: ${message}`,
        hint: "It belongs to another run, or the document was changed since it was written.",
      });
    for (const name of tensors.keys()) if (!names.has(name)) throw misfit(`the model has no '${name}'`);
    for (const tensor of wanted) {
      const stored = tensors.get(tensor.name!);
      if (!stored) throw misfit(`it has no '${tensor.name}'`);
      if (!sameShape(stored.shape, tensor.shape)) {
        throw misfit(`'${tensor.name}' is ${showShape(stored.shape)} in it and ${showShape(tensor.shape)} in the model`);
      }
    }
    for (const tensor of wanted) this.executable.writeState(placeOf(tensor), tensors.get(tensor.name!)!.values);
  }

  /** The learning rate of the last step. */
  get learningRate(): number {
    return this.currentRate;
  }

  /** The scores that a run can be judged by, each with what is better. */
  get goals(): Readonly<Record<string, "min" | "max" | undefined>> {
    return this.evaluation.goals;
  }

  /** Takes up the monitored score of an epoch that has ended. */
  observe(score: number, goal: "min" | "max"): void {
    const { schedule } = this.run;
    if (schedule) this.scheduleMemory = observeScore(schedule, this.scheduleMemory, score, goal);
  }

  /** Of all examples that the run learns from or is judged by; the same for the same data. */
  get dataFingerprint(): string {
    this.fingerprint ??= fingerprint(this.programs.tables().map(({ values }) => values));
    return this.fingerprint;
  }

  /** The first parameter or running statistic that holds a NaN or an infinity. */
  firstNonFinite(): string | undefined {
    const isBroken = (values: ArrayLike<number>) => firstNotFinite(values) < values.length;
    return this.modelTensors().find((tensor) => isBroken(this.executable.readState(tensor)))?.name;
  }

  /** "784-100-10", "28x28-conv 5x5x30-maxPool-100-10": what comes in, and each layer in short. */
  describeModel(): string {
    const { shape } = this.dataset.train.inputs;
    const seesImages = allLayers(this.run.layers).some(({ definition }) => definition.seesImages);
    const input = seesImages ? shape.join("x") : String(sizeOf(shape));
    return [input, describeLayers(this.run.layers)].filter((text) => text !== "").join("-");
  }
}
