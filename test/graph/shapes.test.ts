import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { broadcastIndex } from "../../src/testing/bounds.ts";
import { evaluate, fillLeaves, outputsOf } from "../../src/testing/programs.ts";
import { raised } from "../data/raised.ts";
import { propertyRuns } from "../support/long.ts";

/** Two shapes that broadcast, and what they broadcast to: each axis of the result is dropped, stretched or kept in either. */
const broadcastPairs = fc
  .array(fc.record({ extent: fc.integer({ min: 1, max: 4 }), left: fc.nat(3), right: fc.nat(3) }), { maxLength: 4 })
  .map((axes) => {
    const side = (of: "left" | "right") => {
      const shape = axes.map((axis) => (axis[of] === 0 && axes.some((other) => other.extent === axis.extent) ? 1 : axis.extent));
      // Leading axes may be missing altogether.
      const missing = axes.findIndex((axis) => axis[of] !== 1);
      return shape.slice(missing < 0 ? shape.length : missing);
    };
    const [a, b] = [side("left"), side("right")];
    const at = (shape: readonly number[], axis: number) => shape[shape.length - axes.length + axis] ?? 1;
    return { a, b, result: axes.map((_, axis) => Math.max(at(a, axis), at(b, axis))) };
  })
  .map(({ a, b, result }) => ({ a, b, result: result.slice(result.length - Math.max(a.length, b.length)) }));

describe("broadcasting", () => {
  test("gives the shape of the definition, whichever operand comes first", () => {
    fc.assert(
      fc.property(broadcastPairs, ({ a, b, result }) => {
        expect(g.broadcastShapes(a, b)).toEqual(result);
        expect(g.broadcastShapes(b, a)).toEqual(result);
      }),
      propertyRuns(300, 10_000),
    );
  });

  test("every element of the result is that of its operands, with stretched axes at 0", () => {
    fc.assert(
      fc.property(broadcastPairs, ({ a, b, result }) => {
        const [x, y] = [g.parameter("x", a), g.parameter("y", b)];
        const difference = g.sub(x, y);
        const values = fillLeaves(outputsOf({ difference }));
        const [xs, ys] = [values.x as Float32Array, values.y as Float32Array];
        const [ix, iy] = [broadcastIndex(a, result), broadcastIndex(b, result)];
        expect([...evaluate(difference, values)]).toEqual(Array.from(ix, (i, at) => xs[i]! - ys[iy[at]!]!));
      }),
      propertyRuns(100, 3000),
    );
  });

  test("what does not fit is a ShapeError that names both tensors and their shapes", () => {
    expect(raised(() => g.add(g.parameter("weights", [3, 4]), g.input("batch", [3])))).toBe(
      "ShapeError E_SHAPE_BROADCAST: add: the shapes of parameter 'weights' [3, 4] and input 'batch' [3] do not broadcast | " +
        "Aligned at the end, each pair of extents must be equal, or one of them 1. Reshape one of the two.",
    );
    expect(raised(() => g.select(g.input("c", [2]), g.input("a", [3]), 0))).toMatch(
      /^ShapeError .*input 'c' \[2\].*input 'a' \[3\]/,
    );
  });

  test("shapes that differ in an extent other than 1 never broadcast", () => {
    const pairs = fc.tuple(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      fc.integer({ min: 2, max: 5 }),
    );
    fc.assert(
      fc.property(pairs, ([shape, place, other]) => {
        const axis = place % shape.length;
        fc.pre(shape[axis] !== 1 && shape[axis] !== other);
        const second = shape.map((extent, i) => (i === axis ? other : extent));
        expect(g.broadcastShapes(shape, second)).toBeUndefined();
        expect(raised(() => g.mul(g.input("a", shape), g.input("b", second)))).toMatch(
          /^ShapeError E_SHAPE_BROADCAST: mul: .*'a'.*'b'/,
        );
      }),
      propertyRuns(100, 3000),
    );
  });

  test("expand stretches only what broadcasting would", () => {
    expect(g.expand(g.input("x", [3, 1]), [2, 3, 4]).shape).toEqual([2, 3, 4]);
    expect(raised(() => g.expand(g.input("x", [3]), [2]))).toMatch(/input 'x' \[3\] does not broadcast to \[2\]/);
    expect(raised(() => g.expand(g.input("x", [2, 3]), [3]))).toMatch(/input 'x' \[2, 3\] does not broadcast to \[3\]/);
  });
});

describe("shapes that cannot be", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("an extent of %d", (extent) => {
    expect(raised(() => g.parameter("w", [3, extent]))).toContain(
      `w: every extent of a shape is an integer >= 1, received [3, ${extent}]`,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      "matmul of a vector",
      () => g.matmul(g.input("x", [3]), g.input("w", [3, 2])),
      /E_SHAPE_MATMUL: .*input 'x' \[3\] of rank 1/,
    ],
    [
      "matmul with other inner extents",
      () => g.matmul(g.input("x", [4, 3]), g.parameter("w", [4, 2])),
      /inner extents 3 and 4 differ: input 'x' \[4, 3\] times parameter 'w' \[4, 2\]/,
    ],
    [
      "matmul, transposed, with other inner extents",
      () => g.matmul(g.input("x", [4, 3]), g.parameter("w", [3, 2]), { transposeA: true }),
      /inner extents 4 and 3 differ: input 'x' \[4, 3\] transposed times parameter 'w' \[3, 2\]/,
    ],
    [
      "reshape to another size",
      () => g.reshape(g.input("x", [2, 3]), [4]),
      /input 'x' \[2, 3\] has 6 elements, \[4\] would have 4/,
    ],
    [
      "transpose by what is no permutation",
      () => g.transpose(g.input("x", [2, 3]), [0, 0]),
      /permutation of 0 to 1, received \[0, 0\]/,
    ],
    ["transpose with too few axes", () => g.transpose(g.input("x", [2, 3]), [0]), /permutation of 0 to 1, received \[0\]/],
    ["an axis that is not there", () => g.sum(g.input("x", [2, 3]), 2), /sum: axis 2 does not exist in a tensor of rank 2/],
    [
      "a negative axis that is not there",
      () => g.max(g.input("x", [2, 3]), -3),
      /max: axis -1 does not exist in a tensor of rank 2/,
    ],
    [
      "gather from a parameter",
      () => g.gather(g.parameter("w", [3, 2]), g.input("r", [2], "int32")),
      /takes its rows from a table, received parameter 'w'/,
    ],
    [
      "gather by float32 rows",
      () => g.gather(g.table("t", [3, 2], "uint8"), g.input("r", [2])),
      /int32 input of rank 1, received input 'r'/,
    ],
    ["a table without rows", () => g.table("t", [], "uint8"), /table 't' needs a first axis of rows, received \[\]/],
    [
      "assign to an input",
      () => g.assign(g.input("x", [2]), g.constant(0)),
      /only parameters and states can be written, received input 'x' \[2\]/,
    ],
    [
      "assign of another shape",
      () => g.assign(g.state("s", [2]), g.input("x", [3])),
      /state 's' \[2\] cannot take input 'x' \[3\]/,
    ],
    [
      "the gradient of more than one number",
      () => g.differentiate(g.input("x", [2]), []),
      /only a single number can be differentiated, received input 'x' \[2\]/,
    ],
  ])("%s", (_, build, message) => {
    expect(raised(build)).toMatch(message);
  });

  test("two leaves of one name", () => {
    const program = outputsOf({ y: g.add(g.parameter("w", [2]), g.parameter("w", [2])) });
    expect(raised(() => g.collectLeaves([program]))).toMatch(
      /E_LEAF_NAME: two leaves are named 'w': parameter 'w' \[2\] and parameter 'w' \[2\]/,
    );
  });
});

describe("shapes of reductions", () => {
  const x = g.input("x", [2, 3, 4, 5]);
  test.each<[number | number[] | undefined, number[], number[]]>([
    [undefined, [], [1, 1, 1, 1]],
    [0, [3, 4, 5], [1, 3, 4, 5]],
    [-1, [2, 3, 4], [2, 3, 4, 1]],
    [
      [1, 2],
      [2, 5],
      [2, 1, 1, 5],
    ],
    [
      [0, 2],
      [3, 5],
      [1, 3, 1, 5],
    ],
    [[3, 0, 1], [4], [1, 1, 4, 1]],
    [
      [1, 1, -3],
      [2, 4, 5],
      [2, 1, 4, 5],
    ],
    [[], [2, 3, 4, 5], [2, 3, 4, 5]],
  ])("over axes %j", (axes, shape, kept) => {
    for (const reduce of [g.sum, g.max, g.min, g.mean]) {
      expect(reduce(x, axes).shape).toEqual(shape);
      expect(reduce(x, axes, { keepDims: true }).shape).toEqual(kept);
    }
  });
});
