/** The penalties: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { l2 } from "./l2.ts";

export { definePenalty, type PenaltyDefinition } from "./define.ts";
export const penalties = createRegistry("penalty", [l2]);
