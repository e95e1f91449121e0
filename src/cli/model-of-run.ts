/** The model that a run has left, by the folder of the run or by the file of its weights. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { FileError } from "../core/errors.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { loadDataset } from "../files/data-files.ts";
import { loadModel } from "../library/load-model.ts";
import type { TrainedModel } from "../library/trained-model.ts";
import { confusionMatrix } from "../nn/metrics/definitions.ts";
import { fileFault } from "../store/file-faults.ts";
import { findRun } from "../store/list-runs.ts";
import { readCheckpoint } from "../store/open-run.ts";
import { Session } from "../train/session.ts";

export interface ModelOptions {
  readonly root: string;
  readonly checkpoint: "best" | "last";
}

/** Options of commands that use a trained model: --checkpoint and --root. */
export const addModelOptions = (command: Command): Command =>
  command
    .argument("<run>", "the run's folder or name, or a file of weights")
    .addOption(new Option("--checkpoint <name>", "which weights").choices(["best", "last"]).default("best"))
    .option("--root <folder>", "folder of the runs", "runs");

export interface FoundModel {
  readonly model: TrainedModel;
  /** The weights' file. */
  readonly file: string;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** @throws FileError | DataError | TrainingError  there is no run, it has no weights, or they are damaged */
export function modelOf(given: string, { root, checkpoint }: ModelOptions): FoundModel {
  if (isFile(given)) {
    try {
      return { model: loadModel(readFileSync(given)), file: given };
    } catch (error) {
      throw error instanceof Error && "syscall" in error ? fileFault(`'${given}' cannot be read`, error) : error;
    }
  }
  const run = findRun(given, root);
  // A run that ended within its first epoch has no best yet.
  for (const name of [`${checkpoint}.safetensors`, "last.safetensors"]) {
    const bytes = readCheckpoint(run, name);
    if (bytes) return { model: loadModel(bytes), file: join(run, "checkpoints", name) };
  }
  throw new FileError("E_RUN_CHECKPOINTS", {
    message: `the run in '${run}' has no weights yet`,
    hint: `Go on with it: osolgil train --resume ${run}`,
  });
}

/** The session that a model was trained in, its data split as then, with the model's weights in place. */
export function sessionOf({ run, weights }: TrainedModel): Session {
  const session = new Session(run, loadDataset(run.data.definition, run.data.options), { engine: wasmEngine });
  session.writePredicting(weights);
  return session;
}

/** How many examples of a class (rows) are taken for which (columns). */
export function confusionOf(
  classes: number,
  predictions: Float32Array | Float64Array,
  width: number,
  targets: ArrayLike<number>,
): readonly (readonly number[])[] {
  const value = confusionMatrix.compute({ predictions, width, count: targets.length, targets, classes }, {});
  return value as readonly (readonly number[])[];
}
