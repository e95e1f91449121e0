/**
 * The workloads, by their names. A step is forward, loss, backward and update on a new mini-batch that already lies in memory;
 * what is timed is `Session.step`, the step that training itself takes. Batches are sequential, as those of the peers.
 */
import { mainJob } from "../src/document/main-job.ts";
import { randomWorkloads } from "./random-workloads.ts";
import { scalingWorkloads, smallestWorkloads } from "./scaling-workloads.ts";
import type { ComponentInput, Workload } from "./workload.ts";

const dense = (units: number): ComponentInput => ({ kind: "dense", units });
const data = { kind: "mnist", validation: 0 } as const;
const training = (batchSize: number) => ({ batchSize, epochs: 1, order: "sequential" }) as const;
const adam = { kind: "adam", learningRate: 0.001 } as const;
const normalised: readonly ComponentInput[] = [dense(100), "batchNorm", "relu", { kind: "dropout", rate: 0.5 }];

const main: readonly Workload[] = [
  {
    name: "W1",
    summary: "784-100-100-100-100-10 ReLU, batch 128, Adam",
    document: { ...mainJob, data, training: training(128) },
    input: [784],
    source: "mnist",
  },
  {
    name: "W2",
    summary: "W1 with batch norm, dropout 0.5 and L2 0.1",
    document: {
      ...mainJob,
      data,
      model: [...normalised, ...normalised, ...normalised, ...normalised, dense(10)],
      penalty: { kind: "l2", strength: 0.1 },
      training: training(128),
    },
    input: [784],
    source: "mnist",
  },
  {
    name: "W3",
    summary: "784-50-10 ReLU, batch 100, SGD",
    document: {
      data,
      model: [dense(50), "relu", dense(10)],
      optimizer: { kind: "sgd", learningRate: 0.1 },
      training: training(100),
    },
    input: [784],
    source: "mnist",
  },
  {
    name: "W4",
    summary: "3072-50-10 ReLU, random normal inputs, batch 100, momentum",
    document: {
      data,
      model: [dense(50), "relu", dense(10)],
      optimizer: { kind: "momentum", learningRate: 0.001, decay: 0.9 },
      training: training(100),
    },
    input: [3072],
    source: "normal",
  },
  {
    name: "W5",
    summary: "784-1024-1024-10 ReLU, batch 256, Adam",
    document: {
      data,
      model: [dense(1024), "relu", dense(1024), "relu", dense(10)],
      optimizer: adam,
      training: training(256),
    },
    input: [784],
    source: "mnist",
  },
  {
    name: "W6",
    summary: "28x28x1, conv 5x5 of 30 filters, max-pool 2, 100-10 ReLU, batch 100, Adam",
    document: {
      data,
      model: [{ kind: "conv2d", filters: 30, kernel: 5 }, "relu", "maxPool2d", dense(100), "relu", dense(10)],
      optimizer: adam,
      training: training(100),
    },
    input: [28, 28, 1],
    source: "mnist",
  },
];

/** What --workloads may name beside single workloads. */
export const groups: Readonly<Record<string, readonly Workload[]>> = {
  main,
  scaling: scalingWorkloads,
  smallest: smallestWorkloads,
  random: randomWorkloads,
};

/** The workloads that a list of names and groups stands for, each once, in the order of the list; or the first unknown name. */
export function findWorkloads(names: readonly string[]): { readonly found: readonly Workload[]; readonly unknown?: string } {
  const all = Object.values(groups).flat();
  const found = new Set<Workload>();
  for (const name of names) {
    const meant = groups[name] ?? all.filter((workload) => workload.name === name);
    if (meant.length === 0) return { found: [], unknown: name };
    for (const workload of meant) found.add(workload);
  }
  return { found: [...found] };
}
