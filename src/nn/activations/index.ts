/** The activations: one file and one line each. */
import { createRegistry } from "../../core/registry.ts";
import { elu } from "./elu.ts";
import { gelu } from "./gelu.ts";
import { leakyRelu } from "./leaky-relu.ts";
import { relu } from "./relu.ts";
import { selu } from "./selu.ts";
import { sigmoid } from "./sigmoid.ts";
import { softplus } from "./softplus.ts";
import { swish } from "./swish.ts";
import { tanh } from "./tanh.ts";

export { type ActivationDefinition, defineActivation } from "./define.ts";
export const activations = createRegistry("activation", [relu, sigmoid, tanh, leakyRelu, elu, selu, gelu, softplus, swish]);
