import { expect, test } from "vitest";
import { ShapeError } from "../../src/core/errors.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../src/graph/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { vectorOf } from "../../src/nn/vector.ts";
import type { Options } from "../../src/testing/check.ts";
import { resolved } from "../../src/testing/options.ts";
import { evaluate, execute, outputsOf } from "../../src/testing/programs.ts";
import { Session } from "../../src/train/session.ts";
import { runOf } from "../train/toy.ts";

/** The losses of rows, and the gradient of their sum, in float32. */
function inFloat32(name: string, options: Options, prediction: readonly number[], target: readonly number[], width: number) {
  const definition = losses.get(name);
  const rows = prediction.length / width;
  const input = g.parameter("prediction", [rows, width]);
  const isClasses = target.length === rows && definition.targets[0] === "classes";
  const wanted = isClasses ? g.input("target", [rows], "int32") : g.input("target", [rows, width]);
  const result = definition.build(input, wanted, resolved(definition, options));
  const program = outputsOf({ result, gradient: g.differentiate(g.sum(result), [input])[0]! });
  const { outputs } = execute(wasmEngine, program, { prediction, target });
  return { losses: [...outputs.result!], gradient: [...outputs.gradient!] };
}

test("the first loss of C classes is ln C, and with hinge C - 1", () => {
  const zeros = new Array<number>(10).fill(0);
  expect(inFloat32("softmaxCrossEntropy", {}, zeros, [3], 10).losses[0]).toBeCloseTo(Math.log(10), 6);
  expect(inFloat32("softmaxCrossEntropy", { smoothing: 0.3 }, zeros, [3], 10).losses[0]).toBeCloseTo(Math.log(10), 6);
  expect(inFloat32("multiclassHinge", {}, zeros, [3], 10).losses).toEqual([9]);
  expect(inFloat32("binaryCrossEntropy", {}, zeros, zeros, 10).losses[0]).toBeCloseTo(Math.LN2, 6);
});

test("the lecture's scores: hinge 2.9, 0 and 12.9", () => {
  // CS231n, lecture 3: cat, car and frog.
  const scores = [3.2, 5.1, -1.7, 1.3, 4.9, 2, 2.2, 2.5, -3.1];
  const received = inFloat32("multiclassHinge", {}, scores, [0, 1, 2], 3).losses;
  [2.9, 0, 12.9].forEach((expected, i) => {
    expect(received[i]).toBeCloseTo(expected, 5);
  });
});

test("one-hot rows give what class numbers give", () => {
  const logits = [0.5, -1, 2, 1, 3, -2];
  for (const options of [{}, { smoothing: 0.1 }, { classWeights: [1, 2, 0.5] }]) {
    const byNumber = inFloat32("softmaxCrossEntropy", options, logits, [2, 0], 3);
    const byRow = inFloat32("softmaxCrossEntropy", options, logits, [0, 0, 1, 1, 0, 0], 3);
    byNumber.losses.forEach((value, i) => {
      expect(byRow.losses[i]).toBeCloseTo(value, 6);
    });
  }
});

test.each<[string, readonly number[], readonly number[]]>([
  ["softmaxCrossEntropy", [1e4, -1e4, 0, -1e30, 1e30, 3], [1, 1]],
  ["softmaxCrossEntropy", [1e4, -1e4, 0, -1e30, 1e30, 3], [0, 0.5, 0.5, 0.5, 0, 0.5]],
  ["binaryCrossEntropy", [1e4, -1e4, 0, -1e30, 1e30, 3], [1, 0, 0, 1, 0, 1]],
  ["multiclassHinge", [1e4, -1e4, 0, -1e30, 1e30, 3], [1, 1]],
  ["meanAbsoluteError", [1e30, -1e30, 0, 0, 0, 0], [-1e30, 1e30, 0, 0, 0, 0]],
  ["huber", [1e30, -1e30, 0, 0, 0, 0], [-1e30, 1e30, 0, 0, 0, 0]],
])("%s of large numbers is finite, and so is its gradient", (name, prediction, target) => {
  const { losses: each, gradient } = inFloat32(name, {}, prediction, target, 3);
  expect(each.every(Number.isFinite), String(each)).toBe(true);
  expect(gradient.every(Number.isFinite), String(gradient)).toBe(true);
});

test("binaryCrossEntropy of a right answer keeps its digits where the logit is large", () => {
  // -ln sigmoid(20) = 2.0611536e-9, which 1 + e^-20 in float32 does not hold.
  const [yes, no] = [20, -20].map((logit, i) => inFloat32("binaryCrossEntropy", {}, [logit], [1 - i], 1).losses[0]!) as [
    number,
    number,
  ];
  expect(yes / 2.0611536203e-9).toBeCloseTo(1, 5);
  expect(no).toBe(yes);
});

test("class weights: one for each class, however many", () => {
  for (const length of [1, 2, 3, 10, 1000]) {
    const values = Array.from({ length }, (_, i) => (i * 7) % 11);
    expect([...evaluate(vectorOf(values), {})]).toEqual(values);
  }
  expect([...evaluate(vectorOf([4, 4, 4]), {})]).toEqual([4]);
  const weights = { classWeights: [1, 2] };
  expect(() => inFloat32("softmaxCrossEntropy", weights, [1, 2, 3], [0], 3)).toThrow(ShapeError);
  expect(() => inFloat32("softmaxCrossEntropy", weights, [1, 2, 3], [0], 3)).toThrow("2 classWeights for 3 classes");
});

/** Rows of three numbers, with targets of their own. */
const dataOf = (targets: readonly number[], width: number) => {
  const count = targets.length / width;
  const inputs = { values: Float32Array.from({ length: 3 * count }, (_, i) => (i % 7) - 3), shape: [3], count, scale: 1 };
  const set = { inputs, targets: { values: Float32Array.from(targets), shape: [width], count, scale: 1 } };
  return { name: "rows", task: { kind: "regression", outputs: width }, train: set, test: null } as const;
};
const sessionOf = (loss: string, targets: readonly number[], width: number) =>
  new Session(
    runOf({ model: [{ kind: "dense", units: width }], loss, training: { batchSize: 2, epochs: 1 } }),
    dataOf(targets, width),
    { engine: wasmEngine, numerics: "portable" },
  );

test("probabilities are learned by cross-entropy, and yes or no by the binary one; other values are refused with their place", () => {
  expect(sessionOf("softmaxCrossEntropy", [0.25, 0.75, 1, 0], 2).step(0).loss).toBeGreaterThan(0);
  expect(sessionOf("binaryCrossEntropy", [1, 0, 0, 1], 2).step(0).loss).toBeGreaterThan(0);
  expect(() => sessionOf("softmaxCrossEntropy", [0.25, 0.75, 1, 1], 2)).toThrow(
    "loss 'softmaxCrossEntropy' expects probabilities that add up to 1, received a sum of 2 (rows train, example 1)",
  );
  expect(() => sessionOf("binaryCrossEntropy", [1, 0, -1, 1], 2)).toThrow(
    "loss 'binaryCrossEntropy' expects 0, 1 or a probability between them, received -1 (rows train, example 1)",
  );
  expect(() => sessionOf("multiclassHinge", [1, 0], 1)).toThrow(
    "loss 'multiclassHinge' learns classes, but data set 'rows' gives values",
  );
});
