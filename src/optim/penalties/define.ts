/** Penalties: what a weight costs by its size, a single number that is added to the loss which is minimised. */
import { defineWeightRule, type WeightRule } from "../weight-rule.ts";

export type PenaltyDefinition = WeightRule;
export const definePenalty = defineWeightRule;
