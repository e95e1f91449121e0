/** Penalties: what a weight costs by its size, a single number that is added to the loss which is minimised. */
import type { Chooser } from "../../core/choice.ts";
import type { OptionSpecs } from "../../core/options.ts";
import { defineRule, type WeightRule, type WrittenRule } from "../weight-rule.ts";

/** A penalty: what weights cost, added to the loss. */
export type PenaltyDefinition = WeightRule;
/** A penalty of one's own: a number for the weights of a layer. */
export function definePenalty<const S extends OptionSpecs>(definition: WrittenRule<S>): PenaltyDefinition & Chooser<S> {
  return defineRule("penalty", definition);
}
