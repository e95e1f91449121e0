/** An activation as a layer of its own: the same formula for each number. */
import type { ActivationDefinition } from "./activations/define.ts";
import type { LayerDefinition } from "./layers/define.ts";

export function activationLayer({ apply, kinks: _, examples, ...definition }: ActivationDefinition): LayerDefinition {
  return {
    ...definition,
    build: (input, options) => apply(input, options),
    examples: examples.map((options) => ({ options, input: [3, 5] })),
  };
}
