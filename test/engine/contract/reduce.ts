/** Reductions: every set of axes, sizes around vectors and blocks, special values, accuracy of long sums, softmax. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { softmaxCrossEntropy } from "../../../src/nn/losses/softmax-cross-entropy.ts";
import { expectWithin } from "../../../src/testing/bounds.ts";
import { expectSameBits, unit32 } from "../../../src/testing/close.ts";
import { evaluate, execute, fillLeaves, outputsOf, type Setup } from "../../../src/testing/programs.ts";
import { integers, specialValues, uniform } from "../../../src/testing/values.ts";
import { isLong, sampled } from "../../support/long.ts";

const reductions = { sum: g.sum, mean: g.mean, max: g.max, min: g.min };
const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 16, 33, 100];

/** All reductions over all sets of axes of one shape, with the axes kept and not. */
function everyReduction(shape: g.Shape): g.Program {
  const x = g.input("x", shape);
  const outputs: Record<string, g.Tensor> = {};
  for (let set = 0; set < 2 ** shape.length; set++) {
    const axes = shape.map((_, axis) => axis).filter((axis) => set & (1 << axis));
    for (const [name, reduce] of Object.entries(reductions)) {
      outputs[`${name} over [${axes}]`] = reduce(x, axes, { keepDims: set % 2 === 0 });
    }
  }
  return outputsOf(outputs);
}

export function reduceContract({ engine, options }: Setup): void {
  describe("reductions", () => {
    test("over every set of axes of ranks 0 to 4", () => {
      const shapes: g.Shape[] = [[], [5], [300], [2, 3], [33, 5], [2, 3, 4], [4, 9, 5], [3, 1, 17], [2, 3, 2, 5], [1, 4, 3, 1]];
      if (isLong) for (const n of sizes) for (const m of sizes) shapes.push([n, m], [n, 3, m], [m, n, 2, 3]);
      for (const shape of shapes) {
        const program = everyReduction(shape);
        const values = fillLeaves(program);
        expectWithin(execute(engine, program, values, options), program, values, `shape [${shape}]`);
      }
    });

    test.each(sizes)("of rows and of columns of size %d", (n) => {
      for (const m of sizes.filter((_, i) => isLong || (i + n) % 2 === 0)) {
        const x = g.input("x", [n, m]);
        const squares = g.mul(x, x);
        const program = outputsOf({ rows: g.sum(squares, 1), columns: g.sum(squares, 0), most: g.max(x, 0), least: g.min(x, 1) });
        const values = fillLeaves(program);
        expectWithin(execute(engine, program, values, options), program, values, `[${n}, ${m}]`);
      }
    });

    test("special values: NaN wins, infinities meet, zeros keep their order", () => {
      for (const columns of [1, 3, 4, 6]) {
        const list = specialValues.slice(0, Math.floor(specialValues.length / columns) * columns);
        // Sums of the largest numbers may overflow on the way or not: they are left out of them.
        const summed = list.map((value) => (Math.abs(value) > 1e30 && Number.isFinite(value) ? 1 : value));
        const shape = [list.length / columns, columns];
        const [x, y] = [g.input("x", shape), g.input("y", shape)];
        for (const axis of [0, 1]) {
          const program = outputsOf({ max: g.max(x, axis), min: g.min(x, axis), sum: g.sum(y, axis) });
          const values = { x: list, y: summed };
          const { outputs } = execute(engine, program, values, options);
          for (const name of ["max", "min"])
            expectSameBits(outputs[name]!, evaluate(program.outputs[name]!, values), `${name} over ${axis}`);
          expectWithin({ outputs, states: {} }, program, values, `special values over ${axis}`);
          expect([...outputs.sum!].map(Number.isNaN)).toEqual([...evaluate(program.outputs.sum!, values)].map(Number.isNaN));
        }
      }
    });

    test.each<[string, (count: number) => Float32Array]>([
      ["random", (count) => uniform(count, { seed: 5, low: 0, high: 1 })],
      // Here the roundings of a plain running sum all have one sign: it comes out as 100958.34, not 100000.
      ["equal", (count) => new Float32Array(count).fill(0.1)],
    ])("a sum of a million %s numbers is near the exact one", (_, make) => {
      const count = sampled(1_000_000, 4_000_000);
      const x = make(count);
      let exact = 0;
      for (const value of x) exact += value;
      const rows = g.input("x", [count]);
      const columns = g.sum(g.reshape(rows, [count / 8, 8]), 0);
      const { outputs } = execute(engine, outputsOf({ rows: g.sum(rows), columns: g.sum(columns) }), { x }, options);
      // Blocks of 64 terms a lane or column are added to totals, so a term passes through 64 additions and as many as there are
      // blocks: count / 256 along a row (four lanes, joined by 2 more), count / 512 down eight columns (and 8 to join them).
      expect(Math.abs(outputs.rows![0]! - exact)).toBeLessThan((64 + count / 256 + 2) * unit32 * exact);
      expect(Math.abs(outputs.columns![0]! - exact)).toBeLessThan((64 + count / 512 + 8) * unit32 * exact);
    });

    test("softmax cross-entropy and its gradient, with logits that would overflow without care", () => {
      for (const [rows, classes] of [
        [1, 2],
        [7, 10],
        [33, 5],
        [128, 10],
        [3, 100],
      ] as const) {
        const logits = g.parameter("logits", [rows, classes]);
        const target = g.input("target", [rows], "int32");
        const loss = g.mean(softmaxCrossEntropy.build(logits, target, { smoothing: 0 }));
        const program = outputsOf({ loss, gradient: g.differentiate(loss, [logits])[0]! });
        for (const scale of [1, 20]) {
          const values = {
            logits: uniform(rows * classes, { seed: rows, low: -scale, high: scale }),
            target: integers(rows, classes, rows),
          };
          const share = expectWithin(
            execute(engine, program, values, options),
            program,
            values,
            `[${rows}, ${classes}], logits up to ${scale}`,
          );
          expect(share).toBeGreaterThan(0.9);
        }
        const huge = Float32Array.from({ length: rows * classes }, (_, i) => (i % 2 ? 1e30 : -1e30));
        const { outputs } = execute(engine, program, { logits: huge, target: integers(rows, classes, 1) }, options);
        for (const value of [...outputs.loss!, ...outputs.gradient!]) expect(Number.isFinite(value)).toBe(true);
      }
    });
  });
}
