/** The penalties by name. */
import { createRegistry } from "../../core/registry.ts";
import type { PenaltyDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { definePenalty, type PenaltyDefinition } from "./define.ts";
export const penalties = createRegistry<PenaltyDefinition>("penalty", Object.values(definitions));
