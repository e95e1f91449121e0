/** What a doctor asks of a run before it trains: to be tried out in small. Whoever can train answers. */
import type { ResolvedDocument } from "../document/run-document.ts";

/** Of a column of numbers, or of all inputs together. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
}

/** What there is to be learned from. */
export interface DataFacts {
  /** What models learn: classes, or numbers. */
  readonly task:
    | { readonly kind: "classification"; readonly classes: number }
    | { readonly kind: "regression"; readonly outputs: number };
  readonly examples: { readonly training: number; readonly validation: number; readonly test: number };
  /** Examples of each class that are learned from, for classes. */
  readonly classCounts?: readonly number[];
  /** Of the targets, for numbers: mean over the outputs of the variance, and of the squares. */
  readonly targets?: { readonly variance: number; readonly square: number };
  /** Of all inputs that the model sees, after preprocessing. */
  readonly inputs: Spread;
  /** Whether the inputs are pictures: features that never vary are usual there. */
  readonly isPictures: boolean;
  readonly features: number;
  /** Features that are the same in all training examples. */
  readonly constantFeatures: number;
  /** Held-out examples that are among those learned from, number for number. */
  readonly shared: { readonly validation: number; readonly test: number };
}

/** The model as it begins, over some training examples. */
export interface FirstLook {
  /** Mean loss, and the same with the penalty. */
  readonly loss: number;
  readonly penalised: number;
  /** Of what the last layer gives. */
  readonly outputs: { readonly mean: number; readonly deviation: number };
}

/** How learning a few examples by heart went. */
export interface Overfit {
  readonly examples: number;
  readonly steps: number;
  readonly first: number;
  readonly loss: number;
  /** Share of the examples that are right, for classes. */
  readonly accuracy?: number;
  /** Variance of their targets, for numbers. */
  readonly variance?: number;
}

/** Losses on the way through learning rates that grow from step to step. */
export interface Sweep {
  readonly rates: readonly number[];
  /** Of the batch of each step, before the step; as many as there were before the loss went out of bounds. */
  readonly losses: readonly number[];
}

/** The gradient of a part against differences. */
export interface GradientFinding {
  readonly parameter: string;
  readonly error: number;
}

/** A run that can be tried out in small; `examinerOf` makes one. */
export interface Examiner {
  /** The run. */
  readonly document: ResolvedDocument;
  /** What the loss is called: "softmaxCrossEntropy". */
  readonly loss: string;
  /** Parts of the run that are a person's own: their gradients are checked. */
  readonly ownParts: readonly string[];
  /** What there is to be learned from. */
  facts(): DataFacts;
  /** How the model begins. */
  firstLook(): FirstLook;
  /** Learns so many examples by heart: no penalty, no dropout, no augmentation, Adam at this rate, until the loss is below `enough` of the first one, or of the variance of the targets. */
  overfit(options: {
    readonly examples: number;
    readonly steps: number;
    readonly learningRate: number;
    readonly enough: number;
  }): Overfit;
  /** Trains with the run's own optimizer at each of these rates for one step, until the loss is above `bound` times its least. */
  sweep(rates: readonly number[], bound: number): Sweep;
  /** The largest error of each parameter's gradient. */
  gradients(): readonly GradientFinding[];
}
