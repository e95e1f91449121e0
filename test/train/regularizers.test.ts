import { expect, test } from "vitest";
import { DocumentError } from "../../src/core/errors.ts";
import { resolveRun } from "../../src/document/resolve.ts";
import type { RunDocument } from "../../src/document/run-document.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { checkGradients } from "../../src/train/gradient-check.ts";
import { Session } from "../../src/train/session.ts";
import { blobs, plane, runOf } from "./toy.ts";

const data = blobs({ count: 60, classes: 3, features: 4 });
const dense = (units: number, more = {}) => ({ kind: "dense", units, ...more });

/** Parameters by name after some steps. */
function trained(document: Partial<RunDocument>, steps: number, engine = referenceEngine): Record<string, number[]> {
  const session = new Session(runOf({ optimizer: { kind: "sgd", learningRate: 0.1 }, ...document }), data, { engine });
  for (let step = 0; step < steps; step++) session.step(step);
  return Object.fromEntries(
    session.model.parameters.map(({ tensor }) => [tensor.name!, [...session.executable.readState(tensor)]]),
  );
}

test("a layer's own penalty takes the place of the run's", () => {
  const plain = trained({ model: [dense(5), "tanh", dense(3)] }, 1);
  const mixed = trained(
    { model: [dense(5, { penalty: { kind: "l1", strength: 0.5 } }), "tanh", dense(3)], penalty: { kind: "l2", strength: 0.2 } },
    1,
  );
  const start = trained({ model: [dense(5), "tanh", dense(3)] }, 0);
  // A step of SGD moves a weight by the learning rate times the penalty's gradient more: 0.5 sign w, and 0.2 w. Float64 throughout.
  start["dense1.weight"]!.forEach((w, i) => {
    expect(mixed["dense1.weight"]![i]).toBeCloseTo(plain["dense1.weight"]![i]! - 0.1 * 0.5 * Math.sign(w), 7);
  });
  start["dense2.weight"]!.forEach((w, i) => {
    expect(mixed["dense2.weight"]![i]).toBeCloseTo(plain["dense2.weight"]![i]! - 0.1 * 0.2 * w, 7);
  });
  expect(mixed["dense1.bias"]).toEqual(plain["dense1.bias"]);
});

/** Lengths of the units' weights. */
const norms = (weights: readonly number[], units: number): number[] =>
  Array.from({ length: units }, (_, unit) => Math.hypot(...weights.filter((_, i) => i % units === unit)));

test.each([["reference", referenceEngine] as const, ["wasm", wasmEngine] as const])(
  "maxNorm bounds every unit after every step, on %s",
  (_, engine) => {
    const model = [dense(5, { constraint: { kind: "maxNorm", limit: 0.25 } }), "tanh", dense(3)];
    for (const steps of [1, 10]) {
      const weights = trained(
        { model, constraint: { kind: "maxNorm", limit: 0.75 }, optimizer: { kind: "sgd", learningRate: 1 } },
        steps,
        engine,
      );
      // Some roundings of float32 above the limit at the most; and the limit is reached, or this would show nothing.
      for (const [name, units, limit] of [
        ["dense1.weight", 5, 0.25],
        ["dense2.weight", 3, 0.75],
      ] as const) {
        const largest = Math.max(...norms(weights[name]!, units));
        expect(largest, name).toBeLessThanOrEqual(limit * (1 + 1e-6));
        expect(largest, name).toBeGreaterThan(limit * 0.99);
      }
    }
  },
);

test("the document keeps what a layer has of its own, and resolves to itself", () => {
  const { document } = resolveRun({
    data: "mnist",
    model: [dense(10, { penalty: "l1", constraint: "maxNorm" })],
    constraint: { kind: "maxNorm", limit: 2 },
  });
  expect(document.model[0]).toMatchObject({ penalty: { kind: "l1", strength: 1e-5 }, constraint: { kind: "maxNorm", limit: 3 } });
  expect(document.constraint).toEqual({ kind: "maxNorm", limit: 2 });
  expect(resolveRun(JSON.parse(JSON.stringify(document))).document).toEqual(document);
  expect(() => resolveRun({ data: "mnist", model: [dense(10, { penalty: "l7" })] })).toThrow(
    "model[0].penalty: there is no penalty 'l7'",
  );
});

test("a layer without weights has none of its own to hold back", () => {
  const run = () => runOf({ model: [dense(5), { kind: "tanh", penalty: "l2" }, dense(3)] });
  expect(() => new Session(run(), data, { engine: referenceEngine })).toThrow(DocumentError);
  expect(() => new Session(run(), data, { engine: referenceEngine })).toThrow("tanh 'tanh1' has no weights for its penalty");
});

test.each(["l1", "l2", { kind: "elasticNet", l1: 0.1, l2: 0.3 }])("the gradient of a run with penalty %j is right", (penalty) => {
  const strong = typeof penalty === "string" ? { kind: penalty, strength: 0.2 } : penalty;
  const run = runOf({ model: [dense(4), "softplus", dense(1)], penalty: strong });
  const result = checkGradients(run, plane(20, 3));
  expect(result.verdict).toBe("good");
  // The penalty is part of what is checked.
  expect(result.loss).toBeGreaterThan(checkGradients(runOf({ model: [dense(4), "softplus", dense(1)] }), plane(20, 3)).loss);
});

test.each(["leakyRelu", "elu", "selu", "gelu", "swish"])(
  "the gradient of a run with %s is right, its kinks skipped",
  (activation) => {
    const run = runOf({ model: [dense(9), activation, dense(3)] });
    expect(checkGradients(run, data, { rows: 7, entries: 30 }).verdict).toBe("good");
    const flat = runOf({ model: [dense(4, { initializer: "zeros" }), activation, dense(3)] });
    if (activation === "leakyRelu") expect(checkGradients(flat, data).parameters[0]).toMatchObject({ checked: 0 });
  },
);
