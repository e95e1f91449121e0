/** A formula of one weight and of numbers: what penalties and constraints are. */
import type { OptionSpecs, OptionValues } from "../core/options.ts";
import type { Definition } from "../core/registry.ts";
import type { Tensor } from "../graph/index.ts";

export interface WeightRule extends Definition {
  /** Of one weight tensor; numbers among the options are run-time scalars. */
  apply(weight: Tensor, scalars: Readonly<Record<string, Tensor>>): Tensor;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<WeightRule, "options" | "apply" | "examples"> {
  readonly options: S;
  apply(weight: Tensor, scalars: { readonly [K in keyof S]: Tensor }): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

export function defineWeightRule<const S extends OptionSpecs>(definition: Written<S>): WeightRule {
  return definition as unknown as WeightRule;
}
