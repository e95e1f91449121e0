/** The examples of a workload: whole batches only, so that every step does the same work. */
import { fillIntegers, fillNormal, foldIn, randomKey } from "../src/core/random.ts";
import type { Dataset, Table } from "../src/data/dataset.ts";
import { mnist } from "../src/data/datasets/mnist.ts";
import { loadDataset } from "../src/files/data-files.ts";

/** What decides the examples; a `PeerWorkload` has it. */
export interface DataWanted {
  readonly input: readonly number[];
  readonly source: "mnist" | "normal";
  readonly classes: number;
  readonly batch: number;
  readonly batches: number;
}

const seed = 4;

const firstRows = (table: Table, count: number): Table => ({
  ...table,
  values: table.values.subarray(0, (table.values.length / table.count) * count),
  count,
});

function normalRows({ input, classes, batch, batches }: DataWanted): Dataset {
  const count = batch * batches;
  const values = new Float32Array(count * input.reduce((a, b) => a * b, 1));
  fillNormal(foldIn(randomKey(seed), "inputs"), values, 0, 1);
  const labels = new Int32Array(count);
  fillIntegers(foldIn(randomKey(seed), "labels"), 0, classes, labels);
  const inputs = { values, shape: input, count, scale: 1 };
  const targets = { values: Uint8Array.from(labels), shape: [], count, scale: 1 };
  return { name: "normal", task: { kind: "classification", classes }, train: { inputs, targets }, test: null };
}

export function loadExamples(wanted: DataWanted): Dataset {
  if (wanted.source === "normal") return normalRows(wanted);
  const dataset = loadDataset(mnist, { validation: 0 });
  const count = wanted.batch * wanted.batches;
  const { inputs, targets } = dataset.train;
  return { ...dataset, train: { inputs: firstRows(inputs, count), targets: firstRows(targets, count) } };
}
