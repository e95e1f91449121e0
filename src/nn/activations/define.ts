/** Activations: elementwise functions that stand as layers of their own. */
import { type Chooser, choosable } from "../../core/choice.ts";
import type { OptionSpecs, OptionValues } from "../../core/options.ts";
import type { Definition } from "../../core/registry.ts";
import type { Tensor } from "../../graph/index.ts";
import type { LayerExtras } from "../layers/define.ts";

/** An activation: a formula for each number by itself. */
export interface ActivationDefinition extends Definition {
  /** The formula; the shape stays. */
  apply(x: Tensor, options: Readonly<Record<string, unknown>>): Tensor;
  /** How it stands in a model's short description; its name where it is not said, nothing where empty. */
  describe?(options: Readonly<Record<string, unknown>>): string;
  /** The ends that its output comes near and stays at, where it has such: a unit there is saturated. */
  readonly range?: readonly [number, number];
  /** Points where the derivative jumps: gradient checks keep away from them. */
  readonly kinks: readonly number[];
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface Written<S extends OptionSpecs> extends Omit<ActivationDefinition, "options" | "apply" | "examples"> {
  readonly options: S;
  apply(x: Tensor, options: OptionValues<S>): Tensor;
  readonly examples: readonly Partial<OptionValues<S>>[];
}

/** An activation of one's own; it stands wherever a layer does. */
export function defineActivation<const S extends OptionSpecs>(
  definition: Written<S>,
): ActivationDefinition & Chooser<S, LayerExtras> {
  return choosable<ActivationDefinition, S, LayerExtras>("activation", definition as unknown as ActivationDefinition);
}
