/** The pruners by name. */
import { createRegistry } from "../../core/registry.ts";
import type { PrunerDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { definePruner, type PrunerContext, type PrunerDefinition } from "./define.ts";
export const pruners = createRegistry<PrunerDefinition>("pruner", Object.values(definitions));
