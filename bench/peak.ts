/** The machine's own limit: how many multiply-adds a second one core does on 128-bit vectors in registers. */
import type { Numerics } from "../src/engine/engine.ts";
import { ModuleBuilder } from "../src/engine/wasm/assembler.ts";
import { measureRate } from "./measure.ts";

/** Billions of floating-point operations a second (a multiply-add is two), the best of the windows. */
export function measurePeak(numerics: Numerics): number {
  const sums = 12;
  const unrolled = 8;
  const rounds = 20_000;
  const module = new ModuleBuilder();
  const { code: f } = module.function("run", ["i32"], true);
  const accumulators = Array.from({ length: sums }, () => f.local("v128"));
  const [a, b] = [f.local("v128"), f.local("v128")];
  f.f32x4(0.999).set(a).f32x4(1e-3).set(b);
  f.loop(() => {
    for (let i = 0; i < unrolled; i++) {
      for (const sum of accumulators) {
        if (numerics === "fused") f.get(a).get(b).get(sum).op("f32x4.relaxed_madd").set(sum);
        else f.get(sum).get(a).get(b).op("f32x4.mul").op("f32x4.add").set(sum);
      }
      // The factors change, so that no product can be taken out of the loop.
      f.get(a).get(b).op("v128.xor").set(b);
    }
    f.get(0).i32(1).op("i32.sub").tee(0).brIf(0);
  });
  f.i32(0).get(accumulators[0]!);
  for (const sum of accumulators.slice(1)) f.get(sum).op("f32x4.add");
  f.mem("v128.store");
  const memory = new WebAssembly.Memory({ initial: 1 });
  const run = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } }).exports.run as (
    rounds: number,
  ) => void;
  const { max } = measureRate(() => run(rounds), { warmUpMs: 300, windowMs: 200, windows: 7 });
  return (max * rounds * unrolled * sums * 8) / 1e9;
}
