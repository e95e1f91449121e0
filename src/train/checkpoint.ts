/**
 * Checkpoints: all that decides how a run goes on, as one safetensors file.
 *
 * Layout   the tensors of the session under their names; metadata: format, document (the resolved run document), numerics, data
 *          (fingerprint of the examples), state (the trainer's numbers, as JSON), checksum (fingerprint of all of this).
 * Choice   No time of day and no duration is in it: the same steps give the same file to the byte.
 */
import { DataError, TrainingError } from "../core/errors.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { showValue } from "../core/names.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor, type StoredTensor } from "./safetensors.ts";

/** What the names of arrays of the data's preparation begin with; no parameter's name does. */
const preparationPrefix = "preparation.";

export const isPreparation = (name: string): boolean => name.startsWith(preparationPrefix);

export const checkpointFormat = "osolgil.checkpoint/2";

/** What a checkpoint holds beside its tensors; texts. */
export type CheckpointMetadata = Readonly<Record<string, string>>;

/** What a checkpoint holds: tensors by name, and texts. */
export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: CheckpointMetadata;
}

function checksumOf(tensors: Iterable<{ readonly name: string } & StoredTensor>, metadata: CheckpointMetadata): string {
  const parts: (string | Float32Array | Float64Array)[] = [];
  for (const name of Object.keys(metadata).sort()) if (name !== "checksum") parts.push(name, metadata[name]!);
  for (const { name, shape, values } of tensors) parts.push(name, shape.join(), values);
  return fingerprint(parts);
}

/** The bytes of a checkpoint, its checksum included. */
export function encodeCheckpoint(tensors: readonly NamedTensor[], metadata: CheckpointMetadata): Uint8Array<ArrayBuffer> {
  const all = { ...metadata, format: checkpointFormat };
  return encodeSafetensors(tensors, { ...all, checksum: checksumOf(tensors, all) });
}

/**
 * Reads a checkpoint.
 *
 * @param origin  what the file is called in messages
 * @throws DataError      E_CHECKPOINT_DAMAGED: the bytes are not what was written
 * @throws TrainingError  E_CHECKPOINT_FORMAT: it is whole, but no checkpoint of this format
 */
export function decodeCheckpoint(bytes: Uint8Array, origin: string): Checkpoint {
  let content: Checkpoint;
  try {
    content = decodeSafetensors(bytes, origin);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw damaged(origin, error.message, error);
  }
  const { tensors, metadata } = content;
  const { format, checksum } = metadata;
  if (format !== checkpointFormat) {
    throw new TrainingError("E_CHECKPOINT_FORMAT", {
      message: `'${origin}' must be a checkpoint of format '${checkpointFormat}', received ${showValue(format)}`,
      hint: "It was written by another version, or by another program. Train anew, or use the version that wrote it.",
    });
  }
  const entries = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
  if (checksumOf(entries, metadata) !== checksum) throw damaged(origin, "its checksum does not fit its content");
  return content;
}

function damaged(origin: string, why: string, cause?: unknown): DataError {
  return new DataError("E_CHECKPOINT_DAMAGED", { message: `checkpoint '${origin}' is damaged: ${why}`, cause });
}

/** Of a checkpoint's tensors those that predict: the averages where there are some, and none of what only training needs. */
export function predictingTensors(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const weights = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (isPreparation(name)) continue;
    const [of, slot] = name.split("/") as [string, string?];
    if (slot === undefined ? !tensors.has(`${name}/average`) : slot === "average") weights.set(of, tensor);
  }
  return weights;
}
