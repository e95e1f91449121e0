/**
 * Training steps per second.
 *
 *   npm run -s bench -- [--json] [--workloads W1,W3] [--numerics fused|portable]
 *
 * With --json one line a workload: {"workload":"W1","peer":"osolgil","engine":"wasm","threads":1,"stepsPerSecond":...}.
 */
import { parseArgs } from "node:util";
import { measurePeak } from "../src/engine/wasm/peak.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { Session } from "../src/train/session.ts";
import { measureRate } from "./measure.ts";
import { resolveWorkload, workloads } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    workloads: { type: "string" },
    numerics: { type: "string", default: "auto" },
  },
});
const names = options.workloads?.split(",") ?? workloads.map(({ name }) => name);
const unknown = names.filter((name) => !workloads.some((workload) => workload.name === name));
if (unknown.length > 0 || !["auto", "fused", "portable"].includes(options.numerics)) {
  console.error(`workloads are ${workloads.map(({ name }) => name).join(", ")}; numerics auto, fused or portable`);
  process.exit(2);
}
const peaks = new Map<string, number>();
if (!options.json) console.log("workload  steps/s (min to max)          GFLOP/s  of peak  compile   network");
for (const workload of workloads.filter(({ name }) => names.includes(name))) {
  const run = resolveWorkload(workload);
  const numerics = options.numerics === "auto" ? undefined : (options.numerics as "fused" | "portable");
  const session = new Session(run, workload.load(run), { engine: wasmEngine, ...(numerics && { numerics }) });
  let step = 0;
  const rate = measureRate(() => session.step(step++));
  const profile = session.numerics as "fused" | "portable";
  const peak = peaks.get(profile) ?? measurePeak(profile);
  peaks.set(profile, peak);
  const gflops = (rate.median * workload.flops) / 1e9;
  const round = (value: number, digits: number) => Number(value.toPrecision(digits));
  if (options.json) {
    const line = {
      workload: workload.name,
      peer: "osolgil",
      engine: "wasm",
      threads: 1,
      stepsPerSecond: round(rate.median, 4),
      min: round(rate.min, 4),
      max: round(rate.max, 4),
      numerics: profile,
      gflops: round(gflops, 3),
      peakGflops: round(peak, 3),
      compileMs: round(session.executable.compileMs, 3),
    };
    console.log(JSON.stringify(line));
  } else {
    const figures = `${rate.median.toFixed(0).padStart(6)} (${rate.min.toFixed(0)} to ${rate.max.toFixed(0)})`;
    const share = `${gflops.toFixed(1).padStart(6)}  ${((100 * gflops) / peak).toFixed(0).padStart(4)} %`;
    console.log(
      `${workload.name.padEnd(9)} ${figures.padEnd(27)} ${share}  ${session.executable.compileMs.toFixed(0).padStart(4)} ms   ${workload.summary}`,
    );
  }
}
