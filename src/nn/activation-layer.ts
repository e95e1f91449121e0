/** An activation as a layer of its own: the same formula for each number. */
import type { Definition } from "../core/registry.ts";
import type { ActivationDefinition } from "./activations/define.ts";
import type { LayerDefinition } from "./layers/define.ts";

export function activationLayer({ apply, kinks: _, examples, ...definition }: ActivationDefinition): LayerDefinition {
  return {
    ...definition,
    build: (input, options) => apply(input, options),
    examples: examples.map((options) => ({ options, input: [3, 5] })),
  };
}

/** What a person put where a layer stands: a layer, or an activation, which becomes one. */
export function layerOf(definition: Definition): LayerDefinition | undefined {
  if (definition.role === "layer") return definition as LayerDefinition;
  return definition.role === "activation" ? activationLayer(definition as ActivationDefinition) : undefined;
}
