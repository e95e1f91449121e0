import { expect, test } from "vitest";
import type { EpochEnded, RunEnded, RunEvent } from "../../src/core/events.ts";
import type { BatchOrder } from "../../src/data/batches.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Session } from "../../src/train/session.ts";
import { train } from "../../src/train/train.ts";
import { sampled } from "../support/long.ts";
import { blobs, plane, runOf } from "./toy.ts";

const data = blobs({ count: 150, classes: 3, features: 4 });

function events(session: Session, shouldStop?: () => boolean): RunEvent[] {
  return [...train(session, shouldStop ? { shouldStop } : {})];
}
const last = (list: readonly RunEvent[]) => list[list.length - 1] as RunEnded;
const epochs = (list: readonly RunEvent[]) => list.filter((event): event is EpochEnded => event.type === "epoch.ended");

test("a network learns blobs, and tells of each epoch", () => {
  const session = new Session(
    runOf({ validation: 30, training: { batchSize: 16, epochs: 20 }, optimizer: { kind: "adam", learningRate: 0.02 } }),
    data,
    { engine: wasmEngine },
  );
  const list = events(session);
  expect(list[0]).toMatchObject({
    type: "run.started",
    data: "blobs",
    engine: "wasm",
    model: "4-8-tanh-3",
    parameters: 4 * 8 + 8 + 8 * 3 + 3,
    examples: { training: 120, validation: 30, test: 50 },
    stepsPerEpoch: 8,
    steps: 160,
  });
  expect(epochs(list).map(({ epoch }) => epoch)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(epochs(list)[19]!.training.loss).toBeLessThan(epochs(list)[0]!.training.loss / 3);
  expect(last(list)).toMatchObject({ type: "run.ended", status: "completed", step: 160, epoch: 20 });
  // Centres lie about 2 sqrt(8) apart, at unit variance: almost nothing overlaps.
  expect(last(list).metrics.testAccuracy).toBeGreaterThan(0.9);
});

test("bytes are scaled as they are gathered", () => {
  const session = new Session(
    runOf({ training: { batchSize: 16, epochs: 40 }, optimizer: { kind: "adam", learningRate: 0.02 } }),
    blobs({ count: 150, classes: 3, features: 4, bytes: true }),
    {
      engine: wasmEngine,
    },
  );
  expect(last(events(session)).metrics.testAccuracy).toBeGreaterThan(0.85);
});

test("a plane is learned by a linear model, without accuracies", () => {
  const run = runOf({
    model: [{ kind: "dense", units: 1 }],
    optimizer: { kind: "sgd", learningRate: 0.05 },
    training: { batchSize: 10, epochs: 20 },
  });
  const list = events(new Session(run, plane(100, 5), { engine: wasmEngine }));
  expect(epochs(list)[19]!.training.loss).toBeLessThan(1e-6);
  expect(epochs(list)[19]!.training.accuracy).toBeUndefined();
  expect(last(list).metrics).not.toHaveProperty("testLoss");
});

test.each(["sgd", "momentum", "adam"] as const)("%s: the wasm engine follows the float64 reference", (optimizer) => {
  const run = runOf({ optimizer, seed: 5 });
  const [fast, exact] = [new Session(run, data, { engine: wasmEngine }), new Session(run, data, { engine: referenceEngine })];
  for (let step = 0; step < 25; step++) {
    // A step's rounding is a few 1e-7 of the loss, and 25 steps of a stable network do not amplify it by more than 100.
    expect(fast.step(step).loss).toBeCloseTo(exact.step(step).loss, 4);
  }
  const [a, b] = [fast.readStates(), exact.readStates()];
  a.forEach(({ values }, i) => {
    values.forEach((value, j) => {
      expect(Math.abs(value - b[i]!.values[j]!)).toBeLessThan(1e-4);
    });
  });
  expect(fast.evaluate("test")!.accuracy).toBeCloseTo(exact.evaluate("test")!.accuracy!, 6);
  expect(fast.evaluate("test")!.loss).toBeCloseTo(exact.evaluate("test")!.loss, 4);
});

test("accuracy over batches of any size counts each row once", () => {
  // 1,000 test rows are taken at once; 1,500 in two parts alike; 1,031, a prime, in 1,024 and 7.
  for (const count of [3000, 4500, 3093]) {
    const many = blobs({ count, classes: 3, features: 4 });
    const session = new Session(runOf(), many, { engine: wasmEngine });
    const reference = new Session(runOf(), many, { engine: referenceEngine });
    expect(session.evaluate("test")!.accuracy! * many.test!.inputs.count).toBeCloseTo(
      reference.evaluate("test")!.accuracy! * many.test!.inputs.count,
      6,
    );
  }
});

const bytesOf = (session: Session) => session.readStates().map(({ values }) => Buffer.from(values.buffer).toString("hex"));

test("the same document and seed give the same bits; another seed gives others", () => {
  const trained = (seed: number, order: BatchOrder = "epochs") => {
    const session = new Session(runOf({ seed, training: { batchSize: 16, epochs: 2, order } }), data, { engine: wasmEngine });
    events(session);
    return bytesOf(session);
  };
  expect(trained(1)).toEqual(trained(1));
  expect(trained(1)).not.toEqual(trained(2));
  expect(trained(1)).not.toEqual(trained(1, "withReplacement"));
  expect(trained(1)).not.toEqual(trained(1, "sequential"));
});

test("iterations end in the middle of an epoch", () => {
  const list = events(new Session(runOf({ training: { batchSize: 16, iterations: 13 } }), data, { engine: wasmEngine }));
  expect(last(list)).toMatchObject({ status: "completed", step: 13, epoch: 2 });
  expect(epochs(list).map(({ step }) => step)).toEqual([10, 13]);
});

test("a run that is asked to stop ends after the step at hand, and evaluates nothing", () => {
  let asked = 0;
  const list = events(new Session(runOf(), data, { engine: wasmEngine }), () => ++asked > 7);
  expect(last(list)).toMatchObject({ status: "stopped", step: 7, code: "stopRequested" });
  expect(last(list).metrics).not.toHaveProperty("testAccuracy");
});

test("an evaluation can be stopped between its batches", () => {
  const session = new Session(runOf(), blobs({ count: 9000, classes: 3, features: 4 }), { engine: wasmEngine });
  let asked = 0;
  expect(session.evaluate("test", () => ++asked > 2)).toBeUndefined();
  expect(asked).toBe(3);
  expect(session.evaluate("test")).toBeDefined();
});

test("a loss that is no number ends the run with the step", () => {
  const run = runOf({
    model: [{ kind: "dense", units: 30, initializer: { kind: "normal", std: 1 } }, "relu", { kind: "dense", units: 3 }],
    optimizer: { kind: "sgd", learningRate: 1e30 },
  });
  const ended = last(events(new Session(run, data, { engine: wasmEngine })));
  expect(ended).toMatchObject({ status: "failed", code: "nonFiniteLoss" });
  expect(ended.reason).toMatch(/the loss became (NaN|infinite) at step \d+ \(epoch 1\)/);
  expect(ended.metrics).not.toHaveProperty("testAccuracy");
});

test("models that do not fit their data are refused with both sides named", () => {
  const session = (model: Parameters<typeof runOf>[0]) => () => new Session(runOf(model), data, { engine: wasmEngine });
  expect(session({ model: [{ kind: "dense", units: 5 }] })).toThrow(
    "dense 'dense1' is the last layer and gives [5] for an example; data set 'blobs' has 3 classes",
  );
  expect(session({ loss: "meanSquaredError" })).toThrow(
    "loss 'meanSquaredError' learns values, but data set 'blobs' gives classes",
  );
  expect(session({ model: [{ kind: "dense", units: 6 }, "relu", { kind: "dense", units: 3, inputs: 7, name: "fc2" }] })).toThrow(
    "dense 'fc2' expects 7 features, received 6 (input [16, 6])",
  );
});

test("the layer before is named in the hint", () => {
  const run = runOf({ model: [{ kind: "dense", units: 6 }, "relu", { kind: "dense", units: 3, inputs: 7, name: "fc2" }] });
  try {
    new Session(run, data, { engine: wasmEngine });
    expect.unreachable();
  } catch (error) {
    expect((error as { hint: string }).hint).toBe(
      "The layer before it, relu 'relu1', gives 6. Set fc2.inputs to 6, or leave it out.",
    );
  }
});

test("a plan above the memory limit is refused with a breakdown", () => {
  expect(() => new Session(runOf(), data, { engine: wasmEngine, memoryLimitBytes: 5000 })).toThrow(
    /needs 0\.0 MB and may take 0\.0 MB: parameters/,
  );
});

test("steps leave nothing behind", () => {
  const session = new Session(runOf({ training: { batchSize: 16, epochs: 100_000 } }), data, { engine: wasmEngine });
  const steps = sampled(20_000, 100_000);
  for (let step = 0; step < 5000; step++) session.step(step);
  globalThis.gc?.();
  const before = process.memoryUsage();
  for (let step = 5000; step < 5000 + steps; step++) session.step(step);
  globalThis.gc?.();
  const after = process.memoryUsage();
  // What lives is the program's own; without a collector on call up to 16 MB may wait to be collected.
  expect(after.heapUsed - before.heapUsed).toBeLessThan(16e6);
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2e6);
});
