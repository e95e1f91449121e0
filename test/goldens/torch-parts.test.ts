import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { activations } from "../../src/nn/activations/index.ts";
import { losses } from "../../src/nn/losses/index.ts";
import { expectClose } from "../../src/testing/close.ts";
import { resolved } from "../../src/testing/options.ts";
import { evaluate } from "../../src/testing/programs.ts";

interface Activation {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly gradient: readonly number[];
}
interface Loss {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly prediction: readonly number[];
  readonly outputs: number;
  readonly target: readonly number[];
  readonly isClasses: boolean;
  readonly losses: readonly number[];
  readonly gradient: readonly number[];
}
interface Goldens {
  readonly tool: string;
  readonly version: string;
  readonly command: string;
  readonly activations: readonly Activation[];
  readonly losses: readonly Loss[];
}
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, "torch-parts.json"), "utf8")) as Goldens;

/** Formulas of some ten roundings each, in other orders; what cancels does so from numbers no larger than `scale`. */
const near = (expected: readonly number[], scale = 1): number[] =>
  expected.map((value) => 1e-13 * Math.abs(value) + 4e-15 * scale);

test("the goldens say what made them, and every activation and loss has one", () => {
  expect(goldens).toMatchObject({
    tool: expect.stringContaining("float64"),
    version: expect.stringMatching(/^2\./),
    command: expect.stringContaining("make-torch-part-goldens.py"),
  });
  expect(new Set(goldens.activations.map(({ name }) => name))).toEqual(new Set(activations.names));
  expect(new Set(goldens.losses.map(({ name }) => name))).toEqual(new Set(losses.names));
});

test.each(goldens.activations.map((one) => [one.name, JSON.stringify(one.options), one] as const))(
  "activation %s with %s and its gradient, from -300 to 300",
  (name, _, { options, x, y, gradient }) => {
    const definition = activations.get(name);
    const input = g.parameter("x", [x.length]);
    const result = definition.apply(input, resolved(definition, options));
    expectClose(evaluate(result, { x }), y, near(y), name);
    const slope = g.differentiate(g.sum(result), [input])[0]!;
    expectClose(evaluate(slope, { x }), gradient, near(gradient), `gradient of ${name}`);
  },
);

test.each(
  goldens.losses.map((one) => [one.name, one.isClasses ? "classes" : "values", JSON.stringify(one.options), one] as const),
)(
  "loss %s of %s with %s and its gradient, logits to 300 among them",
  (name, _, __, { options, prediction: z, outputs, target: t, isClasses, losses: each, gradient }) => {
    const definition = losses.get(name);
    const rows = z.length / outputs;
    const prediction = g.parameter("z", [rows, outputs]);
    const target = isClasses ? g.input("t", [rows], "int32") : g.input("t", [rows, outputs]);
    const result = definition.build(prediction, target, resolved(definition, options));
    const numbers = { z, t };
    expectClose(evaluate(result, numbers), each, near(each, 300), name);
    const slope = g.differentiate(g.sum(result), [prediction])[0]!;
    expectClose(evaluate(slope, numbers), gradient, near(gradient), `gradient of ${name}`);
  },
);
