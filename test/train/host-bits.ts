/**
 * Trains small networks and prints a hash of their weights: run under different hosts, the hashes must be the same.
 *
 *   node test/train/host-bits.ts portable
 */
import { createHash } from "node:crypto";
import type { ComponentInput } from "../../src/core/choice.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { mnist } from "../../src/data/datasets/mnist.ts";
import { mainJob } from "../../src/document/main-job.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import type { Numerics } from "../../src/engine/engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { loadDataset } from "../../src/files/data-files.ts";
import { Session } from "../../src/train/session.ts";
import { blobs, plane, runOf } from "./toy.ts";

function trainedHash(session: Session, steps: number): string {
  for (let step = 0; step < steps; step++) session.step(step);
  const hash = createHash("sha256");
  for (const { values } of session.readStates()) hash.update(new Uint8Array(values.buffer));
  return hash.digest("hex").slice(0, 16);
}

/** Every layer, activation, loss, initializer that draws, penalty and optimizer has its part in one of these. */
export function smallHashes(numerics: Numerics): Record<string, string> {
  const data = blobs({ count: 150, classes: 3, features: 5 });
  const hashes = (["sgd", "momentum", "adam"] as const).map((optimizer, i) => {
    const initializer = [{ kind: "xavier", fan: "average" }, { kind: "normal", std: 0.3 }, "he"][i]!;
    const hidden = (units: number, activation: string) => [{ kind: "dense", units, initializer }, activation];
    const model = [...hidden(13, "relu"), ...hidden(9, "tanh"), ...hidden(8, "sigmoid"), { kind: "dense", units: 3 }];
    const run = runOf({ optimizer: { kind: optimizer, learningRate: 0.05 }, model, training: { batchSize: 17, epochs: 5 } });
    return [optimizer, trainedHash(new Session(run, data, { engine: wasmEngine, numerics }), 45)];
  });
  const regression = runOf({
    model: [{ kind: "dense", units: 7 }, "batchNorm", "tanh", { kind: "dense", units: 1 }],
    penalty: { kind: "l2", strength: 0.01 },
    training: { batchSize: 20, epochs: 5 },
  });
  const regressed = trainedHash(new Session(regression, plane(100, 5), { engine: wasmEngine, numerics }), 25);
  return { ...Object.fromEntries(hashes), regression: regressed, ...partHashes(numerics) };
}

/** The parts that the first ones leave out, several to a run: optimizer, activation, initializer, loss, penalty. */
function partHashes(numerics: Numerics): Record<string, string> {
  const classes = blobs({ count: 130, classes: 3, features: 5 });
  const values = plane(100, 5);
  const { inputs, targets } = values.train;
  const yesOrNo = { ...values, train: { inputs, targets: { ...targets, values: targets.values.map((y) => (y > 0 ? 1 : 0)) } } };
  const last = (units: number) => ({ kind: "dense", units, constraint: { kind: "maxNorm", limit: 0.5 } });
  const hash = (
    data: Dataset,
    optimizer: string,
    activation: string,
    initializer: ComponentInput,
    rest: Partial<RunDocument>,
  ): [string, string] => {
    const units = data.task.kind === "classification" ? data.task.classes : data.task.outputs;
    const model = [{ kind: "dense", units: 9, initializer }, "batchNorm", activation, last(units)];
    const run = runOf({ model, optimizer, ...rest, training: { batchSize: 17, epochs: 5 } });
    return [optimizer, trainedHash(new Session(run, data, { engine: wasmEngine, numerics }), 25)];
  };
  const smooth = { kind: "softmaxCrossEntropy", smoothing: 0.1 };
  const weighted = { kind: "softmaxCrossEntropy", classWeights: [1, 2, 0.5] };
  return Object.fromEntries([
    hash(classes, "nesterov", "leakyRelu", { kind: "he", distribution: "uniform" }, { loss: smooth, penalty: "l1" }),
    hash(classes, "adagrad", "elu", "truncatedNormal", { loss: "multiclassHinge" }),
    hash(classes, "rmsprop", "selu", "lecun", { loss: weighted }),
    hash(values, "adadelta", "gelu", "orthogonal", { loss: "huber", penalty: "elasticNet" }),
    hash(values, "nadam", "softplus", { kind: "uniform", limit: 0.5 }, { loss: "meanAbsoluteError" }),
    hash(values, "adamw", "swish", { kind: "xavier", distribution: "uniform" }, {}),
    hash(yesOrNo, "lion", "tanh", "he", { loss: { kind: "binaryCrossEntropy", positiveWeight: 2 } }),
    hash(classes, "muon", "relu", "he", {}),
    ["residual", residualHash(numerics)],
  ]);
}

function residualHash(numerics: Numerics): string {
  const block = { kind: "residual", layers: ["batchNorm", "relu", { kind: "dense", units: 9 }] };
  const narrow = { kind: "residual", layers: ["tanh", { kind: "dense", units: 3 }], shortcut: [{ kind: "dense", units: 3 }] };
  const run = runOf({ model: [{ kind: "dense", units: 9 }, block, block, narrow], training: { batchSize: 17, epochs: 5 } });
  return trainedHash(new Session(run, blobs({ count: 130, classes: 3, features: 5 }), { engine: wasmEngine, numerics }), 25);
}

/** The main job's first steps. */
export function mnistHash(numerics: Numerics, steps: number): string {
  const run = resolveRun(mainJob);
  return trainedHash(new Session(run, loadDataset(mnist, run.data.options), { engine: wasmEngine, numerics }), steps);
}

if (process.argv[1] === import.meta.filename) {
  const numerics = (process.argv[2] ?? "portable") as Numerics;
  console.log(JSON.stringify({ ...smallHashes(numerics), mnist: mnistHash(numerics, 300) }));
}
