/** Sound runs, drawn by seed: networks, optimizers and data as people take them. */
import type { ComponentInput } from "../../src/core/choice.ts";
import { pow } from "../../src/core/math.ts";
import { foldIn, randomKey, uniformAt } from "../../src/core/random.ts";
import type { Case } from "./diagnose.ts";
import { bends, blobs, moons, photographsOfDigits, spirals } from "./toys.ts";

/** Rates that are usual for an optimizer, on problems of about unit size. */
const rates: Readonly<Record<string, readonly [number, number]>> = {
  sgd: [0.03, 0.2],
  momentum: [0.003, 0.03],
  adam: [5e-4, 3e-3],
  rmsprop: [3e-4, 2e-3],
  adagrad: [5e-3, 3e-2],
};

/** Run `seed` of the sound ones. */
export function cleanRun(seed: number): Case {
  const key = foldIn(randomKey(seed), "clean run");
  let drawn = 0;
  const uniform = () => uniformAt(key, drawn++);
  const choose = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const between = (low: number, high: number) => Math.round(low * pow(high / low, uniform()));

  const task = choose(["digits", "digits", "digits", "pictures", "blobs", "moons", "spirals", "bends"]);
  const activation = choose(["relu", "relu", "tanh", "leakyRelu", "sigmoid"]);
  // Sigmoid layers on top of each other learn badly: that is a lesson of its own.
  const depth = activation === "sigmoid" ? 1 : between(1, 6);
  const isPicture = task === "pictures";
  const initializer = activation === "tanh" || activation === "sigmoid" ? "xavier" : "he";
  const isNormed = !isPicture && uniform() < 0.25;
  const isDropped = uniform() < 0.2;
  const width = between(isDropped ? 60 : 8, 200);
  const block = (): ComponentInput[] => [
    { kind: "dense", units: width, initializer },
    ...(isNormed ? ["batchNorm"] : []),
    activation,
    ...(isDropped ? [{ kind: "dropout", rate: 0.1 + 0.3 * uniform() }] : []),
  ];
  const outputs = { digits: 10, pictures: 10, blobs: 4, moons: 2, spirals: 3, bends: 1 }[task]!;
  const convolution = (filters: number): ComponentInput[] => [
    { kind: "conv2d", filters, kernel: 3, padding: "same" },
    "relu",
    { kind: "maxPool2d", size: 2 },
  ];
  const optimizer = choose(Object.keys(rates));
  const [low, high] = rates[optimizer]!;
  // The gradients of squared errors are larger.
  const learningRate = Number(
    (low * pow(high / low, uniform()) * (task === "bends" && optimizer === "sgd" ? 0.2 : 1)).toPrecision(2),
  );
  const data = {
    digits: photographsOfDigits,
    pictures: photographsOfDigits,
    blobs: () => blobs(3000, seed),
    moons: () => moons(3000, seed),
    spirals: () => spirals(3000, seed),
    bends: () => bends(5000, seed),
  }[task]!();
  const isDigits = task === "digits" || isPicture;
  const batchSize = choose(isDigits ? [32, 64, 128, 256] : [16, 32, 64]);
  const first = choose([5000, 10_000]);
  const count = isDigits ? first : data.train.inputs.count;
  // Some 300 to 800 steps.
  const epochs = Math.max(3, Math.min(isDigits ? 6 : 15, Math.round(((isPicture ? 150 : 500) * batchSize) / count)));
  const strength = uniform() < 0.2 ? Number((1e-5 * pow(100, uniform())).toPrecision(2)) : 0;
  return {
    name: `${seed}: ${task}${isDigits ? ` ${first}` : ""} ${isPicture ? "convnet" : `${depth} x ${width} ${activation}`}${isNormed ? " batchNorm" : ""}${isDropped ? " dropout" : ""}${strength > 0 ? `, L2 ${strength}` : ""}, ${optimizer} ${learningRate}, batches of ${batchSize}, ${epochs} epochs`,
    seed,
    data,
    ...(isDigits && { first }),
    model: [
      ...(isPicture ? [...convolution(8), ...convolution(8)] : Array.from({ length: depth }, block).flat()),
      { kind: "dense", units: outputs, initializer },
    ],
    optimizer: { kind: optimizer, learningRate },
    ...(strength > 0 && { penalty: { kind: "l2", strength } }),
    training: { batchSize, epochs },
  };
}
