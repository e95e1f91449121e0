/** The optimizers by name. */
import { createRegistry } from "../../core/registry.ts";
import type { OptimizerDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineOptimizer, type OptimizerDefinition, type ParameterFacts } from "./define.ts";
export const optimizers = createRegistry<OptimizerDefinition>("optimizer", Object.values(definitions));
