/** Constraints: where weights must lie; after each step they are brought back there. */
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Tensor } from "../../graph/index.ts";

export interface ConstraintDefinition extends Definition {
  /** The allowed weight nearest to one that has just been updated, its last axis the units; numbers among the options are run-time scalars. */
  apply(weight: Tensor, scalars: Readonly<Record<string, Tensor>>): Tensor;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<ConstraintDefinition, "options" | "apply" | "examples"> {
  readonly options: S;
  apply(weight: Tensor, scalars: { readonly [K in keyof S]: Tensor }): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

export function defineConstraint<const S extends OptionSpecs>(definition: Written<S>): ConstraintDefinition {
  return definition as unknown as ConstraintDefinition;
}
