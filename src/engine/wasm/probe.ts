/** What the host's WebAssembly can do, found out by trying it. */
import type { Numerics, Probe } from "../engine.ts";
import { ModuleBuilder } from "./assembler.ts";

/** A module that computes a x b + c on vectors at 0, 16 and 32 into 48, by relaxed multiply-add or in two steps. */
function multiplyAddModule(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { code: f } = module.function("run", [], true);
  f.i32(48);
  if (relaxed) f.i32(0).mem("v128.load").i32(0).mem("v128.load", 16).i32(0).mem("v128.load", 32).op("f32x4.relaxed_madd");
  else f.i32(0).mem("v128.load").i32(0).mem("v128.load", 16).op("f32x4.mul").i32(0).mem("v128.load", 32).op("f32x4.add");
  f.mem("v128.store");
  return module.build();
}

/**
 * Whether the host's relaxed multiply-add rounds once. (1 + u)(1 - u) - 1 is -u^2 with one rounding, and 0 with two.
 * Several values, since a host may be free to choose per operation.
 */
function roundsOnce(): boolean {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(multiplyAddModule(true)), { env: { memory } });
  const lanes = new Float32Array(memory.buffer);
  const units = [12, 14, 17, 20].map((bits) => 1 / (1 << bits));
  units.forEach((unit, lane) => {
    lanes[lane] = 1 + unit;
    lanes[4 + lane] = 1 - unit;
    lanes[8 + lane] = -1;
  });
  (instance.exports.run as () => void)();
  return units.every((unit, lane) => lanes[12 + lane] === -unit * unit);
}

/** Whether the host runs 128-bit SIMD, and which numerics profiles it can keep. */
export function probeWasm(): Probe {
  if (typeof WebAssembly === "undefined") return { available: false, reason: "this host has no WebAssembly" };
  if (!WebAssembly.validate(multiplyAddModule(false)))
    return { available: false, reason: "this host's WebAssembly has no 128-bit SIMD" };
  const numerics: Numerics[] = ["portable"];
  if (!WebAssembly.validate(multiplyAddModule(true))) {
    return { available: true, numerics, detail: "SIMD; no relaxed SIMD, so products multiply, then add" };
  }
  if (!roundsOnce())
    return { available: true, numerics, detail: "SIMD; relaxed multiply-add rounds twice here, so it is not used" };
  return { available: true, numerics: ["fused", ...numerics], detail: "SIMD with multiply-add of one rounding" };
}
