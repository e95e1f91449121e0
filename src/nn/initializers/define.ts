/**
 * Initializers: how the numbers of a parameter start.
 *
 * A weight lies as its input multiplies it: row-major, its last axis the units, all axes before it their inputs. As a matrix it has
 * fanIn rows and as many columns as there are units.
 */

import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import { fillNormal, fillUniform, type RandomKey } from "../../core/random.ts";
import type { Definition } from "../../core/registry.ts";

/** The sizes that an initializer goes by. */
export interface Fan {
  /** Inputs of a unit. */
  readonly fanIn: number;
  /** Units that an input reaches. */
  readonly fanOut: number;
}

/** An initializer: how weights start, by random numbers that the key alone decides. */
export interface InitializerDefinition extends Definition {
  /** Mean and standard deviation of what it draws, by formula; tests hold the draws against them. */
  moments(fan: Fan, options: Readonly<Record<string, unknown>>): { readonly mean: number; readonly std: number };
  /** Fills the parameter, the same numbers for the same key. */
  fill(out: Float32Array, fan: Fan, key: RandomKey, options: Readonly<Record<string, unknown>>): void;
  /** Option sets that tests and documentation use. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<InitializerDefinition, "options" | "moments" | "fill" | "examples"> {
  readonly options: S;
  moments(fan: Fan, options: OptionValues<S>): { readonly mean: number; readonly std: number };
  fill(out: Float32Array, fan: Fan, key: RandomKey, options: OptionValues<S>): void;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** An initializer of one's own. */
export function defineInitializer<const S extends OptionSpecs>(definition: Written<S>): InitializerDefinition & Chooser<S> {
  return choosable<InitializerDefinition, S>("initializer", definition as unknown as InitializerDefinition);
}

/** The option of initializers that are known in both forms. */
export const distributionOption = {
  type: "string",
  choices: ["normal", "uniform"],
  default: "normal",
  summary: "Normal numbers, or uniform ones of the same variance.",
} as const;

/** Numbers of mean 0 and a standard deviation; uniform ones lie in [-sqrt(3) std, sqrt(3) std). */
export function fillByDistribution(out: Float32Array, key: RandomKey, std: number, distribution: "normal" | "uniform"): void {
  const limit = Math.sqrt(3) * std;
  if (distribution === "uniform") fillUniform(key, out, -limit, limit);
  else fillNormal(key, out, 0, std);
}
