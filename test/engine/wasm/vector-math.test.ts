import { describe, expect, test } from "vitest";
import * as math from "../../../src/core/math.ts";
import { wasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import * as g from "../../../src/graph/index.ts";
import { ulpsFrom } from "../../../src/testing/close.ts";
import { sampled } from "../../support/long.ts";

const count = sampled(40_000, 4_000_000);

/** Bit patterns over all of float32: an odd step through all 2^32 meets every exponent, both signs, subnormals and NaNs alike. */
function everyPattern(): Float32Array {
  const bits = new Uint32Array(count);
  const step = Math.floor(2 ** 32 / count) | 1;
  for (let i = 0; i < count; i++) bits[i] = i * step;
  return new Float32Array(bits.buffer);
}

/** Numbers where the functions have something to do: in [-110, 110], and around 0, 1 and the seams of the approximations. */
function interesting(): Float32Array {
  const out = new Float32Array(count);
  const seams = [0, 1, 0.625, Math.SQRT2, Math.SQRT1_2, Math.LN2 / 2, -103.97, -87.34, 88.72, 9.01, 5e-39, 1.17549435e-38];
  for (let i = 0; i < count; i++) {
    const turn = i / count;
    if (i % 3 === 0) out[i] = -110 + 220 * turn;
    else if (i % 3 === 1) out[i] = (i % 2 ? 1 : -1) * 2 ** (-30 + 32 * turn);
    else out[i] = seams[i % seams.length]! * (1 + (turn - 0.5) * 2 ** -(i % 20));
  }
  return out;
}

const x = g.input("x", [count]);
const functions: Record<string, [g.Tensor, (x: number) => number]> = {
  exp: [g.exp(x), math.exp],
  log: [g.log(x), math.log],
  tanh: [g.tanh(x), math.tanh],
  sigmoid: [g.sigmoid(x), math.sigmoid],
  softplus: [g.softplus(x), math.softplus],
  erf: [g.erf(x), math.erf],
  sqrt: [g.sqrt(x), Math.sqrt],
};
const program = {
  outputs: Object.fromEntries(Object.entries(functions).map(([name, [tensor]]) => [name, tensor])),
  assignments: [],
};
const executable = wasmEngine.compile({ main: program });

describe.each([
  ["all bit patterns", everyPattern()],
  ["the interesting range", interesting()],
])("over %s", (_, points) => {
  // 3 units in the last place is what src/engine/wasm/vector-math.ts states: reduction, polynomial and scaling round once or twice
  // each. The core functions they are held to are within 2 ulp of float64, which is nothing here. A root is rounded correctly.
  test.each(Object.entries(functions))("%s within 3 ulp of the float64 value", (name, [, exact]) => {
    executable.input("main", "x").set(points);
    executable.run("main");
    const received = executable.output("main", name);
    const allowed = name === "sqrt" ? 0.5 : 3;
    let worst = { ulps: 0, at: 0 };
    points.forEach((point, i) => {
      const ulps = ulpsFrom(received[i]!, exact(point));
      if (ulps > worst.ulps) worst = { ulps, at: i };
    });
    const { ulps, at } = worst;
    expect(ulps, `${name}(${points[at]}) is ${received[at]}, not ${exact(points[at]!)}`).toBeLessThanOrEqual(allowed);
  });
});

test("functions give the same bits in every lane, alone and in the last, partial vector", () => {
  const points = interesting().filter((_, i) => i % Math.floor(count / 61) === 0);
  const values = points.map((point) => {
    const one = g.input("x", [1]);
    const single = wasmEngine.compile({
      main: { outputs: { y: g.tanh(g.exp(one)), z: g.sigmoid(g.softplus(g.erf(one))) }, assignments: [] },
    });
    single.input("main", "x").set([point]);
    single.run("main");
    return single.output("main", "y")[0]! + 2 * single.output("main", "z")[0]!;
  });
  for (let length = 1; length <= 9; length++) {
    const some = g.input("x", [2, length]);
    const many = wasmEngine.compile({
      main: { outputs: { y: g.tanh(g.exp(some)), z: g.sigmoid(g.softplus(g.erf(some))) }, assignments: [] },
    });
    many.input("main", "x").set(points.subarray(0, 2 * length));
    many.run("main");
    const [y, z] = [many.output("main", "y"), many.output("main", "z")];
    expect(Array.from(y, (value, i) => Math.fround(value + 2 * z[i]!))).toEqual([...values.subarray(0, 2 * length)]);
  }
});
