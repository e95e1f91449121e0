/** The activations by name. */
import { createRegistry } from "../../core/registry.ts";
import type { ActivationDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { type ActivationDefinition, defineActivation } from "./define.ts";
export const activations = createRegistry<ActivationDefinition>("activation", Object.values(definitions));
