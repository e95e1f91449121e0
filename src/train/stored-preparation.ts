/** What was done to the data, in the file of the weights: JSON in the metadata, arrays with many numbers as float64 tensors. */
import type { Preparation } from "../data/preparation.ts";
import type { CheckpointMetadata } from "./checkpoint.ts";
import type { NamedTensor } from "./safetensors.ts";

export function storePreparation(preparation: Preparation): {
  readonly metadata: CheckpointMetadata;
  readonly tensors: readonly NamedTensor[];
} {
  const { json, arrays } = preparation.store();
  return { metadata: { preparation: JSON.stringify(json) }, tensors: arrays };
}
