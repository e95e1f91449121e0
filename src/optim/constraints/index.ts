/** The constraints by name. */
import { createRegistry } from "../../core/registry.ts";
import type { ConstraintDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { type ConstraintDefinition, defineConstraint } from "./define.ts";
export const constraints = createRegistry<ConstraintDefinition>("constraint", Object.values(definitions));
