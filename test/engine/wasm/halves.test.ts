/** Products in two halves of k: the bits of two products that are added. */
import { expect, test } from "vitest";
import type { Numerics } from "../../../src/engine/engine.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { halfOf, takesHalves } from "../../../src/graph/plan/halves.ts";
import { planProgram } from "../../../src/graph/plan/plan.ts";
import { integers, normal } from "../../../src/testing/values.ts";
import { narrowed, wholePanels, widened } from "../../support/whole-panels.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

type Kind = "state" | "rows" | "bytes";

/** A left operand of m rows, whose numbers it also returns; and what fills it. */
function leftOperand(kind: Kind, m: number, k: number) {
  const picked = integers(m, m + 3, 5);
  const rowOf = (values: ArrayLike<number>) =>
    Float32Array.from(
      { length: m * k },
      (_, i) => values[(kind === "state" ? Math.floor(i / k) : picked[Math.floor(i / k)]!) * k + (i % k)]!,
    );
  if (kind === "state") {
    const x = g.state("x", [m, k]);
    const values = normal(m * k, 1);
    return { x, values: rowOf(values), fill: (one: ReturnType<typeof wasmEngine.compile>) => one.writeState(x, values) };
  }
  const table = g.table("images", [m + 3, k], kind === "bytes" ? "uint8" : "float32");
  const rows = g.input("rows", [m], "int32");
  const gathered = g.gather(table, rows);
  // Every other byte is 0.
  const bytes = Uint8Array.from(integers((m + 3) * k, 510, 2), (draw) => Math.max(0, draw - 255));
  const values = kind === "bytes" ? bytes : normal((m + 3) * k, 2);
  const scale = Math.fround(1 / 255);
  return {
    x: kind === "bytes" ? g.mul(gathered, 1 / 255) : gathered,
    values: kind === "bytes" ? rowOf(values).map((value) => Math.fround(value * scale)) : rowOf(values),
    fill(one: ReturnType<typeof wasmEngine.compile>) {
      one.writeTable(table, values);
      one.input("program", "rows").set(picked);
    },
  };
}

function compare(kind: Kind, m: number, k: number, n: number, numerics: Numerics): void {
  expect(takesHalves(m, k, n)).toBe(true);
  const { x, values, fill } = leftOperand(kind, m, k);
  const [w, bias] = [g.state("w", [k, n]), g.state("bias", [n])];
  const half = halfOf(k, 0).k;
  // Columns of numbers in rows may have k in lanes, those of bytes have not: none has in whole panels.
  const wide = kind === "bytes" ? wholePanels(n) : n;
  const parts = [
    { x: g.state("x0", [m, half]), w: g.state("w0", [half, wide]), first: 0, k: half },
    { x: g.state("x1", [m, k - half]), w: g.state("w1", [k - half, wide]), first: half, k: k - half },
  ] as const;
  const [y, expected, wideBias] = [g.state("y", [m, n]), g.state("expected", [m, wide]), g.state("wideBias", [wide])];
  const [first, second] = parts;
  const program: g.Program = {
    outputs: {},
    assignments: [
      g.assign(y, g.relu(g.add(g.matmul(x, w), bias))),
      g.assign(w, g.mul(w, 2)),
      g.assign(expected, g.relu(g.add(g.add(g.matmul(first.x, first.w), g.matmul(second.x, second.w)), wideBias))),
    ],
  };
  const products = planProgram(program).steps.flatMap(({ kernel }) => (kernel.kind === "matmul" ? [kernel] : []));
  expect(products.filter(({ part }) => part).map(({ part }) => part!.half)).toEqual([0, 1]);
  expect(products).toHaveLength(4);
  const executable = wasmEngine.compile({ program }, { numerics });
  fill(executable);
  const weights = normal(k * n, 3);
  executable.writeState(w, weights);
  executable.writeState(bias, normal(n, 4));
  executable.writeState(wideBias, widened(normal(n, 4), n, wide));
  for (const part of parts) {
    const rows = Float32Array.from(
      { length: m * part.k },
      (_, i) => values[Math.floor(i / part.k) * k + part.first + (i % part.k)]!,
    );
    executable.writeState(part.x, rows);
    executable.writeState(part.w, widened(weights.subarray(n * part.first, n * (part.first + part.k)), n, wide));
  }
  executable.run("program");
  const result = executable.readState(y);
  expect(result, `${kind} ${m} x ${k} x ${n}`).toEqual(narrowed(executable.readState(expected), n, wide));
  expect(result.some((value) => value > 0)).toBe(true);
}

test.each(profiles)("%s: the bits of the two products", (numerics) => {
  for (const kind of ["state", "rows", "bytes"] as const)
    for (const [m, k, n] of [
      [1, 800, 24],
      [5, 410, 41],
      [13, 1001, 30],
      [37, 161, 103],
      [100, 403, 50],
    ] as const)
      compare(kind, m, k, n, numerics);
});

test("the halves follow each other, and the first ends where whole vectors do", () => {
  for (let k = 16; k < 300; k++) {
    const [first, second] = [halfOf(k, 0), halfOf(k, 1)];
    expect(first.part!.first).toBe(0);
    expect(second.part!.first).toBe(first.k);
    expect(first.k + second.k).toBe(k);
    expect(first.k % 8).toBe(0);
    expect(Math.abs(first.k - second.k)).toBeLessThanOrEqual(8);
  }
});

test.each([
  ["few weights", 10, 100, 100],
  ["many rows", 128, 500, 500],
])("products with %s are left whole", (_, m, k, n) => {
  expect(takesHalves(m, k, n)).toBe(false);
  const w = g.state("w", [k, n]);
  const program = { outputs: { y: g.matmul(g.input("x", [m, k]), w) }, assignments: [g.assign(w, g.mul(w, 2))] };
  expect(planProgram(program).steps.filter(({ kernel }) => kernel.kind === "matmul")).toHaveLength(1);
});

test("products of what is not updated, or with transposed operands, are left whole", () => {
  const [x, turned, w] = [g.input("x", [10, 2000]), g.input("turned", [2000, 10]), g.state("w", [2000, 50])];
  const [other, byRows, fixed] = [g.input("other", [2000, 50]), g.state("byRows", [50, 2000]), g.state("fixed", [2000, 50])];
  const outputs = {
    a: g.matmul(x, other),
    b: g.matmul(turned, w, { transposeA: true }),
    c: g.matmul(x, byRows, { transposeB: true }),
    d: g.matmul(x, fixed),
  };
  const assignments = [w, byRows].map((state) => g.assign(state, g.mul(state, 2)));
  const products = planProgram({ outputs, assignments }).steps.flatMap(({ kernel }) =>
    kernel.kind === "matmul" ? [kernel] : [],
  );
  expect(products.map(({ part }) => part)).toEqual([undefined, undefined, undefined, undefined]);
  const trained = { outputs: { e: g.matmul(x, w) }, assignments };
  expect(planProgram(trained).steps.filter(({ kernel }) => kernel.kind === "matmul")).toHaveLength(2);
});
