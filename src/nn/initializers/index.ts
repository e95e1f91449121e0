/** The initializers by name. */
import { createRegistry } from "../../core/registry.ts";
import type { InitializerDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { defineInitializer, type Fan, type InitializerDefinition } from "./define.ts";
export const initializers = createRegistry<InitializerDefinition>("initializer", Object.values(definitions));
