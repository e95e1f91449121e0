/** Steps of two networks whose kernels the host should pair, optimised from the start; run with --trace-wasm-revectorize. */
import { setFlagsFromString } from "node:v8";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { Session } from "../../../src/train/session.ts";
import { asImages, blobs, runOf } from "../../train/toy.ts";

setFlagsFromString("--no-liftoff");
const optimizer = { kind: "adam", learningRate: 0.001 };
const training = { batchSize: 96, epochs: 1 };
const dense = runOf({
  model: [{ kind: "dense", units: 96 }, "batchNorm", "relu", { kind: "dense", units: 96 }, "relu", { kind: "dense", units: 3 }],
  optimizer,
  training,
});
const images = runOf({
  model: [
    { kind: "conv2d", filters: 30, kernel: 5 },
    "relu",
    "maxPool2d",
    { kind: "dense", units: 90 },
    "relu",
    { kind: "dense", units: 3 },
  ],
  optimizer,
  training,
});
for (const [run, data] of [
  [dense, blobs({ count: 96, classes: 3, features: 784, bytes: true })],
  [images, asImages(blobs({ count: 96, classes: 3, features: 784 }), [28, 28, 1])],
] as const)
  new Session(run, data, { engine: wasmEngine }).step(0);
