/** Random numbers in a graph: the same bits on every engine, and another draw for another key. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { expectSameBits } from "../../../src/testing/close.ts";
import { evaluate, execute, outputsOf, type Setup } from "../../../src/testing/programs.ts";
import { uniform } from "../../../src/testing/values.ts";

const keys = [
  [0, 0],
  [1, 0],
  [-1, -1],
  [-2147483648, 2147483647],
  [305419896, -1985229329],
] as const;

export function randomContract({ engine, options }: Setup): void {
  describe("random numbers", () => {
    test("are the same bits for rows and columns of any number", () => {
      for (const columns of [1, 2, 3, 4, 5, 12, 15, 16, 17, 31, 32, 33, 36, 48, 49, 64, 65, 70, 100, 257]) {
        for (const rows of [1, 2, 7]) {
          const y = g.randomUniform(g.input("key", [2], "int32"), [rows, columns]);
          for (const key of keys) {
            const values = { key: Int32Array.from(key) };
            const received = execute(engine, outputsOf({ y }), values, options).outputs.y!;
            expectSameBits(received, evaluate(y, values), `[${rows}, ${columns}] under key ${key}`);
          }
        }
      }
    });

    test("as a mask over numbers of any rank, used twice, beside another key", () => {
      const [a, b] = [g.input("a", [2], "int32"), g.input("b", [2], "int32")];
      const x = g.parameter("x", [3, 4, 5, 2]);
      const u = g.randomUniform(a, [3, 40]);
      const mask = g.reshape(g.select(g.less(u, 0.75), 4 / 3, 0), x.shape);
      const dropped = g.mul(x, mask);
      const outputs = {
        dropped,
        gradient: g.differentiate(g.sum(g.mul(dropped, x)), [x])[0]!,
        count: g.sum(g.less(u, 0.75)),
        other: g.sub(g.randomUniform(b, [3, 40]), u),
        same: g.sub(g.randomUniform(a, [3, 40]), u),
      };
      const values = { x: uniform(120, { seed: 1 }), a: [5, -6], b: [5, -7] };
      const received = execute(engine, outputsOf(outputs), values, options).outputs;
      for (const name of ["count", "other", "same"] as const)
        expectSameBits(received[name]!, evaluate(outputs[name], values), name);
      for (const name of ["dropped", "gradient"] as const) {
        const exact = evaluate(outputs[name], values);
        // The scale, the product and the sum of two are rounded once each.
        received[name]!.forEach((value, i) => {
          expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(4 * 2 ** -24 * Math.abs(exact[i]!));
        });
      }
    });

    test("another key at the next run gives another draw, in each program by its own key", () => {
      const y = (name: string) => g.randomUniform(g.input(name, [2], "int32"), [2, 9]);
      const executable = engine.compile({ one: outputsOf({ y: y("key") }), two: outputsOf({ y: y("key") }) }, options);
      const drawn = (program: string, key: readonly [number, number]) => {
        executable.input(program, "key").set(key);
        executable.run(program);
        return [...executable.output(program, "y")];
      };
      const first = drawn("one", [1, 2]);
      expect(drawn("one", [1, 3])).not.toEqual(first);
      expect(drawn("two", [3, 1])).not.toEqual(first);
      expect(drawn("one", [1, 2])).toEqual(first);
      expect(drawn("two", [1, 2])).toEqual(first);
    });
  });
}
