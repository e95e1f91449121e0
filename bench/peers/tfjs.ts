/**
 * TensorFlow.js on its wasm backend as a peer: node tfjs.ts WORKLOAD THREADS transposes|shipped. In Node it has one thread,
 * whatever is asked for: its pool starts workers from blobs, which Node refuses.
 *
 * Choice   transposes: gradients of products with explicit transposes, and convolutions as three-dimensional ones of depth 1. The
 *          backend's own transposed product is several times slower, and it has no gradient for the filters of conv2d.
 *          shipped: as its documentation writes it.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterLayer, type Shape } from "../flops.ts";
import { floatBatches, givenWorkload } from "./batches.ts";
import { serve } from "./protocol.ts";

/** What of TensorFlow.js is used here; it is not among the packages of this repository. */
interface Tensor {
  readonly shape: number[];
  readonly rank: number;
  add(other: Tensor): Tensor;
  sub(other: Tensor): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor): Tensor;
  matMul(other: Tensor): Tensor;
  transpose(): Tensor;
  relu(): Tensor;
  reshape(shape: Shape): Tensor;
  square(): Tensor;
  sqrt(): Tensor;
  sum(): Tensor;
  dataSync(): Float32Array;
  dispose(): void;
}
interface Variable extends Tensor {
  assign(value: Tensor): void;
}
type Product = (x: Tensor, w: Tensor) => Tensor;
type Gradients = (dy: Tensor, saved: [Tensor, Tensor]) => Tensor[];
interface TensorFlow {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: Shape): Tensor;
  variable(value: Tensor, trainable?: boolean): Variable;
  randomNormal(shape: Shape, mean: number, std: number): Tensor;
  zeros(shape: Shape): Tensor;
  ones(shape: Shape): Tensor;
  scalar(value: number): Tensor;
  moments(x: Tensor, axis: number): { mean: Tensor; variance: Tensor };
  dropout(x: Tensor, rate: number): Tensor;
  conv2d(x: Tensor, filters: Tensor, stride: number, padding: string): Tensor;
  conv3d(x: Tensor, filters: Tensor, stride: number, padding: string): Tensor;
  maxPool(x: Tensor, size: number, stride: number, padding: string): Tensor;
  customGrad(f: (x: Tensor, w: Tensor, save: (tensors: Tensor[]) => void) => { value: Tensor; gradFunc: Gradients }): Product;
  readonly losses: { softmaxCrossEntropy(targets: Tensor, logits: Tensor): Tensor };
  readonly train: Readonly<Record<"sgd" | "momentum" | "adam", (...numbers: number[]) => Optimizer>>;
}
interface Optimizer {
  minimize(loss: () => Tensor, returnCost: true, variables: readonly Variable[]): Tensor;
}
interface WasmBackend {
  setWasmPaths(folder: string): void;
}

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs") as TensorFlow;
const backend = require("@tensorflow/tfjs-backend-wasm") as WasmBackend;

const workload = givenWorkload();
const withTransposes = process.argv[4] === "transposes";
const { batch, l2 } = workload;

const backendFolder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json"));
backend.setWasmPaths(join(backendFolder, "wasm-out/"));
await tf.setBackend("wasm");
await tf.ready();

const product: Product = withTransposes
  ? tf.customGrad((x, w, save) => {
      save([x, w]);
      const gradFunc: Gradients = (dy, [input, weight]) => [dy.matMul(weight.transpose()), input.transpose().matMul(dy)];
      return { value: x.matMul(w), gradFunc };
    })
  : (x, w) => x.matMul(w);

const variables: Variable[] = [];
const variable = (value: Tensor): Variable => {
  const made = tf.variable(value);
  variables.push(made);
  return made;
};
const he = (fanIn: number, shape: Shape) => variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn)));
const weights: Variable[] = [];

function batchNorm(features: number): (x: Tensor) => Tensor {
  const [gamma, beta] = [variable(tf.ones([features])), variable(tf.zeros([features]))];
  const [runningMean, runningVariance] = [tf.variable(tf.zeros([features]), false), tf.variable(tf.ones([features]), false)];
  return (x) => {
    const { mean, variance } = tf.moments(x, 0);
    runningMean.assign(runningMean.mul(0.9).add(mean.mul(0.1)));
    runningVariance.assign(runningVariance.mul(0.9).add(variance.mul(0.1)));
    return x
      .sub(mean)
      .div(variance.add(tf.scalar(1e-5)).sqrt())
      .mul(gamma)
      .add(beta);
  };
}

function convolution(shape: Shape, filters: number, kernel: number, padding: string): (x: Tensor) => Tensor {
  const [height, width, channels] = shape as [number, number, number];
  const weight = he(kernel * kernel * channels, [kernel, kernel, channels, filters]);
  const bias = variable(tf.zeros([filters]));
  weights.push(weight);
  const [rows, columns] = afterLayer({ kind: "conv2d", filters, kernel, padding }, shape).shape as [number, number];
  if (!withTransposes) return (x) => tf.conv2d(x, weight, 1, padding).add(bias);
  return (x) => {
    const deep = tf.conv3d(
      x.reshape([batch, 1, height, width, channels]),
      weight.reshape([1, kernel, kernel, channels, filters]),
      1,
      padding,
    );
    return deep.reshape([batch, rows, columns, filters]).add(bias);
  };
}

let shape: Shape = workload.input;
const layers = workload.layers.map((layer): ((x: Tensor) => Tensor) => {
  const { kind, ...options } = layer;
  const before = shape;
  shape = afterLayer(layer, before).shape;
  const size = before.reduce((a, b) => a * b, 1);
  if (kind === "relu") return (x) => x.relu();
  if (kind === "dropout") return (x) => tf.dropout(x, options.rate as number);
  if (kind === "batchNorm") return batchNorm(size);
  if (kind === "conv2d")
    return convolution(
      before,
      options.filters as number,
      options.kernel as number,
      (options.padding as string | undefined) ?? "valid",
    );
  if (kind === "maxPool2d") {
    const window = (options.size as number | undefined) ?? 2;
    return (x) => tf.maxPool(x, window, (options.stride as number | undefined) ?? window, "valid");
  }
  if (kind !== "dense") throw new Error(`tfjs.ts has no layer ${kind}`);
  const units = options.units as number;
  const [weight, bias] = [he(size, [size, units]), variable(tf.zeros([units]))];
  weights.push(weight);
  return (x) => product(x.rank === 2 ? x : x.reshape([batch, size]), weight).add(bias);
});

const { kind, learningRate, decay } = workload.optimizer as unknown as {
  kind: "sgd" | "momentum" | "adam";
  learningRate: number;
  decay?: number;
};
const optimizer = tf.train[kind](learningRate, ...(decay === undefined ? [] : [decay]));
const batches = floatBatches(workload).map(({ inputs, targets }) => ({
  inputs: tf.tensor(inputs, [batch, ...workload.input]),
  targets: tf.tensor(targets, [batch, workload.classes]),
}));

let loss = Number.NaN;
await serve(
  { peer: `tfjs-${tf.version.tfjs}`, threads: 1 },
  (i) => {
    const { inputs, targets } = batches[i % batches.length]!;
    const cost = optimizer.minimize(
      () => {
        const prediction = layers.reduce((x, layer) => layer(x), inputs);
        const mean = tf.losses.softmaxCrossEntropy(targets, prediction);
        if (l2 === 0) return mean;
        return weights.reduce(
          (total, weight) =>
            total.add(
              weight
                .square()
                .sum()
                .mul(l2 / 2),
            ),
          mean,
        );
      },
      true,
      variables,
    );
    loss = cost.dataSync()[0]!;
    cost.dispose();
    return undefined;
  },
  () => loss,
);
process.exit(0);
