/** The optimizers: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { adam } from "./adam.ts";
import { momentum } from "./momentum.ts";
import { sgd } from "./sgd.ts";

export { defineOptimizer, type OptimizerDefinition } from "./define.ts";
export const optimizers = createRegistry("optimizer", [sgd, momentum, adam]);
