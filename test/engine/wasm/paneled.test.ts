/** Weights that lie in panels alone: the same bits as weights in rows, and rows again for who reads them from outside. */
import { describe, expect, test } from "vitest";
import { requireOptions } from "../../../src/core/options.ts";
import type { Numerics } from "../../../src/engine/engine.ts";
import { referenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { planPrograms } from "../../../src/graph/plan/plan.ts";
import { createScalars, createSlots, numbersOf, scalarName, updateParameter } from "../../../src/optim/apply.ts";
import { adam } from "../../../src/optim/optimizers/adam.ts";
import { momentum } from "../../../src/optim/optimizers/momentum.ts";
import { sgd } from "../../../src/optim/optimizers/sgd.ts";
import { runStep } from "../../../src/testing/optimizer.ts";
import { normal } from "../../../src/testing/values.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];
const optimizers = { sgd, momentum, adam };
type OptimizerName = keyof typeof optimizers;
const optionsOf = (name: OptimizerName) => requireOptions(optimizers[name].options, { learningRate: 0.05 }, name);

/** A step of a network of dense layers. With `looksAtWeights` it gives sums over them as well, for which they must lie in rows. */
function stepOf(name: OptimizerName, sizes: readonly number[], batch: number, looksAtWeights: boolean) {
  const definition = optimizers[name];
  const weights = sizes.slice(1).map((units, i) => g.parameter(`w${i}`, [sizes[i]!, units]));
  const inputs = g.input("x", [batch, sizes[0]!]);
  const last = weights.length - 1;
  const prediction = weights.reduce((x, w, i) => (i === last ? g.matmul(x, w) : g.relu(g.matmul(x, w))), inputs);
  const loss = g.mean(g.mul(prediction, prediction));
  const scalars = createScalars(definition, optionsOf(name));
  const gradients = g.differentiate(loss, weights);
  const leaves = [...weights];
  const assignments = weights.flatMap((weight, i) => {
    const slots = createSlots(definition, weight);
    leaves.push(...Object.values(slots));
    return updateParameter(definition, weight, gradients[i]!, slots, scalars, { isWeight: true });
  });
  const sums = looksAtWeights ? weights.map((w, i) => [`sum${i}`, g.sum(w)] as const) : [];
  const program: g.Program = { outputs: { loss, prediction, ...Object.fromEntries(sums) }, assignments };
  return { definition, weights, leaves, program };
}

/** All states after some steps. */
function train(name: OptimizerName, sizes: readonly number[], batch: number, looksAtWeights: boolean, numerics: Numerics) {
  const { definition, weights, leaves, program } = stepOf(name, sizes, batch, looksAtWeights);
  const executable = wasmEngine.compile({ step: program }, { numerics });
  for (const [i, weight] of weights.entries())
    executable.writeState(
      weight,
      normal(g.sizeOf(weight.shape), i + 1).map((value) => value / 5),
    );
  executable.input("step", "x").set(normal(batch * sizes[0]!, 9));
  const options = optionsOf(name);
  for (const [option, value] of Object.entries(numbersOf(options))) executable.setScalar(scalarName(option), value);
  for (let step = 1; step <= 3; step++) runStep(executable, definition, options, step);
  return leaves.map((leaf) => executable.readState(leaf));
}

/** Columns that end in every part of a panel and of two, rows that fall into strips of all heights. */
const shapes: readonly (readonly [sizes: readonly number[], batch: number])[] = [
  [[5, 3, 2], 4],
  [[13, 9, 7, 8], 17],
  [[26, 16, 12, 10], 30],
  [[31, 23, 20, 17], 11],
  [[40, 50, 33, 4], 25],
  [[64, 100, 39, 1], 19],
];

describe.each(profiles)("%s", (numerics) => {
  test.each(Object.keys(optimizers) as OptimizerName[])("%s in panels and in rows gives the same bits", (name) => {
    for (const [sizes, batch] of shapes) {
      const [inPanels, inRows] = [false, true].map((looks) => train(name, sizes, batch, looks, numerics));
      expect(inPanels, `${sizes.join("-")}`).toEqual(inRows);
      expect(inPanels!.every((values) => values.every(Number.isFinite) && values.some((value) => value !== 0))).toBe(true);
    }
  });
});

test("weights that only products and their own update look at lie in panels", () => {
  const count = (looksAtWeights: boolean) => {
    const { program } = stepOf("adam", [26, 16, 12, 10], 30, looksAtWeights);
    return planPrograms({ step: program }).paneled.size;
  };
  expect(count(false)).toBe(3);
  expect(count(true)).toBe(0);
});

test("one program that looks at them keeps them in rows for all", () => {
  const { program, weights } = stepOf("sgd", [26, 16, 12], 30, false);
  const looking = { outputs: { largest: g.max(weights[0]!, 0) }, assignments: [] };
  expect([...planPrograms({ step: program, looking }).paneled.keys()]).toEqual([weights[1]]);
});

test("what was written into panels is read as it was", () => {
  const { program, weights } = stepOf("sgd", [7, 21, 2], 5, false);
  const executable = wasmEngine.compile({ step: program });
  for (const weight of weights) {
    const values = normal(g.sizeOf(weight.shape), 4);
    executable.writeState(weight, values);
    expect(executable.readState(weight)).toEqual(values);
  }
});

describe("programs that read a weight after its update", () => {
  const [batch, k, n] = [12, 14, 18];
  const x = g.input("x", [batch, k]);
  const [w, h, square] = [g.parameter("w", [k, n]), g.state("h", [batch, n]), g.parameter("square", [n, n])];
  const gradient = (of: g.Tensor) => g.matmul(x, of, { transposeA: true });
  const kept = g.add(g.mul(h, 0.5), g.matmul(x, w));
  const cases: Record<string, g.Program> = {
    "both states from the other": { outputs: {}, assignments: [g.assign(w, g.add(w, gradient(h))), g.assign(h, g.matmul(x, w))] },
    "the other way round": { outputs: {}, assignments: [g.assign(h, g.matmul(x, w)), g.assign(w, g.add(w, gradient(h)))] },
    "a state that leaks": {
      outputs: { out: g.matmul(kept, square) },
      assignments: [g.assign(h, kept), g.assign(square, g.add(square, g.matmul(h, kept, { transposeA: true })))],
    },
    "an update that waits for a product with another": {
      outputs: {},
      assignments: [
        g.assign(square, g.matmul(g.matmul(h, square), g.matmul(x, w), { transposeA: true })),
        g.assign(w, g.matmul(gradient(h), square)),
      ],
    },
  };
  test.each(Object.entries(cases))("%s", (_, program) => {
    const run = (engine: typeof wasmEngine | typeof referenceEngine) => {
      const executable = engine.compile({ step: program });
      const leaves = [...g.collectLeaves([program]).values()].filter(
        (leaf) => g.isLeaf(leaf, "parameter") || g.isLeaf(leaf, "state"),
      );
      for (const [i, leaf] of leaves.entries())
        executable.writeState(
          leaf,
          normal(g.sizeOf(leaf.shape), i + 1).map((v) => v / 5),
        );
      executable.input("step", "x").set(normal(batch * k, 9));
      for (let step = 0; step < 2; step++) executable.run("step");
      return leaves.flatMap((leaf) => [...executable.readState(leaf)]);
    };
    const [expected, received] = [run(referenceEngine), run(wasmEngine)];
    for (const [i, value] of expected.entries())
      expect(Math.abs(received[i]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  });
});

test("a weight that is multiplied with in two shapes is packed for each", () => {
  const w = g.parameter("w", [6, 10]);
  const [x, y] = [g.input("x", [3, 6]), g.input("y", [3, 10])];
  const other = g.reshape(w, [10, 6]);
  const outputs = {
    plain: g.matmul(x, w),
    plainOther: g.matmul(y, other),
    turned: g.matmul(y, w, { transposeB: true }),
    turnedOther: g.matmul(x, other, { transposeB: true }),
  };
  const [received, expected] = [wasmEngine, referenceEngine].map((engine) => {
    const executable = engine.compile({ run: { outputs, assignments: [] } });
    executable.writeState(w, normal(60, 1));
    executable.input("run", "x").set(normal(18, 2));
    executable.input("run", "y").set(normal(30, 3));
    executable.run("run");
    return Object.keys(outputs).map((name) => Array.from(executable.output("run", name)));
  });
  // Sums of at most ten terms of size 1 or so, in float32.
  for (const [output, values] of expected!.entries())
    for (const [i, value] of values.entries()) expect(Math.abs(received![output]![i]! - value)).toBeLessThan(1e-5);
});
