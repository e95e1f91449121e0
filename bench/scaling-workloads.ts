/**
 * One size at a time grows around a base network, 784-256-256-10 with ReLU, batch 128, Adam, on random normal inputs: the time of
 * a step should grow no faster than its work.
 */
import { type ComponentInput, classes, type Workload } from "./workload.ts";

type Size = "batch" | "width" | "depth";
const base: Readonly<Record<Size, number>> = { batch: 128, width: 256, depth: 2 };
const series: Readonly<Record<Size, readonly number[]>> = {
  batch: [16, 32, 64, 128, 256, 512, 1024],
  width: [32, 64, 128, 256, 512, 1024, 2048],
  depth: [2, 4, 8, 16, 32],
};

/** Sizes for which nothing was made: one example, three units. They stand apart, since their steps are more than their work. */
const smallest: readonly (readonly [Size, number])[] = [
  ["batch", 1],
  ["width", 3],
];

function scaled(name: Size, size: number): Workload {
  const sizes = { ...base };
  sizes[name] = size;
  const { batch, width, depth } = sizes;
  const hidden: readonly ComponentInput[] = [{ kind: "dense", units: width }, "relu"];
  return {
    name: `${name}-${size}`,
    summary: `784, ${depth} hidden layers of ${width}, 10, batch ${batch}`,
    document: {
      data: { kind: "mnist", validation: 0 },
      model: [...Array.from({ length: depth }, () => hidden).flat(), { kind: "dense", units: classes }],
      optimizer: { kind: "adam", learningRate: 0.001 },
      training: { batchSize: batch, epochs: 1, order: "sequential" },
    },
    input: [784],
    source: "normal",
    series: name,
  };
}

export const scalingWorkloads: readonly Workload[] = (Object.keys(series) as Size[]).flatMap((name) =>
  series[name].map((size) => scaled(name, size)),
);

export const smallestWorkloads: readonly Workload[] = smallest.map(([name, size]) => {
  const { series: _, ...workload } = scaled(name, size);
  return workload;
});
