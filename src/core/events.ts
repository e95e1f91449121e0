/**
 * What happens in a run, as one stream of events. Terminal, run folder, reports and checks all read this stream.
 *
 * Every event is plain JSON. A new field or type may be added under the same version; a changed meaning raises it.
 */

import type { Finding } from "./findings.ts";

/** Of the events in this file. */
export const eventVersion = 1;

/** Loss, and accuracy where targets are classes, averaged over examples. */
export interface Scores {
  readonly loss: number;
  /** Share of examples whose largest output is the right class, in [0, 1]. */
  readonly accuracy?: number;
  /** The metrics that the run document asks for, by name; over validation and test data alone. */
  readonly metrics?: Readonly<Record<string, MetricValue>>;
}

/** A number; one for each class; or rows of a table, such as a confusion matrix. */
export type MetricValue = number | readonly number[] | readonly (readonly number[])[];

/** The first event of a run: what trains on what, and how long it will take in steps. */
export interface RunStarted {
  readonly type: "run.started";
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Name of the data set. */
  readonly data: string;
  readonly engine: string;
  /** Profile of product sums: "fused" or "portable". */
  readonly numerics: string;
  readonly threads: number;
  readonly seed: number;
  /** "784-100-100-10", or whatever describes the model in a line. */
  readonly model: string;
  /** Number of learned numbers. */
  readonly parameters: number;
  readonly memoryBytes: number;
  readonly compileMs: number;
  readonly examples: { readonly training: number; readonly validation: number; readonly test: number };
  readonly batchSize: number;
  /** Batches whose gradients make one step, where that is more than one. */
  readonly accumulate?: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** What a person should know of the data: what was left out, what does not vary. */
  readonly warnings?: readonly string[];
}

/** A run that goes on where an earlier part of it ended. Events of later steps were taken out of the stream before it. */
export interface RunResumed extends Omit<RunStarted, "type"> {
  readonly type: "run.resumed";
  /** Steps and epochs that were done before. */
  readonly step: number;
  readonly epoch: number;
  /** The checkpoint it goes on from, as a path inside the run's folder; absent where it starts anew. */
  readonly from?: string;
}

/** Scores of the training batches since the last such event, taken on the way. */
export interface TrainProgress {
  readonly type: "train.progress";
  /** Steps done, from 1. */
  readonly step: number;
  /** Epoch under way, from 1. */
  readonly epoch: number;
  readonly scores: Scores;
  /** That of the last step. */
  readonly learningRate: number;
  /** Of training steps alone, since the last such event. */
  readonly stepsPerSecond: number;
  /** Since training began. */
  readonly seconds: number;
}

/** An epoch is over, and the held-out examples have been judged. */
export interface EpochEnded {
  readonly type: "epoch.ended";
  readonly step: number;
  readonly epoch: number;
  /** Over the epoch's batches, while the weights were changing. */
  readonly training: Scores;
  /** With the weights at the end of the epoch; absent without validation data. */
  readonly validation?: Scores;
  readonly seconds: number;
}

/** What the units of a layer give for some training examples. */
export interface LayerProbe {
  readonly layer: string;
  /** What the layer is: "relu". */
  readonly kind: string;
  readonly units: number;
  /** Over all units and examples. */
  readonly mean: number;
  readonly deviation: number;
  /** How much a unit's output differs from example to example: root mean square over units of its deviation. */
  readonly spread: number;
  /** Share of units that give the same for every example. */
  readonly silent: number;
  /** Share of units that give for every example what another gives, silent ones aside. */
  readonly twins: number;
  /** Share of outputs within 2.5 % of an end of their range, where they have one. */
  readonly saturated?: number;
  /** Share of outputs that are NaN or infinite, where there are such; the other numbers are of the rest. */
  readonly nonFinite?: number;
  /** Of outputs in bins of equal width. */
  readonly histogram: { readonly from: number; readonly to: number; readonly counts: readonly number[] };
}

/** How large a parameter is, and how much a step changes it. */
export interface ParameterProbe {
  readonly parameter: string;
  readonly layer: string;
  /** Weights, not biases and the like. */
  readonly isWeight: boolean;
  readonly size: number;
  /** Root of the sum of squares, after the step. */
  readonly norm: number;
  /** Of the penalised loss over the examples of the probe, with the weights after the step. */
  readonly gradientNorm: number;
  /** Of what the step has changed; absent before the first. */
  readonly updateNorm?: number;
}

/** A look into the model: the same training examples each time. Looking changes no bit of the training. */
export interface ProbeTaken {
  readonly type: "probe.taken";
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
  /** Over the examples of the probe, as in training. */
  readonly loss: number;
  readonly layers: readonly LayerProbe[];
  readonly parameters: readonly ParameterProbe[];
}

/** Something is wrong with the run, or could be better. */
export interface FindingMade extends Finding {
  readonly type: "finding.made";
  readonly step: number;
  readonly epoch: number;
}

/** All that the run needs to go on has been written. */
export interface CheckpointSaved {
  readonly type: "checkpoint.saved";
  readonly step: number;
  /** Path inside the run's folder. */
  readonly file: string;
  readonly bytes: number;
}

/** Where the time of a step goes, in a run that was asked to measure it. */
export interface ProfileSaved {
  readonly type: "profile.saved";
  readonly step: number;
  /** Steps that were measured. */
  readonly steps: number;
  /** Paths inside the run's folder: times of each kernel, and some of the steps in the Trace Event Format. */
  readonly file: string;
  readonly trace: string;
}

/** How a run has ended: as asked, because a loss was no number any more, or because someone stopped it. */
export type RunStatus = "completed" | "failed" | "stopped";

/** Where numbers that are not finite came from. */
export interface FirstNonFinite {
  /** The step, from 1, in which they came up. */
  readonly step: number;
  /** What holds them: the name of a parameter or of a layer; "loss" where all layers are finite. */
  readonly name: string;
  /** "weights": a step made them so. "outputs": the layer gave them for finite weights. */
  readonly what: "weights" | "outputs" | "loss";
}

/** The last event of a run: how it ended, and how good the weights are that it leaves. */
export interface RunEnded {
  readonly type: "run.ended";
  readonly status: RunStatus;
  readonly at: string;
  readonly step: number;
  readonly epoch: number;
  /** Why it failed or was stopped, for people; `code` is the same for programs. */
  readonly reason?: string;
  readonly code?: string;
  readonly metrics: {
    readonly trainLoss?: number;
    readonly trainAccuracy?: number;
    readonly validationLoss?: number;
    readonly validationAccuracy?: number;
    readonly testLoss?: number;
    readonly testAccuracy?: number;
    readonly validationMetrics?: Readonly<Record<string, MetricValue>>;
    readonly testMetrics?: Readonly<Record<string, MetricValue>>;
    /** The epoch, from 1, after which what is monitored was best. */
    readonly bestEpoch?: number;
    /** Time in training steps, without evaluation. */
    readonly trainSeconds: number;
    readonly stepsPerSecond: number;
    /** From the start of the process to the end of the first step, where it is known. */
    readonly firstStepSeconds?: number;
  };
  /** Where the first number that is not finite came up, in a run that failed with one and was looked into. */
  readonly firstNonFinite?: FirstNonFinite;
  /** The run's folder, where there is one. */
  readonly folder?: string;
}

/**
 * What training tells, in order: one `run.started` or `run.resumed`, then what happens, and one `run.ended`. The types differ
 * by `type`.
 */
export type RunEvent =
  | RunStarted
  | RunResumed
  | TrainProgress
  | ProbeTaken
  | FindingMade
  | EpochEnded
  | CheckpointSaved
  | ProfileSaved
  | RunEnded;
