import { describe, expect, test } from "vitest";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { softmaxCrossEntropy } from "../../../src/nn/losses/softmax-cross-entropy.ts";
import { execute, fillLeaves, outputsOf } from "../../../src/testing/programs.ts";
import { integers, normal } from "../../../src/testing/values.ts";
import { raised } from "../../data/raised.ts";
import { fusedMultiplyAdd } from "../../support/fma.ts";

describe("fusedMultiplyAdd, the oracle", () => {
  const u = 2 ** -24;
  test.each<[string, number, number, number, number]>([
    ["keeps what two roundings lose", 1 + 2 * u, 1 - 2 * u, -1, -4 * u * u],
    ["a product and a sum that are exact", 3, 5, 7, 22],
    // 1 + u lies in the middle of 1 and 1 + 2u; u^2 beside it decides, and float64 cannot hold 1 + u + u^3.
    ["just above a middle", u * u, u, 1 + 0, 1],
    ["a middle and a little more", 2 ** -60, 2 ** -60, 1, 1],
    ["a tie goes to the even neighbour", 2 ** -12, 2 ** -12, 1, 1],
    ["a tie from below goes to the even neighbour", 2 ** -12, 2 ** -12, 1 + 2 * u, 1 + 4 * u],
    ["a sum that cancels", 2 ** -70, 2 ** -70, 0, 2 ** -140],
    ["half of the smallest subnormal is 0", 2 ** -75, 2 ** -75, 0, 0],
    ["infinity", 2 ** 100, 2 ** 100, -1, Number.POSITIVE_INFINITY],
    ["minus zero times plus nothing", -0, 1, 0, 0],
  ])("%s", (_, a, b, c, expected) => {
    expect(fusedMultiplyAdd(a, b, c)).toBe(expected);
  });

  test("is not the double rounding of float64 where the two differ", () => {
    // a b = 2^-24 + 2^-47 (1 + ...) and so on: search for cases where rounding the float64 sum again goes wrong.
    const [a, b] = [Math.fround(1 + 2 ** -23), 2 ** -24];
    const c = 2 ** 30;
    expect(Math.fround(a * b + c)).toBe(fusedMultiplyAdd(a, b, c));
    // 2^29 + 32 is the middle of two float32, and 2^-30 above it is lost in float64.
    const [x, y] = [32 * (1 + 2 ** -23), 1];
    expect(fusedMultiplyAdd(x, y, 2 ** 29 - 0)).toBe(2 ** 29 + 64);
    const tiny = fusedMultiplyAdd(2 ** -24 * (1 + 2 ** -23), 1 + 2 ** -23, 1);
    expect(tiny).toBe(1 + 2 ** -23);
    // The product is 2^-24 (1 - 2^-46): below the middle by less than float64 holds beside 1.
    expect(fusedMultiplyAdd(2 ** -24 * (1 + 2 ** -23), 1 - 2 ** -23, 1)).toBe(1);
    expect(Math.fround(2 ** -24 * (1 + 2 ** -23) * (1 - 2 ** -23) + (1 + 2 ** -23))).toBe(1 + 2 ** -22);
    expect(fusedMultiplyAdd(2 ** -24 * (1 + 2 ** -23), 1 - 2 ** -23, 1 + 2 ** -23)).toBe(1 + 2 ** -23);
  });
});

describe("the profiles", () => {
  const run = (program: g.Program, values: Parameters<typeof execute>[2], numerics: "fused" | "portable") =>
    execute(wasmEngine, program, values, { numerics });

  test("differ in products", () => {
    const y = g.matmul(g.input("x", [7, 40]), g.parameter("w", [40, 9]));
    const values = { x: normal(280, 1), w: normal(360, 2) };
    expect(run(outputsOf({ y }), values, "fused")).not.toEqual(run(outputsOf({ y }), values, "portable"));
  });

  test("differ in nothing else", () => {
    const x = g.input("x", [9, 13]);
    const loss = softmaxCrossEntropy.build(x, g.input("target", [9], "int32"), { smoothing: 0 });
    const row = g.parameter("row", [13]);
    const outputs = {
      loss,
      mixed: g.add(g.mul(x, row), g.mul(g.tanh(x), g.sigmoid(row))),
      columns: g.sum(g.mul(x, x), 0),
      rows: g.sum(g.exp(x), 1),
      turned: g.transpose(g.sub(g.mul(x, 3), row)),
      gradient: g.differentiate(g.mean(g.mul(loss, loss)), [x])[0]!,
    };
    const program = { outputs, assignments: [g.assign(row, g.add(g.mul(row, 0.9), g.mul(0.1, g.mean(x, 0))))] };
    const values = fillLeaves(program, { x: normal(117, 3), target: integers(9, 13, 1) });
    expect(run(program, values, "fused")).toEqual(run(program, values, "portable"));
  });

  test("an unknown one is refused with what the host keeps", () => {
    const compile = () => wasmEngine.compile({ main: outputsOf({ y: g.constant(1) }) }, { numerics: "exact" as "fused" });
    expect(raised(compile)).toMatch(/^EngineError E_NUMERICS: this host cannot keep the 'exact' numerics: .*\| Use 'portable'/);
  });

  test("the faster one that the host keeps is the default, and is named", () => {
    const probe = wasmEngine.probe();
    const executable = wasmEngine.compile({ main: outputsOf({ y: g.constant(1) }) });
    expect(probe.available && probe.numerics[0]).toBe(executable.numerics);
    expect(executable.engine).toBe("wasm");
  });
});
