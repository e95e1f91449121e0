/** What a kernel puts into panels for a product that multiplies with it: the product is that of what it puts in rows. */
import { describe, expect, test } from "vitest";
import type { Numerics } from "../../../src/engine/engine.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { planProgram } from "../../../src/graph/plan/plan.ts";
import { normal } from "../../../src/testing/values.ts";

const probe = wasmEngine.probe();
const profiles: readonly Numerics[] = probe.available ? probe.numerics : [];

/** Rows and columns of the right operand: ends in every part of a panel and of two. */
const shapes = [1, 2, 5, 7, 8, 12, 16, 19, 24, 30, 39].flatMap((columns) =>
  [2, 6, 13, 33].map((rows) => [rows, columns] as const),
);

/** A product with what another kernel computes, and, where that is put out as well, it in rows. */
function program(kind: "product" | "rows", rows: number, columns: number, isShown: boolean): g.Program {
  const [left, x] = [g.input("left", [5, rows]), g.input("x", [rows, 9])];
  const right =
    kind === "product"
      ? g.relu(g.matmul(x, g.input("w", [9, columns])))
      : g.tanh(g.add(g.input("z", [rows, columns]), g.input("b", [columns])));
  return { outputs: { product: g.matmul(left, right), ...(isShown && { right }) }, assignments: [] };
}

describe.each(profiles)("%s", (numerics) => {
  test.each(["product", "rows"] as const)("of a kernel of kind '%s'", (kind) => {
    for (const [rows, columns] of shapes) {
      const what = `${rows} x ${columns}`;
      const shown = program(kind, rows, columns, true);
      // Nothing is packed but an input. One column is a row to a kernel of elements, and rows have no panels.
      const packed = planProgram(shown).steps.filter(({ kernel }) => kernel.kind === "pack");
      expect(packed.length, what).toBe(kind === "product" || columns === 1 ? 1 : 0);
      const [alone, both] = [program(kind, rows, columns, false), shown].map((one) => {
        const executable = wasmEngine.compile({ run: one }, { numerics });
        for (const [seed, input] of g.programInputs(one).entries())
          executable.input("run", input.name!).set(normal(g.sizeOf(input.shape), seed + 1));
        executable.run("run");
        const right = one.outputs.right && executable.output("run", "right").slice();
        return { left: executable.input("run", "left").slice(), right, product: executable.output("run", "product").slice() };
      });
      const { left, right, product } = both!;
      const expected = Float64Array.from({ length: 5 * columns }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < rows; k++) sum += left[Math.floor(i / columns) * rows + k]! * right![k * columns + (i % columns)]!;
        return sum;
      });
      // Sums of up to 33 terms of size 1 or so, each rounded to float32.
      expected.forEach((value, i) => {
        expect(Math.abs(product[i]! - value), what).toBeLessThan(33 * 4 * 2 ** -23);
      });
      expect(alone!.product, what).toEqual(product);
    }
  });
});
