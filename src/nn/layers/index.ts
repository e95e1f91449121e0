/**
 * The layers: one file and one line each. `layers` are those with parameters or a structure of their own; `modelLayers` are
 * all that a model can be made of, activations included.
 */
import { createRegistry } from "../../core/registry.ts";
import { activationLayer } from "../activation-layer.ts";
import { activations } from "../activations/index.ts";
import { averagePool2d } from "./average-pool-2d.ts";
import { batchNorm } from "./batch-norm.ts";
import { conv2d } from "./conv-2d.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePool2d } from "./global-average-pool-2d.ts";
import { maxPool2d } from "./max-pool-2d.ts";

export { type ChosenInitializer, defineLayer, type LayerContext, type LayerDefinition, type Mode } from "./define.ts";
export const layers = createRegistry("layer", [
  dense,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  flatten,
  batchNorm,
  dropout,
]);
export const modelLayers = createRegistry("layer", [...layers.all, ...activations.all.map(activationLayer)]);
