/**
 * Constraints: where weights must lie. After each step a weight, its last axis the units, becomes the allowed one that is nearest
 * to it.
 */
import type { Chooser } from "../../core/choice.ts";
import type { OptionSpecs } from "../../core/options.ts";
import { defineRule, type WeightRule, type WrittenRule } from "../weight-rule.ts";

/** A constraint: where weights must lie after each step. */
export type ConstraintDefinition = WeightRule;
/** A constraint of one's own: the weights that it allows, from those that a step gave. */
export function defineConstraint<const S extends OptionSpecs>(definition: WrittenRule<S>): ConstraintDefinition & Chooser<S> {
  return defineRule("constraint", definition);
}
