/** Products of data bytes leave out what is 0: the bits must be those of the product that leaves out nothing. */
import { expect, test } from "vitest";
import { fillIntegers, fillNormal, foldIn, randomKey } from "../../../src/core/random.ts";
import type { Numerics } from "../../../src/engine/engine.ts";
import { skipsZeros } from "../../../src/engine/wasm/matmul-code.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { assign, gather, input, matmul, mul, type Program, state, table } from "../../../src/graph/index.ts";
import { planProgram } from "../../../src/graph/plan/plan.ts";
import { sampled } from "../../support/long.ts";
import { narrowed, wholePanels, widened } from "../../support/whole-panels.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

/** Bytes of which most are 0, whole columns among them, as in images with a border. */
function bytes(rows: number, columns: number, share: number): Uint8Array {
  const draws = new Int32Array(rows * columns);
  fillIntegers(foldIn(randomKey(rows), "bytes", columns), 0, 1000, draws);
  return Uint8Array.from(draws, (draw, i) => (draw % 100 >= share || (i % columns) % 5 === 3 ? 0 : 1 + (draw % 255)));
}

function compare(m: number, k: number, n: number, numerics: Numerics, share: number): void {
  const images = table("images", [m + 3, k], "uint8");
  const rows = input("rows", [m], "int32");
  const x = mul(gather(images, rows), 1 / 255);
  const plain = state("plain", [m, k]);
  // In whole panels no column of numbers in rows has k in lanes.
  const wide = wholePanels(n);
  const [w, wideW, dy] = [state("w", [k, n]), state("wideW", [k, wide]), state("dy", [m, n])];
  const results = [state("y", [m, n]), state("yPlain", [m, wide]), state("dw", [k, n]), state("dwPlain", [k, n])] as const;
  const [y, yPlain, dw, dwPlain] = results;
  const program: Program = {
    outputs: {},
    assignments: [
      assign(y, matmul(x, w)),
      assign(yPlain, matmul(plain, wideW)),
      assign(dw, matmul(x, dy, { transposeA: true })),
      assign(dwPlain, matmul(plain, dy, { transposeA: true })),
    ],
  };
  const skipping = planProgram(program).steps.filter(({ kernel }) => kernel.kind === "matmul" && skipsZeros(kernel));
  expect(skipping).toHaveLength(2);
  const executable = wasmEngine.compile({ program }, { numerics });
  const values = bytes(m + 3, k, share);
  executable.writeTable(images, values);
  const numbers = executable.input("program", "rows");
  for (let i = 0; i < m; i++) numbers[i] = (i * 7 + 2) % (m + 3);
  const scale = Math.fround(1 / 255);
  executable.writeState(
    plain,
    Float32Array.from({ length: m * k }, (_, i) => Math.fround(values[numbers[Math.floor(i / k)]! * k + (i % k)]! * scale)),
  );
  for (const leaf of [w, dy]) {
    const normals = new Float32Array(leaf.shape[0]! * n);
    fillNormal(foldIn(randomKey(3), leaf.name!), normals, 0, 1);
    executable.writeState(leaf, normals);
    if (leaf === w) executable.writeState(wideW, widened(normals, n, wide));
  }
  executable.run("program");
  for (const [skipped, whole] of [
    [y, yPlain],
    [dw, dwPlain],
  ] as const) {
    const expected = narrowed(executable.readState(whole), n, whole.shape[1]!);
    expect(executable.readState(skipped), `${skipped.name} ${m} x ${k} x ${n}`).toEqual(expected);
  }
}

const widths = sampled(3, 5);
test.each(profiles)("%s: the same bits with and without the zeros", (numerics) => {
  for (const m of [1, 2, 3, 4, 5, 6, 7, 11, 13, 37]) {
    for (const k of [1, 2, 3, 4, 5, 7, 8, 31, 100]) {
      for (const n of [24, 27, 29, 32, 100].slice(0, widths)) compare(m, k, n, numerics, 30);
    }
  }
});

test.each(profiles)("%s: bytes that are all 0, and bytes of which none is", (numerics) => {
  for (const share of [0, 100]) for (const m of [3, 6, 20]) compare(m, 33, 27, numerics, share);
});
