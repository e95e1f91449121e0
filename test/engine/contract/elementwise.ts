/** Elementwise primitives over shapes, broadcasting patterns and special values. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { type ElementwiseName, elementwiseNames } from "../../../src/graph/primitives/elementwise.ts";
import { expectWithin } from "../../../src/testing/bounds.ts";
import { ulpsFrom } from "../../../src/testing/close.ts";
import { evaluate, execute, fillLeaves, outputsOf, type Setup, type Values } from "../../../src/testing/programs.ts";
import { specialValues, uniform } from "../../../src/testing/values.ts";
import { sampled } from "../../support/long.ts";

const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 16, 33, 100];

const formulas: Record<ElementwiseName, (...operands: g.Tensor[]) => g.Tensor> = {
  identity: (x) => g.expand(x, [1, ...x.shape]),
  add: g.add,
  sub: g.sub,
  mul: g.mul,
  div: g.div,
  neg: g.neg,
  abs: g.abs,
  sqrt: g.sqrt,
  exp: g.exp,
  log: g.log,
  tanh: g.tanh,
  sigmoid: g.sigmoid,
  softplus: g.softplus,
  erf: g.erf,
  relu: g.relu,
  flush: g.flush,
  maximum: g.maximum,
  minimum: g.minimum,
  equal: g.equal,
  less: g.less,
  greater: g.greater,
  select: g.select,
};
const functions = new Set<ElementwiseName>(["exp", "log", "tanh", "sigmoid", "softplus", "erf"]);
const arity = (name: ElementwiseName): number =>
  name === "select"
    ? 3
    : ["identity", "neg", "abs", "sqrt", "exp", "log", "tanh", "sigmoid", "softplus", "erf", "relu"].includes(name)
      ? 1
      : 2;

/** All primitives of one, two or three operands of these shapes in one program. */
function everyPrimitive(a: g.Shape, b: g.Shape, c: g.Shape): g.Program {
  const operands = [g.parameter("a", a), g.parameter("b", b), g.parameter("c", c)];
  return outputsOf(Object.fromEntries(elementwiseNames.map((name) => [name, formulas[name](...operands.slice(0, arity(name)))])));
}

/** Shapes of three operands: the same, and every way in which they may lie over each other. */
const patterns: readonly (readonly [string, (n: number, m: number) => readonly [g.Shape, g.Shape, g.Shape]])[] = [
  ["rank 0", () => [[], [], []]],
  ["rank 1", (n) => [[n], [n], [n]]],
  ["rank 1 with one number", (n) => [[n], [1], []]],
  [
    "rank 2",
    (n, m) => [
      [n, m],
      [n, m],
      [n, m],
    ],
  ],
  ["per column", (n, m) => [[n, m], [m], [1, m]]],
  ["per row", (n, m) => [[n, m], [n, 1], []]],
  ["rows by columns", (n, m) => [[n, 1], [m], [n, m]]],
  ["columns over rows and rows", (n, m) => [[m], [n, m], [n, 1]]],
  [
    "rank 3, [a, 1, c] with [1, b, 1]",
    (n, m) => [
      [n, 1, m],
      [1, 3, 1],
      [n, 3, m],
    ],
  ],
  [
    "rank 3, the middle stretched",
    (n, m) => [
      [n, 2, m],
      [n, 1, m],
      [2, 1],
    ],
  ],
  [
    "rank 4",
    (n, m) => [
      [2, n, 1, m],
      [n, 3, 1],
      [2, 1, 3, m],
    ],
  ],
  [
    "rank 4, ends stretched",
    (n, m) => [
      [1, n, m, 1],
      [2, n, 1, 3],
      [n, m, 3],
    ],
  ],
];

export function elementwiseContract({ engine, options }: Setup): void {
  describe("elementwise", () => {
    test.each(patterns)("every primitive, %s", (pattern, shapes) => {
      sizes.forEach((n, i) => {
        // Each size stands with each other over the sizes' whole list in the long run, with a few neighbours otherwise.
        for (let step = 0; step < sampled(2, sizes.length); step++) {
          const program = everyPrimitive(...shapes(n, sizes[(i * 3 + step * 4) % sizes.length]!));
          const size = (name: string) => g.sizeOf(g.collectLeaves([program]).get(name)!.shape);
          // Positive, so that logarithms and roots have values; ties and zeros come with the special values.
          const values = fillLeaves(program, { a: uniform(size("a"), { seed: n, low: 0.1, high: 3 }) }, n);
          expectWithin(execute(engine, program, values, options), program, values, pattern);
        }
      });
    });

    test.each(elementwiseNames)("%s of special values, to the bit but for functions", (name) => {
      const count = specialValues.length;
      const pairs = Array.from(
        { length: count * count },
        (_, i) => [specialValues[i % count]!, specialValues[Math.floor(i / count)]!] as const,
      );
      const numbers: Values = { a: pairs.map(([a]) => a), b: pairs.map(([, b]) => b), c: pairs.map(([a, b]) => b - a || a) };
      const operands = ["a", "b", "c"].slice(0, arity(name)).map((leaf) => g.parameter(leaf, [pairs.length]));
      const tensor = formulas[name](...operands);
      const { y } = execute(engine, outputsOf({ y: tensor }), numbers, options).outputs;
      const exact = evaluate(tensor, { ...numbers, c: Float32Array.from(numbers.c as number[]) });
      pairs.forEach((pair, i) => {
        // Float64 holds sums, products, quotients and roots of float32 with bits to spare: rounding it again is rounding once.
        const isRight = functions.has(name)
          ? ulpsFrom(Math.fround(y![i]!), exact[i]!) <= 3
          : Object.is(Math.fround(y![i]!), Math.fround(exact[i]!));
        if (!isRight) expect.fail(`${name}(${pair.slice(0, arity(name)).join(", ")}) is ${y![i]}, exactly ${exact[i]}`);
      });
    });

    test("constants that are infinite, NaN or -0, each in one program and across programs", () => {
      const x = g.parameter("x", [5]);
      const given = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0, 1];
      const values = { x: [-2, -0, 0, 1, 2] };
      const build = (constant: number) => g.div(1, g.mul(g.expand(g.constant(constant), [5]), g.abs(x)));
      const together = outputsOf(Object.fromEntries(given.map((constant, i) => [`y${i}`, build(constant)])));
      const apart = Object.fromEntries(given.map((constant, i) => [`p${i}`, outputsOf({ y: build(constant) })]));
      const expected = given.map((constant) => values.x.map((number) => 1 / (constant * Math.abs(number))));
      const { outputs } = execute(engine, together, values, options);
      expect(given.map((_, i) => [...outputs[`y${i}`]!])).toEqual(expected);
      const executable = engine.compile(apart, options);
      executable.writeState(x, values.x);
      const received = given.map((_, i) => {
        executable.run(`p${i}`);
        return [...executable.output(`p${i}`, "y")];
      });
      expect(received).toEqual(expected);
    });
  });
}
