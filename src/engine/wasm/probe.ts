/** What the host's WebAssembly can do, found out by trying it. */
import type { Numerics, Probe } from "../engine.ts";
import { ModuleBuilder } from "./assembler.ts";
import { pairVectors } from "./host-vectors.ts";
import type { Target } from "./target.ts";

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

/** What generated code can use. */
export interface WasmHost {
  readonly numerics: readonly Numerics[];
  readonly pairs: boolean;
  readonly detail: string;
}

/** What the host can do, or why it cannot run generated code. */
export function probeHost(): WasmHost | { readonly reason: string } {
  if (typeof WebAssembly === "undefined") return { reason: "this host has no WebAssembly" };
  if (!WebAssembly.validate(multiplyAddModule(false))) return { reason: "this host's WebAssembly has no 128-bit SIMD" };
  const isRelaxed = WebAssembly.validate(multiplyAddModule(true));
  if (isRelaxed && roundsOnce()) {
    // Processors with a multiply-add of one rounding have vectors of 256 bits as well, but for a few of 2012 to 2014 (see ADR 15).
    const { pairs, detail } = pairVectors();
    return { numerics: ["fused", "portable"], pairs, detail: `SIMD with multiply-add of one rounding · vectors ${detail}` };
  }
  const multiplyAdd = isRelaxed
    ? "SIMD; relaxed multiply-add rounds twice here, so it is not used"
    : "SIMD; no relaxed SIMD, so products multiply, then add";
  return { numerics: ["portable"], pairs: false, detail: `${multiplyAdd} · vectors of 128 bits` };
}

/** Whether the host runs 128-bit SIMD, which numerics profiles it can keep, and how wide its vectors are. */
export function probeWasm(): Probe {
  const host = probeHost();
  if ("reason" in host) return { available: false, reason: host.reason };
  return { available: true, numerics: host.numerics, detail: host.detail };
}

/** What code is made for here. */
export function targetHere(numerics: Numerics): Target {
  const host = probeHost();
  return { numerics, pairs: "pairs" in host && host.pairs };
}
