/** The machine's own limit: how many multiply-adds a second one core does on 128-bit vectors in registers. */
import { nowMs } from "../../core/clock.ts";
import type { Numerics } from "../engine.ts";
import { ModuleBuilder } from "./assembler.ts";

/** Independent sums: enough to hide the latency of a multiplication and an addition on two units. */
const sums = 12;
const unrolled = 8;
const operationsPerRound = unrolled * sums * 8;

function peakModule(numerics: Numerics): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { code: f } = module.function("run", ["i32"], true);
  const accumulators = Array.from({ length: sums }, () => f.local("v128"));
  const [a, b] = [f.local("v128"), f.local("v128")];
  f.f32x4(0.999).set(a).f32x4(1e-3).set(b);
  f.loop(() => {
    for (let i = 0; i < unrolled; i++) {
      // Each sum is a factor of its own next value, so that no product can be shared or taken out of the loop.
      for (const sum of accumulators) {
        if (numerics === "fused") f.get(sum).get(a).get(b).op("f32x4.relaxed_madd").set(sum);
        else f.get(sum).get(a).op("f32x4.mul").get(b).op("f32x4.add").set(sum);
      }
    }
    f.get(0).i32(1).op("i32.sub").tee(0).brIf(0);
  });
  f.i32(0).get(accumulators[0]!);
  for (const sum of accumulators.slice(1)) f.get(sum).op("f32x4.add");
  f.mem("v128.store");
  return module.build();
}

/**
 * A meter of the peak: each call measures for so many milliseconds and gives billions of floating-point operations a second (a
 * multiply-add is two), the best of short windows. Machines change their speed from moment to moment: what is compared with the
 * peak is measured in turns with it.
 */
export function peakMeter(numerics: Numerics): (forMs: number) => number {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(numerics)), { env: { memory } });
  const run = exports.run as (rounds: number) => void;
  const rounds = 5000;
  return (forMs) => {
    const end = nowMs() + forMs;
    let best = Number.POSITIVE_INFINITY;
    do {
      const start = nowMs();
      run(rounds);
      best = Math.min(best, nowMs() - start);
    } while (nowMs() < end);
    return (rounds * operationsPerRound) / best / 1e6;
  };
}

/**
 * The peak, once: GFLOP/s.
 *
 * @param forMs  how long to measure, after a warm-up of a quarter of it
 */
export function measurePeak(numerics: Numerics, forMs = 1000): number {
  const meter = peakMeter(numerics);
  meter(forMs / 4);
  return meter(forMs);
}
