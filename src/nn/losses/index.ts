/** The losses by name. */
import { createRegistry } from "../../core/registry.ts";
import type { LossDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineLoss, type LossDefinition, type TargetKind } from "./define.ts";
export const losses = createRegistry<LossDefinition>("loss", Object.values(definitions));
