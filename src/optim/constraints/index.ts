/** The constraints: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { maxNorm } from "./max-norm.ts";

export { type ConstraintDefinition, defineConstraint } from "./define.ts";
export const constraints = createRegistry("constraint", [maxNorm]);
