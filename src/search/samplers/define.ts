/** Samplers: how the next point of a space is chosen. */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { RandomKey } from "../../core/random.ts";
import type { Definition } from "../../core/registry.ts";
import type { Assignment, Space } from "../space.ts";
import type { EndedTrial, Goal, RunningTrial } from "../trial.ts";

/** What a sampler knows when it is asked for a trial. */
export interface SamplerContext {
  /** The ranges of this stage. */
  readonly space: Space;
  /** Of the study and the stage; the same for each of its trials. */
  readonly key: RandomKey;
  /** The trial's number within the stage, from 0. */
  readonly index: number;
  readonly goal: Goal;
  /** The stage's trials that are over, by number. */
  readonly ended: readonly EndedTrial[];
  /** Its trials under way, by number. */
  readonly running: readonly RunningTrial[];
}

/** A sampler: the next point of a space to try. */
export interface SamplerDefinition extends Definition {
  /** Whether it learns from the trials so far. Otherwise space, key and index alone decide. */
  readonly learns: boolean;
  /** How many points there are, of a sampler that comes to an end. */
  size?(space: Space, options: Readonly<Record<string, unknown>>): number;
  /** A point: a value for each dimension that counts there. */
  suggest(context: SamplerContext, options: Readonly<Record<string, unknown>>): Assignment;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<SamplerDefinition, "options" | "size" | "suggest" | "examples"> {
  readonly options: S;
  size?(space: Space, options: OptionValues<S>): number;
  suggest(context: SamplerContext, options: OptionValues<S>): Assignment;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A sampler of one's own. */
export function defineSampler<const S extends OptionSpecs>(definition: Written<S>): SamplerDefinition & Chooser<S> {
  return choosable<SamplerDefinition, S>("sampler", definition as unknown as SamplerDefinition);
}
