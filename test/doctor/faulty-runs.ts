/** Runs with one fault each, made again from what others describe, and what the doctor is to say of them. */
import type { ComponentInput } from "../../src/core/choice.ts";
import type { Case } from "./diagnose.ts";
import { bends, blobs, normals, photographsOfDigits, scaledInputs, shuffledLabels, spirals } from "./toys.ts";

/** A run with a fault that is to be named. */
export type FaultyRun = Case & Required<Pick<Case, "named">>;

const stack = (
  depth: number,
  units: number,
  activation: ComponentInput | undefined,
  initializer: ComponentInput,
  outputs: number,
  between: readonly ComponentInput[] = [],
): ComponentInput[] => [
  ...Array.from({ length: depth }, (): ComponentInput[] => [
    { kind: "dense", units, initializer },
    ...(activation === undefined ? [] : [activation]),
    ...between,
  ]).flat(),
  { kind: "dense", units: outputs, initializer },
];

const digits = { data: photographsOfDigits(), first: 5000 };
const net = (initializer: ComponentInput = "he", between: readonly ComponentInput[] = []) =>
  stack(4, 100, "relu", initializer, 10, between);
const sgd = (learningRate: number) => ({ kind: "sgd", learningRate });
const adam = (learningRate: number) => ({ kind: "adam", learningRate });
const some = { batchSize: 100, epochs: 8 };

/** The lecture's: each must be named. */
export const lectureRuns: readonly FaultyRun[] = [
  {
    name: "C4, all weights zero",
    ...digits,
    model: net("zeros"),
    optimizer: sgd(0.1),
    training: { batchSize: 128, iterations: 200 },
    named: ["symmetricUnits"],
  },
  {
    name: "C4, all weights equal",
    ...digits,
    model: net({ kind: "constant", value: 0.01 }),
    optimizer: sgd(0.1),
    training: { batchSize: 128, iterations: 200 },
    named: ["symmetricUnits"],
  },
  {
    name: "C5, sigmoid, weights of deviation 1",
    data: normals(2000, 1),
    model: stack(5, 100, "sigmoid", { kind: "normal", std: 1 }, 10),
    optimizer: sgd(0.1),
    training: { batchSize: 100, iterations: 200 },
    named: ["saturatedUnits"],
  },
  {
    name: "C5, sigmoid, weights of deviation 0.01",
    data: normals(2000, 1),
    model: stack(5, 100, "sigmoid", { kind: "normal", std: 0.01 }, 10),
    optimizer: sgd(0.1),
    training: { batchSize: 100, iterations: 200 },
    named: ["collapsedUnits"],
  },
  {
    name: "C7, ReLU, weights of deviation 0.01",
    ...digits,
    model: net({ kind: "normal", std: 0.01 }),
    optimizer: sgd(0.01),
    training: { batchSize: 128, iterations: 300 },
    named: ["collapsedUnits"],
  },
  {
    name: "C9, 300 images by heart",
    data: photographsOfDigits(),
    first: 300,
    validation: 0,
    model: stack(6, 100, "relu", "he", 10),
    optimizer: sgd(0.01),
    training: { batchSize: 100, epochs: 201, order: "withReplacement" },
    named: ["overfitting"],
  },
  {
    name: "a learning rate of 1e6",
    ...digits,
    model: net(),
    optimizer: sgd(1e6),
    training: some,
    named: ["nonFinite"],
  },
  {
    name: "a learning rate of 1e-6",
    ...digits,
    model: net(),
    optimizer: sgd(1e-6),
    training: some,
    named: ["notLearning", "updatesTooSmall"],
  },
  {
    name: "a learning rate at which it diverges",
    data: bends(3000, 1),
    model: stack(3, 100, undefined, "he", 1),
    // The squared error's slopes are cut, or it would be NaN after a few steps.
    clip: { norm: 10 },
    optimizer: sgd(0.3),
    training: { batchSize: 50, epochs: 5 },
    named: ["explosion", "nonFinite"],
  },
];

/** Others, from the lists of those who collect faults: most are named. */
export const otherFaults: readonly FaultyRun[] = [
  {
    name: "labels shuffled apart from their inputs",
    data: shuffledLabels(photographsOfDigits(), 1),
    first: 5000,
    model: net(),
    optimizer: adam(1e-3),
    training: { batchSize: 100, epochs: 15 },
    named: ["overfitting", "notLearning", "underfitting"],
  },
  {
    name: "labels shuffled, a small network",
    data: shuffledLabels(blobs(3000, 2), 1),
    model: stack(1, 16, "relu", "he", 4),
    optimizer: adam(1e-3),
    training: { batchSize: 32, epochs: 10 },
    named: ["notLearning", "underfitting"],
  },
  {
    name: "two layers of sigmoid at a rate of 0.001",
    ...digits,
    model: stack(2, 50, "sigmoid", "xavier", 10),
    optimizer: sgd(0.001),
    training: some,
    named: ["notLearning", "updatesTooSmall"],
  },
  {
    name: "a sigmoid before the softmax",
    ...digits,
    model: [...stack(2, 100, "relu", "he", 10), "sigmoid"],
    optimizer: sgd(0.01),
    training: some,
    named: ["notLearning", "underfitting", "updatesTooSmall"],
  },
  {
    name: "a ReLU after the last layer of a regression",
    data: bends(3000, 3),
    model: [...stack(2, 50, "relu", "he", 1), "relu"],
    optimizer: adam(1e-3),
    training: { batchSize: 50, epochs: 20 },
    named: ["deadUnits"],
  },
  {
    name: "no activations on a spiral",
    data: spirals(3000, 1),
    model: stack(3, 50, undefined, "he", 3),
    optimizer: adam(1e-3),
    training: { batchSize: 32, epochs: 12 },
    named: ["underfitting", "notLearning"],
  },
  {
    name: "Adam at 0.3",
    ...digits,
    model: net(),
    optimizer: adam(0.3),
    training: some,
    named: ["updatesTooLarge", "notLearning", "explosion", "deadUnits"],
  },
  {
    name: "SGD at 3",
    ...digits,
    model: net(),
    optimizer: sgd(3),
    training: some,
    named: ["nonFinite", "explosion", "deadUnits", "updatesTooLarge", "notLearning"],
  },
  {
    name: "Adam at 1e-7",
    ...digits,
    model: net(),
    optimizer: adam(1e-7),
    training: some,
    named: ["updatesTooSmall", "notLearning"],
  },
  {
    name: "inputs a hundred times as large, ReLU",
    data: scaledInputs(blobs(3000, 4), 100),
    model: stack(3, 50, "relu", "he", 4),
    optimizer: sgd(0.1),
    training: { batchSize: 32, epochs: 8 },
    named: ["nonFinite", "explosion", "deadUnits", "notLearning", "updatesTooLarge"],
  },
  {
    name: "inputs a hundred times as large, tanh",
    data: scaledInputs(blobs(3000, 4), 100),
    model: stack(3, 50, "tanh", "xavier", 4),
    optimizer: sgd(0.1),
    training: { batchSize: 32, epochs: 8 },
    named: ["saturatedUnits"],
  },
  {
    name: "a penalty far too strong",
    ...digits,
    model: net(),
    penalty: { kind: "l2", strength: 0.5 },
    optimizer: sgd(0.1),
    training: some,
    named: ["vanishedWeights"],
  },
  {
    name: "dropout of 0.95",
    ...digits,
    model: net("he", [{ kind: "dropout", rate: 0.95 }]),
    optimizer: adam(1e-3),
    training: some,
    named: ["underfitting", "notLearning"],
  },
  {
    name: "two units in each layer",
    ...digits,
    model: stack(3, 2, "relu", "he", 10),
    optimizer: adam(1e-3),
    training: some,
    named: ["underfitting", "notLearning", "deadUnits"],
  },
  {
    name: "weights of deviation 1, tanh",
    ...digits,
    model: stack(4, 100, "tanh", { kind: "normal", std: 1 }, 10),
    optimizer: adam(1e-3),
    training: some,
    named: ["saturatedUnits"],
  },
  {
    name: "gradients cut to 1e-4",
    ...digits,
    model: net(),
    clip: { norm: 1e-4 },
    optimizer: sgd(0.1),
    training: some,
    named: ["updatesTooSmall", "notLearning"],
  },
  {
    name: "a rate that decays at once",
    ...digits,
    model: net(),
    optimizer: sgd(0.05),
    schedule: { kind: "exponential", factor: 0.5, unit: "steps" },
    training: some,
    named: ["updatesTooSmall", "notLearning"],
  },
  {
    name: "ten layers of sigmoid",
    ...digits,
    model: stack(10, 100, "sigmoid", "xavier", 10),
    optimizer: sgd(0.1),
    training: some,
    named: ["collapsedUnits", "notLearning"],
  },
];
