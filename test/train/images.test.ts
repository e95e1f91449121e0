/** Networks over images, and layers that draw random numbers: from the document to trained weights. */
import { describe, expect, test } from "vitest";
import { foldIn, randomKey } from "../../src/core/random.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { checkGradients } from "../../src/train/gradient-check.ts";
import { Session } from "../../src/train/session.ts";
import { raised } from "../data/raised.ts";
import { blobs, pictures, runOf } from "./toy.ts";

const engines = [referenceEngine, wasmEngine];
const dense3 = { kind: "dense", units: 3 };

describe("documents", () => {
  const document: RunDocument = {
    data: "mnist",
    model: [
      { kind: "conv2d", filters: 30, kernel: 5 },
      "relu",
      "maxPool2d",
      { kind: "dense", units: 100 },
      "relu",
      { kind: "dense", units: 10 },
    ],
    training: { batchSize: 4, epochs: 1 },
  };

  test("a convolutional network over MNIST resolves, with everything written out", () => {
    const { model } = resolveRun(document).document;
    expect(model.slice(0, 3)).toEqual([
      {
        kind: "conv2d",
        name: "conv2d1",
        filters: 30,
        kernel: 5,
        stride: 1,
        padding: "valid",
        dilation: 1,
        groups: 1,
        bias: true,
        initializer: { kind: "he", distribution: "normal" },
      },
      { kind: "relu", name: "relu1" },
      { kind: "maxPool2d", name: "maxPool2d1", size: 2, padding: 0 },
    ]);
    const resolved = resolveRun(document).document;
    expect(resolveRun(JSON.parse(JSON.stringify(resolved))).document).toEqual(resolved);
  });

  test("its images stay images, and its description reads like the network", () => {
    const { data: _, ...rest } = document;
    const session = new Session(runOf(rest), pictures({ count: 8, side: 28, classes: 10 }), { engine: referenceEngine });
    expect(session.describeModel()).toBe("28x28-conv 5x5x30-maxPool-100-10");
    expect(session.model.parameters.map(({ tensor }) => [tensor.name, tensor.shape])).toEqual([
      ["conv2d1.weight", [5, 5, 1, 30]],
      ["conv2d1.bias", [30]],
      ["dense1.weight", [12 * 12 * 30, 100]],
      ["dense1.bias", [100]],
      ["dense2.weight", [100, 10]],
      ["dense2.bias", [10]],
    ]);
    expect(session.model.parameterCount).toBe(5 * 5 * 30 + 30 + 4320 * 100 + 100 + 1010);
  });

  test.each<[RunDocument["model"], string]>([
    [[{ kind: "dense", units: 5 }, "dropout", dense3], "64-5-dropout 0.5-3"],
    [["flatten", { kind: "dropout", rate: 0.2 }, "tanh", dense3], "64-dropout 0.2-tanh-3"],
    [
      [{ kind: "conv2d", filters: 4, kernel: 3, stride: 2, padding: 1 }, "batchNorm", "globalAveragePool2d", dense3],
      "8x8-conv 3x3x4/2-batchNorm-globalAveragePool-3",
    ],
    [
      [{ kind: "maxPool2d", size: 3, stride: 2 }, { kind: "averagePool2d", size: 3 }, dense3],
      "8x8-maxPool 3x3/2-averagePool 3x3-3",
    ],
  ])("%j is described as %s", (model, expected) => {
    const session = new Session(runOf({ model }), pictures({ count: 12, side: 8, classes: 3 }), { engine: referenceEngine });
    expect(session.describeModel()).toBe(expected);
  });

  test.each<[string, RunDocument["model"], RegExp]>([
    [
      "a kernel larger than what is left of the image",
      [{ kind: "maxPool2d", size: 4 }, { kind: "conv2d", filters: 2, kernel: 3 }, dense3],
      /^ShapeError E_SHAPE_WINDOW: conv2d 'conv2d1': patches: a window of 3 x 3 does not fit into the images of maxPool 'maxPool2d1' \[4, 2, 2, 1\] \| The layer before it, maxPool2d 'maxPool2d1', gives \[4, 2, 2, 1\]\. Take a smaller kernel, more padding, or less striding and pooling before it\.$/,
    ],
    [
      "a convolution after a dense layer",
      [{ kind: "dense", units: 6 }, { kind: "conv2d", filters: 2, kernel: 3 }, dense3],
      /^ShapeError E_LAYER_INPUT: conv2d 'conv2d1' expects images \[rows, height, width, channels\], received \[4, 6\] \| The layer before it, dense 'dense1', gives \[6\] for an example\. Put conv2d before/,
    ],
    [
      "groups that do not divide the channels",
      [
        { kind: "conv2d", filters: 3, kernel: 3, name: "first" },
        { kind: "conv2d", filters: 4, kernel: 3, groups: 2, name: "second" },
        dense3,
      ],
      /conv2d 'second' cannot split its 3 channels into 2 groups of one size \| The layer before it, conv2d 'first', gives 3 channels\. Choose groups/,
    ],
    [
      "padding as wide as the window",
      [{ kind: "averagePool2d", size: 2, padding: 2 }, dense3],
      /averagePool2d 'averagePool2d1' has windows of 2 x 2 and a padding of 2; .* \| Set averagePool2d1\.padding to 1 or less/,
    ],
    [
      "images at the end",
      [{ kind: "conv2d", filters: 3, kernel: 3 }],
      /conv2d 'conv2d1' is the last layer and gives \[6, 6, 3\] for an example; data set 'pictures' has 3 classes/,
    ],
  ])("%s is refused, with both layers, shapes and the mend", (_, model, message) => {
    const run = runOf({ model, training: { batchSize: 4, epochs: 1 } });
    expect(raised(() => new Session(run, pictures({ count: 12, side: 8, classes: 3 }), { engine: referenceEngine }))).toMatch(
      message,
    );
  });
});

describe("training", () => {
  test.each(engines)("$name: a convolutional network learns bars at three places", (engine) => {
    const run = runOf({
      model: [
        { kind: "conv2d", filters: 4, kernel: 3, padding: "same" },
        "batchNorm",
        "relu",
        "maxPool2d",
        { kind: "dropout", rate: 0.1 },
        dense3,
      ],
      optimizer: { kind: "adam", learningRate: 0.02 },
      training: { batchSize: 16, epochs: 8 },
    });
    const session = new Session(run, pictures({ count: 60, side: 6, classes: 3 }), { engine });
    for (let step = 0; step < session.steps; step++) session.step(step);
    expect(session.evaluate("test")!.accuracy).toBeGreaterThan(0.9);
    expect(session.firstNonFinite()).toBeUndefined();
  });

  test("the wasm engine follows the reference, masks and all", () => {
    const run = runOf({
      model: [{ kind: "conv2d", filters: 3, kernel: 3 }, "tanh", "averagePool2d", "dropout", dense3],
      training: { batchSize: 7, epochs: 2 },
    });
    const [exact, fast] = engines.map((engine) => new Session(run, pictures({ count: 25, side: 7, classes: 3 }), { engine }));
    for (let step = 0; step < exact!.steps; step++) {
      const { loss } = exact!.step(step);
      // A step's rounding is a few 1e-7 of the loss, and a few steps amplify it by no more than 100; a wrong mask changes it by tenths.
      expect(Math.abs(fast!.step(step).loss - loss)).toBeLessThan(1e-4);
    }
  });
});

describe("dropout", () => {
  const data = blobs({ count: 22, classes: 3, features: 6 });
  // So slow that the weights stay: what a step's loss depends on is its batch and its masks.
  const still = { kind: "sgd", learningRate: 1e-30 };
  const model = [
    { kind: "dropout", rate: 0.4, name: "first" },
    { kind: "dense", units: 8 },
    "tanh",
    { kind: "dropout", name: "second" },
    dense3,
  ];
  const sessionOf = (document: Partial<RunDocument> = {}, engine = referenceEngine) =>
    new Session(
      runOf({ model, optimizer: still, training: { batchSize: 22, epochs: 9, order: "sequential" }, ...document }),
      data,
      {
        engine,
      },
    );

  test.each(engines)("$name: a mask depends on the step, not on the steps before it", (engine) => {
    const [one, other] = [sessionOf({}, engine), sessionOf({}, engine)];
    const losses = [0, 1, 2, 3].map((step) => one.step(step).loss);
    expect(new Set(losses).size).toBe(4);
    expect([3, 0, 2].map((step) => other.step(step).loss)).toEqual([losses[3], losses[0], losses[2]]);
  });

  test("keys come from seed, layer and step, in every program of a run", () => {
    for (const seed of [1, 2]) {
      const session = sessionOf({ seed, training: { batchSize: 9, epochs: 3, order: "sequential" } });
      for (const [step, rows] of [9, 9, 4, 9, 9, 4].entries()) {
        session.step(step);
        for (const layer of ["first", "second"]) {
          const words = session.executable.input(`train.${rows}`, `random.${layer}`);
          const { k0, k1 } = foldIn(foldIn(randomKey(seed), `random.${layer}`), step);
          expect([...words].map((word) => word >>> 0)).toEqual([k0, k1]);
        }
      }
    }
  });

  test("evaluation leaves nothing out", () => {
    const plain = model.filter((layer) => typeof layer === "string" || layer.kind !== "dropout");
    expect(sessionOf().evaluate("test")).toEqual(sessionOf({ model: plain }).evaluate("test"));
  });

  test("a rate of 0 changes nothing", () => {
    const none = model.map((layer) => (typeof layer !== "string" && layer.kind === "dropout" ? { ...layer, rate: 0 } : layer));
    const plain = model.filter((layer) => typeof layer === "string" || layer.kind !== "dropout");
    expect(sessionOf({ model: none }).step(0).loss).toBe(sessionOf({ model: plain }).step(0).loss);
  });
});

describe("the gradient check", () => {
  test("holds convolutions, pools, batch normalisation and dropout", () => {
    const run = runOf({
      model: [
        { kind: "conv2d", filters: 4, kernel: 3, padding: "same" },
        "batchNorm",
        "relu",
        { kind: "maxPool2d", size: 3, stride: 2, padding: 1 },
        { kind: "dropout", rate: 0.3 },
        { kind: "conv2d", filters: 4, kernel: 2, groups: 2, dilation: 2 },
        "tanh",
        { kind: "averagePool2d", size: 2, stride: 1 },
        "globalAveragePool2d",
        "dropout",
        dense3,
      ],
    });
    const result = checkGradients(run, pictures({ count: 20, side: 7, classes: 3 }), { rows: 5, entries: 20 });
    expect(result.parameters.map(({ name }) => name)).toEqual([
      "conv2d1.weight",
      "conv2d1.bias",
      "batchNorm1.gamma",
      "batchNorm1.beta",
      "conv2d2.weight",
      "conv2d2.bias",
      "dense1.weight",
      "dense1.bias",
    ]);
    expect(result.verdict).toBe("good");
    // Truncation h^2 = 1e-10 and rounding 1e-16/h = 1e-11, both relative to gradients of about their root mean square. That of
    // the bias before batch normalisation is 0: differences of it are rounding alone, which must not be suspect.
    for (const { name, worstError } of result.parameters)
      expect(worstError, name).toBeLessThan(name === "conv2d1.bias" ? 1e-4 : 1e-6);
    expect(result.parameters.every(({ checked }) => checked > 0)).toBe(true);
  });

  test("an entry that moves a maximum to another place is skipped and counted", () => {
    // Filters of zeros: every place of a window is the largest, and the least step of a weight chooses among them.
    const zeros = { kind: "conv2d", filters: 2, kernel: 3, initializer: "zeros" };
    const run = runOf({ model: [zeros, "maxPool2d", dense3] });
    const { parameters, verdict } = checkGradients(run, pictures({ count: 20, side: 6, classes: 3 }));
    expect(parameters[0]).toMatchObject({ name: "conv2d1.weight", checked: 0 });
    expect(parameters[0]!.skipped).toBeGreaterThan(0);
    // A bias moves all places alike.
    expect(parameters[1]).toMatchObject({ name: "conv2d1.bias", skipped: 0 });
    expect(verdict).toBe("good");
  });
});
