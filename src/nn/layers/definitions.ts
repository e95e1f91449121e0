/** The layers: one file and one line each. */
export { averagePool2d } from "./average-pool-2d.ts";
export { batchNorm } from "./batch-norm.ts";
export { conv2d } from "./conv-2d.ts";
export { dense } from "./dense.ts";
export { dropout } from "./dropout.ts";
export { flatten } from "./flatten.ts";
export { globalAveragePool2d } from "./global-average-pool-2d.ts";
export { layerNorm } from "./layer-norm.ts";
export { maxPool2d } from "./max-pool-2d.ts";
export { residual } from "./residual.ts";
