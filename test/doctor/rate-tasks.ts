/** Problems whose best learning rate is found by trying: what a range test is held to. */
import type { ComponentInput } from "../../src/core/choice.ts";
import { pow } from "../../src/core/math.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { Run } from "../../src/document/run-document.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Session } from "../../src/train/session.ts";
import { type Case, documentOf } from "./diagnose.ts";
import { bends, blobs, photographsOfDigits, spirals } from "./toys.ts";

const digits = { data: photographsOfDigits(), first: 6000, validation: 1000 };
const stack = (units: readonly number[], outputs: number, after: readonly ComponentInput[] = ["relu"]): ComponentInput[] => [
  ...units.flatMap((one): ComponentInput[] => [{ kind: "dense", units: one }, ...after]),
  { kind: "dense", units: outputs },
];
const two = { batchSize: 64, epochs: 3 };

export const rateTasks: readonly Case[] = [
  { name: "digits, SGD", ...digits, model: stack([64, 64], 10), optimizer: "sgd", training: two },
  { name: "digits, momentum", ...digits, model: stack([64, 64], 10), optimizer: "momentum", training: two },
  { name: "digits, Adam", ...digits, model: stack([64, 64], 10), optimizer: "adam", training: two },
  {
    name: "digits, batch norm, SGD",
    ...digits,
    model: stack([64, 64], 10, ["batchNorm", "relu"]),
    optimizer: "sgd",
    training: two,
  },
  {
    name: "digits, convnet, Adam",
    ...digits,
    first: 3000,
    model: [
      { kind: "conv2d", filters: 8, kernel: 5 },
      "relu",
      { kind: "maxPool2d", size: 2 },
      { kind: "dense", units: 32 },
      "relu",
      { kind: "dense", units: 10 },
    ],
    optimizer: "adam",
    training: { batchSize: 32, epochs: 3 },
  },
  { name: "digits, four layers, RMSProp", ...digits, model: stack([64, 64, 64, 64], 10), optimizer: "rmsprop", training: two },
  {
    name: "bends, SGD",
    data: bends(4000, 1),
    model: stack([50, 50], 1),
    optimizer: "sgd",
    training: { batchSize: 32, epochs: 5 },
  },
  {
    name: "bends, Adam",
    data: bends(4000, 2),
    model: stack([50, 50], 1),
    optimizer: "adam",
    training: { batchSize: 32, epochs: 5 },
  },
  {
    name: "spirals, Adam",
    data: spirals(3000, 3),
    model: stack([50, 50], 3),
    optimizer: "adam",
    training: { batchSize: 32, epochs: 6 },
  },
  {
    name: "spirals, momentum, tanh",
    data: spirals(3000, 4),
    model: [
      { kind: "dense", units: 50, initializer: "xavier" },
      "tanh",
      { kind: "dense", units: 50, initializer: "xavier" },
      "tanh",
      { kind: "dense", units: 3, initializer: "xavier" },
    ],
    optimizer: "momentum",
    training: { batchSize: 32, epochs: 6 },
  },
  {
    name: "blobs, SGD",
    data: blobs(3000, 5, 8),
    model: stack([40], 8),
    optimizer: "sgd",
    training: { batchSize: 32, epochs: 5 },
  },
];

/** Rates that are tried: 13, three a decade. */
export function triedRates({ optimizer }: Case): number[] {
  const least = optimizer === "sgd" || optimizer === "momentum" ? 1e-3 : 1e-5;
  return Array.from({ length: 13 }, (_, i) => least * pow(10, i / 3));
}

export const runOf = (one: Case, learningRate = 0.001): Run =>
  resolveRun(documentOf({ ...one, optimizer: { kind: one.optimizer as string, learningRate } }));

/** The loss over the validation data after training with a rate; NaN where it was no number. */
export function lossAt(one: Case, learningRate: number): number {
  const session = new Session(runOf(one, learningRate), one.data, { engine: wasmEngine });
  for (let step = 0; step < session.steps; step++) if (!Number.isFinite(session.step(step).loss)) return Number.NaN;
  return session.evaluate("validation")!.loss;
}
