/** Products: a grid of sizes, all transposes, to the bit against plain loops; epilogues; rows and columns on their own. */
import { describe, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { expectWithin } from "../../../src/testing/bounds.ts";
import { expectClose, expectSameBits, randomProductBound } from "../../../src/testing/close.ts";
import { execute, fillLeaves, outputsOf, type Setup, type Values } from "../../../src/testing/programs.ts";
import { normal, seedOf } from "../../../src/testing/values.ts";
import { columnsInParts, plainProduct } from "../../support/fma.ts";
import { isLong } from "../../support/long.ts";

const sizes = [1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 31, 64, 100];
const flags = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** Every triple of sizes in the long run; otherwise each size of M and N together, with one K that goes through all sizes. */
const grid = sizes.flatMap((m, i) =>
  sizes.flatMap((n, j) => sizes.filter((_, l) => isLong || (i + 3 * j) % sizes.length === l).map((k) => [m, n, k] as const)),
);

/** The four products of [m, k] and [k, n], each from operands that lie as its flags say, under the names of its flags. */
function products(m: number, n: number, k: number): g.Program {
  const left = [g.parameter("a0", [m, k]), g.parameter("a1", [k, m])] as const;
  const right = [g.parameter("b0", [k, n]), g.parameter("b1", [n, k])] as const;
  return outputsOf(
    Object.fromEntries(
      flags.map(([transposeA, transposeB]) => [
        `${transposeA} ${transposeB}`,
        g.matmul(left[transposeA ? 1 : 0], right[transposeB ? 1 : 0], { transposeA, transposeB }),
      ]),
    ),
  );
}

export function matmulContract({ engine, options }: Setup): void {
  const isFloat64 = options.numerics === undefined;
  describe("products", () => {
    test.each(sizes)("M = %d, over N and K, all transposes", (rows) => {
      for (const [m, n, k] of grid.filter(([first]) => first === rows)) {
        const program = products(m, n, k);
        const values: Record<string, Float32Array> = {};
        for (const leaf of g.collectLeaves([program]).values())
          values[leaf.name!] = normal(g.sizeOf(leaf.shape), seedOf(leaf.name!) + k);
        const { outputs } = execute(engine, program, values, options);
        for (const [transposeA, transposeB] of flags) {
          const what = `[${m}, ${k}] x [${k}, ${n}], transposes ${transposeA} and ${transposeB}`;
          const [a, b] = [values[`a${Number(transposeA)}`]!, values[`b${Number(transposeB)}`]!];
          const received = outputs[`${transposeA} ${transposeB}`]!;
          const product = { m, n, k, transposeA, transposeB };
          if (!isFloat64) {
            const plain = plainProduct(a, b, product, options.numerics === "fused", columnsInParts(product));
            expectSameBits(received, plain, what);
          } else {
            const magnitudes = plainProduct(a.map(Math.abs), b.map(Math.abs), product, false);
            const plain = plainProduct(a, b, product, false);
            // Here the plain float32 loop is what errs, by 2 sqrt(K) u (|A||B|) on random data; at K = 1 by u.
            expectClose(
              received,
              plain,
              magnitudes.map((total) => 2 * randomProductBound(k) * total),
              what,
            );
          }
        }
      }
    });

    test("an epilogue of bias, relu, mask and factors per row, with several stores", () => {
      for (const m of [1, 2, 6, 7, 13, 31]) {
        for (const [n, k] of [
          [1, 3],
          [4, 1],
          [5, 9],
          [8, 8],
          [10, 7],
          [13, 31],
          [20, 5],
        ] as const) {
          const product = g.matmul(g.input("x", [m, k]), g.parameter("w", [k, n]));
          const biased = g.add(product, g.parameter("bias", [n]));
          const active = g.relu(biased);
          const masked = g.mul(active, g.greater(g.input("mask", [m, n]), 0));
          const scaled = g.mul(masked, g.input("factor", [m, 1]));
          const kept = g.state("kept", [m, n]);
          const assignments = [g.assign(kept, g.add(g.mul(kept, 0.5), scaled))];
          const program = { outputs: { product, biased, active, scaled, all: g.mul(scaled, g.scalar("rate")) }, assignments };
          const values: Values = fillLeaves(program);
          expectWithin(execute(engine, program, values, options), program, values, `[${m}, ${k}] x [${k}, ${n}]`);
        }
      }
    });

    test("a row has the same bits whatever the number of rows, and a column whatever the number of columns", () => {
      const [rows, columns, k] = [29, 27, 37];
      const [a, b] = [normal(rows * k, 1), normal(k * columns, 2)];
      const multiply = (m: number, n: number, transposed: boolean) => {
        // A transposed operand is another code path: [k, m] is the first m columns of the transposed rows.
        const left = Float32Array.from({ length: m * k }, (_, i) => (transposed ? a[(i % m) * k + Math.floor(i / m)]! : a[i]!));
        const right = Float32Array.from({ length: k * n }, (_, i) => b[Math.floor(i / n) * columns + (i % n)]!);
        const x = g.input("x", transposed ? [k, m] : [m, k]);
        const y = g.matmul(x, g.parameter("w", [k, n]), { transposeA: transposed });
        return execute(engine, outputsOf({ y }), { x: left, w: right }, options).outputs.y!;
      };
      for (const transposed of [false, true]) {
        const whole = multiply(rows, columns, false);
        for (let m = 1; m <= rows; m += transposed ? 3 : 1) {
          expectSameBits(multiply(m, columns, transposed), whole.subarray(0, m * columns), `${m} of ${rows} rows`);
        }
        for (let n = 1; n <= columns; n += transposed ? 3 : 1) {
          const part = Float64Array.from({ length: rows * n }, (_, i) => whole[Math.floor(i / n) * columns + (i % n)]!);
          expectSameBits(multiply(rows, n, transposed), part, `${n} of ${columns} columns`);
        }
      }
    });

    test("special values pass through", () => {
      const values = { x: [Number.NaN, 1, 2, Number.POSITIVE_INFINITY, 0, 3, -0, -0, -0], w: [1, 0, 2, 1, 3, -1] };
      const y = g.matmul(g.input("x", [3, 3]), g.parameter("w", [3, 2]));
      const { outputs } = execute(engine, outputsOf({ y }), values, options);
      // 1 NaN + ... is NaN; infinity times 0 is NaN; sums start at 0, so -0 - 0 comes out as 0.
      expectSameBits(outputs.y!, [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN, 0, 0], "special values");
    });
  });
}
