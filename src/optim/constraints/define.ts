/**
 * Constraints: where weights must lie. After each step a weight, its last axis the units, becomes the allowed one that is nearest
 * to it.
 */
import { defineWeightRule, type WeightRule } from "../weight-rule.ts";

export type ConstraintDefinition = WeightRule;
export const defineConstraint = defineWeightRule;
