import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { elementwiseNames } from "../../src/graph/primitives/elementwise.ts";
import { expectGradients } from "../../src/testing/differences.ts";
import { evaluate, fillLeaves, outputsOf } from "../../src/testing/programs.ts";
import { uniform } from "../../src/testing/values.ts";
import { propertyRuns } from "../support/long.ts";

/** A scalar that weighs every element differently, so that no error cancels in it. */
const weigh = (x: g.Tensor): g.Tensor => g.sum(g.mul(x, g.input("weights", x.shape)));

/** Checks the gradients of weigh(y) for every leaf named; leaves without numbers get uniform ones. */
function check(y: g.Tensor, targets: readonly g.Tensor[], given: Parameters<typeof fillLeaves>[1] = {}): void {
  const loss = weigh(y);
  expectGradients(loss, targets, fillLeaves(outputsOf({ loss }), given));
}

const [x, y] = [g.parameter("x", [3, 4]), g.parameter("y", [3, 4])];
const positive = uniform(12, { seed: 3, low: 0.3, high: 2 });
/** Away from 0 on both sides: kinks are further than two steps. */
const awayFrom0 = uniform(12, { seed: 4, low: 0.1, high: 2 }).map((value, i) => (i % 2 ? value : -value));
const apart = positive.map((value, i) => value + (i % 3 ? 0.4 : -0.4));

describe("elementwise primitives against differences", () => {
  const cases: Record<string, () => void> = {
    identity: () => check(g.expand(g.parameter("r", [1, 4]), [3, 4]), [g.parameter("unused", [2])], { unused: [1, 2] }),
    add: () => check(g.add(x, y), [x, y]),
    sub: () => check(g.sub(x, y), [x, y]),
    mul: () => check(g.mul(x, y), [x, y]),
    div: () => check(g.div(x, y), [x, y], { y: awayFrom0.map((v) => v * 3) }),
    neg: () => check(g.neg(x), [x]),
    abs: () => check(g.abs(x), [x], { x: awayFrom0 }),
    sqrt: () => check(g.sqrt(x), [x], { x: positive }),
    exp: () => check(g.exp(x), [x]),
    log: () => check(g.log(x), [x], { x: positive }),
    tanh: () => check(g.tanh(x), [x]),
    sigmoid: () => check(g.sigmoid(x), [x]),
    softplus: () => check(g.softplus(x), [x]),
    erf: () => check(g.erf(x), [x]),
    relu: () => check(g.relu(x), [x], { x: awayFrom0 }),
    flush: () => check(g.flush(x, 0.05), [x], { x: awayFrom0.map((v, i) => (i % 3 ? v : v / 4)) }),
    maximum: () => check(g.maximum(x, y), [x, y], { x: positive, y: apart }),
    minimum: () => check(g.minimum(x, y), [x, y], { x: positive, y: apart }),
    // Comparisons are constant between their jumps: nothing flows, and nothing changes.
    equal: () => check(g.equal(x, y), [x, y]),
    less: () => check(g.less(x, y), [x, y], { x: positive, y: apart }),
    greater: () => check(g.greater(x, y), [x, y], { x: positive, y: apart }),
    select: () => check(g.select(g.greater(x, 0), g.mul(x, y), y), [x, y], { x: awayFrom0 }),
  };

  test("every one of them is here", () => {
    expect(Object.keys(cases).sort()).toEqual([...elementwiseNames].sort());
  });

  test.each(Object.entries(cases))("%s", (_, run) => run());
});

describe("compositions against differences", () => {
  const [row, column, one] = [g.parameter("row", [4]), g.parameter("column", [3, 1]), g.parameter("one", [])];

  test("what broadcasting stretched is summed back", () => {
    check(g.mul(g.add(x, row), g.sub(column, one)), [x, row, column, one]);
    const [a, b] = [g.parameter("a", [2, 1, 3]), g.parameter("b", [1, 4, 3])];
    check(g.mul(a, g.tanh(b)), [a, b]);
    check(g.expand(row, [2, 3, 4]), [row]);
  });

  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])("matmul, transposeA %s, transposeB %s", (transposeA, transposeB) => {
    const a = g.parameter("a", transposeA ? [4, 2] : [2, 4]);
    const b = g.parameter("b", transposeB ? [3, 4] : [4, 3]);
    check(g.tanh(g.matmul(a, b, { transposeA, transposeB })), [a, b]);
  });

  test("a matrix times itself, as it is and transposed", () => {
    const square = g.parameter("square", [3, 3]);
    check(g.matmul(square, square), [square]);
    check(g.matmul(square, square, { transposeB: true }), [square]);
    check(g.matmul(square, square, { transposeA: true, transposeB: true }), [square]);
  });

  test.each<[string, (z: g.Tensor) => g.Tensor]>([
    ["sum", g.sum],
    ["mean", g.mean],
    ["max", g.max],
    ["min", g.min],
  ])("%s over every set of axes", (name) => {
    const reduce = { sum: g.sum, mean: g.mean, max: g.max, min: g.min }[name]!;
    const z = g.parameter("z", [2, 3, 2]);
    // No two elements are nearer than 0.05: no tie is within two steps.
    const order = [5, 2, 9, 0, 7, 11, 3, 8, 1, 10, 6, 4];
    const values = { z: order.map((at) => at * 0.05 - 0.3) };
    for (const axes of [undefined, 0, 1, 2, [0, 1], [0, 2], [1, 2], []]) {
      check(reduce(g.mul(z, z), axes), [z], { z: order.map((at) => at * 0.05 + 0.1) });
      check(g.sub(z, reduce(z, axes, { keepDims: true })), [z], values);
    }
  });

  test("reshape, transpose and rows of a table", () => {
    check(g.mul(g.reshape(x, [2, 6]), g.reshape(g.transpose(y), [2, 6])), [x, y]);
    const z = g.parameter("z", [2, 3, 4]);
    check(g.tanh(g.transpose(z, [2, 0, 1])), [z]);
    const w = g.parameter("w", [2, 3]);
    const batch = g.gather(g.table("table", [5, 2], "uint8"), g.input("rows", [4], "int32"));
    check(g.sigmoid(g.matmul(batch, w)), [w], { rows: [4, 0, 4, 2], table: [1, 0, 2, 1, 0, 0, 3, 1, 1, 2] });
  });

  test("softmax and its logarithm", () => {
    const shifted = g.exp(g.sub(x, g.max(x, 1, { keepDims: true })));
    check(g.div(shifted, g.sum(shifted, 1, { keepDims: true })), [x]);
    // Without the largest added back it has a kink where two elements tie.
    check(g.log(g.sum(shifted, 1)), [x], { x: [0.1, 0.4, -0.3, 0.9, 1.2, 0.2, -0.7, 0.5, -0.1, 0.3, 0.8, -0.6] });
  });

  test("a gradient differentiated again", () => {
    const first = g.differentiate(g.sum(g.mul(g.tanh(x), y)), [x])[0]!;
    check(first, [x, y]);
  });

  test("random formulas", () => {
    const step = fc.tuple(fc.nat(7), fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
        const pool: g.Tensor[] = [x, y, row, column, one];
        for (const [what, first, second] of steps) {
          const [p, q] = [pool[first % pool.length]!, pool[second % pool.length]!];
          const made = [
            () => g.tanh(p),
            () => g.sigmoid(g.mul(p, 2)),
            () => g.add(p, q),
            () => g.mul(p, q),
            () => g.div(p, g.add(1.5, g.mul(q, q))),
            () => g.mean(p, undefined, { keepDims: true }),
            () => g.exp(g.neg(g.mul(p, p))),
            () => g.log(g.add(1, g.mul(p, p))),
          ][what]!();
          // Products of products grow fast, and their fifth derivatives with them.
          pool.push(g.tanh(made));
        }
        check(pool.at(-1)!, [x, y, row, column, one], {
          x: positive,
          y: apart,
          row: [1, 2, 3, 4],
          column: [0.5, -1, 1],
          one: 0.3,
        });
      }),
      propertyRuns(40, 1000),
    );
  });
});

describe("differentiate", () => {
  test("a tensor that is used twice gets both gradients", () => {
    const loss = g.sum(g.mul(x, g.add(x, x))); // 2 x^2
    const values = fillLeaves(outputsOf({ loss }));
    const expected = Array.from(values.x as Float32Array, (value) => 4 * value);
    expect([...evaluate(g.differentiate(loss, [x])[0]!, values)]).toEqual(expected);
  });

  test("what the loss does not depend on gets zeros, and a gradient of its own shape", () => {
    const unused = g.parameter("unused", [2, 5]);
    const [gradient] = g.differentiate(g.sum(x), [unused]);
    expect(gradient!.shape).toEqual([2, 5]);
    expect([...evaluate(gradient!, {})]).toEqual(new Array(10).fill(0));
  });

  test("of the loss itself is 1; of a tensor inside, what flows through it", () => {
    const inner = g.tanh(x);
    const loss = g.sum(g.mul(inner, 3));
    const [ofLoss, ofInner] = g.differentiate(loss, [loss, inner]);
    expect([...evaluate(ofLoss!, {})]).toEqual([1]);
    expect([...evaluate(ofInner!, {})]).toEqual(new Array(12).fill(3));
  });

  test("at kinks and ties: the side named, and shares that add up to 1", () => {
    const z = g.parameter("z", [4]);
    const gradientAt = (loss: g.Tensor, at: number[]) => [...evaluate(g.differentiate(loss, [z])[0]!, { z: at })];
    expect(gradientAt(g.sum(g.relu(z)), [-1, -0, 0, 1])).toEqual([0, 0, 0, 1]);
    expect(gradientAt(g.sum(g.abs(z)), [-1, -0, 0, 1])).toEqual([-1, 0, 0, 1]);
    expect(gradientAt(g.max(z), [2, 1, 2, 2])).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    expect(gradientAt(g.sum(g.maximum(z, 1)), [0, 1, 1, 2])).toEqual([0, 1, 1, 1]);
    expect(gradientAt(g.sum(g.minimum(z, 1)), [0, 1, 1, 2])).toEqual([1, 1, 1, 0]);
  });

  test("no gradient flows into data", () => {
    const table = g.table("table", [2, 3], "uint8");
    const [gradient] = g.differentiate(g.sum(g.gather(table, g.input("rows", [2], "int32"))), [table]);
    expect([...evaluate(gradient!, {})]).toEqual(new Array(6).fill(0));
  });

  test("no gradient flows through what is stopped", () => {
    const loss = g.sum(g.mul(x, g.stopGradient(g.mul(x, 3)))); // 3 x^2, of which one factor counts
    const values = fillLeaves(outputsOf({ loss }));
    const expected = Array.from(values.x as Float32Array, (value) => 3 * value);
    expect([...evaluate(g.differentiate(loss, [x])[0]!, values)]).toEqual(expected);
    check(g.add(g.stopGradient(g.tanh(y)), x), [x]);
  });

  test("signs, and factors that all terms of a sum share, are applied to the sum", () => {
    const [row, scale] = [g.parameter("row", [4]), g.parameter("scale", [4])];
    check(g.mul(g.sub(x, row), scale), [x, row, scale]);
    check(g.mul(scale, g.sub(g.tanh(x), g.mul(row, scale))), [x, row, scale]);
    // A column's factor differs from term to term.
    check(g.mul(g.sub(x, row), g.parameter("column", [3, 1])), [x, row]);
    const [ofRow] = g.differentiate(weigh(g.mul(g.sub(x, row), scale)), [row]);
    const sums = g.programOrder(outputsOf({ ofRow: ofRow! })).filter(({ primitive }) => primitive.kind === "reduce");
    expect(sums).toHaveLength(1);
    expect(g.programOrder(outputsOf({ sum: sums[0]! }))).not.toContain(scale);
  });
});
