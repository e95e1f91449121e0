/** Where results go: exchanged states, one value in several places, outputs of every kind, and nothing beside its place. */
import { describe, expect, test } from "vitest";
import type { Executable } from "../../../src/engine/engine.ts";
import * as g from "../../../src/graph/index.ts";
import { expectSameBits } from "../../../src/testing/close.ts";
import { execute, outputsOf, type Setup, type Values } from "../../../src/testing/programs.ts";
import { normal } from "../../../src/testing/values.ts";

export function placeContract({ engine, options }: Setup): void {
  const run = (program: g.Program, values: Values) => execute(engine, program, values, options);
  const [a, b, c] = [g.state("a", [5]), g.state("b", [5]), g.state("c", [5])];
  const given = { a: [1, 2, 3, 4, 5], b: [10, 20, 30, 40, 50], c: [-1, -2, -3, -4, -5] };

  describe("states", () => {
    test("two states are exchanged, three go round", () => {
      const swap = { outputs: {}, assignments: [g.assign(a, b), g.assign(b, a)] };
      expectSameBits(run(swap, given).states.a!, given.b, "a");
      expectSameBits(run(swap, given).states.b!, given.a, "b");
      const { states } = run({ outputs: {}, assignments: [g.assign(a, b), g.assign(b, c), g.assign(c, a)] }, given);
      expect([...states.a!, ...states.b!, ...states.c!]).toEqual([...given.b, ...given.c, ...given.a]);
    });

    test("an exchange through formulas and products reads both as they were", () => {
      const [p, q] = [g.parameter("p", [3, 3]), g.parameter("q", [3, 3])];
      const [ps, qs] = [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [0, 1, 0, 0, 0, 1, 1, 0, 0],
      ];
      const { states } = run(
        { outputs: {}, assignments: [g.assign(p, g.matmul(q, p)), g.assign(q, g.add(p, q))] },
        { p: ps, q: qs },
      );
      expect([...states.p!]).toEqual([4, 5, 6, 7, 8, 9, 1, 2, 3]);
      expect([...states.q!]).toEqual([1, 3, 3, 4, 5, 7, 8, 8, 9]);
    });

    test("one value goes to two states and an output, a state keeps its own", () => {
      const value = g.add(a, b);
      const { states, outputs } = run(
        { outputs: { value }, assignments: [g.assign(a, value), g.assign(c, value), g.assign(b, b)] },
        given,
      );
      const expected = [11, 22, 33, 44, 55];
      expect([[...states.a!], [...states.c!], [...outputs.value!]]).toEqual([expected, expected, expected]);
      expect([...states.b!]).toEqual(given.b);
    });

    test("constants, inputs, scalars and views are assigned", () => {
      const x = g.input("x", [5]);
      const square = g.state("square", [2, 2]);
      const one = g.state("one", []);
      const flat = g.state("flat", [4]);
      const assignments = [
        g.assign(a, x),
        g.assign(b, g.expand(g.constant(2.5), [5])),
        g.assign(c, g.reshape(x, [5])),
        g.assign(square, g.reshape(flat, [2, 2])),
        g.assign(flat, g.reshape(g.transpose(square), [4])),
        g.assign(one, g.scalar("k")),
      ];
      const { states } = run(
        { outputs: {}, assignments },
        { ...given, x: [5, 4, 3, 2, 1], k: 7, square: [1, 2, 3, 4], flat: [6, 7, 8, 9] },
      );
      expect(Object.fromEntries(Object.entries(states).map(([name, list]) => [name, [...list]]))).toEqual({
        a: [5, 4, 3, 2, 1],
        b: [2.5, 2.5, 2.5, 2.5, 2.5],
        c: [5, 4, 3, 2, 1],
        square: [6, 7, 8, 9],
        flat: [1, 3, 2, 4],
        one: [7],
      });
    });

    test("many runs go on from what the last one left", () => {
      const executable = engine.compile(
        { main: { outputs: {}, assignments: [g.assign(a, b), g.assign(b, g.add(a, 1))] } },
        options,
      );
      executable.writeState(b, given.b);
      // (a, b) -> (b, a + 1), four times from (0, b): each has moved up by 2.
      for (let i = 0; i < 4; i++) executable.run("main");
      expect([...executable.readState(a)]).toEqual([2, 2, 2, 2, 2]);
      expect([...executable.readState(b)]).toEqual(given.b.map((value) => value + 2));
    });
  });

  describe("outputs", () => {
    const x = g.input("x", [5]);
    const p = g.parameter("p", [2, 3]);
    const ps = [1, 2, 3, 4, 5, 6];
    test.each<[string, g.Tensor, number[]]>([
      ["a parameter", p, ps],
      ["a view of a parameter", g.reshape(p, [3, 2]), ps],
      ["a formula of a parameter", g.mul(p, 2), [2, 4, 6, 8, 10, 12]],
      ["a view of such a formula", g.reshape(g.mul(p, 2), [6]), [2, 4, 6, 8, 10, 12]],
      ["an input that nothing else reads", x, [9, 8, 7, 6, 5]],
      ["a view of an input", g.reshape(x, [1, 5]), [9, 8, 7, 6, 5]],
      ["a constant", g.constant(0.25), [0.25]],
      ["a stretched constant", g.expand(g.constant(-3), [2, 2]), [-3, -3, -3, -3]],
      ["a scalar", g.scalar("k"), [7]],
      ["a counter", g.iota(4), [0, 1, 2, 3]],
      ["rows of a table", g.gather(g.table("t", [3, 2], "uint8"), g.input("rows", [2], "int32")), [5, 6, 1, 2]],
    ])("%s", (_, y, expected) => {
      expect([
        ...run(outputsOf({ y }), { p: ps, x: [9, 8, 7, 6, 5], k: 7, t: [1, 2, 3, 4, 5, 6], rows: [2, 0] }).outputs.y!,
      ]).toEqual(expected);
    });

    test("the same tensor under two names, and a value inside of another", () => {
      const y = g.tanh(p);
      const { outputs } = run(outputsOf({ first: y, second: y, third: g.mul(y, y) }), { p: ps });
      expectSameBits(outputs.first!, outputs.second!, "two names");
      expect(outputs.third![0]).toBeCloseTo(Math.tanh(1) ** 2, 6);
    });

    test("a state that is also written shows as it was before the run", () => {
      const program = {
        outputs: { before: a, after: g.mul(a, 2), view: g.reshape(a, [5, 1]) },
        assignments: [g.assign(a, g.mul(a, 2))],
      };
      const { outputs, states } = run(program, given);
      expect([[...outputs.before!], [...outputs.view!]]).toEqual([given.a, given.a]);
      expect([[...outputs.after!], [...states.a!]]).toEqual([given.a.map((v) => v * 2), given.a.map((v) => v * 2)]);
    });

    test("programs share their states and keep their own inputs and outputs", () => {
      const add = { outputs: { y: g.add(a, g.input("x", [5])) }, assignments: [g.assign(a, g.add(a, 1))] };
      const scale = { outputs: { y: g.mul(a, g.input("x", [5])) }, assignments: [] };
      const executable = engine.compile({ add, scale }, options);
      executable.writeState(a, given.a);
      executable.input("add", "x").fill(100);
      executable.input("scale", "x").fill(-1);
      executable.run("add");
      expect([...executable.output("add", "y")]).toEqual([101, 102, 103, 104, 105]);
      executable.run("scale");
      expect([...executable.output("scale", "y")]).toEqual([-2, -3, -4, -5, -6]);
      expect([...executable.input("add", "x")]).toEqual([100, 100, 100, 100, 100]);
    });
  });

  describe("nothing is written outside of its place", () => {
    const guard = -12345.5;
    /** Runs a program whose states lie among guards of several sizes, and checks the guards. */
    const guarded = (states: g.Tensor[], assignments: g.Assignment[], outputs: Record<string, g.Tensor> = {}): Executable => {
      const guards = states.map((_, i) => g.state(`guard${i}`, [1 + (i % 5)]));
      // States lie in the order of their first use, so that guards and states take turns.
      const turns = states.flatMap((state, i) => [
        ...assignments.filter((one) => one.state === state),
        g.assign(guards[i]!, guards[i]!),
      ]);
      const executable = engine.compile({ main: { outputs, assignments: turns } }, options);
      for (const one of guards) executable.writeState(one, new Array(g.sizeOf(one.shape)).fill(guard));
      for (const [i, one] of states.entries()) executable.writeState(one, normal(g.sizeOf(one.shape), i + 1));
      executable.run("main");
      for (const one of guards)
        expect([...executable.readState(one)], one.name).toEqual(new Array(g.sizeOf(one.shape)).fill(guard));
      return executable;
    };

    test("by formulas, reductions, products and copies of odd sizes", () => {
      for (const [m, n] of [
        [1, 1],
        [3, 5],
        [5, 3],
        [7, 17],
        [13, 9],
        [2, 31],
      ] as const) {
        const x = g.input("x", [m, n]);
        const full = g.state("full", [m, n]);
        const other = g.state("other", [n, m]);
        const row = g.state("row", [n]);
        const column = g.state("column", [m]);
        const square = g.state("square", [m, m]);
        guarded(
          [full, row, column, other, square],
          [
            g.assign(full, g.add(g.mul(full, 0.5), g.mul(x, row))),
            g.assign(row, g.sum(full, 0)),
            g.assign(column, g.max(full, 1)),
            g.assign(other, g.transpose(full)),
            g.assign(square, g.relu(g.matmul(full, x, { transposeB: true }))),
          ],
        );
      }
    });

    test("rows after the last one and columns after the last one keep their numbers", () => {
      // A state that no kernel writes lies between two that are written whole.
      for (const n of [1, 2, 3, 5, 6, 7, 9, 11, 13]) {
        const [left, kept, right] = [g.state("left", [n]), g.state("kept", [n]), g.state("right", [3, n])];
        const executable = engine.compile(
          {
            main: {
              outputs: {},
              assignments: [g.assign(left, g.add(left, 1)), g.assign(kept, kept), g.assign(right, g.add(right, left))],
            },
          },
          options,
        );
        executable.writeState(kept, normal(n, 3));
        executable.run("main");
        expectSameBits(executable.readState(kept), normal(n, 3), `size ${n}`);
        expect([...executable.readState(right)]).toEqual(new Array(3 * n).fill(0));
      }
    });

    test("inputs and tables stay as they were given", () => {
      const [x, t] = [g.input("x", [6]), g.table("t", [5, 3], "float32")];
      const w = g.state("w", [2, 3]);
      const y = g.mul(g.gather(t, g.input("rows", [2], "int32")), g.reshape(x, [2, 3]));
      const executable = engine.compile({ main: { outputs: { y }, assignments: [g.assign(w, y)] } }, options);
      const numbers = normal(15, 4);
      executable.writeTable(t, numbers.slice());
      executable.input("main", "x").set([1, 2, 3, 4, 5, 6]);
      executable.input("main", "rows").set([4, 0]);
      for (let i = 0; i < 3; i++) executable.run("main");
      expect([...executable.input("main", "x")]).toEqual([1, 2, 3, 4, 5, 6]);
      expect([...executable.input("main", "rows")]).toEqual([4, 0]);
      executable.input("main", "x").fill(1);
      for (const row of [0, 1, 2, 3, 4]) {
        executable.input("main", "rows").fill(row);
        executable.run("main");
        expectSameBits(executable.output("main", "y").slice(0, 3), numbers.subarray(3 * row, 3 * row + 3), `row ${row}`);
      }
    });
  });
}
