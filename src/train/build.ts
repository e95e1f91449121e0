/** The programs of a run: training steps and evaluations, for each size of batch that occurs, over one set of parameters. */
import { DocumentError, ShapeError } from "../core/errors.ts";
import { requireOptions } from "../core/options.ts";
import { type Dataset, type ExampleSet, exampleSize, type Table } from "../data/dataset.ts";
import type { Chosen, Run } from "../document/run-document.ts";
import {
  type Assignment,
  add,
  differentiate,
  equal,
  gather,
  input,
  iota,
  max,
  mean,
  min,
  mul,
  type Program,
  reshape,
  select,
  showShape,
  sizeOf,
  substitute,
  sum,
  type Tensor,
  table,
  topologicalOrder,
} from "../graph/index.ts";
import type { Mode } from "../nn/layers/define.ts";
import type { LossDefinition } from "../nn/losses/define.ts";
import { meanSquaredError } from "../nn/losses/mean-squared-error.ts";
import { softmaxCrossEntropy } from "../nn/losses/softmax-cross-entropy.ts";
import { type ChosenLayer, Model, type Traces } from "../nn/model.ts";
import { checkTargets } from "./check-targets.ts";
import { Regularizers } from "./regularizers.ts";
import { Updates } from "./updates.ts";

/** The parts of a data set that programs read. */
export type Part = "train" | "test";

const dtypeOf = ({ values }: Table) =>
  values instanceof Uint8Array ? "uint8" : values instanceof Int32Array ? "int32" : "float32";

interface PartTables {
  readonly set: ExampleSet;
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/** The loss that a document names, or else the one that fits what is to be learned. */
export function chooseLoss(run: Run, { name, task }: Pick<Dataset, "name" | "task">): Chosen<LossDefinition> {
  const usual: LossDefinition = task.kind === "classification" ? softmaxCrossEntropy : meanSquaredError;
  const chosen = run.loss ?? { definition: usual, options: requireOptions(usual.options, {}, `loss '${usual.name}'`) };
  const targets = task.kind === "classification" ? "classes" : "values";
  if (!chosen.definition.targets.includes(targets)) {
    throw new DocumentError("E_DOCUMENT_LOSS", {
      message: `loss '${chosen.definition.name}' learns ${chosen.definition.targets.join(" or ")}, but data set '${name}' gives ${targets}`,
      hint: `Leave the loss out, or use '${usual.name}'.`,
    });
  }
  return chosen;
}

/** How many rows have their largest output (the first of equals) at the target; a row with a NaN counts as wrong. */
function countCorrect(prediction: Tensor, target: Tensor): Tensor {
  const [rows, classes] = prediction.shape as [number, number];
  const isLargest = equal(prediction, max(prediction, 1, { keepDims: true }));
  const first = min(select(isLargest, iota(classes), classes), 1);
  return sum(equal(first, reshape(target, [rows])));
}

/**
 * What a program gets from outside: the numbers of its rows; beside them the examples, which were changed on the way; or examples and
 * targets, for a program without the data set.
 */
type Given = "rows" | "examples" | "all";

/** What a pass through the model gives for a batch. */
interface Forward {
  /** [rows, ...outputs]. */
  readonly prediction: Tensor;
  /** [rows]. */
  readonly losses: Tensor;
  /** How many rows are right, where targets are classes. */
  readonly correct: Tensor | undefined;
}

/** A pass through a model, with what is on the way. */
export interface Trace {
  readonly loss: Tensor;
  /** With the penalty. */
  readonly objective: Tensor;
  readonly seen: readonly { readonly layer: ChosenLayer; readonly output: Tensor }[];
  readonly randomInputs: readonly string[];
}

/** A program that looks into a model. Outputs: "loss", "objective" with the penalty, "layer.NAME" of each of `layers`, "gradient.NAME", squared, of each parameter. */
export interface ProbeProgram {
  readonly program: Program;
  readonly layers: readonly ChosenLayer[];
  readonly randomInputs: readonly string[];
}

/** Where one looks: at activations, or where there are none at layers with weights; and at the end. */
function shownLayers<S extends { readonly layer: ChosenLayer }>(seen: readonly S[], weighing: ReadonlySet<string>): readonly S[] {
  const isActivation = ({ layer }: S) => layer.definition.role === "activation";
  const hasActivations = seen.some(isActivation);
  return seen.filter((one, i) => i === seen.length - 1 || (hasActivations ? isActivation(one) : weighing.has(one.layer.name)));
}

export class RunPrograms {
  readonly model: Model;
  readonly loss: Chosen<LossDefinition>;
  readonly regularizers: Regularizers;
  readonly programs: Record<string, Program> = {};
  private readonly randomInputs = new Map<string, readonly string[]>();
  private readonly run: Run;
  private readonly dataset: Dataset;
  private readonly parts = new Map<Part, PartTables>();
  private readonly updates: Updates;

  /** @throws ShapeError | DocumentError | DataError the model or the loss does not fit the data */
  constructor(run: Run, dataset: Dataset) {
    this.run = run;
    this.dataset = dataset;
    this.model = new Model(run.layers);
    this.loss = chooseLoss(run, dataset);
    checkTargets(this.loss.definition, dataset);
    this.regularizers = new Regularizers(run);
    this.updates = new Updates(run, this.model, this.regularizers);
    for (const part of ["train", "test"] as const) {
      const set = dataset[part];
      if (!set) continue;
      const make = (name: string, values: Table) =>
        table(`data.${part}.${name}`, [values.count, ...values.shape], dtypeOf(values));
      this.parts.set(part, { set, inputs: make("inputs", set.inputs), targets: make("targets", set.targets) });
    }
  }

  /** What steps remember beside parameters and running statistics: optimizer slots and averages. */
  get keptTensors(): Tensor[] {
    return this.updates.kept;
  }

  /** What predictions are made with in place of a parameter or running statistic: its average, where there is one. */
  predicting(tensor: Tensor): Tensor {
    return this.updates.averageOf.get(tensor) ?? tensor;
  }

  /** Each table with the values that belong into it. */
  tables(): { leaf: Tensor; values: Table["values"] }[] {
    return [...this.parts.values()].flatMap(({ set, inputs, targets }) => [
      { leaf: inputs, values: set.inputs.values },
      { leaf: targets, values: set.targets.values },
    ]);
  }

  /** The name of the program for a training step on so many rows; made at the first call. */
  trainingStep(rows: number): string {
    return this.made(`train.${rows}`, (randomInputs) => this.buildTraining(rows, randomInputs));
  }

  /** The name of the program that adds the gradients of so many rows to those of the batches before; made at the first call. */
  accumulation(rows: number): string {
    return this.made(`accumulate.${rows}`, (randomInputs) => this.buildAccumulation(rows, randomInputs));
  }

  /** The name of the program that steps along what `accumulation` has gathered; made at the first call, after an accumulation. */
  application(): string {
    return this.made("apply", () => this.buildApplication());
  }

  private made(name: string, build: (randomInputs: string[]) => Program): string {
    if (!this.programs[name]) {
      const randomInputs: string[] = [];
      this.programs[name] = build(randomInputs);
      this.randomInputs.set(name, randomInputs);
    }
    return name;
  }

  /** The inputs of a program that hold keys of random numbers, another at each step: "random.dropout1". */
  randomInputsOf(program: string): readonly string[] {
    return this.randomInputs.get(program) ?? [];
  }

  /** The name of the program that evaluates so many rows of a part; made at the first call. */
  evaluation(part: Part, rows: number): string {
    const name = `evaluate.${part}.${rows}`;
    this.programs[name] ??= this.buildEvaluation(part, rows);
    return name;
  }

  /** Bytes that an example's numbers take on their way through the model: what is stored between layers. */
  bytesPerRow(part: Part): number {
    const { losses: each } = this.forward(part, 1, "evaluation");
    const stored = topologicalOrder([each]).filter(({ primitive }) => primitive.kind === "matmul" || primitive.kind === "pool");
    const inputs = exampleSize(this.parts.get(part)!.set.inputs.shape);
    return 4 * stored.reduce((total, { shape }) => total + sizeOf(shape), inputs);
  }

  /**
   * What is minimised over so many rows, for programs of other kinds: gradient checks.
   *
   * @param randomInputs  receives the names of the inputs that hold keys of random numbers
   */
  objective(rows: number, randomInputs: string[] = []): Tensor {
    const loss = mean(this.forward("train", rows, "training", { randomInputs }).losses);
    return this.regularizers.penalised(loss, this.model.parameters);
  }

  private forward(part: Part, rows: number, mode: Mode, traces: Traces = {}, given: Given = "rows"): Forward {
    const { set, inputs, targets } = this.parts.get(part)!;
    const numbers = input("rows", [rows], "int32");
    const flat = (leaf: Tensor, { shape, scale }: Table) => {
      const gathered = gather(leaf, numbers);
      return scale === 1 ? gathered : reshape(mul(reshape(gathered, [rows, exampleSize(shape)]), scale), [rows, ...shape]);
    };
    const examples = given === "rows" ? flat(inputs, set.inputs) : input("examples", [rows, ...set.inputs.shape]);
    const prediction = this.model.apply(examples, mode, traces);
    const target = given === "all" ? input("targets", [rows, ...set.targets.shape]) : flat(targets, set.targets);
    this.checkOutput(prediction);
    const isClasses = this.dataset.task.kind === "classification";
    return {
      prediction,
      losses: this.loss.definition.build(prediction, isClasses ? target : reshape(target, prediction.shape), this.loss.options),
      correct: isClasses ? countCorrect(prediction, target) : undefined,
    };
  }

  /** As `forward` in evaluation, with the average of each parameter and statistic in its place where the run keeps one. */
  private forwardWithAverages(part: Part, rows: number): Forward {
    const { prediction, losses, correct } = this.forward(part, rows, "evaluation");
    const replaced = substitute(correct ? [prediction, losses, correct] : [prediction, losses], this.updates.averageOf);
    return { prediction: replaced[0]!, losses: replaced[1]!, correct: replaced[2] };
  }

  private checkOutput(prediction: Tensor): void {
    const { task, name } = this.dataset;
    const [, ...example] = prediction.shape;
    const expected = task.kind === "classification" ? task.classes : task.outputs;
    const fits = task.kind === "classification" ? example.length === 1 && example[0] === expected : sizeOf(example) === expected;
    if (fits) return;
    const last = this.run.layers[this.run.layers.length - 1] as ChosenLayer;
    const need =
      task.kind === "classification" ? `${expected} classes, one number for each` : `${expected} numbers for an example`;
    throw new ShapeError("E_MODEL_OUTPUT", {
      message: `${last.definition.name} '${last.name}' is the last layer and gives ${showShape(example)} for an example; data set '${name}' has ${need}`,
      hint: `End the model with { "kind": "dense", "units": ${expected} }.`,
    });
  }

  private buildTraining(rows: number, randomInputs: string[]): Program {
    const updates: Assignment[] = [];
    const { losses: each, correct } = this.forward("train", rows, "training", { updates, randomInputs }, this.trained);
    const loss = mean(each);
    const gradients = this.gradientsOf(this.regularizers.penalised(loss, this.model.parameters));
    return { outputs: { loss, ...(correct && { correct }) }, assignments: this.updates.step(gradients, updates) };
  }

  /** Images that are changed on the way are made outside of the programs. */
  private get trained(): Given {
    return this.run.augmentation.length > 0 ? "examples" : "rows";
  }

  /** A pass in training over so many examples, as a graph by itself, without the data set: inputs "examples" and "targets". */
  trace(rows: number): Trace {
    const [seen, randomInputs]: [{ layer: ChosenLayer; output: Tensor }[], string[]] = [[], []];
    const traces: Traces = { randomInputs, seen: (layer, output) => seen.push({ layer, output }) };
    const loss = mean(this.forward("train", rows, "training", traces, "all").losses);
    return { loss, objective: this.regularizers.penalised(loss, this.model.parameters), seen, randomInputs };
  }

  /**
   * The program that looks into the model: what its layers make of so many examples of the training data, and how long the gradients
   * are.
   */
  probe(rows: number): ProbeProgram {
    const { loss, objective, seen, randomInputs } = this.trace(rows);
    const { parameters } = this.model;
    const gradients = this.gradientsOf(objective);
    const layers = shownLayers(seen, new Set(parameters.filter(({ isWeight }) => isWeight).map(({ layer }) => layer)));
    const outputs: Record<string, Tensor> = { loss, objective };
    for (const { layer, output } of layers) outputs[`layer.${layer.name}`] = output;
    for (const [i, { tensor }] of parameters.entries())
      outputs[`gradient.${tensor.name}`] = sum(mul(gradients[i]!, gradients[i]!));
    return { program: { outputs, assignments: [] }, layers: layers.map(({ layer }) => layer), randomInputs };
  }

  private gradientsOf(objective: Tensor): Tensor[] {
    return differentiate(
      objective,
      this.model.parameters.map(({ tensor }) => tensor),
    );
  }

  private buildAccumulation(rows: number, randomInputs: string[]): Program {
    const updates: Assignment[] = [];
    const { losses: each, correct } = this.forward("train", rows, "training", { updates, randomInputs }, this.trained);
    const gradients = this.gradientsOf(sum(each));
    return {
      outputs: { loss: mean(each), ...(correct && { correct }) },
      assignments: [...this.updates.accumulate(gradients), ...updates],
    };
  }

  private buildApplication(): Program {
    const gathered = this.updates.accumulated();
    const cost = this.regularizers.cost(this.model.parameters);
    const gradients = cost ? this.gradientsOf(cost).map((gradient, i) => add(gathered[i]!, gradient)) : gathered;
    return { outputs: {}, assignments: this.updates.step(gradients, []) };
  }

  private buildEvaluation(part: Part, rows: number): Program {
    const { prediction, losses: each, correct } = this.forwardWithAverages(part, rows);
    return { outputs: { lossSum: sum(each), ...(correct && { correct }), prediction }, assignments: [] };
  }
}
