/** From arrays to a trained model, in one call, or to a session for a training loop of one's own. */
import type { RawDataset } from "../data/dataset.ts";
import { resolveWith } from "../document/grammar.ts";
import type { Parts } from "../document/parts.ts";
import type { RunDocument } from "../document/run-document.ts";
import type { Engine } from "../engine/engine.ts";
import type { ThreadTeam } from "../engine/threads.ts";
import { wasmEngine } from "../engine/wasm/wasm-engine.ts";
import { Session } from "../train/session.ts";
import { type Examples, inputTable, type Targets, targetTable } from "./arrays.ts";
import { arrays } from "./arrays-data.ts";
import { Training } from "./training.ts";
import { usualParts } from "./usual-parts.ts";

type TrainingSection = NonNullable<RunDocument["training"]>;

/**
 * A run document's sections, with arrays for data, and what its `training` holds beside them.
 *
 * Parts are given as definitions, `relu` or `dense({ units: 3 })`, so that a page loads those that it names and no others.
 */
export interface FitOptions extends Omit<RunDocument, "format" | "data" | "training">, TrainingSection {
  /** One example after the other. */
  readonly inputs: Examples;
  /** What is to be learned for each of them. Texts, Int32Array and Uint8Array are classes; other numbers are values, unless the loss or `task` says otherwise. */
  readonly targets: Targets;
  /** Examples that are held out to judge by while training: a count, a fraction below 1, or 0 (the default). */
  readonly validation?: number;
  /** Examples that are kept for the end: a count, a fraction below 1, 0 (the default); or others. */
  readonly test?: number | { readonly inputs: Examples; readonly targets: Targets };
  /** Whether every part gets its share of each class. */
  readonly stratify?: boolean;
  /** Whether targets of a regression are learned in units of their spread; predictions are in their own units all the same. */
  readonly standardiseTargets?: boolean;
  readonly task?: "classification" | "regression";
  /** Number of classes; by default one more than the largest class number, or as many as there are names. */
  readonly classes?: number;
  /** Names of the classes, in the order of their numbers. */
  readonly labels?: readonly string[];
  /** What names stand for, as in a document that is JSON: `allParts`. By default definitions alone, and what is taken where nothing is said. */
  readonly parts?: Parts;
  /** Default: the wasm engine. */
  readonly engine?: Engine;
  /** From `startThreads` or `startWebThreads`; the results are the same to the bit. */
  readonly threads?: ThreadTeam | undefined;
  /** Ends the training after the step at hand; what awaits it gets the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The number of units of the last layer, where it says so. */
function lastUnits(model: RunDocument["model"]): number | undefined {
  const last: unknown = model[model.length - 1];
  const units = typeof last === "object" && last !== null && "units" in last ? last.units : undefined;
  return typeof units === "number" ? units : undefined;
}

/**
 * A session: data in their tables, programs compiled, parameters at their start. Each step is then a call: the way to a training loop
 * of one's own.
 *
 * @throws DataError | DocumentError | ShapeError  arrays, options or layers do not fit together
 * @example
 * const session = openSession({ model: [dense({ units: 1 })], inputs: [[1], [2], [3]], targets: [2, 4, 6] });
 * for (let step = 0; step < 100; step++) session.step(step);
 */
export function openSession(options: Omit<FitOptions, "signal">): Session {
  const { inputs, targets, validation = 0, test = 0, stratify = false, standardiseTargets = false, ...rest } = options;
  const { task, classes, labels, parts = usualParts(), engine = wasmEngine, threads, ...others } = rest;
  const { batchSize, epochs, iterations, order, accumulate, monitor, earlyStopping, ...document } = others;
  const given = { batchSize, epochs, iterations, order, accumulate, monitor, earlyStopping };
  const training = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const data = { kind: "arrays", validation, test: typeof test === "number" ? test : 0, stratify, standardiseTargets };
  const run = resolveWith(parts, { ...document, data: arrays(data as never), training }, "what was given to fit");
  const accepts = run.loss?.definition.targets;
  const units = lastUnits(document.model);
  const learned = targetTable(targets, { accepts, task, classes, labels });
  // A class that no example has is learned of where the model has a unit for it.
  const widen = learned.task.kind === "classification" && classes === undefined && !learned.task.labels && units !== undefined;
  const found = widen ? { ...learned.task, classes: Math.max(units, learned.task.classes) } : learned.task;
  const raw: RawDataset = {
    name: "arrays",
    task: found,
    train: { inputs: inputTable(inputs), targets: learned.table },
    test: null,
  };
  if (typeof test === "number") return new Session(run, raw, { engine, threads });
  const known = found.kind === "classification" ? found : undefined;
  const judged = targetTable(test.targets, { accepts, task: found.kind, classes: known?.classes, labels: known?.labels });
  return new Session(run, { ...raw, test: { inputs: inputTable(test.inputs), targets: judged.table } }, { engine, threads });
}

/**
 * Trains a model on arrays.
 *
 * Runs on the thread that calls it, and lets the host do other work every few steps.
 *
 * @returns the training: awaited, the trained model; walked through with `for await`, its events
 * @throws DataError | DocumentError | ShapeError  arrays, options or layers do not fit together; nothing has been trained then
 * @example
 * const model = await fit({
 *   model: [dense({ units: 16 }), relu, dense({ units: 2 })],
 *   inputs: [[0, 0], [0, 1], [1, 0], [1, 1]],
 *   targets: ["same", "other", "other", "same"],
 *   optimizer: adam({ learningRate: 0.05 }),
 *   epochs: 200,
 * });
 * model.predict([[1, 0]]).labels; // ["other"]
 */
export function fit({ signal, ...options }: FitOptions): Training {
  return new Training(openSession(options), signal);
}
