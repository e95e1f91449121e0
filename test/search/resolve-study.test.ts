import { describe, expect, test } from "vitest";
import { DocumentError } from "../../src/core/errors.ts";
import {
  adam,
  bestDocument,
  definePruner,
  defineSampler,
  dense,
  relu,
  resolveRun,
  resolveStudy,
  samplers,
} from "../../src/index.ts";
import type { Space } from "../../src/search/space.ts";

const run = { data: "mnist", model: [{ kind: "dense", units: 10 }], optimizer: { kind: "momentum", decay: 0.5 } } as const;
const space = { "optimizer.learningRate": { type: "float", min: 1e-6, max: 1e-2, scale: "log" } } as const;

test("defaults are written out, and what is stored gives the same study", () => {
  const { document } = resolveStudy({ run, space });
  expect(document).toEqual({
    format: "osolgil.study/1",
    run,
    space,
    objective: { metric: "accuracy", goal: "max", at: "best" },
    sampler: { kind: "random" },
    pruners: [{ kind: "explosion", factor: 3 }, { kind: "nonFinite" }],
    trials: 20,
    seed: 1,
    maxFailures: 0.5,
    stages: [{ trials: 20 }],
  });
  const full = {
    run,
    space,
    name: "x",
    sampler: "gaussianProcess",
    trials: 10,
    stages: [{ epochs: 1 }, { trials: 3, iterations: 9 }, { narrow: false }],
    objective: { folds: 5 },
  };
  for (const input of [{ run, space }, full]) {
    const once = resolveStudy(input).document;
    const stored = JSON.parse(JSON.stringify(once));
    expect(JSON.stringify(resolveStudy(stored).document)).toBe(JSON.stringify(once));
  }
});

test("parts of one's own stand where their names would", () => {
  const middle = defineSampler({
    name: "middle",
    summary: "The same point each time.",
    source: "None.",
    options: {},
    learns: false,
    suggest: () => ({ "optimizer.learningRate": 1e-4 }),
    examples: [{}],
  });
  const never = definePruner({
    name: "never",
    summary: "Gives no trial up.",
    source: "None.",
    options: {},
    judge: () => undefined,
    examples: [{}],
  });
  const study = resolveStudy({ run: { ...run, optimizer: adam() }, space, sampler: middle, pruners: [never()] });
  expect([study.sampler.definition.name, study.pruners[0]!.definition.name]).toEqual(["middle", "never"]);
  const bare = resolveStudy({ run: { ...run, optimizer: adam, model: [dense({ units: 9 }), relu] }, space });
  expect(JSON.parse(JSON.stringify(bare.document.run))).toEqual({
    ...run,
    optimizer: { kind: "adam" },
    model: [{ kind: "dense", units: 9 }, { kind: "relu" }],
  });
  expect(bestDocument(bare, { stage: 0, parameters: { "optimizer.learningRate": 0.5 } }).optimizer).toEqual(
    adam({ learningRate: 0.5 }),
  );
  expect(resolveStudy({ run, space, sampler: samplers.grid({ points: 4 }) }).trials).toBe(4);
});

test.each([
  [{ ...run, loss: "meanSquaredError" }, {}, { metric: "loss", goal: "min", at: "best" }],
  [{ ...run, data: { kind: "csv", file: "a.csv", target: "y" } }, {}, { metric: "loss", goal: "min", at: "best" }],
  [
    { ...run, data: { kind: "csv", file: "a.csv", target: "y", task: "classification" } },
    {},
    { metric: "accuracy", goal: "max", at: "best" },
  ],
  [
    { ...run, metrics: ["f1"] },
    { metric: "f1", at: "last", folds: 3 },
    { metric: "f1", goal: "max", at: "last", folds: 3 },
  ],
])("what is looked for follows from the run %#", (document, objective, expected) => {
  expect(resolveStudy({ run: document, space, objective }).objective).toEqual(expected);
});

test("trials that are said of all stages are shared by those that say none", () => {
  const trialsOf = (trials: number | undefined, stages: object[]) =>
    resolveStudy({ run, space, ...(trials && { trials }), stages }).stages.map((stage) => stage.trials);
  expect(trialsOf(50, [{}, { trials: 10 }, {}])).toEqual([20, 10, 20]);
  expect(trialsOf(11, [{}, {}])).toEqual([6, 5]);
  expect(trialsOf(undefined, [{}, { trials: 3 }])).toEqual([20, 3]);
  expect(() => trialsOf(9, [{ trials: 5 }, { trials: 5 }])).toThrow(
    "trials: expected 10, as its stages have together, received 9",
  );
  expect(() => trialsOf(5, [{ trials: 5 }, {}])).toThrow("trials: expected 6 at least, for all its stages, received 5");
});

describe("a trial's document", () => {
  const study = resolveStudy({
    run: { ...run, training: { iterations: 7 } },
    space: {
      width: { type: "integer", min: 5, max: 50, paths: ["model[0].units"] },
      "optimizer.learningRate": space["optimizer.learningRate"],
      optimizer: { type: "categorical", values: ["sgd", { kind: "adam", beta1: 0.8 }] },
      "training.batchSize": { type: "integer", min: 1, max: 2 },
    },
    stages: [{ epochs: 2 }, {}],
  });
  test("has the values, whole components first, and the stage's length of training", () => {
    const parameters = {
      width: 9,
      "optimizer.learningRate": 0.5,
      optimizer: { kind: "adam", beta1: 0.8 },
      "training.batchSize": 2,
    };
    expect(bestDocument(study, { stage: 0, parameters })).toEqual({
      ...run,
      model: [{ kind: "dense", units: 9 }],
      optimizer: { kind: "adam", beta1: 0.8, learningRate: 0.5 },
      training: { epochs: 2, batchSize: 2 },
    });
    expect(bestDocument(study, { stage: 1, parameters }).training).toEqual({ iterations: 7, batchSize: 2 });
    expect(resolveRun(bestDocument(study, { stage: 0, parameters })).optimizer.definition.name).toBe("adam");
  });
});

const refusals: readonly (readonly [what: string, document: Record<string, unknown>, says: readonly string[]])[] = [
  ["nothing", {}, ["a study needs 'run'", "space: expected an object of dimensions, received nothing"]],
  ["a key that there is not", { run, space, trails: 3 }, ["trails: a study has no 'trails'", "Did you mean 'trials'?"]],
  ["a run with mistakes", { run: { ...run, data: "mnits" }, space }, ["run: ", "data: there is no data set 'mnits'"]],
  ["an unknown sampler", { run, space, sampler: "rndom" }, ["sampler: there is no sampler 'rndom'", "Did you mean 'random'?"]],
  [
    "an unknown pruner, and a bad option",
    { run, space, pruners: ["medain", { kind: "median", startupTrials: 0 }] },
    [
      "pruners[0]: there is no pruner 'medain'",
      "pruners[1].startupTrials: pruner 'median': startupTrials must be an integer >= 1, received 0",
    ],
  ],
  [
    "a metric that the run does not have",
    { run, space, objective: { metric: "f1" } },
    ["objective.metric: the run has no metric 'f1'", "valid: loss, accuracy"],
  ],
  [
    "a metric of no goal",
    { run: { ...run, metrics: ["confusionMatrix"] }, space, objective: { metric: "confusionMatrix" } },
    ["objective.goal: 'confusionMatrix' may be better large or small"],
  ],
  ["one fold", { run, space, objective: { folds: 1 } }, ["folds must be an integer in [2, 1000000], received 1"]],
  ["no trials", { run, space, trials: 0 }, ["trials must be an integer in [1, 1000000], received 0"]],
  [
    "epochs and iterations",
    { run, space, stages: [{ epochs: 1, iterations: 1 }] },
    ["stages[0].iterations: epochs and iterations are both given"],
  ],
  [
    "a first stage that narrows",
    { run, space, stages: [{ narrow: {} }] },
    ["stages[0].narrow: the first stage has no stage before it"],
  ],
  [
    "half a trial",
    { run, space, stages: [{}, { narrow: { top: 1.5 } }] },
    ["stages[1].narrow.top: expected a share in (0, 1] or a count, received 1.5"],
  ],
  [
    "a grid beyond counting",
    {
      run: { ...run, model: Array.from({ length: 10 }, () => ({ kind: "dense", units: 10 })) },
      space: Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`model[${i}].units`, { type: "integer", min: 1, max: 50 }] as const),
      ),
      sampler: "grid",
    },
    ["sampler: 'grid' has 9765625 points in this space"],
  ],
];
test.each(refusals)("refused: %s", (_, document, says) => {
  expect(() => resolveStudy(document)).toThrow(DocumentError);
  for (const part of says) expect(() => resolveStudy(document)).toThrow(part);
});

const rate = space["optimizer.learningRate"];
const kinds = { "optimizer.kind": { type: "categorical", values: ["sgd", "momentum"] } };
const bad: readonly (readonly [what: string, space: Record<string, unknown>, says: readonly string[]])[] = [
  [
    "an empty range",
    { a: { ...rate, min: 1, max: 0.1 } },
    ["space.a.max: the range is empty: expected more than 1, its min, received 0.1"],
  ],
  [
    "a range of one value",
    { a: { type: "integer", min: 3, max: 3 } },
    ["expected more than 3", "A single value belongs into the run document."],
  ],
  ["a logarithm of 0", { a: { ...rate, min: 0 } }, ["space.a.min: a logarithmic scale begins above 0, received 0"]],
  [
    "a range that is no number",
    { a: { type: "float", min: "0", max: Number.NaN } },
    ["space.a.min: expected a number, received '0'", "space.a.max: expected a number, received NaN"],
  ],
  ["half an integer", { a: { type: "integer", min: 0.5, max: 3 } }, ["space.a.min: expected an integer, received 0.5"]],
  [
    "a step that does not fit",
    { a: { type: "float", min: 0, max: 1, step: 0.3 } },
    ["space.a.step: a step of 0.3 does not lead from 0 to 1"],
  ],
  ["a step on a logarithmic scale", { a: { ...rate, step: 0.1 } }, ["space.a.step: a step goes with a linear scale"]],
  [
    "an unknown scale",
    { a: { ...rate, scale: "logarithmic" } },
    ["space.a.scale: expected linear or log", "Did you mean 'log'?"],
  ],
  [
    "an unknown type",
    { a: { type: "int" } },
    ["space.a.type: expected one of float, integer, categorical, boolean, received 'int'", "Did you mean 'integer'?"],
  ],
  ["a key of another type", { a: { type: "boolean", values: [true] } }, ["space.a.values: a boolean dimension has no 'values'"]],
  ["no values", { a: { type: "categorical", values: [] } }, ["space.a.values: expected a list of values"]],
  [
    "the same value twice",
    { a: { type: "categorical", values: [{ k: 1 }, { k: 1 }] } },
    ['space.a.values[1]: {"k":1} stands in the list before'],
  ],
  [
    "a value that is no JSON",
    { a: { type: "categorical", values: [Number.POSITIVE_INFINITY] } },
    ["space.a.values[0]: expected a value of JSON, received Infinity"],
  ],
  ["no paths", { a: { ...rate, paths: [] } }, ["space.a.paths: expected a list of paths"]],
  [
    "a path that two set",
    { a: { ...rate, paths: ["seed"] }, seed: { type: "integer", min: 1, max: 9 } },
    ["space.seed: 'seed' is set by 'a' too"],
  ],
  [
    "a condition on what is not there",
    { ...kinds, a: { ...rate, when: { path: "optimizer.knd", is: "sgd" } } },
    ["space.a.when.path: there is no dimension 'optimizer.knd'", "Did you mean 'optimizer.kind'?"],
  ],
  [
    "a condition that never holds",
    { ...kinds, a: { ...rate, when: { path: "optimizer.kind", is: "adam" } } },
    ["space.a.when.is: 'optimizer.kind' is never 'adam'", 'valid: "sgd", "momentum"'],
  ],
  [
    "a condition on real numbers",
    { a: rate, b: { ...rate, when: { path: "a", is: 1e-4 } } },
    ["space.b.when.is: 'a' is never 0.0001"],
  ],
  [
    "conditions in a circle",
    { a: { type: "boolean", when: { path: "b", is: true } }, b: { type: "boolean", when: { path: "a", is: true } } },
    ["space.a.when: the conditions of a, b wait for each other"],
  ],
  [
    "a path that leads nowhere",
    { "model.dense2.units": { type: "integer", min: 1, max: 9 } },
    ["space.model.dense2.units: with 1, 'model.dense2.units': there is no entry 'dense2'"],
  ],
  [
    "a path that leads nowhere, beside another mistake",
    { "model[7].units": { type: "integer", min: 1, max: 9 }, "optimiser.learningRate": rate },
    ["space.model[7].units: with 1, 'model[7].units': there is no entry '7'", "a run has no 'optimiser'"],
  ],
  [
    "an option that there is not",
    { "optimizer.learningrate": rate },
    [
      "space.optimizer.learningrate: with 0.000001, optimizer.learningrate: optimizer 'momentum' has no option 'learningrate'",
      "Did you mean 'learningRate'?",
    ],
  ],
  [
    "an end that runs refuse",
    { "optimizer.decay": { type: "float", min: 0, max: 1 } },
    ["space.optimizer.decay: with 1, optimizer.decay: optimizer 'momentum': decay must be a number in [0, 1), received 1"],
  ],
  [
    "a component that runs refuse",
    { optimizer: { type: "categorical", values: ["adam", "adma"] } },
    ["space.optimizer: with 'adma', optimizer: there is no optimizer 'adma'"],
  ],
  [
    "options of a kind that another does not have",
    { "optimizer.kind": { type: "categorical", values: ["momentum", "sgd"] } },
    ["space.optimizer.kind: with 'sgd', optimizer.decay: optimizer 'sgd' has no option 'decay'"],
  ],
];
test.each(bad)("refused in a space: %s", (_, given, says) => {
  expect(() => resolveStudy({ run, space: given })).toThrow(DocumentError);
  for (const part of says) expect(() => resolveStudy({ run, space: given })).toThrow(part);
});

test("a mistake is told of the dimension that makes it, once", () => {
  const given = {
    "optimizer.learningRate": rate,
    "optimizer.decay": { type: "float", min: -1, max: 0.5 },
    seed: { type: "integer", min: 0, max: 9 },
  };
  try {
    resolveStudy({ run, space: given as Space });
    expect.unreachable();
  } catch (error) {
    expect((error as DocumentError).problems.map(({ path }) => path)).toEqual(["space.optimizer.decay"]);
  }
});

test("what fits together and not alone is no mistake", () => {
  const optimizer = { type: "categorical", values: ["adam"] } as const;
  const study = {
    run: { ...run, optimizer: "sgd" },
    space: { optimizer, "optimizer.beta1": { type: "float", min: 0.5, max: 0.9 } },
  };
  expect(resolveStudy(study).trials).toBe(20);
});
