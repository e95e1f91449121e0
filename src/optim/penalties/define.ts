/** Penalties: what a weight costs by its size, added to the loss that is minimised. */
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Tensor } from "../../graph/index.ts";

export interface PenaltyDefinition extends Definition {
  /** The cost of one weight tensor, a single number; numbers among the options are run-time scalars. */
  apply(weight: Tensor, scalars: Readonly<Record<string, Tensor>>): Tensor;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<PenaltyDefinition, "options" | "apply" | "examples"> {
  readonly options: S;
  apply(weight: Tensor, scalars: { readonly [K in keyof S]: Tensor }): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

export function definePenalty<const S extends OptionSpecs>(definition: Written<S>): PenaltyDefinition {
  return definition as unknown as PenaltyDefinition;
}
