/** Short rows in the lanes of vectors: the bits of rows that are taken one after the other. */
import { expect, test } from "vitest";
import type { Numerics } from "../../../src/engine/engine.ts";
import { isNarrow } from "../../../src/engine/wasm/narrow-rows-code.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { planProgram } from "../../../src/graph/plan/plan.ts";
import { integers, normal } from "../../../src/testing/values.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

/** What a loss does with rows of x: reductions that depend on each other, each kind of operand, results for elements and for rows. */
function formulas(x: g.Tensor, labels: g.Tensor, weights: g.Tensor, temperature: g.Tensor) {
  const [rows, columns] = x.shape as readonly [number, number];
  const perRow = (one: g.Tensor) => g.reshape(one, [rows, 1]);
  const scaled = g.mul(g.add(x, weights), temperature);
  const largest = g.max(scaled, 1, { keepDims: true });
  const exponentials = g.exp(g.sub(scaled, largest));
  const total = g.sum(exponentials, 1, { keepDims: true });
  const isTarget = g.equal(perRow(labels), g.reshape(g.iota(columns), [1, columns]));
  const probability = g.div(exponentials, total);
  return {
    probability,
    gradient: g.sub(probability, isTarget),
    loss: g.reshape(g.sub(g.add(g.log(total), largest), g.sum(g.select(isTarget, scaled, 0), 1, { keepDims: true })), [rows]),
    least: g.min(g.tanh(scaled), 1),
  };
}

function compare(rows: number, columns: number, numerics: Numerics): void {
  const [table, numbers] = [g.table("table", [rows + 2, columns], "float32"), g.input("numbers", [rows], "int32")];
  const labels = g.gather(g.table("labels", [rows + 2], "uint8"), numbers);
  const [x, weights, temperature] = [g.state("x", [rows, columns]), g.state("weights", [columns]), g.scalar("temperature")];
  const short = formulas(x, labels, weights, temperature);
  // Rows out of a table are taken one after the other.
  const whole = formulas(g.gather(table, numbers), labels, weights, temperature);
  const renamed = Object.fromEntries(Object.entries(whole).map(([name, one]) => [`${name}Whole`, one]));
  const program: g.Program = { outputs: { ...short, ...renamed }, assignments: [] };
  const kernels = planProgram(program).steps.flatMap(({ kernel }) => (kernel.kind === "rows" ? [kernel] : []));
  expect(new Set(kernels.filter(({ values }) => values.some(({ kind }) => kind === "reduce")).map(isNarrow))).toEqual(
    new Set([true, false]),
  );
  const executable = wasmEngine.compile({ program }, { numerics });
  const values = normal((rows + 2) * columns, 7).map((value) => 3 * value);
  const picked = integers(rows, rows + 2, 3);
  executable.writeTable(table, values);
  for (const leaf of g.collectLeaves([program]).values())
    if (leaf.name === "labels") executable.writeTable(leaf, Uint8Array.from(integers(rows + 2, columns, 4)));
  executable.writeState(
    x,
    Float32Array.from({ length: rows * columns }, (_, i) => values[picked[Math.floor(i / columns)]! * columns + (i % columns)]!),
  );
  executable.writeState(weights, normal(columns, 5));
  executable.setScalar("temperature", 0.7);
  executable.input("program", "numbers").set(picked);
  executable.run("program");
  for (const name of Object.keys(short)) {
    const result = [...executable.output("program", name)];
    expect(result, `${name} of ${rows} x ${columns}`).toEqual([...executable.output("program", `${name}Whole`)]);
    expect(result.every(Number.isFinite)).toBe(true);
  }
}

test.each(profiles)("%s: the same bits as row by row", (numerics) => {
  for (const rows of [2, 3, 4, 5, 7, 8, 9, 16, 23])
    for (const columns of [2, 3, 4, 5, 8, 10, 31, 32]) compare(rows, columns, numerics);
});

test("long rows, and rows without an exponential or the like, are taken one after the other", () => {
  const sums = (x: g.Tensor) => ({ y: g.sum(g.exp(x), 1) });
  const only = (outputs: Record<string, g.Tensor>) =>
    planProgram({ outputs, assignments: [] }).steps.flatMap(({ kernel }) => (kernel.kind === "rows" ? [isNarrow(kernel)] : []));
  expect(only(sums(g.state("x", [10, 32])))).toEqual([true]);
  expect(only(sums(g.state("x", [10, 33])))).toEqual([false]);
  expect(only({ y: g.sum(g.state("x", [10, 10]), 1) })).toEqual([false]);
});
