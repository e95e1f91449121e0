/**
 * The layers: one file and one line each. `layers` are those with parameters or a structure of their own; `modelLayers` are
 * all that a model can be made of, activations included.
 */
import { createRegistry } from "../../core/registry.ts";
import { activationLayer } from "../activation-layer.ts";
import { activations } from "../activations/index.ts";
import { batchNorm } from "./batch-norm.ts";
import { dense } from "./dense.ts";

export { type ChosenInitializer, defineLayer, type LayerContext, type LayerDefinition, type Mode } from "./define.ts";
export const layers = createRegistry("layer", [dense, batchNorm]);
export const modelLayers = createRegistry("layer", [...layers.all, ...activations.all.map(activationLayer)]);
