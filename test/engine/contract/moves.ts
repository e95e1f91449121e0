/** Rows of tables, transposes and views. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { expectWithin } from "../../../src/testing/bounds.ts";
import { expectSameBits } from "../../../src/testing/close.ts";
import { evaluate, execute, fillLeaves, outputsOf, type Setup, type Values } from "../../../src/testing/programs.ts";
import { integers, normal } from "../../../src/testing/values.ts";

export function moveContract({ engine, options }: Setup): void {
  /** Holds outputs to the reference, to the bit: nothing here rounds. */
  const same = (outputs: Record<string, g.Tensor>, values: Values, what: string): void => {
    const received = execute(engine, outputsOf(outputs), values, options).outputs;
    for (const [name, tensor] of Object.entries(outputs))
      expectSameBits(received[name]!, evaluate(tensor, values), `${what}: ${name}`);
  };

  describe("moves", () => {
    test.each(["uint8", "int32", "float32"] as const)("rows of a %s table, boundary rows and the same row again", (dtype) => {
      for (const example of [[], [1], [2], [3], [4], [7], [16], [33], [2, 3], [3, 1, 5]]) {
        const width = g.sizeOf(example);
        const [count, batch] = [11, 7];
        const table = g.table("table", [count, ...example], dtype);
        const rows = g.input("rows", [batch], "int32");
        const batchOf = g.gather(table, rows);
        const numbers =
          dtype === "uint8" ? integers(count * width, 256, 1) : integers(count * width, 2_000_001, 1).map((x) => x - 1_000_000);
        const values = { table: dtype === "float32" ? normal(count * width, 2) : numbers, rows: [10, 0, 0, 5, 10, 9, 1] };
        const scaled = g.mul(batchOf, 0.5);
        const perRow = g.reshape(g.sum(g.reshape(g.gather(g.table("ones", [count, 1], "uint8"), rows), [batch, 1]), 1), [batch]);
        same(
          { batchOf, scaled, flat: g.reshape(batchOf, [batch * width]), perRow },
          { ...values, ones: integers(count, 2, 3) },
          `[${example}]`,
        );
        if (example.length === 1) {
          // Rows of a table as an operand of a product, and in a formula with a column and a row beside them.
          const program = outputsOf({
            product: g.matmul(batchOf, g.parameter("w", [width, 3])),
            mixed: g.add(g.mul(batchOf, g.parameter("row", [width])), g.parameter("column", [batch, 1])),
            summed: g.sum(g.mul(batchOf, batchOf), 1),
            columns: g.sum(batchOf, 0),
          });
          const given = fillLeaves(program, values);
          expectWithin(execute(engine, program, given, options), program, given, `${dtype} [${example}]`);
        }
      }
    });

    test("integer inputs count as numbers wherever they are read", () => {
      const x = g.input("x", [3, 4], "int32");
      const w = g.parameter("w", [4, 2]);
      const values = { x: integers(12, 100, 4), w: integers(8, 10, 5) };
      same({ half: g.mul(x, 0.5), rows: g.sum(x, 1), most: g.max(x, 1) }, values, "row by row");
      same({ columns: g.sum(x, 0) }, values, "summed over columns");
      same({ transposed: g.transpose(x) }, values, "transposed");
      same({ product: g.matmul(x, w) }, values, "in a product");
      const perRow = g.input("perRow", [3, 1], "int32");
      const full = g.input("full", [3, 2], "int32");
      const product = g.matmul(g.parameter("v", [3, 4]), w);
      const others = { ...values, v: integers(12, 10, 6), perRow: [3, 1, 2], full: [6, 5, 4, 3, 2, 1] };
      same({ scaled: g.mul(product, perRow), added: g.add(product, full) }, others, "after a product");
      same(
        { added: g.add(g.sum(product, 0), g.input("two", [2], "int32")) },
        { ...others, two: [7, 9] },
        "after a sum over columns",
      );
      same({ stretched: g.add(g.reshape(x, [3, 1, 4]), g.parameter("zero", [3, 2, 1])) }, values, "stretched");
    });

    test("transposes of ranks 0 to 4", () => {
      for (const shape of [[], [5], [1, 4], [4, 1], [7, 9], [33, 16], [2, 3, 4], [3, 1, 5], [2, 3, 4, 5]]) {
        const x = g.input("x", shape);
        const orders = [
          shape.map((_, i) => shape.length - 1 - i),
          shape.map((_, i) => (i + 1) % shape.length),
          shape.map((_, i) => i ^ 1),
        ];
        const outputs: Record<string, g.Tensor> = {};
        orders.forEach((axes, i) => {
          if (axes.every((axis) => axis < shape.length)) outputs[`order ${i}`] = g.transpose(x, axes);
        });
        same({ ...outputs, back: g.transpose(g.transpose(g.neg(x))) }, { x: normal(g.sizeOf(shape), 1) }, `[${shape}]`);
      }
    });

    test("a counter over rows, over columns and of one number", () => {
      const zero = g.parameter("zero", [5, 7]);
      const outputs = {
        columns: g.add(zero, g.iota(7)),
        rows: g.add(zero, g.reshape(g.iota(5), [5, 1])),
        all: g.add(g.reshape(zero, [35]), g.iota(35)),
        one: g.add(zero, g.iota(1)),
        ofProduct: g.add(g.matmul(zero, g.parameter("none", [7, 4])), g.iota(4)),
        ofColumns: g.add(g.sum(zero, 0), g.iota(7)),
        ofRows: g.add(g.sum(zero, 1), g.iota(5)),
      };
      same(outputs, {}, "counters");
    });

    test("gathered rows and counters of one number", () => {
      const rows = g.input("rows", [1], "int32");
      const one = g.gather(g.table("table", [4, 1], "uint8"), rows);
      const y = g.add(one, g.parameter("zero", [1, 1]));
      same(
        { one, y, z: g.mul(one, g.iota(1)), counted: g.add(g.iota(1), g.constant(2)) },
        { table: [7, 8, 9, 250], rows: [3] },
        "one number",
      );
    });

    test("views of views, with a kernel on either side", () => {
      const x = g.input("x", [4, 6]);
      const twice = g.mul(x, 2);
      const view = g.reshape(g.reshape(twice, [24]), [2, 3, 4]);
      const outputs = {
        view,
        after: g.neg(view),
        mixed: g.add(g.reshape(view, [4, 6]), twice),
        cut: g.add(g.reshape(twice, [8, 3]), g.input("three", [3])),
        column: g.reshape(g.max(twice, 1), [2, 2]),
      };
      same(outputs, { x: integers(24, 100, 3), three: [1, 2, 3] }, "views");
      expect(view.shape).toEqual([2, 3, 4]);
    });
  });
}
