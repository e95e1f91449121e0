/** What one core of the machine can do at most: multiply-adds in registers, and moving memory that no cache holds. */
import type { Numerics } from "../src/engine/engine.ts";
import { ModuleBuilder } from "../src/engine/wasm/assembler.ts";
import { measurePeak } from "../src/engine/wasm/peak.ts";
import { probeWasm } from "../src/engine/wasm/probe.ts";

export interface Limits {
  /** Billions of floating-point operations a second, for each profile that the host can keep. */
  readonly peakGflops: Readonly<Partial<Record<Numerics, number>>>;
  /** Billions of bytes copied a second, each read once and written once: by the host's own copy, which may pass by the caches. */
  readonly copyGBps: number;
  /** The same by 128-bit loads and stores, as the engine's kernels move memory. */
  readonly vectorCopyGBps: number;
}

const pageBytes = 65536;
/** Larger than the caches of servers. */
const copyBytes = 256 * 2 ** 20;
const bytesPerRound = 128;

/** run(from, to, end of from): copies by 128-bit loads and stores. */
function copyModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const { code: f } = module.function("run", ["i32", "i32", "i32"], true);
  f.loop(() => {
    for (let offset = 0; offset < bytesPerRound; offset += 16) f.get(1).get(0).mem("v128.load", offset).mem("v128.store", offset);
    f.bump(0, bytesPerRound).bump(1, bytesPerRound);
    f.get(0).get(2).op("i32.lt_u").brIf(0);
  });
  return module.build();
}

/** The best of several copies, since a limit is what the machine can do when nobody else uses it. */
function bestGBps(copy: () => void, times = 8): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    copy();
    best = Math.min(best, performance.now() - start);
  }
  return copyBytes / best / 1e6;
}

function measureCopies(): Pick<Limits, "copyGBps" | "vectorCopyGBps"> {
  const memory = new WebAssembly.Memory({ initial: (2 * copyBytes) / pageBytes });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(copyModule()), { env: { memory } });
  const run = exports.run as (from: number, to: number, end: number) => void;
  // Pages that were never written all lie on one page of zeros, and cost a fault at the first store.
  const all = new Uint8Array(memory.buffer).fill(1);
  return {
    copyGBps: rounded(bestGBps(() => all.copyWithin(copyBytes, 0, copyBytes))),
    vectorCopyGBps: rounded(bestGBps(() => run(0, copyBytes, copyBytes))),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(3));

export function measureLimits(): Limits {
  const probe = probeWasm();
  const profiles = probe.available ? probe.numerics : [];
  return {
    peakGflops: Object.fromEntries(profiles.map((profile) => [profile, rounded(measurePeak(profile, 400))])),
    ...measureCopies(),
  };
}
