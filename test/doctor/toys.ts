/** Small problems with enough examples: what sound runs learn, and faulty ones do not. */
import { fillNormal, foldIn, permutation, randomKey, uniformAt } from "../../src/core/random.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import { loadDataset } from "../../src/files/data-files.ts";

/** How an example is made: its inputs, and its class or its number. */
type Make = (row: number, normal: (i: number) => number, uniform: (i: number) => number) => readonly [number[], number];

function toy(name: string, count: number, seed: number, classes: number | undefined, make: Make): Dataset {
  const key = foldIn(randomKey(seed), name);
  const noise = new Float32Array(count * 64);
  fillNormal(foldIn(key, "normal"), noise, 0, 1);
  const even = foldIn(key, "uniform");
  const examples = Array.from({ length: count }, (_, row) =>
    make(
      row,
      (i) => noise[row * 64 + i]!,
      (i) => uniformAt(even, row * 64 + i),
    ),
  );
  const features = examples[0]![0].length;
  const inputs = { values: Float32Array.from(examples.flatMap(([x]) => x)), shape: [features], count, scale: 1 };
  const values = examples.map(([, y]) => y);
  return classes === undefined
    ? {
        name,
        task: { kind: "regression", outputs: 1 },
        train: { inputs, targets: { values: Float32Array.from(values), shape: [1], count, scale: 1 } },
        test: null,
      }
    : {
        name,
        task: { kind: "classification", classes },
        train: { inputs, targets: { values: Int32Array.from(values), shape: [], count, scale: 1 } },
        test: null,
      };
}

/** Normal clouds around points of their own, in `features` dimensions. */
export const blobs = (count: number, seed: number, classes = 4, features = 10): Dataset => {
  const centres = new Float32Array(classes * features);
  fillNormal(foldIn(randomKey(seed), "centres"), centres, 0, 1.5);
  return toy("blobs", count, seed, classes, (row, normal) => [
    Array.from({ length: features }, (_, i) => 0.7 * (centres[(row % classes) * features + i]! + normal(i))),
    row % classes,
  ]);
};

/** Two half circles that reach into each other. */
export const moons = (count: number, seed: number): Dataset =>
  toy("moons", count, seed, 2, (row, normal, uniform) => {
    const angle = Math.PI * uniform(0);
    const [x, y] = row % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    return [[x + 0.1 * normal(0) - 0.5, 2 * (y + 0.1 * normal(1)) - 0.5], row % 2];
  });

/** Three arms of a spiral. */
export const spirals = (count: number, seed: number): Dataset =>
  toy("spirals", count, seed, 3, (row, normal, uniform) => {
    const radius = uniform(0);
    const angle = 4 * radius + ((row % 3) * 2 * Math.PI) / 3 + 0.1 * normal(0);
    return [[2 * radius * Math.cos(angle), 2 * radius * Math.sin(angle)], row % 3];
  });

/** A sum of bends and a product of eight normal numbers, and some noise. */
export const bends = (count: number, seed: number, scale = 1): Dataset =>
  toy("bends", count, seed, undefined, (_, normal) => {
    const x = Array.from({ length: 8 }, (__, i) => normal(i));
    const y = 0.5 * x[0]! + Math.sin(x[1]!) + 0.3 * x[2]! * x[3]! + 0.2 * x[4]! * x[4]! - 0.2 + 0.1 * normal(8);
    return [x.map((one) => one * scale), y];
  });

/** Normal numbers whose class is the largest of the first ten sums of ten. */
export const normals = (count: number, seed: number): Dataset => {
  const key = foldIn(randomKey(seed), "normals");
  const values = new Float32Array(count * 100);
  fillNormal(key, values, 0, 1);
  const labels = Int32Array.from({ length: count }, (_, row) => {
    const sums = Array.from({ length: 10 }, (__, k) =>
      values.subarray(row * 100 + 10 * k, row * 100 + 10 * k + 10).reduce((a, b) => a + b, 0),
    );
    return sums.indexOf(Math.max(...sums));
  });
  return {
    name: "normals",
    task: { kind: "classification", classes: 10 },
    train: {
      inputs: { values, shape: [100], count, scale: 1 },
      targets: { values: labels, shape: [], count, scale: 1 },
    },
    test: null,
  };
};

let digits: ReturnType<typeof loadDataset> | undefined;
/** All of MNIST; `data.first` of the document says how much of it is learned from. */
export const photographsOfDigits = (): Dataset => {
  const { definition, options } = resolveRun({ data: "mnist", model: [{ kind: "dense", units: 10 }] }).data;
  digits ??= loadDataset(definition, options);
  return digits as Dataset;
};

/** The same with labels that belong to other examples. */
export function shuffledLabels(data: Dataset, seed: number): Dataset {
  const { targets } = data.train;
  const order = permutation(randomKey(seed), targets.count);
  const values = targets.values.map((_, row) => targets.values[order[row]!]!);
  return { ...data, train: { ...data.train, targets: { ...targets, values } } };
}

/** The same with inputs so many times as large. */
export function scaledInputs(data: Dataset, factor: number): Dataset {
  const { inputs } = data.train;
  return { ...data, train: { ...data.train, inputs: { ...inputs, values: inputs.values.map((x) => x * factor) } } };
}
