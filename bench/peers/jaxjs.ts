/**
 * jax-js on its wasm backend as a peer: node jaxjs.ts WORKLOAD THREADS. The whole step is one function under `jit`.
 *
 * Choice   jax-js counts references: an array is used up by the operation that takes it, and `.ref` gives it once more.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterLayer, type Shape } from "../flops.ts";
import { floatBatches, givenWorkload } from "./batches.ts";
import { serve } from "./protocol.ts";
import { installWorkers } from "./web-worker.ts";

/** What of jax-js is used here; it is not among the packages of this repository. */
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray): JaxArray;
  mean(axis: number): JaxArray;
  sum(): JaxArray;
  reshape(shape: Shape): JaxArray;
  slice(at: number): JaxArray;
  astype(type: unknown): JaxArray;
  jsAsync(): Promise<number>;
  dispose(): void;
}
type Tree = Record<string, JaxArray>;
interface Jax {
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): void;
  blockUntilReady(value: unknown): Promise<unknown>;
  jit<F>(f: F): F;
  valueAndGrad<A extends unknown[]>(f: (parameters: Tree, ...rest: A) => JaxArray): (p: Tree, ...rest: A) => [JaxArray, Tree];
  readonly tree: { ref<T>(tree: T): T };
  readonly random: {
    key(seed: number): JaxArray;
    split(key: JaxArray, count: number): JaxArray;
    bernoulli(key: JaxArray, probability: number, shape: Shape): JaxArray;
  };
  readonly nn: { relu(x: JaxArray): JaxArray; logSoftmax(x: JaxArray): JaxArray };
  readonly lax: {
    convGeneralDilated(x: JaxArray, filters: JaxArray, strides: Shape, padding: string): JaxArray;
    reduceWindow(x: JaxArray, reduce: unknown, window: Shape, strides: Shape): JaxArray;
  };
  readonly numpy: {
    array(values: Float32Array | number): JaxArray;
    zeros(shape: Shape): JaxArray;
    ones(shape: Shape): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    readonly max: unknown;
    readonly float32: unknown;
  };
}

const workload = givenWorkload();
const threads = installWorkers(Number(process.argv[3]));
// Through a variable, since its types are not installed with this repository.
const packageName = "@jax-js/jax";
const jax = (await import(packageName)) as Jax;
const manifest = readFileSync(join(import.meta.dirname, "node_modules", packageName, "package.json"), "utf8");
const { version } = JSON.parse(manifest) as { version: string };
const { numpy: np, nn, lax, random } = jax;
await jax.init("wasm");
jax.defaultDevice("wasm");

const { batch, l2 } = workload;
let state = 12345;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const he = (fanIn: number, shape: Shape) =>
  np.array(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.sqrt(2 / fanIn) * normal())).reshape(shape);

const parameters: Tree = {};
const weights: string[] = [];
const dropouts: { readonly rate: number; readonly shape: Shape }[] = [];
/** A layer takes x and the parameters, which it uses up, and the masks of the dropouts. */
type Layer = (x: JaxArray, p: Tree, masks: readonly JaxArray[]) => JaxArray;

let shape: Shape = workload.input;
const layers = workload.layers.map((layer, at): Layer => {
  const { kind, ...options } = layer;
  const before = shape;
  shape = afterLayer(layer, before).shape;
  const size = before.reduce((a, b) => a * b, 1);
  const [weight, bias] = [`weight${at}`, `bias${at}`];
  if (kind === "relu") return (x) => nn.relu(x);
  if (kind === "dropout") {
    const mask = dropouts.push({ rate: options.rate as number, shape: [batch, ...before] }) - 1;
    return (x, _, masks) => x.mul(masks[mask]!);
  }
  if (kind === "batchNorm") {
    parameters[weight] = np.ones([size]);
    parameters[bias] = np.zeros([size]);
    return (x, p) => {
      const mean = x.ref.mean(0);
      const centred = x.sub(mean);
      const variance = np.square(centred.ref).mean(0);
      return centred
        .div(np.sqrt(variance.add(1e-5)))
        .mul(p[weight]!)
        .add(p[bias]!);
    };
  }
  if (kind === "conv2d") {
    const [filters, kernel, channels] = [options.filters as number, options.kernel as number, before[2]!];
    parameters[weight] = he(kernel * kernel * channels, [filters, channels, kernel, kernel]);
    parameters[bias] = np.zeros([filters, 1, 1]);
    weights.push(weight);
    const padding = options.padding === "same" ? "SAME" : "VALID";
    return (x, p) => lax.convGeneralDilated(x, p[weight]!, [1, 1], padding).add(p[bias]!);
  }
  if (kind === "maxPool2d") {
    const window = (options.size as number | undefined) ?? 2;
    const stride = (options.stride as number | undefined) ?? window;
    return (x) => lax.reduceWindow(x, np.max, [window, window], [stride, stride]);
  }
  if (kind !== "dense") throw new Error(`jaxjs.ts has no layer ${kind}`);
  const units = options.units as number;
  parameters[weight] = he(size, [size, units]);
  parameters[bias] = np.zeros([units]);
  weights.push(weight);
  return (x, p) => np.dot(before.length > 1 ? x.reshape([batch, size]) : x, p[weight]!).add(p[bias]!);
});

function lossOf(p: Tree, inputs: JaxArray, targets: JaxArray, masks: readonly JaxArray[]): JaxArray {
  const penalty =
    l2 === 0 ? undefined : weights.map((name) => np.square(p[name]!.ref).sum()).reduce((total, one) => total.add(one));
  const prediction = layers.reduce((x, layer) => layer(x, p, masks), inputs);
  const mean = nn
    .logSoftmax(prediction)
    .mul(targets)
    .sum()
    .mul(-1 / batch);
  return penalty ? mean.add(penalty.mul(l2 / 2)) : mean;
}

const {
  kind,
  learningRate,
  decay = 0,
} = workload.optimizer as unknown as {
  kind: string;
  learningRate: number;
  decay?: number;
};
const train = jax.jit(
  (p: Tree, first: Tree, second: Tree, rate: JaxArray, inputs: JaxArray, targets: JaxArray, key: JaxArray) => {
    const keys = dropouts.length > 0 ? random.split(key, dropouts.length) : key;
    const masks = dropouts.map((dropout, at) => {
      const kept = random.bernoulli(keys.ref.slice(at), 1 - dropout.rate, dropout.shape);
      return kept.astype(np.float32).mul(1 / (1 - dropout.rate));
    });
    keys.dispose();
    const [loss, gradients] = jax.valueAndGrad(lossOf)(jax.tree.ref(p), inputs, targets, masks);
    const next: Tree = {};
    const [nextFirst, nextSecond]: [Tree, Tree] = [{}, {}];
    for (const name of Object.keys(parameters)) {
      const [parameter, gradient] = [p[name]!, gradients[name]!];
      if (kind === "sgd") next[name] = parameter.sub(gradient.mul(rate.ref));
      else if (kind === "momentum") {
        nextFirst[name] = first[name]!.mul(decay).sub(gradient.mul(rate.ref));
        next[name] = parameter.add(nextFirst[name].ref);
      } else {
        nextFirst[name] = first[name]!.mul(0.9).add(gradient.ref.mul(0.1));
        nextSecond[name] = second[name]!.mul(0.999).add(np.square(gradient).mul(0.001));
        const root = np.sqrt(nextSecond[name].ref).add(1e-7);
        next[name] = parameter.sub(nextFirst[name].ref.mul(rate.ref).div(root));
      }
    }
    rate.dispose();
    return [loss, next, nextFirst, nextSecond] as const;
  },
);

const isImage = workload.input.length === 3;
/** [batch, height, width, channels] to [batch, channels, height, width]. */
function channelsFirst(values: Float32Array): Float32Array {
  const [height, width, channels] = workload.input as [number, number, number];
  const pixels = height * width;
  return Float32Array.from(values, (_, at) => {
    const [example, within] = [Math.floor(at / (channels * pixels)), at % (channels * pixels)];
    const [channel, pixel] = [Math.floor(within / pixels), within % pixels];
    return values[(example * pixels + pixel) * channels + channel]!;
  });
}
const inputShape = isImage ? [batch, workload.input[2]!, workload.input[0]!, workload.input[1]!] : [batch, ...workload.input];
const batches = floatBatches(workload).map(({ inputs, targets }) => ({
  inputs: np.array(isImage ? channelsFirst(inputs) : inputs).reshape(inputShape),
  targets: np.array(targets).reshape([batch, workload.classes]),
}));

const slots = (isUsed: boolean): Tree =>
  isUsed ? Object.fromEntries(Object.entries(parameters).map(([name, { shape: of }]) => [name, np.zeros(of)])) : {};
let current = parameters;
let first = slots(kind !== "sgd");
let second = slots(kind === "adam");
let loss: JaxArray | undefined;
await serve(
  { peer: `jax-js-${version}`, threads },
  async (i) => {
    const { inputs, targets } = batches[i % batches.length]!;
    const rate = kind === "adam" ? (learningRate * Math.sqrt(1 - 0.999 ** (i + 1))) / (1 - 0.9 ** (i + 1)) : learningRate;
    loss?.dispose();
    const key = dropouts.length > 0 ? random.key(i) : np.array(0);
    [loss, current, first, second] = train(current, first, second, np.array(rate), inputs.ref, targets.ref, key);
    await jax.blockUntilReady(current);
  },
  () => loss!.ref.jsAsync(),
);
process.exit(0);
