/** Layer normalisation against PyTorch; the two forms of dropout and stochastic depth by what they are in expectation. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resolveRun } from "../../src/document/resolve.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import type { ChosenLayer } from "../../src/nn/layers/define.ts";
import { dense, dropout, layerNorm, residual } from "../../src/nn/layers/definitions.ts";
import { modelLayers } from "../../src/nn/layers/index.ts";
import { Model } from "../../src/nn/model.ts";
import { expectClose } from "../../src/testing/close.ts";

interface Golden {
  readonly cases: readonly {
    readonly shape: readonly number[];
    readonly x: number[];
    readonly gamma: number[];
    readonly beta: number[];
    readonly weights: number[];
    readonly y: number[];
    readonly gradients: readonly number[][];
  }[];
}
const golden = JSON.parse(readFileSync(new URL("../goldens/layer-norm.json", import.meta.url), "utf8")) as Golden;

const layersOf = (model: readonly unknown[]): readonly ChosenLayer[] =>
  resolveRun({ data: "mnist", model: model as never }).layers;

test.each(golden.cases)(
  "layerNorm of $shape is PyTorch's, with its gradients",
  ({ shape, x, gamma, beta, weights, y, gradients }) => {
    const model = new Model(layersOf([layerNorm({ epsilon: 1e-3 })]));
    const input = g.parameter("x", shape);
    const output = model.apply(input, "training");
    const loss = g.sum(g.mul(output, g.input("weights", shape)));
    const leaves = [input, ...model.parameters.map(({ tensor }) => tensor)];
    const found = g.differentiate(loss, leaves);
    const outputs = { output, ...Object.fromEntries(found.map((gradient, i) => [`g${i}`, gradient])) };
    const executable = referenceEngine.compile({ run: { outputs, assignments: [] } });
    for (const [i, values] of [x, gamma, beta].entries()) executable.writeState(leaves[i]!, values);
    executable.input("run", "weights").set(weights);
    executable.run("run");
    // A few hundred operations in float64 on numbers of about 1.
    expectClose(executable.output("run", "output"), y, 1e-13, "output");
    for (const [i, values] of gradients.entries()) expectClose(executable.output("run", `g${i}`), values, 1e-12, `gradient ${i}`);
  },
);

/** Outputs of layers for ones in many examples, with a key. */
function ran(
  model: readonly unknown[],
  mode: "training" | "evaluation",
  [rows, columns]: readonly [number, number],
): Float64Array {
  const network = new Model(layersOf(model));
  const randomInputs: string[] = [];
  const output = network.apply(g.input("x", [rows, columns]), mode, { randomInputs });
  const executable = referenceEngine.compile({ run: { outputs: { output }, assignments: [] } });
  for (const { tensor, isWeight } of network.parameters)
    executable.writeState(tensor, new Float64Array(g.sizeOf(tensor.shape)).fill(isWeight ? 1 / columns : 0));
  executable.input("run", "x").fill(1);
  for (const [i, name] of randomInputs.entries()) executable.input("run", name).set([7 + i, 9]);
  executable.run("run");
  return Float64Array.from(executable.output("run", "output"));
}
const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe("dropout of ones", () => {
  const shape = [400, 50] as const;
  // 20,000 draws of rate 0.3: 5 standard errors of the mean are 5 sqrt(0.21 / 20000) = 0.016, times 1 / 0.7 where scaled.
  test("inverted: 0 or 1 / (1 - p) in training, 1 in mean; as it is in evaluation", () => {
    const out = ran([dropout({ rate: 0.3 })], "training", shape);
    expect([...new Set(out)].sort()).toEqual([0, 1 / 0.7]);
    expect(Math.abs(mean(out) - 1)).toBeLessThan(0.023);
    expect([...new Set(ran([dropout({ rate: 0.3 })], "evaluation", shape))]).toEqual([1]);
  });
  test("vanilla: 0 or 1 in training, 1 - p in mean and in evaluation; the same mask", () => {
    const vanilla = dropout({ rate: 0.3, form: "vanilla" });
    const out = ran([vanilla], "training", shape);
    expect([...new Set(out)].sort()).toEqual([0, 1]);
    expect(Math.abs(mean(out) - 0.7)).toBeLessThan(0.016);
    expect([...new Set(ran([vanilla], "evaluation", shape))]).toEqual([0.7]);
    expect([...out]).toEqual([...ran([dropout({ rate: 0.3 })], "training", shape)].map((x) => (x === 0 ? 0 : 1)));
  });
});

test("stochastic depth: an example passes a block's layers whole or not at all, the mean stays, evaluation passes all", () => {
  const block = residual({ layers: [dense({ units: 4 })], survival: 0.8 });
  const out = ran([block], "training", [5000, 4]);
  const rows = Array.from({ length: 5000 }, (_, row) => [...out.subarray(4 * row, 4 * row + 4)]);
  // The dense layer gives 1 for ones: 1 + 0, or 1 + 1 / 0.8.
  for (const row of rows) expect(row.every((x) => x === row[0])).toBe(true);
  expect([...new Set(rows.map(([x]) => x))].sort()).toEqual([1, 2.25]);
  // 5 standard errors of 5,000 draws: 5 sqrt(0.16 / 5000) / 0.8 = 0.035.
  expect(Math.abs(mean(out) - 2)).toBeLessThan(0.035);
  expect([...new Set(ran([block], "evaluation", [3, 4]))]).toEqual([2]);
  expect(modelLayers.has("layerNorm")).toBe(true);
});
