/** A formula of one weight and of numbers: what penalties and constraints are. */
import { type Chooser, choosable } from "../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../core/options.ts";
import type { Definition } from "../core/registry.ts";
import type { Tensor } from "../graph/index.ts";

/** What penalties and constraints are: a formula of the weights of one layer. */
export interface WeightRule extends Definition {
  /** Of one weight tensor; numbers among the options are run-time scalars. */
  apply(weight: Tensor, scalars: Readonly<Record<string, Tensor>>): Tensor;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

export interface WrittenRule<S extends OptionSpecs> extends Omit<WeightRule, "options" | "apply" | "examples"> {
  readonly options: S;
  apply(weight: Tensor, scalars: { readonly [K in keyof S]: Tensor }): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** A rule as a definition of its kind: "penalty", "constraint". */
export function defineRule<S extends OptionSpecs>(role: string, definition: WrittenRule<S>): WeightRule & Chooser<S> {
  return choosable<WeightRule, S>(role, definition as unknown as WeightRule);
}
