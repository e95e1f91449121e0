/** Arrays in, a trained model out. */
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  adam,
  allParts,
  binaryCrossEntropy,
  defineLayer,
  defineLoss,
  defineMetric,
  defineOptimizer,
  dense,
  dropout,
  type FitOptions,
  fit,
  graph,
  initializers,
  loadModel,
  metrics,
  openSession,
  type RunEvent,
  referenceEngine,
  relu,
  residual,
  schedules,
  sgd,
  tanh,
} from "../../src/index.ts";
import { raised } from "../data/raised.ts";

/** Points of a grid; above the diagonal they are "high". */
const points = Array.from({ length: 240 }, (_, i) => [(i % 17) / 17, ((i * 7) % 23) / 23]);
const names = points.map(([a, b]) => (a! + b! > 1 ? "high" : "low"));
const numbers = points.map(([a, b]) => (a! + b! > 1 ? 1 : 0));
const heights = points.map(([a, b]) => 1000 + 500 * a! * b!);

const classifier = {
  model: [dense({ units: 16 }), relu, dense({ units: 2 })],
  inputs: points,
  targets: names,
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 16,
  epochs: 30,
} satisfies FitOptions;

describe("fit", () => {
  test("learns classes by their names, predicts them, and comes back from its bytes", async () => {
    const model = await fit({ ...classifier, validation: 0.2, metrics: [metrics.f1] });
    const { accuracy, metrics: measured } = model.evaluate(points, names);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(measured!.f1).toBeGreaterThan(0.95);
    const found = model.predict([
      [0.9, 0.8],
      [0.1, 0.1],
    ]);
    expect(found).toMatchObject({ count: 2, width: 2, labels: ["high", "low"] });
    expect(found.probabilities![0]! + found.probabilities![1]!).toBeCloseTo(1, 14);
    const again = loadModel(model.save());
    expect(again.predict(points)).toEqual(model.predict(points));
    expect(again.evaluate(points, names)).toEqual(model.evaluate(points, names));
    expect(again.document).toEqual(model.document);
    expect([...again.save()]).toEqual([...model.save()]);
  });

  test.each([2, 500])("predicts the same for an example of %i numbers alone, among few and among many", async (width) => {
    const inputs = points.map(([a, b], i) =>
      Array.from({ length: width }, (_, j) => [a!, b!, ((i * 31 + j * 17) % 97) / 97][Math.min(j, 2)]!),
    );
    const model = await fit({ ...classifier, inputs, model: [dense({ units: 40 }), relu, dense({ units: 2 })], epochs: 2 });
    const all = model.predict(inputs);
    for (const count of [1, 2, 16, 17, 239]) {
      const some = model.predict(inputs.slice(0, count));
      expect([...some.outputs]).toEqual([...all.outputs.slice(0, 2 * count)]);
    }
  });

  test("learns values; predictions are in their own units, standardised or not", async () => {
    const options = {
      model: [dense({ units: 8 }), tanh, dense({ units: 1 })],
      inputs: points,
      targets: heights,
      standardiseTargets: true,
      optimizer: adam({ learningRate: 0.02 }),
      batchSize: 16,
      metrics: [metrics.rSquared, metrics.meanAbsoluteError],
      epochs: 60,
      test: 0.2,
    } satisfies FitOptions;
    const events: RunEvent[] = [];
    const training = fit(options);
    for await (const event of training) events.push(event);
    const model = await training;
    const { metrics: measured } = model.evaluate(points, heights);
    expect(measured!.rSquared).toBeGreaterThan(0.9);
    expect(model.predict([[0.5, 0.5]]).outputs[0]).toBeGreaterThan(1050);
    // What the run tells of its test rows is in units of the targets too.
    const ended = events[events.length - 1]!;
    if (ended.type !== "run.ended") throw new Error(ended.type);
    expect(ended.metrics.testMetrics!.meanAbsoluteError).toBeGreaterThan(1);
    expect(ended.metrics.testMetrics!.meanAbsoluteError).toBeLessThan(60);
  });

  test("takes typed arrays in one piece, bytes with a scale, and lists of typed arrays alike", async () => {
    const bytes = Uint8Array.from(points.flat(), (x) => 255 * x);
    const scaled = Array.from({ length: 240 }, (_, i) => Float32Array.of(bytes[2 * i]! / 255, bytes[2 * i + 1]! / 255));
    const weightsOf = async (inputs: FitOptions["inputs"]) => [
      ...(await fit({ ...classifier, inputs, epochs: 2 })).predict([[0.2, 0.7]]).outputs,
    ];
    const fromBytes = await weightsOf({ values: bytes, shape: [240, 2], scale: 1 / 255 });
    const fromLists = await weightsOf(scaled);
    // One rounding in float32 of b / 255 or of b times 1 / 255: 1e-7 of an input, times what 3 epochs make of it.
    fromLists.forEach((value, i) => {
      expect(Math.abs(value - fromBytes[i]!)).toBeLessThan(1e-4);
    });
  });

  test.each([
    ["numbers, by the loss", { targets: numbers, loss: "softmaxCrossEntropy" }],
    ["Int32Array", { targets: Int32Array.from(numbers) }],
    ["Uint8Array", { targets: Uint8Array.from(numbers) }],
    ["numbers, by the task", { targets: numbers, task: "classification" as const }],
    ["numbers, by a count", { targets: numbers, classes: 2 }],
    ["numbers with names", { targets: numbers, labels: ["low", "high"] }],
  ])("classes: %s", async (_, more) => {
    const model = await fit({ ...classifier, epochs: 20, ...more });
    expect(model.task).toMatchObject({ kind: "classification", classes: 2 });
    expect(model.evaluate(points, more.targets).accuracy).toBeGreaterThan(0.9);
    expect(model.predict([[0.9, 0.9]]).classes).toEqual(Int32Array.of(1));
  });

  test("yes and no by one output, with its probability", async () => {
    const model = await fit({
      ...classifier,
      model: [dense({ units: 8 }), tanh, dense({ units: 1 })],
      targets: numbers,
      loss: binaryCrossEntropy,
    });
    expect(model.task).toEqual({ kind: "regression", outputs: 1 });
    const { probabilities } = model.predict([
      [0.95, 0.95],
      [0.05, 0.05],
    ]);
    expect(probabilities![0]).toBeGreaterThan(0.9);
    expect(probabilities![1]).toBeLessThan(0.1);
  });

  test("is the same to the bit each time, and as a session that is stepped by hand", async () => {
    const options = { ...classifier, model: [dense({ units: 6 }), dropout({ rate: 0.2 }), relu, dense({ units: 2 })], epochs: 3 };
    const [one, other] = [await fit(options), await fit(options)];
    expect([...one.save()]).toEqual([...other.save()]);
    const session = openSession(options);
    for (let step = 0; step < session.steps; step++) session.step(step);
    const stepped = new Map(session.readPredicting().map(({ name, values }) => [name, [...values]]));
    expect(loadModel(one.save()).predict([[0.3, 0.4]])).toEqual(one.predict([[0.3, 0.4]]));
    expect(stepped.size).toBe(4);
    const reference = await fit({ ...options, engine: referenceEngine });
    expect(reference.predict([[0.3, 0.4]]).outputs[0]).toBeCloseTo(one.predict([[0.3, 0.4]]).outputs[0]!, 3);
  });

  test("every event comes to each walk, in order, from the first to the last", async () => {
    const training = fit({ ...classifier, epochs: 3, schedule: schedules.cosine({ end: 0.1 }) });
    const walk = async () => {
      const types: string[] = [];
      for await (const event of training) types.push(event.type);
      return types;
    };
    const [first, second] = await Promise.all([walk(), walk()]);
    expect(first[0]).toBe("run.started");
    expect(first.filter((type) => type === "epoch.ended")).toHaveLength(3);
    expect(first[first.length - 1]).toBe("run.ended");
    expect(second).toEqual(first);
    expect(await walk()).toEqual(first);
  });

  test("ends when its signal is aborted: the reason for who awaits it, the model as it is for who wants it", async () => {
    const stopping = new AbortController();
    const training = fit({ ...classifier, epochs: 1_000_000, signal: stopping.signal });
    let steps = 0;
    for await (const event of training) {
      if (event.type === "epoch.ended" && event.epoch === 2) stopping.abort(new Error("enough"));
      if (event.type === "run.ended") {
        steps = event.step;
        expect(event.status).toBe("stopped");
      }
    }
    await expect(training).rejects.toThrow("enough");
    expect(steps).toBeGreaterThanOrEqual(30);
    expect(training.current().predict([[0, 0]]).count).toBe(1);
  });

  test("gives way to timers while it trains", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(), 300);
    await expect(fit({ ...classifier, epochs: 1_000_000, signal: stopping.signal })).rejects.toThrow();
    clearInterval(timer);
    // Once in 20 ms and a step: 15 times in 300 ms, fewer on a machine that is busy.
    expect(ticks).toBeGreaterThan(2);
  });

  test("a loss that is no number rejects with the reason and what to do", async () => {
    await expect(fit({ ...classifier, optimizer: sgd({ learningRate: 1e30 }) })).rejects.toMatchObject({
      code: "E_TRAINING_FAILED",
      message: expect.stringMatching(/^training failed: .*(NaN|infinite|not finite)/),
    });
  });
});

describe("what does not fit together is refused before anything is trained", () => {
  test.each([
    ["a ragged row", { inputs: [[1, 2], [3]] }, /E_DATA_RAGGED: inputs\[1\] must have 2 entries as the others have, received 1/],
    ["a text among numbers", { inputs: [[1, "2"]] as never }, /E_DATA_NUMBER: inputs\[0\]\[1\] must be a number, received '2'/],
    ["NaN", { inputs: [[1, Number.NaN]], targets: ["a"] }, /E_DATA_NOT_FINITE: .*NaN in row 0/],
    ["no example", { inputs: [], targets: [] }, /E_DATA/],
    ["counts that differ", { inputs: points.slice(1) }, /E_DATA_COUNTS: .*239 inputs and 240 targets/],
    [
      "a shape that does not hold the numbers",
      { inputs: { values: new Float32Array(7), shape: [2, 3] } },
      /E_DATA_SHAPE: .*\[2, 3\] holds 6, received 7/,
    ],
    ["half a class", { targets: numbers.map((x) => x / 2), task: "classification" as const }, /E_DATA_LABEL: .*0\.5/],
    ["a class too many", { targets: names.map((name, i) => (i % 3 === 0 ? "other" : name)) }, /E_MODEL_OUTPUT: .*3 classes/],
    ["an option that there is not", { optimizer: { kind: "adam", lerningRate: 1 } }, /E_DOCUMENT: .*no option 'lerningRate'/s],
    ["a section that there is not", { epoch: 3 } as never, /E_DOCUMENT: .*a run has no 'epoch'/s],
    [
      "a part by a name that nothing stands for",
      { model: ["relu"] },
      /there is no layer 'relu'\n.*Give the definition, not its name.*parts: allParts/s,
    ],
    ["a penalty as optimizer", { optimizer: relu }, /E_DOCUMENT: .*expected a optimizer, received the activation 'relu'/s],
  ])("%s", (_, more, message) => {
    expect(raised(() => fit({ ...classifier, ...more }))).toMatch(message);
  });

  test("predictions of other shapes, bytes that are no model, a model with parts that are not known", async () => {
    const model = await fit({ ...classifier, epochs: 1 });
    expect(raised(() => model.predict([[1, 2, 3]]))).toMatch(/E_DATA_INPUTS: .*examples of \[2\]/);
    expect(raised(() => model.evaluate(points, names.slice(1)))).toMatch(/E_DATA_COUNTS/);
    expect(
      raised(() =>
        model.evaluate(
          points,
          names.map(() => "other"),
        ),
      ),
    ).toMatch(/E_DATA_LABEL: .*'high', 'low'.*'other'/);
    const bytes = model.save();
    bytes[bytes.length - 1]! ^= 1;
    expect(raised(() => loadModel(bytes))).toMatch(/E_CHECKPOINT_DAMAGED/);
    expect(raised(() => loadModel(new Uint8Array(9)))).toMatch(/E_CHECKPOINT_DAMAGED/);
  });
});

test("a document that is JSON gives what its definitions give, where names are known", async () => {
  const { document, ...given } = { document: JSON.parse(JSON.stringify(classifier)), ...classifier };
  const { model, optimizer } = document;
  const options = { ...given, epochs: 1 };
  const named = [model[0], "relu", model[2]];
  expect([...(await fit({ ...options, model: named, optimizer, parts: allParts })).save()]).toEqual([
    ...(await fit(options)).save(),
  ]);
});

test("parts of one's own, by the same functions as ours, and back from the bytes", async () => {
  const scale = defineLayer({
    name: "scale",
    summary: "Multiplies each feature by a learned number.",
    source: "This test.",
    options: { start: { default: 1, summary: "What it starts with." } },
    build(input, { start }, context) {
      const features = input.shape[1]!;
      const initializer = { definition: initializers.constant, options: { value: start } };
      return graph.mul(input, context.parameter("scale", [features], initializer, { fanIn: features, fanOut: features }));
    },
    examples: [{ options: {}, input: [3] }],
  });
  const cube = defineLoss({
    name: "cube",
    summary: "The cube of the distance, averaged over the outputs.",
    source: "This test.",
    targets: ["values"],
    options: {},
    build(prediction, target) {
      const distance = graph.abs(graph.sub(prediction, target));
      return graph.mean(graph.mul(distance, graph.mul(distance, distance)), 1);
    },
    examples: [{}],
  });
  const halving = defineOptimizer({
    name: "halving",
    summary: "Half a step of descent.",
    source: "This test.",
    options: { learningRate: { default: 0.1, min: 0, summary: "Step size." } },
    slots: [],
    update: ({ parameter, gradient }, { learningRate }) => ({
      parameter: graph.sub(parameter, graph.mul(graph.mul(learningRate, 0.5), gradient)),
    }),
    examples: [{}],
  });
  const worst = defineMetric({
    name: "worst",
    summary: "The largest distance.",
    source: "This test.",
    targets: ["values"],
    goal: "min",
    options: {},
    compute: ({ predictions, targets }) =>
      Array.from(predictions).reduce((most, value, i) => Math.max(most, Math.abs(value - targets[i]!)), 0),
    examples: [{}],
  });
  const model = await fit({
    model: [scale({ start: 2 }), residual({ layers: [dense({ units: 2 })] }), dense({ units: 1 })],
    inputs: points,
    targets: points.map(([a, b]) => a! - b!),
    loss: cube,
    optimizer: halving({ learningRate: 0.5 }),
    metrics: [worst],
    monitor: "worst",
    epochs: 40,
  });
  const scores = model.evaluate(
    points,
    points.map(([a, b]) => a! - b!),
  );
  expect(scores.metrics!.worst).toBeLessThan(0.5);
  const bytes = model.save();
  expect(raised(() => loadModel(bytes))).toMatch(/there is no layer 'scale'/);
  const again = loadModel(bytes, { definitions: [scale, cube, halving, worst] });
  expect(again.predict(points)).toEqual(model.predict(points));
});

test("types: an option misspelled or of the wrong kind does not compile", () => {
  // @ts-expect-error units is missing
  dense({});
  // @ts-expect-error misspelled
  adam({ lerningRate: 0.1 });
  // @ts-expect-error a number is needed
  dense({ units: "3" });
  // @ts-expect-error one of two words
  initializers.he({ distribution: "gaussian" });
  // @ts-expect-error misspelled
  (options: FitOptions) => fit({ ...options, epoch: 3 });
  expectTypeOf(fit).returns.resolves.toHaveProperty("predict");
});
