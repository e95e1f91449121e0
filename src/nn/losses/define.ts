/** Losses: how wrong a prediction is, for each example; training minimises the mean over a batch. */
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Tensor } from "../../graph/index.ts";

export interface LossDefinition extends Definition {
  /** Class numbers [N], or values of the prediction's shape. */
  readonly targets: "classes" | "values";
  /** The loss of each example, [N]. */
  build(prediction: Tensor, target: Tensor, options: Readonly<Record<string, unknown>>): Tensor;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<LossDefinition, "options" | "build" | "examples"> {
  readonly options: S;
  build(prediction: Tensor, target: Tensor, options: OptionValues<S>): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

export function defineLoss<const S extends OptionSpecs>(definition: Written<S>): LossDefinition {
  return definition as unknown as LossDefinition;
}
