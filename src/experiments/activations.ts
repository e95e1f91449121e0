/** What layers make of normal inputs before anything is learned (C5 and C6). */
import { fillNormal, foldIn, randomKey } from "../core/random.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { input, matmul, parameter, relu, sigmoid, type Tensor, tanh } from "../graph/index.ts";

export type Activation = "sigmoid" | "tanh" | "relu";
const formulas: Readonly<Record<Activation, (x: Tensor) => Tensor>> = { sigmoid, tanh, relu };
const [rows, width, depth] = [1000, 100, 5];

export interface LayerNumbers {
  readonly mean: number;
  readonly std: number;
  /** Shares of numbers in bins of equal width over [low, high]; what lies beyond counts in the last. */
  readonly shares: readonly number[];
}

export interface Start {
  readonly name: string;
  /** Standard deviation of the weights. */
  readonly std: number;
}

export const range: Readonly<Record<Activation, readonly [number, number]>> = { sigmoid: [0, 1], tanh: [-1, 1], relu: [0, 1] };
export const bins = 30;

/** The activations of five layers of 100, for 1,000 inputs of mean 0 and variance 1. */
export function layersOf(activation: Activation, { std }: Start, seed: number): LayerNumbers[] {
  const key = randomKey(seed);
  const weights = Array.from({ length: depth }, (_, i) => parameter(`w${i}`, [width, width]));
  const outputs: Record<string, Tensor> = {};
  let x = input("x", [rows, width]);
  weights.forEach((weight, i) => {
    x = formulas[activation](matmul(x, weight));
    outputs[`a${i}`] = x;
  });
  const executable = referenceEngine.compile({ run: { outputs, assignments: [] } });
  weights.forEach((weight, i) => {
    const values = new Float32Array(width * width);
    fillNormal(foldIn(key, "weights", i), values, 0, std);
    executable.writeState(weight, values);
  });
  fillNormal(foldIn(key, "inputs"), executable.input("run", "x") as Float64Array, 0, 1);
  executable.run("run");
  const [low, high] = range[activation];
  return weights.map((_, i) => {
    const values = Array.from(executable.output("run", `a${i}`));
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const variance = values.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / values.length;
    const shares = new Array<number>(bins).fill(0);
    for (const one of values) {
      const bin = Math.floor(((one - low) / (high - low)) * bins);
      shares[Math.min(bins - 1, Math.max(0, bin))]! += 1 / values.length;
    }
    return { mean, std: Math.sqrt(variance), shares };
  });
}
