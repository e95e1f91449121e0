/** The machine's own limit: how many multiply-adds a second one core does in registers, on vectors as wide as the host makes them. */
import { nowMs } from "../../core/clock.ts";
import type { Numerics } from "../engine.ts";
import { ModuleBuilder } from "./assembler.ts";
import { storeSideBySide } from "./formula-code.ts";
import { targetHere } from "./probe.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

/** Independent sums: enough to hide the latency of a multiplication and an addition on two units. */
const sums = 12;
const unrolled = 8;
const operationsPerRound = unrolled * sums * 8;

function peakModule(target: Target): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { code: f } = module.function("run", ["i32"], true);
  const accumulators = Array.from({ length: sums * vectorsAtOnce(target) }, () => f.local("v128"));
  const [a, b] = [f.local("v128"), f.local("v128")];
  f.f32x4(0.999).set(a).f32x4(1e-3).set(b);
  f.loop(() => {
    for (let i = 0; i < unrolled; i++) {
      // Each sum is a factor of its own next value, so that no product can be shared or taken out of the loop.
      for (const sum of accumulators) {
        if (target.numerics === "fused") f.get(sum).get(a).get(b).op("f32x4.relaxed_madd").set(sum);
        else f.get(sum).get(a).op("f32x4.mul").get(b).op("f32x4.add").set(sum);
      }
    }
    f.get(0).i32(1).op("i32.sub").tee(0).brIf(0);
  });
  storeSideBySide(f, () => f.i32(0), accumulators);
  return module.build();
}

/**
 * A meter of the peak: each call measures for so many milliseconds and gives billions of floating-point operations a second (a
 * multiply-add is two), the best of short windows. Machines change their speed from moment to moment: what is compared with the
 * peak is measured in turns with it.
 */
export function peakMeter(numerics: Numerics): (forMs: number) => number {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const target = targetHere(numerics);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(peakModule(target)), { env: { memory } });
  const run = exports.run as (rounds: number) => void;
  const rounds = 5000;
  const operations = rounds * operationsPerRound * vectorsAtOnce(target);
  return (forMs) => {
    const end = nowMs() + forMs;
    let best = Number.POSITIVE_INFINITY;
    do {
      const start = nowMs();
      run(rounds);
      best = Math.min(best, nowMs() - start);
    } while (nowMs() < end);
    return operations / best / 1e6;
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
