/** Last columns of products whose left operand lies in rows, with k in the lanes of vectors: the bits of plain loops in that order. */
import { expect, test } from "vitest";
import type { Numerics } from "../../../src/engine/engine.ts";
import { columnsInDots } from "../../../src/engine/wasm/dots-code.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import type { MatmulKernel } from "../../../src/graph/plan/kernel.ts";
import { expectSameBits } from "../../../src/testing/close.ts";
import { integers, normal } from "../../../src/testing/values.ts";
import { columnsInParts, plainProduct } from "../../support/fma.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

const product = (m: number, k: number, n: number) => ({ m, n, k, transposeA: false, transposeB: false });

/** The product of rows as they lie, or of those that are picked from a table; what it is, and what plain loops make of it. */
function bothWays(m: number, k: number, n: number, numerics: Numerics, fromTable: boolean) {
  const [table, rows, w] = [g.table("table", [m + 5, k], "float32"), g.input("rows", [m], "int32"), g.state("w", [k, n])];
  const x = fromTable ? g.gather(table, rows) : g.state("x", [m, k]);
  const y = g.state("y", [m, n]);
  const executable = wasmEngine.compile({ p: { outputs: {}, assignments: [g.assign(y, g.matmul(x, w))] } }, { numerics });
  const values = normal((m + 5) * k, 1);
  const picked = fromTable ? integers(m, m + 5, 2) : Int32Array.from({ length: m }, (_, i) => i);
  if (fromTable) {
    executable.writeTable(table, values);
    executable.input("p", "rows").set(picked);
  } else executable.writeState(x, values.slice(0, m * k));
  const weights = normal(k * n, 3);
  executable.writeState(w, weights);
  executable.run("p");
  const left = Float32Array.from({ length: m * k }, (_, i) => values[picked[Math.floor(i / k)]! * k + (i % k)]!);
  const shape = product(m, k, n);
  return {
    received: executable.readState(y),
    plain: plainProduct(left, weights, shape, numerics === "fused", columnsInParts(shape)),
  };
}

test.each(profiles)("every rest of k and of columns, from rows and from a table, %s", (numerics) => {
  for (let k = 62; k < 81; k++) {
    for (let n = 1; n < 21; n++) {
      const fromTable = (k + n) % 2 === 0;
      const m = [1, 4, 7, 12, 19][(3 * k + n) % 5]!;
      const { received, plain } = bothWays(m, k, n, numerics, fromTable);
      expectSameBits(received, plain, `[${m}, ${k}] x [${k}, ${n}]${fromTable ? " from a table" : ""}`);
    }
  }
});

test.each(profiles)("nothing comes from beyond a row, %s", (numerics) => {
  const [m, k, n] = [9, 69, 3];
  const [x, w, y] = [g.state("x", [m, k]), g.state("w", [k, n]), g.state("y", [m, n])];
  const executable = wasmEngine.compile({ p: { outputs: {}, assignments: [g.assign(y, g.matmul(x, w))] } }, { numerics });
  const values = normal(m * k, 1);
  // Between two rows of finite numbers one that is not.
  values.fill(Number.NaN, 4 * k, 5 * k);
  values.fill(Number.POSITIVE_INFINITY, 6 * k, 7 * k);
  executable.writeState(x, values);
  executable.writeState(w, normal(k * n, 2).map(Math.abs));
  executable.run("p");
  const received = executable.readState(y);
  for (let row = 0; row < m; row++) {
    const ofRow = received.subarray(n * row, n * (row + 1));
    if (row === 4) expect(ofRow.every(Number.isNaN)).toBe(true);
    else if (row === 6) expect(ofRow.every((value) => value === Number.POSITIVE_INFINITY)).toBe(true);
    else expect(ofRow.every(Number.isFinite)).toBe(true);
  }
});

test("it follows from the shape, and from whether the left operand lies in rows of numbers", () => {
  const kernel = { transposeA: false, n: 50, k: 64 } as MatmulKernel;
  expect(columnsInDots(kernel)).toBe(2);
  expect(columnsInDots({ ...kernel, k: 63 })).toBe(0);
  expect(columnsInDots({ ...kernel, n: 52 })).toBe(4);
  expect(columnsInDots({ ...kernel, n: 53 })).toBe(0);
  expect(columnsInDots({ ...kernel, n: 1 })).toBe(1);
  expect(columnsInDots({ ...kernel, scale: 1 / 255 })).toBe(0);
  expect(columnsInDots({ ...kernel, transposeA: true })).toBe(0);
});
