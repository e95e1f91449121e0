/** Preprocessing by name. */
import { createRegistry } from "../../core/registry.ts";
import type { PreprocessingDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { definePreprocessing, type PreprocessingDefinition } from "./define.ts";
export const preprocessings = createRegistry<PreprocessingDefinition>("preprocessing", Object.values(definitions));
