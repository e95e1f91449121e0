/** The executable itself: same bits each time, no growth, and errors that say what is wrong. */
import { describe, expect, test } from "vitest";
import * as g from "../../../src/graph/index.ts";
import { emptyProgram, outputsOf, type Setup } from "../../../src/testing/programs.ts";
import { normal } from "../../../src/testing/values.ts";
import { raised } from "../../data/raised.ts";

export function executableContract({ engine, options }: Setup): void {
  const x = g.input("x", [4, 3]);
  const w = g.parameter("w", [3, 5]);
  const table = g.table("table", [6, 3], "uint8");
  const rows = g.input("rows", [4], "int32");
  const y = g.tanh(g.matmul(g.add(x, g.gather(table, rows)), w));
  const step = { outputs: { y }, assignments: [g.assign(w, g.add(g.mul(w, 0.9), g.mul(0.01, g.scalar("rate"))))] };
  const compile = () => engine.compile({ step, empty: emptyProgram }, options);

  test("two executables of the same programs give the same bits, run after run", () => {
    const trace = () => {
      const executable = compile();
      executable.writeState(w, normal(15, 1));
      executable.writeTable(
        table,
        Uint8Array.from({ length: 18 }, (_, i) => i * 7),
      );
      executable.setScalar("rate", 0.3);
      executable.input("step", "x").set(normal(12, 2));
      executable.input("step", "rows").set([5, 0, 3, 3]);
      const all: number[] = [];
      for (let run = 0; run < 5; run++) {
        executable.run("step");
        all.push(...executable.output("step", "y"), ...executable.readState(w));
      }
      return all;
    };
    expect(trace()).toEqual(trace());
  });

  test("a hundred thousand runs leave no memory behind", () => {
    const small = g.state("small", [4]);
    const program = {
      outputs: { total: g.sum(small) },
      assignments: [g.assign(small, g.mul(g.add(small, g.input("x", [4])), g.scalar("k")))],
    };
    const executable = engine.compile({ main: program }, options);
    const input = executable.input("main", "x");
    const repeat = (count: number) => {
      for (let i = 0; i < count; i++) {
        input[i % 4] = i;
        executable.setScalar("k", 0.5);
        executable.run("main");
      }
    };
    // The reference allocates while it runs, so its heap saws; 20 MB is more than a saw's tooth here, and 200 bytes a run.
    const isReference = options.numerics === undefined;
    repeat(1000);
    globalThis.gc?.();
    const before = process.memoryUsage();
    repeat(isReference ? 20_000 : 100_000);
    globalThis.gc?.();
    const after = process.memoryUsage();
    if (!isReference || globalThis.gc) expect(after.heapUsed - before.heapUsed).toBeLessThan(20e6);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(20e6);
    expect(executable.input("main", "x")).toBe(input);
    expect(executable.output("main", "total")).toBe(executable.output("main", "total"));
  });

  test("a scalar that no program reads is ignored, as a state that is read is a copy", () => {
    const executable = compile();
    executable.setScalar("nobody", 3);
    executable.writeState(w, normal(15, 1));
    executable.readState(w).fill(0);
    expect([...executable.readState(w)]).toEqual([...normal(15, 1)]);
  });

  test("what memory is taken for is reported, and adds up", () => {
    const { memory } = compile();
    expect(memory.parameters).toBeGreaterThanOrEqual(4 * 15);
    expect(memory.inputsAndOutputs).toBeGreaterThanOrEqual(4 * (12 + 4));
    const { total, ...parts } = memory;
    const sum = Object.values(parts).reduce((bytes, part) => bytes + part, 0);
    // The rest is room that loads of whole vectors may reach into.
    expect(total).toBeGreaterThanOrEqual(sum);
    expect(total).toBeLessThanOrEqual(sum + 4096);
  });

  describe("errors", () => {
    test("unknown programs, inputs and outputs are named, with those that there are", () => {
      const executable = compile();
      expect(raised(() => executable.run("stop"))).toMatch(/^EngineError E_PROGRAM: .*'stop'.*step/);
      expect(raised(() => executable.input("stop", "x"))).toMatch(/^EngineError E_PROGRAM: .*'stop'/);
      expect(raised(() => executable.output("stop", "y"))).toMatch(/^EngineError E_PROGRAM: .*'stop'/);
      expect(raised(() => executable.input("step", "z"))).toMatch(
        /^EngineError E_INPUT: program 'step' has no input 'z', only .*x.*/,
      );
      expect(raised(() => executable.output("step", "z"))).toMatch(
        /^EngineError E_OUTPUT: program 'step' has no output 'z', only y/,
      );
      expect(raised(() => executable.output("step", "constructor"))).toMatch(
        /^EngineError E_OUTPUT: program 'step' has no output 'constructor'/,
      );
    });

    test("a state that no program has, or of another length", () => {
      const executable = compile();
      const stranger = g.state("stranger", [3]);
      expect(raised(() => executable.readState(stranger))).toMatch(/^EngineError E_STATE: .*'stranger'/);
      expect(raised(() => executable.writeState(stranger, [1, 2, 3]))).toMatch(/^EngineError E_STATE: .*'stranger'/);
      expect(raised(() => executable.writeState(w, [1, 2, 3]))).toMatch(/^EngineError E_STATE: 'w' has 15 numbers, received 3/);
      expect(raised(() => executable.writeState(w, new Array(16).fill(0)))).toMatch(
        /^EngineError E_STATE: 'w' has 15 numbers, received 16/,
      );
    });

    test("a table of another type or length", () => {
      const executable = compile();
      expect(raised(() => executable.writeTable(table, new Uint8Array(17)))).toMatch(
        /^EngineError E_TABLE: table 'table' holds 18 .*received 17/,
      );
      expect(raised(() => executable.writeTable(table, new Float32Array(18)))).toMatch(
        /^EngineError E_TABLE: .*uint8.*Float32Array/,
      );
    });

    test("two different inputs of one name in a program", () => {
      const program = outputsOf({ y: g.add(g.input("twice", [2]), g.input("twice", [2])) });
      expect(raised(() => engine.compile({ main: program }, options))).toMatch(
        /E_LEAF_NAME: two (leaves|inputs of a program) are named 'twice'/,
      );
    });

    test("a plan above the limit is refused with a breakdown", () => {
      const big = g.parameter("big", [1000, 1000]);
      const program = outputsOf({ y: g.sum(g.matmul(big, big)) });
      const message = raised(() => engine.compile({ main: program }, { ...options, memoryLimitBytes: 1_000_000 }));
      expect(message).toMatch(
        /^EngineError E_MEMORY: this plan needs \d+\.\d MB and may take 1\.0 MB: parameters \d\.\d MB, .*temporaries .*data/,
      );
      expect(message).toMatch(/\| .+/);
    });
  });
}
