import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveRun } from "../../src/document/resolve.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import * as g from "../../src/graph/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { Model } from "../../src/nn/model.ts";
import { expectWithin } from "../../src/testing/bounds.ts";
import { expectClose } from "../../src/testing/close.ts";
import { resolved } from "../../src/testing/options.ts";
import { execute, outputsOf } from "../../src/testing/programs.ts";
import { floatSetups } from "../support/setups.ts";

interface Golden {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly rows: number;
  readonly x: readonly number[];
  readonly target: readonly number[];
  readonly outputs: readonly number[];
  readonly loss: number;
  readonly parameters: Readonly<Record<string, { readonly values: readonly number[]; readonly gradient: readonly number[] }>>;
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "residual.json"), "utf8")) as Golden;

const dense = (units: number, more = {}) => ({ kind: "dense", units, ...more });
const model = [
  dense(4),
  { kind: "residual", layers: [dense(6), "tanh", dense(4)] },
  "tanh",
  { kind: "residual", layers: ["batchNorm", "tanh", dense(3)], shortcut: [dense(3, { bias: false })] },
  { kind: "residual", layers: [{ kind: "residual", layers: [dense(3), "sigmoid"] }, dense(3)] },
];

/** Outputs, mean loss and gradients, the numbers that they are of, and what PyTorch gives. */
function build() {
  const network = new Model(resolveRun({ data: "mnist", model }).layers);
  const outputs = network.apply(g.input("x", [golden.rows, 5]), "training");
  const crossEntropy = losses.get("softmaxCrossEntropy");
  const loss = g.mean(crossEntropy.build(outputs, g.input("target", [golden.rows], "int32"), resolved(crossEntropy, {})));
  const tensors = network.parameters.map(({ tensor }) => tensor);
  const gradients = Object.fromEntries(g.differentiate(loss, tensors).map((gradient, i) => [tensors[i]!.name!, gradient]));
  const numbers = Object.entries(golden.parameters).map(([name, { values }]) => [name, values] as const);
  return {
    names: tensors.map(({ name }) => name),
    program: outputsOf({ outputs, loss, ...gradients }),
    values: { x: golden.x, target: golden.target, ...Object.fromEntries(numbers) },
    expected: {
      outputs: golden.outputs,
      loss: [golden.loss],
      ...Object.fromEntries(Object.entries(golden.parameters).map(([name, { gradient }]) => [name, gradient])),
    },
  };
}

test("the golden says what made it, and names the model's parameters", () => {
  expect(golden).toMatchObject({
    tool: expect.stringContaining("float64"),
    version: expect.stringMatching(/^2\./),
    command: expect.stringContaining("make-residual-goldens.py"),
  });
  expect(new Set(build().names)).toEqual(new Set(Object.keys(golden.parameters)));
});

test("blocks, one inside another and one with a shortcut, agree with PyTorch in float64", () => {
  const { program, values, expected } = build();
  const { outputs } = execute(referenceEngine, program, values);
  // Some hundred roundings of float64 on the way through, of numbers up to about 10.
  for (const [name, numbers] of Object.entries(expected)) expectClose(outputs[name]!, numbers, 1e-13, name);
});

test.each(floatSetups)("on $name they are within the computed bounds", ({ engine, options }) => {
  const { program, values } = build();
  expect(expectWithin(execute(engine, program, values, options), program, values, "residual")).toBeGreaterThan(0.9);
});
