/** The activations: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { relu } from "./relu.ts";
import { sigmoid } from "./sigmoid.ts";
import { tanh } from "./tanh.ts";

export { type ActivationDefinition, defineActivation } from "./define.ts";
export const activations = createRegistry("activation", [relu, sigmoid, tanh]);
