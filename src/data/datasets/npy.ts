/**
 * Arrays from NumPy: inputs in one .npy file, targets in another, the first dimension of both counting the examples.
 *
 * Task     "auto": integers [rows] or [rows, 1], or bool, are class numbers from 0; other targets are a regression, [rows] with one output,
 *          [rows, ...] with several.
 */
import { DataError } from "../../core/errors.ts";
import {
  contentOf,
  type DatasetDefinition,
  exampleSize,
  type FileContent,
  fileName,
  type RawExampleSet,
  type RawTable,
  stratifyOption,
  type Task,
  validateDataset,
} from "../dataset.ts";
import { type NpyArray, readNpy } from "../readers/npy.ts";

/** A label above this is no class number but something else. */
const mostClasses = 65_536;

export const npy: DatasetDefinition = {
  name: "npy",
  summary: "Inputs and targets from .npy files of NumPy, with examples of any shape: classes or numbers.",
  source: "NumPy Enhancement Proposal 1, A simple file format for NumPy arrays.",
  options: {
    inputs: { type: "string", summary: "The .npy file of the inputs, [rows, ...]; relative to the current folder." },
    targets: { type: "string", summary: "The .npy file of the targets, [rows] or [rows, outputs]." },
    testInputs: { type: "string", optional: true, summary: "Inputs to test on." },
    testTargets: { type: "string", optional: true, summary: "Targets to test on." },
    task: {
      type: "string",
      choices: ["auto", "classification", "regression"],
      default: "auto",
      summary: "What is predicted: a class or numbers; by default a class where targets are integers.",
    },
    scale: {
      default: 1,
      min: 0,
      minExclusive: true,
      summary: "What the inputs are multiplied by: 1/255 brings bytes to 0 to 1.",
    },
    validation: { default: 0.15, min: 0, summary: "Examples held out for validation: a count, or a fraction below 1." },
    test: {
      default: 0,
      min: 0,
      summary: "Examples kept for testing, where there are no testInputs: a count, or a fraction below 1.",
    },
    stratify: stratifyOption,
    standardiseTargets: {
      type: "boolean",
      default: false,
      summary: "Whether the numbers of a regression are learned with mean 0 and standard deviation 1.",
    },
  },
  files: [],
  fileOptions: ["inputs", "targets", "testInputs", "testTargets"],
  parse(files, options) {
    const { task: asked = "auto", scale = 1 } = options as { task?: "auto" | "classification" | "regression"; scale?: number };
    const train = readSet(contentOf(files, "inputs"), contentOf(files, "targets"), asked, scale);
    const isTested = files.has("testInputs") || files.has("testTargets");
    const test = isTested ? readSet(contentOf(files, "testInputs"), contentOf(files, "testTargets"), train.kind, scale) : null;
    const dataset = { name: fileName(options.inputs, "npy"), task: taskOf(train), train: train.set, test: test?.set ?? null };
    validateDataset(dataset);
    return dataset;
  },
};

interface ReadSet {
  readonly set: RawExampleSet;
  readonly kind: "classification" | "regression";
  readonly targetsOrigin: string;
}

function taskOf({ set, kind, targetsOrigin }: ReadSet): Task {
  const { values, shape, count } = set.targets;
  if (kind === "regression") return { kind, outputs: exampleSize(shape) };
  let largest = 0;
  for (let row = 0; row < count; row++) largest = Math.max(largest, values[row]);
  if (largest >= mostClasses || largest === 0) {
    throw new DataError(largest === 0 ? "E_DATA_ONE_CLASS" : "E_DATA_CLASSES", {
      message:
        largest === 0
          ? `${targetsOrigin}: every target is class 0, a classification needs at least two classes`
          : `${targetsOrigin}: class numbers must be below ${mostClasses}, received ${largest}`,
      hint: 'Number the classes 0, 1, 2, ... without gaps; or set task to "regression".',
    });
  }
  return { kind, classes: largest + 1 };
}

function readSet(
  inputs: FileContent,
  targets: FileContent,
  asked: "auto" | "classification" | "regression",
  scale: number,
): ReadSet {
  const x = readNpy(inputs.bytes, inputs.origin);
  const t = readNpy(targets.bytes, targets.origin);
  const isInteger = !t.type.slice(1).startsWith("f");
  const outputs = exampleSize(t.shape.slice(1));
  const kind = asked === "auto" ? (isInteger && outputs === 1 ? "classification" : "regression") : asked;
  const [count, ...shape] = x.shape as [number, ...number[]];
  return {
    kind,
    set: {
      // A plain list of numbers is one feature.
      inputs: { values: x.values, shape: shape.length === 0 ? [1] : shape, count, scale },
      targets:
        kind === "classification"
          ? labelTable(t, targets.origin)
          : { values: t.values, shape: [outputs], count: t.shape[0]!, scale: 1 },
    },
    targetsOrigin: targets.origin,
  };
}

function labelTable({ type, shape, values }: NpyArray, origin: string): RawTable {
  if (exampleSize(shape.slice(1)) !== 1) {
    throw new DataError("E_DATA_TARGETS", {
      message: `${origin}: classes are one integer an example, [rows], received ${type} [${shape.join(", ")}]`,
      hint: "Give the number of the class, for example by array.argmax(1).",
    });
  }
  const at = values.findIndex((value) => !Number.isInteger(value) || Math.abs(value) > 2_147_483_647);
  if (at >= 0) {
    throw new DataError("E_DATA_LABEL", {
      message: `${origin}: labels must be integers from 0, received ${values[at]} in row ${at}`,
    });
  }
  const labels = values instanceof Uint8Array || values instanceof Int32Array ? values : Int32Array.from(values);
  return { values: labels, shape: [], count: shape[0]!, scale: 1 };
}
