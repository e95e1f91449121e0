import { expect, test } from "vitest";
import { DocumentError } from "../../src/core/errors.ts";
import { mainJob } from "../../src/document/main-job.ts";
import { resolveRun } from "../../src/document/resolve.ts";

const small = { data: "mnist", model: [{ kind: "dense", units: 5 }, "relu", { kind: "dense", units: 10 }] };

function problemsOf(document: unknown): string {
  try {
    resolveRun(document, "the test");
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return (error as DocumentError).message;
  }
  throw new Error("the document was accepted");
}

test("everything that is left out is written out", () => {
  expect(resolveRun(small).document).toEqual({
    format: "osolgil.run/1",
    seed: 1,
    numerics: "auto",
    data: { kind: "mnist", validation: 5000, stratify: false },
    model: [
      { kind: "dense", name: "dense1", units: 5, initializer: { kind: "he", distribution: "normal" }, bias: true },
      { kind: "relu", name: "relu1" },
      { kind: "dense", name: "dense2", units: 10, initializer: { kind: "he", distribution: "normal" }, bias: true },
    ],
    optimizer: { kind: "adam", learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, biasCorrection: true },
    training: { batchSize: 128, epochs: 10, order: "epochs", accumulate: 1, monitor: "loss" },
  });
});

test.each([small, mainJob, { ...small, model: [{ kind: "dense", units: 3, initializer: { kind: "normal", std: 1 } }] }])(
  "a resolved document resolves to itself",
  (document) => {
    const resolved = resolveRun(document).document;
    expect(resolveRun(JSON.parse(JSON.stringify(resolved))).document).toEqual(resolved);
  },
);

test("an optimizer without a kind is adam", () => {
  expect(resolveRun({ ...small, optimizer: { learningRate: 0.1 } }).document.optimizer).toMatchObject({
    kind: "adam",
    learningRate: 0.1,
  });
});

test("names stand for definitions, with their options", () => {
  const run = resolveRun({
    ...small,
    model: [{ kind: "dense", units: 3, initializer: { kind: "normal", std: 2 } }],
    optimizer: "sgd",
  });
  expect(run.optimizer.definition.name).toBe("sgd");
  const initializer = run.layers[0]!.options.initializer as { definition: { name: string }; options: unknown };
  expect(initializer.definition.name).toBe("normal");
  expect(initializer.options).toEqual({ std: 2, mean: 0 });
});

test("every mistake is told at once, each with its path and the nearest name", () => {
  const message = problemsOf({
    data: { kind: "mnits" },
    model: [{ kind: "dence", units: 3 }, { kind: "dense", units: 0, initialiser: "he" }, "rleu", 7],
    optimizer: { kind: "adam", learningRate: -1, beta1: 1 },
    trainig: {},
    training: { batchSize: 1.5, order: "random" },
  });
  expect(message).toContain("the test has 11 mistakes");
  for (const text of [
    "trainig: a run has no 'trainig'",
    "Did you mean 'training'?",
    "data.kind: there is no data set 'mnits'",
    "Did you mean 'mnist'?",
    "model[0].kind: there is no layer 'dence'",
    "Did you mean 'dense'?",
    "model[1].initialiser: layer 'dense' has no option 'initialiser'",
    "Did you mean 'initializer'?",
    "model[1].units: layer 'dense': units must be an integer in [1, 1000000], received 0",
    "model[2]: there is no layer 'rleu'",
    "Did you mean 'relu'?",
    'model[3]: expected a layer: its name, or an object with its "kind"; received 7',
    "optimizer.learningRate: optimizer 'adam': learningRate must be a number > 0, received -1",
    "optimizer.beta1: optimizer 'adam': beta1 must be a number in [0, 1), received 1",
    "training.batchSize: training: batchSize must be an integer in [1, 1000000], received 1.5",
    "training.order: training: order must be one of epochs, withReplacement, sequential, received 'random'",
  ]) {
    expect(message).toContain(text);
  }
});

test.each([
  [null, "expected an object with data and model, received null"],
  [[], "expected an object with data and model, received a list of 0"],
  [{}, "data: a run needs 'data'"],
  [{ data: "mnist", model: [] }, "model: expected a list of layers, received a list of 0"],
  [{ data: "mnist", model: "relu" }, "model: expected a list of layers, received 'relu'"],
  [{ ...small, training: { epochs: 1, iterations: 1 } }, "epochs and iterations are both given"],
  [{ ...small, training: 3 }, "training: expected an object"],
  [{ ...small, optimizer: { learningRate: null } }, "learningRate must be a number > 0, received null"],
  [{ ...small, seed: -1 }, "seed must be an integer in [0, 9007199254740991], received -1"],
  [
    {
      ...small,
      model: [
        { kind: "relu", name: "a" },
        { kind: "relu", name: "a" },
      ],
    },
    "the name 'a' is taken by model[0]",
  ],
  [{ ...small, model: [{ kind: "relu", name: "a.b" }] }, "expected a name of letters"],
  [{ ...small, model: [{ kind: "dense", units: 2, initializer: "hee" }] }, "model[0].initializer: there is no initializer 'hee'"],
  [{ ...small, model: [{ units: 3 }] }, 'model[0].kind: a layer needs its "kind"'],
  [{ ...small, model: [{ kind: "constructor" }] }, "there is no layer 'constructor'"],
  [{ ...small, format: "osolgil.run/9" }, "format must be one of osolgil.run/1"],
])("%j is refused", (document, expected) => {
  expect(problemsOf(document)).toContain(expected);
});

test("values that JSON does not have are shown as what they are", () => {
  const circle: Record<string, unknown> = { kind: "dense" };
  circle.units = circle;
  expect(problemsOf({ ...small, model: [{ kind: "dense", units: 10n }] })).toContain("received the bigint 10");
  expect(problemsOf({ ...small, model: [circle] })).toContain("received an object that is not JSON");
});
