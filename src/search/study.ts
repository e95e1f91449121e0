/**
 * The study document: what a search looks for, where, and how, as JSON.
 *
 *   { "run": { "data": "mnist", "model": [...] }, "trials": 30,
 *     "space": { "optimizer.learningRate": { "type": "float", "min": 1e-6, "max": 1e-2, "scale": "log" } } }
 */
import type { ComponentInput } from "../core/choice.ts";
import type { Chosen, ResolvedComponent, ResolvedDocument, RunDocument } from "../document/run-document.ts";
import type { PrunerDefinition } from "./pruners/define.ts";
import type { SamplerDefinition } from "./samplers/define.ts";
import type { Space } from "./space.ts";
import type { Goal } from "./trial.ts";

/** What `format` is in every study document of this version. */
export const studyFormat = "osolgil.study/1";

/** What a study looks for. */
export interface Objective {
  /** "loss", "accuracy", or a metric of the run by its name. */
  readonly metric: string;
  readonly goal: Goal;
  /** Which of the epochs' values is a trial's: its best, or its last. */
  readonly at: "best" | "last";
  /** Absent: over the validation data; otherwise the mean over so many folds of the training data. */
  readonly folds?: number;
}

/** How a stage's ranges follow from those of the stage before. */
export interface Narrowing {
  /** The best trials that are looked at: a share of the stage's in (0, 1], at least 3 of them; or how many. */
  readonly top: number;
  /** What stays of a range on both sides of the best, as a share of it. */
  readonly margin: number;
}

/** A part of a study whose trials share their ranges. */
export interface StageDocument {
  readonly trials?: number;
  /** Passes over the training examples of each of its trials, in place of what the run says. */
  readonly epochs?: number;
  /** Steps of each of its trials, in place of what the run says. */
  readonly iterations?: number;
  /** How its ranges follow from those of the stage before; false: they stay. Not of the first stage. */
  readonly narrow?: Partial<Narrowing> | false;
}

/** What a person writes. */
export interface StudyDocument {
  readonly format?: typeof studyFormat;
  readonly name?: string;
  /** What a trial trains, before the values of its point are set in it. */
  readonly run: RunDocument;
  readonly space: Space;
  /** Default: accuracy where classes are learned, else the loss; the best over the epochs. */
  readonly objective?: Partial<Objective>;
  /** Default random. */
  readonly sampler?: ComponentInput;
  /** Default explosion and nonFinite. */
  readonly pruners?: readonly ComponentInput[];
  /**
   * Of all stages together; those that do not say how many they have share what is left. Default: 20 a stage, or all points of a
   * sampler that comes to an end.
   */
  readonly trials?: number;
  /** Decides what is tried; default 1. The runs' own seed is in the run document. */
  readonly seed?: number;
  /** The study stops where a larger share of its trials has failed, four of them at least; default 0.5. */
  readonly maxFailures?: number;
  /** Default: one. */
  readonly stages?: readonly StageDocument[];
}

/** A stage with everything written out. */
export interface Stage {
  readonly trials: number;
  readonly epochs?: number;
  readonly iterations?: number;
  /** Absent: its ranges are those of the stage before. */
  readonly narrow?: Narrowing | false;
}

/** The document with everything written out: what `study.json` holds. Its run stays as it was written. */
export interface ResolvedStudyDocument {
  readonly format: typeof studyFormat;
  readonly name?: string;
  readonly run: RunDocument;
  readonly space: Space;
  readonly objective: Objective;
  readonly sampler: ResolvedComponent;
  readonly pruners: readonly ResolvedComponent[];
  /** Of all stages together. */
  readonly trials: number;
  readonly seed: number;
  readonly maxFailures: number;
  readonly stages: readonly Stage[];
}

/** The document and what its names stand for. */
export interface Study {
  readonly document: ResolvedStudyDocument;
  /** The run document that trials start from, with everything written out. */
  readonly run: ResolvedDocument;
  readonly space: Space;
  readonly objective: Objective;
  readonly sampler: Chosen<SamplerDefinition>;
  readonly pruners: readonly Chosen<PrunerDefinition>[];
  readonly trials: number;
  readonly seed: number;
  readonly maxFailures: number;
  readonly stages: readonly Stage[];
}

/** A study in a TypeScript file: `export default defineStudy({ ... })`. Gives types to the editor; changes nothing. */
export function defineStudy(document: StudyDocument): StudyDocument {
  return document;
}
