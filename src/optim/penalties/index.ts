/** The penalties: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { elasticNet } from "./elastic-net.ts";
import { l1 } from "./l1.ts";
import { l2 } from "./l2.ts";

export { definePenalty, type PenaltyDefinition } from "./define.ts";
export const penalties = createRegistry("penalty", [l2, l1, elasticNet]);
