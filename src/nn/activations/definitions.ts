/** The activations: one file and one line each. */
export { elu } from "./elu.ts";
export { gelu } from "./gelu.ts";
export { leakyRelu } from "./leaky-relu.ts";
export { relu } from "./relu.ts";
export { selu } from "./selu.ts";
export { sigmoid } from "./sigmoid.ts";
export { softplus } from "./softplus.ts";
export { swish } from "./swish.ts";
export { tanh } from "./tanh.ts";
