/**
 * Products alone, at the shapes of the workloads and some of no workload, against the peak of the machine.
 *
 *   npm run bench:kernels -- [portable]
 */
import type { Numerics } from "../src/engine/engine.ts";
import { measurePeak } from "../src/engine/wasm/peak.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { assign, matmul, state } from "../src/graph/index.ts";
import { measureRate } from "./measure.ts";

/** What it is, then M, K, N, and which operand is transposed. */
const shapes: readonly (readonly [string, number, number, number, ("a" | "b")?])[] = [
  ["W1 forward", 128, 784, 100],
  ["W1 weights", 784, 128, 100, "a"],
  ["W1 hidden forward", 128, 100, 100],
  ["W1 hidden inputs", 128, 100, 100, "b"],
  ["W1 hidden weights", 100, 128, 100, "a"],
  ["W1 output", 128, 100, 10],
  ["W3 forward", 100, 784, 50],
  ["W3 weights", 784, 100, 50, "a"],
  ["W4 forward", 100, 3072, 50],
  ["W4 weights", 3072, 100, 50, "a"],
  ["W5 forward", 256, 784, 1024],
  ["W5 hidden forward", 256, 1024, 1024],
  ["W5 hidden inputs", 256, 1024, 1024, "b"],
  ["W5 hidden weights", 1024, 256, 1024, "a"],
  ["one row", 1, 300, 300],
  ["odd", 37, 211, 59],
];

const numerics: Numerics = process.argv[2] === "portable" ? "portable" : "fused";
const peak = measurePeak(numerics);
console.log(`peak of one core, ${numerics}: ${peak.toFixed(1)} GFLOP/s`);
for (const [name, m, k, n, transposed] of shapes) {
  const a = state("a", transposed === "a" ? [k, m] : [m, k]);
  const b = state("b", transposed === "b" ? [n, k] : [k, n]);
  const c = state("c", [m, n]);
  const product = matmul(a, b, { transposeA: transposed === "a", transposeB: transposed === "b" });
  const executable = wasmEngine.compile({ product: { outputs: {}, assignments: [assign(c, product)] } }, { numerics });
  for (const leaf of [a, b])
    executable.writeState(
      leaf,
      Float32Array.from({ length: m * k * (leaf === a ? 1 : n / m) }, (_, i) => ((i * 7919) % 101) / 101 - 0.5),
    );
  const { median, max } = measureRate(() => executable.run("product"), { warmUpMs: 200, windowMs: 150, windows: 7 });
  const gflops = (rate: number) => (rate * 2 * m * k * n) / 1e9;
  const share = (rate: number) =>
    `${gflops(rate).toFixed(1).padStart(5)} GFLOP/s ${((100 * gflops(rate)) / peak).toFixed(0).padStart(3)} %`;
  console.log(`${name.padEnd(18)} ${`${m} x ${k} x ${n}`.padEnd(18)} median ${share(median)}   best ${share(max)}`);
}
