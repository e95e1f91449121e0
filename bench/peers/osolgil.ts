/** Osolgil as a peer of itself, by the same protocol as the others: node osolgil.ts WORKLOAD THREADS [fused|portable]. */
import { createInterface } from "node:readline";
import type { Numerics } from "../../src/engine/engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { startThreads } from "../../src/execute/compute-threads.ts";
import { Session } from "../../src/train/session.ts";
import { resolveWorkload, workloads } from "../workloads.ts";

const [name, threads, numerics] = process.argv.slice(2);
const workload = workloads.find((one) => one.name === name)!;
const run = resolveWorkload(workload);
const team = startThreads(Number(threads));
const session = new Session(run, workload.load(run), {
  engine: wasmEngine,
  ...(team && { threads: team }),
  ...(numerics && { numerics: numerics as Numerics }),
});
let count = 0;
function timeSteps(steps: number): number {
  const start = performance.now();
  for (let i = 0; i < steps; i++) session.step(count++);
  return (performance.now() - start) / steps;
}
let perStepMs = timeSteps(20);
perStepMs = timeSteps(Math.ceil(1200 / perStepMs));
console.log(JSON.stringify({ peer: "osolgil", workload: name, numerics: session.numerics }));
for await (const line of createInterface({ input: process.stdin })) {
  perStepMs = timeSteps(Math.max(3, Math.round(Number(line) / perStepMs)));
  console.log(JSON.stringify({ stepsPerSecond: 1000 / perStepMs }));
}
