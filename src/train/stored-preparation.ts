/** What was done to the data, in the file of the weights: JSON in the metadata, arrays with many numbers as float64 tensors. */
import { DataError } from "../core/errors.ts";
import { Preparation, type StoredArray } from "../data/preparation.ts";
import type { CheckpointMetadata } from "./checkpoint.ts";
import type { NamedTensor, StoredTensor } from "./safetensors.ts";

/** What the names of its arrays begin with; no parameter's name does. */
const prefix = "preparation.";

export const isPreparation = (name: string): boolean => name.startsWith(prefix);

export function storePreparation(preparation: Preparation): {
  readonly metadata: CheckpointMetadata;
  readonly tensors: readonly NamedTensor[];
} {
  const { json, arrays } = preparation.store();
  return { metadata: { preparation: JSON.stringify(json) }, tensors: arrays };
}

/** @throws DataError  E_DATA_PREPARATION: it is missing, or is not what `storePreparation` gives */
export function restorePreparation(
  { preparation }: CheckpointMetadata,
  tensors: ReadonlyMap<string, StoredTensor>,
  origin: string,
): Preparation {
  if (preparation === undefined) {
    throw new DataError("E_DATA_PREPARATION", { message: `${origin} does not say how its inputs were prepared` });
  }
  const arrays: StoredArray[] = [];
  for (const [name, { shape, values }] of tensors)
    if (isPreparation(name) && values instanceof Float64Array) arrays.push({ name, shape, values });
  return Preparation.restore({ json: JSON.parse(preparation), arrays }, origin);
}
