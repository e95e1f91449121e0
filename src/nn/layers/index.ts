/**
 * The layers by name. `layers` are those with parameters or a structure of their own; `modelLayers` are
 * all that a model can be made of, activations included.
 */
import { createRegistry } from "../../core/registry.ts";
import { activationLayer } from "../activation-layer.ts";
import { activations } from "../activations/index.ts";
import type { LayerDefinition } from "./define.ts";
import * as definitions from "./definitions.ts";

export { type ChosenInitializer, defineLayer, type LayerContext, type LayerDefinition, type Mode } from "./define.ts";
export const layers = createRegistry<LayerDefinition>("layer", Object.values(definitions));
export const modelLayers = createRegistry<LayerDefinition>("layer", [...layers.all, ...activations.all.map(activationLayer)]);
