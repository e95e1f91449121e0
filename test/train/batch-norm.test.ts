/** A network with batch normalisation and an L2 penalty, against PyTorch in float64. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Session } from "../../src/train/session.ts";
import { blobs, runOf } from "./toy.ts";

type Numbers = number | readonly Numbers[];
interface Golden {
  readonly inputs: number[][];
  readonly targets: number[];
  readonly start: Readonly<Record<string, Numbers>>;
  readonly losses: number[];
  readonly end: Readonly<Record<string, Numbers>>;
  readonly evaluationLoss: number;
}
const golden = JSON.parse(readFileSync(new URL("../goldens/batch-norm.json", import.meta.url), "utf8")) as Golden;

const flat = (numbers: Numbers): number[] => (typeof numbers === "number" ? [numbers] : numbers.flatMap(flat));
/** PyTorch keeps a weight as outputs by inputs. */
const transposed = (numbers: Numbers) => {
  const rows = numbers as number[][];
  return rows[0]!.flatMap((_, j) => rows.map((row) => row[j]!));
};
/** Our names for PyTorch's. */
const names: Readonly<Record<string, string>> = {
  "dense1.weight": "0.weight",
  "dense1.bias": "0.bias",
  "batchNorm1.gamma": "1.weight",
  "batchNorm1.beta": "1.bias",
  "batchNorm1.runningMean": "1.running_mean",
  "batchNorm1.runningVariance": "1.running_var",
  "dense2.weight": "3.weight",
  "dense2.bias": "3.bias",
};
const numbersFor = (from: Readonly<Record<string, Numbers>>, name: string) =>
  name.startsWith("dense") && name.endsWith("weight") ? transposed(from[names[name]!]!) : flat(from[names[name]!]!);

function trained(engine: Engine): Session {
  const values = Float32Array.from(golden.inputs.flat());
  const set = {
    inputs: { values, shape: [4], count: 12, scale: 1 },
    targets: { values: Uint8Array.from(golden.targets), shape: [], count: 12, scale: 1 },
  };
  const dataset: Dataset = { name: "golden", task: { kind: "classification", classes: 3 }, train: set, test: set };
  const run = runOf({
    model: [{ kind: "dense", units: 6 }, "batchNorm", "relu", { kind: "dense", units: 3 }],
    optimizer: { kind: "sgd", learningRate: 0.1 },
    penalty: { kind: "l2", strength: 0.1 },
    training: { batchSize: 12, epochs: 3 },
  });
  const session = new Session(run, dataset, { engine });
  for (const { tensor } of session.model.parameters)
    session.executable.writeState(tensor, numbersFor(golden.start, tensor.name!));
  return session;
}

// The inputs were rounded to float32 (6e-8), and so are wasm's steps; both stay near 1 over three steps of a small network.
test.each([
  [referenceEngine, 1e-6],
  [wasmEngine, 5e-6],
] as const)("$name follows PyTorch", (engine, tolerance) => {
  const session = trained(engine);
  golden.losses.forEach((loss, step) => {
    expect(Math.abs(session.step(step).loss - loss)).toBeLessThan(tolerance);
  });
  const states = session.readStates();
  expect(states.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(names)));
  for (const { name, values } of states) {
    const expected = numbersFor(golden.end, name);
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `${name}[${i}]`).toBeLessThan(tolerance);
    });
  }
  expect(Math.abs(session.evaluate("test")!.loss - golden.evaluationLoss)).toBeLessThan(tolerance);
});

test("a batch of one that an epoch leaves over is refused before training", () => {
  const run = runOf({
    model: [{ kind: "dense", units: 4 }, "batchNorm", { kind: "dense", units: 3 }],
    training: { batchSize: 7, epochs: 1 },
  });
  expect(() => new Session(run, blobs({ count: 15, classes: 3, features: 4 }), { engine: wasmEngine })).toThrow(
    "batchNorm 'batchNorm1' cannot normalise a batch of 1",
  );
});

test("weights alone are penalised", () => {
  const data = blobs({ count: 30, classes: 3, features: 4 });
  const [heavy, free] = [
    { kind: "l2", strength: 100 },
    { kind: "l2", strength: 0 },
  ].map((penalty) => {
    const session = new Session(
      runOf({ penalty, optimizer: { kind: "sgd", learningRate: 0.01 }, training: { batchSize: 30, epochs: 1 } }),
      data,
      { engine: wasmEngine },
    );
    session.step(0);
    return Object.fromEntries(session.readStates().map(({ name, values }) => [name, values]));
  });
  // With learning rate times strength 1 the weights of a step are the gradient's share alone; biases do not feel it.
  expect(heavy!["dense1.bias"]).toEqual(free!["dense1.bias"]);
  const norm = (values: Float32Array | Float64Array) => Math.hypot(...values);
  expect(norm(heavy!["dense1.weight"]!)).toBeLessThan(0.1 * norm(free!["dense1.weight"]!));
});
