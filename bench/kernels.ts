/**
 * Products alone, at the shapes of the workloads and some of no workload, against the peak of the machine: a short window of the
 * product, a short window of the peak, in turns, since machines change their speed from moment to moment.
 *
 *   npm run bench:kernels -- [portable]
 */
import type { Numerics } from "../src/engine/engine.ts";
import { peakMeter } from "../src/engine/wasm/peak.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { assign, matmul, state } from "../src/graph/index.ts";

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
const peak = peakMeter(numerics);
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!;
console.log(`peak of one core, ${numerics}: ${peak(1000).toFixed(1)} GFLOP/s`);
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
  const flops = 2 * m * k * n;
  const calls = Math.max(1, Math.round(1e8 / flops));
  const window = () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) executable.run("product");
    return (calls * flops) / (performance.now() - start) / 1e6;
  };
  for (let i = 0; i < 30; i++) window();
  const turns = Array.from({ length: 120 }, () => ({ product: window(), peak: peak(0.5) }));
  const gflops = median(turns.map((turn) => turn.product));
  const share = 100 * median(turns.map((turn) => turn.product / turn.peak));
  console.log(
    `${name.padEnd(18)} ${`${m} x ${k} x ${n}`.padEnd(18)} ${gflops.toFixed(1).padStart(5)} GFLOP/s, ${share.toFixed(0).padStart(3)} % of the peak`,
  );
}
