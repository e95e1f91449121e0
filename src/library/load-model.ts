/** A model from its bytes. Beside `TrainedModel`, since it knows every part by name, and a page that only trains need not. */
import { definitionsIn } from "../core/choice.ts";
import { DataError } from "../core/errors.ts";
import type { Definition } from "../core/registry.ts";
import type { Preparation, StoredArray } from "../data/preparation.ts";
import { restorePreparation } from "../data/restore-preparation.ts";
import { resolveRun } from "../document/resolve.ts";
import type { Engine } from "../engine/engine.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { type Checkpoint, decodeCheckpoint, isPreparation, predictingTensors } from "../train/checkpoint.ts";
import { arrays } from "./arrays-data.ts";
import { TrainedModel } from "./trained-model.ts";

/** What a saved model is restored with. */
export interface LoadOptions {
  /** Layers, losses, metrics and other parts of one's own that the model was made with. */
  readonly definitions?: readonly Definition[];
  /** Default: the wasm engine. */
  readonly engine?: Engine;
}

/** @throws DataError  E_DATA_PREPARATION: it is missing, or is not what `save` gives */
function preparationIn({ metadata, tensors }: Checkpoint, definitions: readonly Definition[], origin: string): Preparation {
  const { preparation } = metadata;
  if (preparation === undefined) {
    throw new DataError("E_DATA_PREPARATION", { message: `${origin} does not say how its inputs were prepared` });
  }
  const stored: StoredArray[] = [];
  for (const [name, { shape, values }] of tensors)
    if (isPreparation(name) && values instanceof Float64Array) stored.push({ name, shape, values });
  return restorePreparation({ json: JSON.parse(preparation), arrays: stored }, definitions, origin);
}

/**
 * The model that `save` gave, or that a run has left as a checkpoint.
 *
 * @param bytes  a whole file, such as checkpoints/best.safetensors
 * @throws DataError | TrainingError  E_CHECKPOINT_*: they are damaged, or no model
 * @throws DocumentError  the model has parts of one's own that were not given
 * @example
 * const model = await fit({ model: [dense({ units: 1 })], inputs: [[1], [2], [3]], targets: [2, 4, 6] });
 * loadModel(model.save()).predict([[4]]).outputs; // as model.predict gives, to the bit
 */
export function loadModel(bytes: Uint8Array, { definitions = [], engine = wasmEngine }: LoadOptions = {}): TrainedModel {
  const origin = "the model";
  const checkpoint = decodeCheckpoint(bytes, origin);
  const { tensors, metadata } = checkpoint;
  const run = resolveRun(definitionsIn(JSON.parse(metadata.document!), [arrays, ...definitions]), origin);
  const preparation = preparationIn(checkpoint, definitions, origin);
  return new TrainedModel({ run, preparation, weights: predictingTensors(tensors), numerics: metadata.numerics!, engine });
}
