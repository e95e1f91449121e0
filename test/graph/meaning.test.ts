import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { elementwiseNames } from "../../src/graph/primitives/elementwise.ts";
import { expectClose } from "../../src/testing/close.ts";
import { evaluate } from "../../src/testing/programs.ts";

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
const lists = { a: [-2, -0, 0, 0.5, 3, nan, inf, -inf], b: [1, 0, -0, 0.5, -4, 2, inf, 2], c: [0, 1, -0, nan, -1, 0, 2, 0] };
const [a, b, c] = [g.input("a", [8]), g.input("b", [8]), g.input("c", [8])];

describe("elementwise primitives on the reference engine", () => {
  const cases: Record<string, [g.Tensor, number[]]> = {
    identity: [g.reshape(g.expand(a, [1, 8]), [8]), lists.a],
    add: [g.add(a, b), [-1, 0, 0, 1, -1, nan, inf, -inf]],
    sub: [g.sub(a, b), [-3, -0, 0, 0, 7, nan, nan, -inf]],
    mul: [g.mul(a, b), [-2, -0, -0, 0.25, -12, nan, inf, -inf]],
    div: [g.div(a, b), [-2, nan, nan, 1, -0.75, nan, nan, -inf]],
    neg: [g.neg(a), [2, 0, -0, -0.5, -3, nan, -inf, inf]],
    abs: [g.abs(a), [2, 0, 0, 0.5, 3, nan, inf, inf]],
    sqrt: [g.sqrt(a), [nan, -0, 0, Math.SQRT1_2, Math.sqrt(3), nan, inf, nan]],
    exp: [g.exp(a), [Math.exp(-2), 1, 1, Math.exp(0.5), Math.exp(3), nan, inf, 0]],
    log: [g.log(a), [nan, -inf, -inf, Math.log(0.5), Math.log(3), nan, inf, nan]],
    tanh: [g.tanh(a), [Math.tanh(-2), -0, 0, Math.tanh(0.5), Math.tanh(3), nan, 1, -1]],
    sigmoid: [g.sigmoid(a), [1 / (1 + Math.exp(2)), 0.5, 0.5, 1 / (1 + Math.exp(-0.5)), 1 / (1 + Math.exp(-3)), nan, 1, 0]],
    softplus: [
      g.softplus(a),
      [Math.log1p(Math.exp(-2)), Math.LN2, Math.LN2, Math.log1p(Math.exp(0.5)), Math.log1p(Math.exp(3)), nan, inf, 0],
    ],
    // By Python's math.erf.
    erf: [g.erf(a), [-0.9953222650189527, -0, 0, 0.5204998778130465, 0.9999779095030014, nan, 1, -1]],
    relu: [g.relu(a), [0, -0, 0, 0.5, 3, nan, inf, 0]],
    flush: [g.flush(a, b), [-2, -0, 0, 0.5, 3, nan, inf, -inf]],
    maximum: [g.maximum(a, b), [1, 0, 0, 0.5, 3, nan, inf, 2]],
    minimum: [g.minimum(a, b), [-2, -0, -0, 0.5, -4, nan, inf, -inf]],
    equal: [g.equal(a, b), [0, 1, 1, 1, 0, 0, 1, 0]],
    less: [g.less(a, b), [1, 0, 0, 0, 0, 0, 0, 1]],
    greater: [g.greater(a, b), [0, 0, 0, 0, 1, 0, 0, 0]],
    // Anything but 0 counts as true: NaN too.
    select: [g.select(c, a, b), [1, -0, -0, 0.5, 3, 2, inf, 2]],
  };

  test("every one of them is here", () => {
    expect(Object.keys(cases).sort()).toEqual([...elementwiseNames].sort());
  });

  test.each(Object.entries(cases))("%s", (name, [tensor, expected]) => {
    expect(tensor.primitive.name === name || name === "identity").toBe(true);
    // Math and our own functions are each within 2 ulp of float64; everything else is exact.
    expectClose(evaluate(tensor, lists), expected, 1e-14, name);
    for (const [i, value] of expected.entries())
      if (value === 0) expect(Object.is(evaluate(tensor, lists)[i], value), `sign of element ${i}`).toBe(true);
  });

  test("what a constant does not change is not computed", () => {
    expect([g.add(a, 0), g.sub(a, 0), g.mul(a, 1), g.mul(1, a), g.div(a, 1), g.add(a, g.constant(0))]).toEqual([
      a,
      a,
      a,
      a,
      a,
      a,
    ]);
    expect(g.sub(0, a).primitive.name).toBe("sub");
    expect(g.div(1, a).primitive.name).toBe("div");
  });
});

describe("the other primitives on the reference engine", () => {
  const x = g.input("x", [2, 3, 2]);
  const values = { x: [1, 2, 3, 4, 5, 6, -7, 8, 9, -10, 11, 12] };
  test.each<[string, g.Tensor, number[]]>([
    ["sum of all", g.sum(x), [44]],
    ["sum over the first axis", g.sum(x, 0), [-6, 10, 12, -6, 16, 18]],
    ["sum over the middle axis", g.sum(x, 1), [9, 12, 13, 10]],
    ["sum over the last axis", g.sum(x, 2), [3, 7, 11, 1, -1, 23]],
    ["sum over the outer axes", g.sum(x, [0, 2]), [4, 6, 34]],
    ["mean", g.mean(x, 2), [1.5, 3.5, 5.5, 0.5, -0.5, 11.5]],
    ["max", g.max(x, 1), [5, 6, 11, 12]],
    ["min", g.min(x, [0, 1]), [-7, -10]],
    ["reshape", g.reshape(x, [4, 3]), values.x],
    ["transpose reverses the axes", g.transpose(x), [1, -7, 3, 9, 5, 11, 2, 8, 4, -10, 6, 12]],
    ["transpose by axes", g.transpose(x, [1, 0, 2]), [1, 2, -7, 8, 3, 4, 9, -10, 5, 6, 11, 12]],
    ["iota", g.add(g.iota(3), 0.5), [0.5, 1.5, 2.5]],
  ])("%s", (name, tensor, expected) => {
    expectClose(evaluate(tensor, values), expected, 1e-14, name); // a few roundings of float64 in the mean, the rest is exact
  });

  test("a maximum or minimum with a NaN is NaN, a sum of infinities of both signs too", () => {
    const y = g.input("y", [2, 2]);
    const given = { y: [1, nan, inf, -inf] };
    expect([...evaluate(g.max(y, 1), given)]).toEqual([nan, inf]);
    expect([...evaluate(g.min(y, 1), given)]).toEqual([nan, -inf]);
    expect([...evaluate(g.sum(y, 1), given)]).toEqual([nan, nan]);
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])("matmul, transposeA %s, transposeB %s", (transposeA, transposeB) => {
    // [[1, 2, 3], [4, 5, 6]] times [[1, 0], [-1, 2], [3, 1]], each operand laid out as its flag says.
    const left = g.input("left", transposeA ? [3, 2] : [2, 3]);
    const right = g.input("right", transposeB ? [2, 3] : [3, 2]);
    const given = {
      left: transposeA ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6],
      right: transposeB ? [1, -1, 3, 0, 2, 1] : [1, 0, -1, 2, 3, 1],
    };
    expect([...evaluate(g.matmul(left, right, { transposeA, transposeB }), given)]).toEqual([8, 7, 17, 16]);
  });

  test("gather takes rows in any order, the same one twice, the first and the last", () => {
    const table = g.table("t", [4, 2], "uint8");
    const rows = g.input("rows", [5], "int32");
    const given = { t: [0, 1, 10, 11, 200, 201, 254, 255], rows: [3, 0, 0, 2, 3] };
    expect([...evaluate(g.gather(table, rows), given)]).toEqual([254, 255, 0, 1, 0, 1, 200, 201, 254, 255]);
    expect(() => evaluate(g.gather(table, rows), { ...given, rows: [0, 1, 2, 3, 4] })).toThrow("row 4 of a table of 4");
  });
});
