/** Residual blocks: from the document to trained weights. */
import { describe, expect, test } from "vitest";
import { editDocument } from "../../src/document/edit.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { tanh } from "../../src/nn/activations/tanh.ts";
import { allLayers } from "../../src/nn/blocks.ts";
import { dense as denseLayer } from "../../src/nn/layers/dense.ts";
import { residual as residualLayer } from "../../src/nn/layers/residual.ts";
import { checkGradients } from "../../src/train/gradient-check.ts";
import { Session } from "../../src/train/session.ts";
import { raised } from "../data/raised.ts";
import { blobs, pictures, runOf } from "./toy.ts";

type Layers = RunDocument["model"];
const dense = (units: number, more = {}) => ({ kind: "dense", units, ...more });
const conv = (filters: number, more = {}) => ({ kind: "conv2d", filters, kernel: 3, padding: "same", ...more });
const residual = (layers: Layers, more = {}) => ({ kind: "residual", layers, ...more });
const data = blobs({ count: 60, classes: 3, features: 4 });
const images = pictures({ count: 24, side: 8, classes: 3 });

/** Blocks of every sort: nested, with a shortcut, with statistics and random numbers inside. */
const mixed: Layers = [
  dense(5),
  residual(["relu", dense(7), "batchNorm", "tanh", { kind: "dropout", rate: 0.2 }, dense(5)]),
  residual([residual([dense(5), "sigmoid"]), dense(6)], { shortcut: [dense(6, { bias: false })] }),
  dense(3),
];
const convolutional: Layers = [
  conv(4),
  residual(["batchNorm", "relu", conv(4), "batchNorm", "relu", conv(4)]),
  residual(["relu", conv(6, { stride: 2 })], { shortcut: [{ kind: "conv2d", filters: 6, kernel: 1, stride: 2 }] }),
  "globalAveragePool2d",
  dense(3),
];

const namesOf = (model: Layers) => allLayers(resolveRun({ data: "mnist", model }).layers).map(({ name }) => name);

describe("documents", () => {
  test("layers inside are counted in each block, and go by the names of the blocks around them", () => {
    expect(namesOf(mixed)).toEqual([
      "dense1",
      "residual1",
      ...["relu1", "dense1", "batchNorm1", "tanh1", "dropout1", "dense2"].map((name) => `residual1.${name}`),
      "residual2",
      "residual2.residual1",
      "residual2.residual1.dense1",
      "residual2.residual1.sigmoid1",
      "residual2.dense1",
      "residual2.shortcut.dense1",
      "dense2",
    ]);
    const named = [residual([dense(4, { name: "a" })], { name: "block" }), residual([dense(4, { name: "a" })])];
    expect(namesOf(named)).toEqual(["block", "block.a", "residual2", "residual2.a"]);
  });

  test.each([
    [mixed, "an MLP"],
    [convolutional, "a convolutional net"],
  ])("everything inside is written out, and resolves to itself", (model) => {
    const { document } = resolveRun({ data: "mnist", model });
    expect(resolveRun(JSON.parse(JSON.stringify(document))).document).toEqual(document);
  });

  test("a block written out", () => {
    const { document } = resolveRun({ data: "mnist", model: [residual(["relu", dense(784)])] });
    expect(document.model).toEqual([
      {
        kind: "residual",
        name: "residual1",
        layers: [
          { kind: "relu", name: "relu1" },
          { kind: "dense", name: "dense1", units: 784, initializer: { kind: "he", distribution: "normal" }, bias: true },
        ],
        survival: 1,
      },
    ]);
  });

  test("in code blocks are calls, and give the same document", () => {
    const called = [residualLayer({ layers: [tanh, denseLayer({ units: 4 })], name: "block" })];
    const written = [residual(["tanh", dense(4)], { name: "block" })];
    expect(resolveRun({ data: "mnist", model: called }).document).toEqual(resolveRun({ data: "mnist", model: written }).document);
  });

  test("every mistake inside is told with its path", () => {
    const message = raised(() =>
      resolveRun({
        data: "mnist",
        model: [
          residual([dense(0), "rleu", residual([{ kind: "dence" }])], { shortcut: ["tnah"] }),
          residual([dense(2, { name: "a" }), { kind: "relu", name: "a" }]),
          { kind: "residual" },
          residual([]),
          residual("relu" as never, { shortcuts: [] }),
          residual([dense(2)], { shortcut: [] }),
          residual([dense(2)], { name: "a.b" }),
        ],
      }),
    );
    for (const part of [
      "model[0].layers[0].units: layer 'dense': units must be an integer in [1, 1000000], received 0",
      "model[0].layers[1]: there is no layer 'rleu'",
      "Did you mean 'relu'?",
      "model[0].layers[2].layers[0].kind: there is no layer 'dence'",
      "model[0].shortcut[0]: there is no layer 'tnah'",
      "model[1].layers[1].name: the name 'residual2.a' is taken by model[1].layers[0]",
      "model[2].layers: layer 'residual' needs 'layers': a list of layers",
      "model[3].layers: layer 'residual': layers must be a list of layers, received a list of 0",
      "model[4].layers: layer 'residual': layers must be a list of layers, received 'relu'",
      "model[4].shortcuts: layer 'residual' has no option 'shortcuts'",
      "Did you mean 'shortcut'?",
      "model[5].shortcut: layer 'residual': shortcut must be a list of layers, received a list of 0",
      "model[6].name: expected a name of letters",
    ])
      expect(message).toContain(part);
  });

  test.each([
    "model[1].layers[0].units=9",
    "model.residual1.layers.dense1.units=9",
    "model.residual1.dense1.units=9",
    "model.residual1.layers[0].units=9",
  ])("--set %s finds a layer inside a block", (edit) => {
    const document = { data: "mnist", model: [dense(4), residual([dense(3), dense(4)])] };
    expect(editDocument(document, edit)).toEqual({ data: "mnist", model: [dense(4), residual([dense(9), dense(4)])] });
  });

  test("--set reaches shortcuts and blocks inside blocks by the names that layers have everywhere", () => {
    let document: unknown = { data: "mnist", model: mixed };
    for (const name of namesOf(mixed)) document = editDocument(document, `model.${name}.penalty=${name}`);
    const found: string[] = [];
    JSON.stringify(document, (key, value) => {
      if (key === "penalty") found.push(value);
      return value;
    });
    expect(found.sort()).toEqual(namesOf(mixed).toSorted());
    const block = { model: [residual([dense(4)])] };
    expect(editDocument(block, "model.residual1.name=big")).toEqual({ model: [residual([dense(4)], { name: "big" })] });
  });
});

describe("shapes", () => {
  const built = (model: Layers, dataset = data) =>
    raised(() => new Session(runOf({ model }), dataset, { engine: referenceEngine }));

  test("that differ are named with what mends them", () => {
    const message = built([dense(5), residual([dense(6), "relu"]), dense(3)]);
    expect(message).toBe(
      "ShapeError E_RESIDUAL_SHAPE: residual 'residual1' cannot add [6], of its layers, to [5], of its input | " +
        'Give it "shortcut": [{ "kind": "dense", "units": 6 }], or let its layers end with [5].',
    );
    expect(built([conv(4), residual([conv(6)]), dense(3)], images)).toContain(
      'cannot add [8, 8, 6], of its layers, to [8, 8, 4], of its input | Give it "shortcut": [{ "kind": "conv2d", "filters": 6, "kernel": 1 }], or',
    );
    expect(built([conv(4), residual([conv(4, { padding: "valid" })]), dense(3)], images)).toContain(
      'cannot add [6, 6, 4], of its layers, to [8, 8, 4], of its input | Let its layers end with [8, 8, 4]: convolutions keep height and width with "padding": "same".',
    );
    expect(built([dense(5), residual([dense(6)], { shortcut: [dense(7)] }), dense(3)])).toContain(
      "cannot add [6], of its layers, to [7], of its shortcut | Let its layers and its shortcut end in the same shape.",
    );
  });

  test.each([1, 2, 3, 5])("the shortcut that is proposed for stride %d fits", (stride) => {
    const layers = [conv(6, { stride })];
    const message = built([conv(4), residual(layers), dense(3)], images);
    const shortcut = JSON.parse(/"shortcut": (\[.*?\])/.exec(message)![1]!) as Layers;
    const run = runOf({ model: [conv(4), residual(layers, { shortcut }), dense(3)] });
    expect(() => new Session(run, images, { engine: referenceEngine })).not.toThrow();
  });

  test("that do not fit inside a block are told once, by the layer that is inside", () => {
    const message = built([dense(5), residual(["relu", dense(5, { inputs: 4 })]), dense(3)]);
    expect(message).toContain("E_LAYER_INPUT: dense 'residual1.dense1' expects 4 features, received 5");
    expect(message).toContain("The layer before it, relu 'residual1.relu1', gives 5. Set residual1.dense1.inputs to 5");
    expect(built([dense(5), residual([dense(5, { inputs: 4 })]), dense(3)])).toContain("dense 'dense1', gives 5.");
    expect(message.match(/residual 'residual1'/)).toBeNull();
  });

  test("a batch of one is refused where a layer inside needs two", () => {
    const run = runOf({ model: mixed, training: { batchSize: 59, epochs: 1 } });
    expect(raised(() => new Session(run, data, { engine: referenceEngine }))).toContain(
      "E_BATCH_OF_ONE: batchNorm 'residual1.batchNorm1' cannot normalise a batch of 1",
    );
  });
});

test("the short description tells what is inside, and blocks that repeat once", () => {
  const described = (model: Layers, dataset = data) =>
    new Session(runOf({ model }), dataset, { engine: referenceEngine }).describeModel();
  expect(described(mixed)).toBe("4-5-residual(7-batchNorm-tanh-dropout 0.2-5)-residual(residual(5-sigmoid)-6 | 6)-3");
  expect(described(convolutional, images)).toBe(
    "8x8-conv 3x3x4-residual(batchNorm-conv 3x3x4-batchNorm-conv 3x3x4)-residual(conv 3x3x6/2 | conv 1x1x6/2)-globalAveragePool-3",
  );
  const block = residual([dense(4), "relu", dense(4)]);
  expect(described([block, block, block, dense(4), dense(4), block, dense(3)])).toBe("4-residual(4-4)x3-4-4-residual(4-4)-3");
  // Images are told as such where a layer looks at them, however deep inside.
  expect(described([residual(["flatten"], { shortcut: [conv(1), "flatten"] }), dense(3)], images)).toMatch(/^8x8-residual/);
});

test.each<[string, Layers, typeof data]>([
  ["features", mixed, data],
  ["images", convolutional, images],
])("the gradient of a whole model with blocks over %s is right", (_, model, dataset) => {
  const result = checkGradients(runOf({ model }), dataset, { rows: 6, entries: 8 });
  expect(result.verdict).toBe("good");
  expect(result.parameters.every(({ checked }) => checked > 0)).toBe(true);
});

/** Losses of some steps, and all states after them. */
function trained(model: Layers, dataset: typeof data, engine: typeof wasmEngine, numerics?: "fused" | "portable") {
  const run = runOf({ model, optimizer: { kind: "momentum", learningRate: 0.02 }, training: { batchSize: 8, epochs: 5 } });
  const session = new Session(run, dataset, { engine, ...(numerics && { numerics }) });
  const losses = Array.from({ length: 6 }, (_, step) => session.step(step).loss);
  return { losses, states: session.readStates(), evaluated: session.evaluate("test")!.loss };
}

describe.each<[string, Layers, typeof data]>([
  ["features", mixed, data],
  ["images", convolutional, images],
])("blocks over %s", (_, model, dataset) => {
  const { numerics } = wasmEngine.probe() as { numerics: readonly ("fused" | "portable")[] };

  test.each(numerics)("train on wasm, %s, as on the reference", (profile) => {
    const [exact, received] = [trained(model, dataset, referenceEngine), trained(model, dataset, wasmEngine, profile)];
    // Six steps in float32 beside float64, of losses near 1: 6e-8 a rounding, a few hundred of them in a step, many of which cancel.
    received.losses.forEach((loss, step) => {
      expect(Math.abs(loss - exact.losses[step]!), `step ${step}`).toBeLessThan(1e-4);
    });
    expect(Math.abs(received.evaluated - exact.evaluated)).toBeLessThan(1e-4);
    expect(received.losses[5]).not.toBe(received.losses[0]);
    expect(received.states.map(({ name }) => name)).toEqual(exact.states.map(({ name }) => name));
  });

  test("learn", () => {
    const run = runOf({ model, optimizer: { kind: "adam", learningRate: 0.01 }, training: { batchSize: 8, iterations: 150 } });
    const session = new Session(run, dataset, { engine: wasmEngine });
    const losses = Array.from({ length: 150 }, (_, step) => session.step(step).loss);
    const mean = (list: number[]) => list.reduce((sum, loss) => sum + loss, 0) / list.length;
    expect(mean(losses.slice(-15))).toBeLessThan(0.5 * mean(losses.slice(0, 5)));
  });
});

test("60 layers learn in 30 blocks, and not without", () => {
  const classes = blobs({ count: 256, classes: 4, features: 8 });
  const inside = (last: string): Layers => ["relu", dense(16), "relu", dense(16, { initializer: last })];
  const lossOf = (body: Layers): number => {
    const run = runOf({
      model: [dense(16), ...body, dense(4)],
      optimizer: { kind: "sgd", learningRate: 0.01 },
      training: { batchSize: 32, iterations: 150 },
    });
    const session = new Session(run, classes, { engine: wasmEngine, numerics: "portable" });
    for (let step = 0; step < 150; step++) session.step(step);
    return session.evaluate("test")!.loss;
  };
  // Blocks whose last weights are 0 pass on what comes: the net begins as a shallow one. Without them there is nothing to pass on.
  expect(lossOf(Array.from({ length: 30 }, () => residual(inside("zeros"))))).toBeLessThan(0.05);
  // Guessing among four classes costs ln 4 = 1.386.
  expect(lossOf(Array.from({ length: 30 }, () => inside("he")).flat())).toBeGreaterThan(1.3);
});

describe("penalties and constraints", () => {
  const weightsAfter = (model: Layers, more: Partial<RunDocument> = {}) => {
    const run = runOf({ model, optimizer: { kind: "sgd", learningRate: 0.1 }, ...more });
    const session = new Session(run, data, { engine: referenceEngine });
    const before = new Map(session.readStates().map(({ name, values }) => [name, values]));
    session.step(0);
    return { before, after: new Map(session.readStates().map(({ name, values }) => [name, values])) };
  };
  const model = (block = {}, inner = {}, nested = {}): Layers => [
    residual([dense(4, inner), "tanh", residual([dense(4)], nested)], block),
    dense(3),
  ];

  test("of a block are those of the layers inside it, however deep, but where one has its own", () => {
    const l2 = (strength: number) => ({ penalty: { kind: "l2", strength } });
    const plain = weightsAfter(model());
    const held = weightsAfter(model(l2(0.3), l2(0.2)), l2(0.1));
    for (const [name, strength] of [
      ["residual1.dense1.weight", 0.2],
      ["residual1.residual1.dense1.weight", 0.3],
      ["dense1.weight", 0.1],
      ["residual1.dense1.bias", 0],
    ] as const) {
      // A step of SGD moves a weight by the learning rate times strength times weight more; the states are read in float32.
      held.after.get(name)!.forEach((value, i) => {
        expect(value, name).toBeCloseTo(plain.after.get(name)![i]! - 0.1 * strength * held.before.get(name)![i]!, 6);
      });
    }
    const nested = weightsAfter(model(l2(0.3), {}, l2(0)));
    expect(nested.after.get("residual1.residual1.dense1.weight")).toEqual(plain.after.get("residual1.residual1.dense1.weight"));
  });

  test("a block's constraint bounds the units inside", () => {
    const { after } = weightsAfter(model({ constraint: { kind: "maxNorm", limit: 0.1 } }));
    const norm = (name: string, unit: number) => Math.hypot(...after.get(name)!.filter((_, i) => i % 4 === unit));
    // The rounding of float32 above the limit.
    for (let unit = 0; unit < 4; unit++) expect(norm("residual1.residual1.dense1.weight", unit)).toBeLessThanOrEqual(0.1 + 1e-7);
    expect(Math.hypot(...after.get("dense1.weight")!)).toBeGreaterThan(0.5);
  });

  test("a block without weights has none of its own to hold back", () => {
    const run = runOf({ model: [residual(["relu", "tanh"], { penalty: "l2" }), dense(3)] });
    expect(raised(() => new Session(run, data, { engine: referenceEngine }))).toContain(
      "residual 'residual1' has no weights for its penalty",
    );
  });
});
