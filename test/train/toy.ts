/** Small data and runs for tests of training. */
import type { ComponentInput } from "../../src/core/choice.ts";
import { fillNormal, fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import type { Dataset, ExampleSet } from "../../src/data/dataset.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { Run, RunDocument } from "../../src/document/run-document.ts";

/** Points around one centre for each class. */
export function blobs(options: { count: number; classes: number; features: number; seed?: number; bytes?: boolean }): Dataset {
  const { count, classes, features, seed = 1, bytes = false } = options;
  const key = randomKey(seed);
  const centres = new Float32Array(classes * features);
  fillNormal(foldIn(key, "centres"), centres, 0, 2);
  const part = (name: string, rows: number): ExampleSet => {
    const values = new Float32Array(rows * features);
    fillNormal(foldIn(key, name), values, 0, 1);
    for (let i = 0; i < values.length; i++)
      values[i]! += centres[(Math.floor(i / features) % classes) * features + (i % features)]!;
    const labels = Uint8Array.from({ length: rows }, (_, row) => row % classes);
    return {
      inputs: {
        values: bytes ? Uint8Array.from(values, (x) => 128 + 16 * x) : values,
        shape: [features],
        count: rows,
        scale: bytes ? 1 / 255 : 1,
      },
      targets: { values: labels, shape: [], count: rows, scale: 1 },
    };
  };
  return {
    name: "blobs",
    task: { kind: "classification", classes },
    train: part("train", count),
    test: part("test", Math.ceil(count / 3)),
  };
}

/** Layers for small images: convolutions with and without strides, both kinds of pools. */
export const imageLayers = (filters: number): ComponentInput[] => [
  { kind: "conv2d", filters, kernel: 3, padding: "same" },
  "batchNorm",
  "relu",
  "maxPool2d",
  { kind: "conv2d", filters: 7, kernel: 3, stride: 2, padding: 1 },
  "relu",
  { kind: "averagePool2d", size: 2, stride: 1 },
  { kind: "dense", units: 21 },
  "relu",
];

/** The same numbers, seen as images. */
export function asImages(data: Dataset, shape: readonly [height: number, width: number, channels: number]): Dataset {
  const shaped = (set: ExampleSet) => ({ ...set, inputs: { ...set.inputs, shape } });
  return { ...data, train: shaped(data.train), ...(data.test && { test: shaped(data.test) }) };
}

/** Grey images of bytes, noise with a bright bar: its row tells the class. */
export function pictures({ count, side, classes }: { count: number; side: number; classes: number }): Dataset {
  const part = (name: string, rows: number): ExampleSet => {
    const noise = new Float32Array(rows * side * side);
    fillUniform(foldIn(randomKey(4), name), noise, 0, 90);
    const values = Uint8Array.from(noise, (x, i) => {
      const [picture, y] = [Math.floor(i / (side * side)), Math.floor(i / side) % side];
      return y === Math.floor(((picture % classes) * side) / classes) ? 255 - x : x;
    });
    const labels = Uint8Array.from({ length: rows }, (_, row) => row % classes);
    return {
      inputs: { values, shape: [side, side], count: rows, scale: 1 / 255 },
      targets: { values: labels, shape: [], count: rows, scale: 1 },
    };
  };
  return {
    name: "pictures",
    task: { kind: "classification", classes },
    train: part("train", count),
    test: part("test", Math.ceil(count / 2)),
  };
}

/** y = sum of the inputs, minus the first twice. */
export function plane(count: number, features: number): Dataset {
  const values = new Float32Array(count * features);
  fillNormal(randomKey(3), values, 0, 1);
  const targets = Float32Array.from({ length: count }, (_, row) => {
    let total = -2 * values[row * features]!;
    for (let j = 0; j < features; j++) total += values[row * features + j]!;
    return total;
  });
  const set: ExampleSet = {
    inputs: { values, shape: [features], count, scale: 1 },
    targets: { values: targets, shape: [1], count, scale: 1 },
  };
  return { name: "plane", task: { kind: "regression", outputs: 1 }, train: set, test: null };
}

/** A run over data that are given beside it: the document names MNIST, which is not read. */
export function runOf(document: Partial<RunDocument> & { validation?: number } = {}): Run {
  const { validation = 0, ...rest } = document;
  return resolveRun({
    data: { kind: "mnist", validation },
    model: [{ kind: "dense", units: 8 }, "tanh", { kind: "dense", units: 3 }],
    training: { batchSize: 16, epochs: 3 },
    ...rest,
  });
}
