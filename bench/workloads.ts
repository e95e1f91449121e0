/**
 * The workloads. A step is forward, loss, backward and update on a new mini-batch that already lies in memory; what is timed
 * is `Session.step`, the step that training itself takes. Batches are sequential, as those of the peers.
 */
import { fillIntegers, fillNormal, foldIn, randomKey } from "../src/core/random.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { mnist } from "../src/data/datasets/mnist.ts";
import { mainJob } from "../src/document/main-job.ts";
import { resolveRun } from "../src/document/resolve.ts";
import type { ComponentInput, Run, RunDocument } from "../src/document/run-document.ts";
import { loadDataset } from "../src/files/data-files.ts";

export interface Workload {
  readonly name: string;
  readonly summary: string;
  readonly document: RunDocument;
  /** Multiply-adds of the products of a step, times two. */
  readonly flops: number;
  load(run: Run): Dataset;
}

const dense = (units: number): ComponentInput => ({ kind: "dense", units });
const data = { kind: "mnist", validation: 0 } as const;
const loadMnist = (run: Run) => loadDataset(mnist, run.data.options);

/** Products of a step: forward and the weights' gradients of all layers, the inputs' gradients of all but the first. */
function denseFlops(batch: number, widths: readonly number[]): number {
  return widths.slice(1).reduce((total, units, i) => total + (i === 0 ? 4 : 6) * batch * widths[i]! * units, 0);
}

/** W4's inputs: random normal numbers, 100 batches of 100 rows of 3,072, 10 classes. */
function randomRows(count: number, width: number): Dataset {
  const key = randomKey(4);
  const values = new Float32Array(count * width);
  fillNormal(foldIn(key, "inputs"), values, 0, 1);
  const labels = new Int32Array(count);
  fillIntegers(foldIn(key, "labels"), 0, 10, labels);
  const inputs = { values, shape: [width], count, scale: 1 };
  const targets = { values: Uint8Array.from(labels), shape: [], count, scale: 1 };
  return { name: "random", task: { kind: "classification", classes: 10 }, train: { inputs, targets }, test: null };
}

export const workloads: readonly Workload[] = [
  {
    name: "W1",
    summary: "784-100-100-100-100-10 ReLU, batch 128, Adam",
    document: { ...mainJob, data, training: { batchSize: 128, epochs: 1, order: "sequential" } },
    flops: denseFlops(128, [784, 100, 100, 100, 100, 10]),
    load: loadMnist,
  },
  {
    name: "W3",
    summary: "784-50-10 ReLU, batch 100, SGD",
    document: {
      data,
      model: [dense(50), "relu", dense(10)],
      optimizer: { kind: "sgd", learningRate: 0.1 },
      training: { batchSize: 100, epochs: 1, order: "sequential" },
    },
    flops: denseFlops(100, [784, 50, 10]),
    load: loadMnist,
  },
  {
    name: "W4",
    summary: "3072-50-10 ReLU, batch 100, momentum",
    document: {
      data,
      model: [dense(50), "relu", dense(10)],
      optimizer: { kind: "momentum", learningRate: 0.001, decay: 0.9 },
      training: { batchSize: 100, epochs: 1, order: "sequential" },
    },
    flops: denseFlops(100, [3072, 50, 10]),
    load: () => randomRows(10_000, 3072),
  },
  {
    name: "W5",
    summary: "784-1024-1024-10 ReLU, batch 256, Adam",
    document: {
      data,
      model: [dense(1024), "relu", dense(1024), "relu", dense(10)],
      optimizer: "adam",
      training: { batchSize: 256, epochs: 1, order: "sequential" },
    },
    flops: denseFlops(256, [784, 1024, 1024, 10]),
    load: loadMnist,
  },
];

export const resolveWorkload = (workload: Workload): Run => resolveRun(workload.document, `workload ${workload.name}`);
