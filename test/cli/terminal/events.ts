import type { EpochEnded, RunEnded, RunEvent, RunStarted, TrainProgress } from "../../../src/core/events.ts";

/** A small run, made up: two epochs of 100 steps. */
export const started: RunStarted = {
  type: "run.started",
  version: 1,
  at: "2026-11-22T22:14:05.000Z",
  data: "mnist",
  engine: "wasm",
  numerics: "fused",
  threads: 8,
  seed: 1,
  model: "784-100-100-10",
  parameters: 109386,
  memoryBytes: 3_210_000,
  compileMs: 38,
  examples: { training: 55000, validation: 5000, test: 10000 },
  batchSize: 64,
  epochs: 2,
  stepsPerEpoch: 100,
  steps: 200,
};

export const progress = (step: number, loss: number, more: Partial<TrainProgress> = {}): TrainProgress => ({
  type: "train.progress",
  step,
  epoch: Math.ceil(step / 100),
  scores: { loss, accuracy: 1 - loss / 4 },
  learningRate: 0.001,
  stepsPerSecond: 812.4,
  seconds: step / 50,
  ...more,
});

export const epochs: readonly [EpochEnded, EpochEnded] = [
  {
    type: "epoch.ended",
    step: 100,
    epoch: 1,
    training: { loss: 0.43214, accuracy: 0.8745 },
    validation: { loss: 0.2214, accuracy: 0.9342 },
    seconds: 1.24,
  },
  {
    type: "epoch.ended",
    step: 200,
    epoch: 2,
    training: { loss: 0.18, accuracy: 0.9471 },
    validation: { loss: 0.2301, accuracy: 0.9388 },
    seconds: 75.4,
  },
];

export const ended: RunEnded = {
  type: "run.ended",
  status: "completed",
  at: "2026-11-22T22:14:17.000Z",
  step: 200,
  epoch: 2,
  metrics: {
    trainLoss: 0.1499,
    trainAccuracy: 0.96,
    validationLoss: 0.2301,
    validationAccuracy: 0.9388,
    testLoss: 0.2288,
    testAccuracy: 0.94,
    trainSeconds: 2.35,
    stepsPerSecond: 85.1,
    firstStepSeconds: 0.412,
  },
  folder: "runs/2026-11-22-2314",
};

export const failed: RunEnded = {
  type: "run.ended",
  status: "failed",
  at: "2026-11-22T22:14:17.000Z",
  step: 130,
  epoch: 2,
  reason: "the loss became NaN at step 130 (epoch 2)",
  code: "nonFiniteLoss",
  metrics: { trainSeconds: 1.5, stepsPerSecond: 86.7 },
  folder: "runs/2026-11-22-2314",
};

export const wholeRun: readonly RunEvent[] = [
  started,
  progress(10, 2.2),
  progress(50, 0.8),
  progress(100, 0.4),
  epochs[0],
  { type: "checkpoint.saved", step: 100, file: "checkpoints/last.safetensors", bytes: 1000 },
  progress(150, 0.2),
  progress(200, 0.15),
  epochs[1],
  ended,
];
