/**
 * Architectures that nobody chose: random-1 to random-12 dense, random-13 to random-16 convolutional. They are drawn from a fixed
 * seed with Osolgil's own streams, so that they are the same on every machine, and are not rounded to what suits any engine.
 */
import { exp, log } from "../src/core/math.ts";
import { foldIn, randomKey, uniformAt } from "../src/core/random.ts";
import { afterLayer, type Shape } from "./flops.ts";
import { type Component, type ComponentInput, classes, type Workload } from "./workload.ts";

const seed = 2026;
const denseCount = 12;
const convolutionalCount = 4;

interface Drawn {
  readonly input: Shape;
  readonly batch: number;
  readonly layers: readonly ComponentInput[];
  readonly summary: string;
}

/** Draws one number after the other from the stream of an architecture. */
class Draws {
  private readonly key;
  private drawn = 0;

  constructor(number: number) {
    this.key = foldIn(randomKey(seed), "architecture", number);
  }

  uniform(): number {
    return uniformAt(this.key, this.drawn++);
  }

  /** Each of low to high with the same probability. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** Its logarithm is uniform: as many from 16 to 32 as from 512 to 1,024. */
  logUniform(low: number, high: number): number {
    return Math.round(exp(log(low) + this.uniform() * (log(high) - log(low))));
  }

  choice<T>(...choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)]!;
  }
}

function drawDense(draws: Draws): Drawn {
  const depth = draws.integer(1, 12);
  const batch = draws.logUniform(16, 1000);
  const [inputs, ...widths] = Array.from({ length: depth + 1 }, () => draws.logUniform(16, 1500)) as [number, ...number[]];
  return {
    input: [inputs],
    batch,
    layers: widths.flatMap((units): ComponentInput[] => [{ kind: "dense", units }, "relu"]),
    summary: [inputs, ...widths, classes].join("-"),
  };
}

function drawConvolutional(draws: Draws): Drawn {
  const input: Shape = draws.choice([28, 28, 1], [32, 32, 3]);
  const batch = draws.logUniform(16, 128);
  const layers: Component[] = [];
  const words: string[] = [];
  let shape = input;
  const push = (layer: Component, word: string) => {
    layers.push(layer);
    shape = afterLayer(layer, shape).shape;
    words.push(word);
  };
  const convolutions = draws.integer(1, 3);
  for (let i = 0; i < convolutions; i++) {
    const kernel = draws.choice(3, 5);
    const isSame = draws.uniform() < 0.5 || shape[0]! < kernel;
    const filters = draws.logUniform(8, 64);
    push(
      { kind: "conv2d", filters, kernel, ...(isSame && { padding: "same" }) },
      `conv ${kernel}x${kernel}x${filters}${isSame ? " same" : ""}`,
    );
    layers.push({ kind: "relu" });
    // The last one is always pooled: dense heads on whole images are seldom built.
    const isPooled = draws.uniform() < 0.5 || i === convolutions - 1;
    if (isPooled && shape[0]! >= 4) push({ kind: "maxPool2d" }, "pool");
  }
  const hidden = draws.integer(0, 2);
  for (let i = 0; i < hidden; i++) {
    const units = draws.logUniform(16, 256);
    push({ kind: "dense", units }, String(units));
    layers.push({ kind: "relu" });
  }
  return { input, batch, layers, summary: [input.join("x"), ...words, classes].join(", ") };
}

function randomWorkload(number: number): Workload {
  const draws = new Draws(number);
  const { input, batch, layers, summary } = number <= denseCount ? drawDense(draws) : drawConvolutional(draws);
  return {
    name: `random-${number}`,
    summary: `${summary}, batch ${batch}`,
    document: {
      data: { kind: "mnist", validation: 0 },
      model: [...layers, { kind: "dense", units: classes }],
      optimizer: { kind: "adam", learningRate: 0.001 },
      training: { batchSize: batch, epochs: 1, order: "sequential" },
    },
    input,
    source: "normal",
  };
}

export const randomWorkloads: readonly Workload[] = Array.from({ length: denseCount + convolutionalCount }, (_, i) =>
  randomWorkload(i + 1),
);
