/** Products of a transposed operand, whose last columns have rows in the lanes of vectors: the bits of the product as it lies. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Numerics } from "../../../src/engine/engine.ts";
import { columnsInLanes, partsInLanes, rowsSideBySide } from "../../../src/engine/wasm/lanes.ts";
import { targetHere } from "../../../src/engine/wasm/probe.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import type { MatmulKernel } from "../../../src/graph/plan/kernel.ts";
import { planProgram } from "../../../src/graph/plan/plan.ts";
import { integers, normal } from "../../../src/testing/values.ts";
import { narrowed, wholePanels, widened } from "../../support/whole-panels.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

/** More operations than are applied to sums in registers. */
function long(x: g.Tensor, bias: g.Tensor): g.Tensor {
  let y = x;
  for (let i = 1; i <= 5; i++) y = g.add(g.mul(y, 0.5), bias);
  return y;
}

const formulas = [(y: g.Tensor, bias: g.Tensor) => g.add(y, bias), (y: g.Tensor, bias: g.Tensor) => g.relu(g.add(y, bias)), long];

function compare(m: number, k: number, n: number, numerics: Numerics, fromTable: boolean): void {
  for (const formula of formulas) compareOne(m, k, n, numerics, fromTable, formula);
}

function compareOne(
  m: number,
  k: number,
  n: number,
  numerics: Numerics,
  fromTable: boolean,
  formula: (typeof formulas)[number],
): void {
  const [dy, bias] = [g.state("dy", [k, n]), g.state("bias", [n])];
  const [table, rows] = [g.table("table", [k + 2, m], "float32"), g.input("rows", [k], "int32")];
  const x = fromTable ? g.gather(table, rows) : g.state("x", [k, m]);
  // In whole panels no column of the product as it lies has k in lanes.
  const wide = wholePanels(n);
  const [turned, wideDy, wideBias] = [g.state("turned", [m, k]), g.state("wideDy", [k, wide]), g.state("wideBias", [wide])];
  const [y, expected] = [g.state("y", [m, n]), g.state("expected", [m, wide])];
  const program: g.Program = {
    outputs: {},
    assignments: [
      g.assign(y, formula(g.matmul(x, dy, { transposeA: true }), bias)),
      g.assign(expected, formula(g.matmul(turned, wideDy), wideBias)),
    ],
  };
  const columns = planProgram(program).steps.map(({ kernel }) =>
    kernel.kind === "matmul" ? columnsInLanes(kernel, targetHere(numerics)) : 0,
  );
  if (n % 8 > 0) expect(columns.filter((count) => count > 0)).toHaveLength(1);
  const executable = wasmEngine.compile({ program }, { numerics });
  const values = normal((k + 2) * m, 1);
  const picked = integers(k, k + 2, 3);
  if (fromTable) {
    executable.writeTable(table, values);
    executable.input("program", "rows").set(picked);
  } else executable.writeState(x, values.slice(0, k * m));
  const rowOf = (at: number) => (fromTable ? picked[at]! : at);
  executable.writeState(
    turned,
    Float32Array.from({ length: m * k }, (_, i) => values[rowOf(i % k) * m + Math.floor(i / k)]!),
  );
  for (const [narrow, wider, seed] of [
    [dy, wideDy, 4],
    [bias, wideBias, 5],
  ] as const) {
    const numbers = normal((narrow.shape.length > 1 ? k : 1) * n, seed);
    executable.writeState(narrow, numbers);
    executable.writeState(wider, widened(numbers, n, wide));
  }
  executable.run("program");
  expect(executable.readState(y)).toEqual(narrowed(executable.readState(expected), n, wide));
}

test.each(profiles)("any shape, %s", (numerics) => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 80 }),
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 254, max: 300 })),
    fc.integer({ min: 1, max: 45 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(shape, ([m, k, n, fromTable]) => compare(m, k, n, numerics, fromTable)),
    { numRuns: 60, seed: 3 },
  );
});

test.each(profiles)("every number of last columns, %s", (numerics) => {
  for (let n = 1; n <= 33; n++) compare(49, 13, n, numerics, n % 2 === 0);
});

test.each(profiles)("many rows, of which twice as many are packed together, %s", (numerics) => {
  const of = (m: number, k = 13) => rowsSideBySide({ transposeA: true, m, k } as MatmulKernel, targetHere(numerics));
  expect([of(401), of(400, 2049)]).toEqual([2 * of(399), of(399)]);
  for (const [m, n] of [
    [400, 1],
    [401, 10],
    [403, 50],
    [451, 36],
    [500, 16],
  ] as const)
    for (const fromTable of [false, true]) compare(m, 13, n, numerics, fromTable);
});

test("columns fall into parts that lie in one panel, few enough for the registers", () => {
  for (let columns = 0; columns < 16; columns++) {
    const parts = partsInLanes(columns);
    expect(parts.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i))).toEqual(
      Array.from({ length: columns }, (_, i) => i),
    );
    for (const { first, count } of parts) {
      expect(count).toBeLessThanOrEqual(3);
      expect(first >> 3).toBe((first + count - 1) >> 3);
    }
  }
});

test("bytes, which leave out zeros, have none", () => {
  const kernel = { transposeA: true, n: 50, k: 100 } as MatmulKernel;
  const target = { numerics: "fused", pairs: true } as const;
  expect(columnsInLanes(kernel, target)).toBe(2);
  expect(columnsInLanes({ ...kernel, scale: 1 / 255 }, target)).toBe(0);
  expect(columnsInLanes({ ...kernel, transposeA: false }, target)).toBe(0);
  expect(columnsInLanes({ ...kernel, n: 64 }, target)).toBe(0);
});
