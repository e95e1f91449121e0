/**
 * The run document: all that a training run is, as JSON.
 *
 * What a person writes may leave out whatever has a default, and may give a component by name alone. Resolved, everything is
 * written out; the resolved document is stored with the run, and is itself a document that gives the same run.
 *
 *   { "data": "mnist", "model": [{ "kind": "dense", "units": 100 }, "relu", { "kind": "dense", "units": 10 }] }
 */
import type { ComponentInput } from "../core/choice.ts";
import type { AugmentationDefinition } from "../data/augmentations/define.ts";
import type { BatchOrder } from "../data/batches.ts";
import type { DatasetDefinition } from "../data/dataset.ts";
import type { PreprocessingDefinition } from "../data/preprocessing/define.ts";
import type { LossDefinition } from "../nn/losses/define.ts";
import type { MetricDefinition } from "../nn/metrics/define.ts";
import type { ChosenLayer } from "../nn/model.ts";
import type { ConstraintDefinition } from "../optim/constraints/define.ts";
import type { OptimizerDefinition } from "../optim/optimizers/define.ts";
import type { PenaltyDefinition } from "../optim/penalties/define.ts";
import type { ScheduleDefinition } from "../optim/schedules/define.ts";

/** What `format` is in every document of this version. */
export const documentFormat = "osolgil.run/1";

/** What a person writes. */
export interface RunDocument {
  readonly format?: typeof documentFormat;
  /** Decides every random choice of the run. Default 1. */
  readonly seed?: number;
  /** How products are summed; "auto" takes "fused" where the host has it. The choice is stored with the run. */
  readonly numerics?: "auto" | "fused" | "portable";
  readonly data: ComponentInput;
  /** What is done to the inputs, in order; fitted on the training rows. Nothing where absent. */
  readonly preprocessing?: readonly ComponentInput[];
  /** How images that are learned from are changed at random, in order; not at all where absent. */
  readonly augmentation?: readonly ComponentInput[];
  readonly model: readonly ComponentInput[];
  /** Default: softmaxCrossEntropy for classes, meanSquaredError for values. */
  readonly loss?: ComponentInput;
  /** Default, also for options without a kind: adam. */
  readonly optimizer?: ComponentInput | { readonly kind?: string; readonly [option: string]: unknown };
  /** What weights cost by their size; none where absent. A layer with a `penalty` of its own has that instead. */
  readonly penalty?: ComponentInput;
  /** Where weights must lie after each step; anywhere where absent. A layer with a `constraint` of its own has that instead. */
  readonly constraint?: ComponentInput;
  /** How the learning rate changes over the run, with `warmup` steps before it; it stays where absent. */
  readonly schedule?: ComponentInput;
  /** Gradients are cut to these bounds: each number to `value`, all together to the length `norm`; not at all where absent. */
  readonly clip?: Clip;
  /** Weights and running statistics are averaged over the steps, and judged by their averages; not where absent. */
  readonly average?: Average;
  /** What is measured on validation and test data beside loss and accuracy; each may have a `name` of its own. */
  readonly metrics?: readonly ComponentInput[];
  readonly training?: {
    /** Default 128. */
    readonly batchSize?: number;
    /** Passes over the training examples; default 10 where no iterations are given. */
    readonly epochs?: number;
    /** Steps, in place of epochs. */
    readonly iterations?: number;
    /** Each example once an epoch in random order ("epochs", the default), drawn with replacement, or as the data lie ("sequential"). */
    readonly order?: BatchOrder;
    /** Batches whose gradients are gathered for one step; default 1. */
    readonly accumulate?: number;
    /** By what the best weights are known, over the validation data where there are any: "loss" (the default), "accuracy", or a metric. */
    readonly monitor?: string;
    /** Ends the run when what is monitored has not become better for some epochs; absent: it runs to its end. */
    readonly earlyStopping?: Partial<EarlyStopping>;
  };
}

/** Bounds of gradients, at least one of the two. */
export interface Clip {
  /** Largest magnitude of a single number, > 0. */
  readonly value?: number;
  /** Largest length of all gradients as one vector, > 0. */
  readonly norm?: number;
}

/** How weights are averaged over the steps: average <- decay average + (1 - decay) weights. */
export interface Average {
  /** Share of the average that is kept at a step, in [0, 1); default 0.999. */
  readonly decay?: number;
}

/** When a run ends before its time: as soon as what is monitored has not become better for some epochs. */
export interface EarlyStopping {
  /** Epochs without an improvement that are waited for, >= 1; default 5. */
  readonly patience: number;
  /** What counts as an improvement, >= 0; default 0. */
  readonly minDelta: number;
  /** Whether the run ends with its best weights in place of its last; default true. */
  readonly restoreBest: boolean;
}

/** A component written out, as it is stored. */
export interface ResolvedComponent {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** The document with everything written out: what `run.json` holds. */
export interface ResolvedDocument {
  readonly format: typeof documentFormat;
  readonly seed: number;
  readonly numerics: "auto" | "fused" | "portable";
  readonly data: ResolvedComponent;
  /** Absent: inputs are taken as they are. */
  readonly preprocessing?: readonly ResolvedComponent[];
  /** Absent: images are learned from as they are. */
  readonly augmentation?: readonly ResolvedComponent[];
  readonly model: readonly ResolvedComponent[];
  /** Absent: decided by the data set's task. */
  readonly loss?: ResolvedComponent;
  readonly optimizer: ResolvedComponent;
  /** Absent: weights cost nothing. */
  readonly penalty?: ResolvedComponent;
  /** Absent: weights may lie anywhere. */
  readonly constraint?: ResolvedComponent;
  /** Absent: the learning rate stays. */
  readonly schedule?: ResolvedComponent;
  readonly clip?: Clip;
  readonly average?: Required<Average>;
  readonly metrics?: readonly ResolvedComponent[];
  readonly training: {
    readonly batchSize: number;
    readonly epochs?: number;
    readonly iterations?: number;
    readonly order: BatchOrder;
    readonly accumulate: number;
    readonly monitor: string;
    readonly earlyStopping?: EarlyStopping;
  };
}

/** A definition and its options, complete and checked. */
export interface Chosen<D> {
  readonly definition: D;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A layer, and what its weights have of their own in place of what the run says for all. */
export interface RunLayer extends ChosenLayer {
  readonly penalty?: Chosen<PenaltyDefinition>;
  readonly constraint?: Chosen<ConstraintDefinition>;
}

/** A metric of a run, under its name. */
export interface RunMetric extends Chosen<MetricDefinition> {
  /** Its key in scores; its kind where it has no other. */
  readonly name: string;
}

/** A schedule, and the steps before it in which the learning rate grows. */
export interface RunSchedule extends Chosen<ScheduleDefinition> {
  readonly warmup: number;
}

/** The document and what its names stand for. */
export interface Run {
  readonly document: ResolvedDocument;
  readonly data: Chosen<DatasetDefinition>;
  readonly preprocessing: readonly Chosen<PreprocessingDefinition>[];
  readonly augmentation: readonly Chosen<AugmentationDefinition>[];
  readonly layers: readonly RunLayer[];
  /** Absent: decided by the data set's task. */
  readonly loss?: Chosen<LossDefinition>;
  readonly optimizer: Chosen<OptimizerDefinition>;
  readonly penalty?: Chosen<PenaltyDefinition>;
  readonly constraint?: Chosen<ConstraintDefinition>;
  readonly schedule?: RunSchedule;
  readonly clip?: Clip;
  readonly average?: Required<Average>;
  readonly metrics: readonly RunMetric[];
}

/** A document in a TypeScript file: `export default defineRun({ ... })`. Gives types to the editor; changes nothing. */
export function defineRun(document: RunDocument): RunDocument {
  return document;
}
