/**
 * What it costs to look into a run and to watch over it: CPU time of the main job with looks and without, in turns, and of the doctor
 * over the same events.
 *
 *   node --conditions=osolgil-source bench/doctor.ts [epochs] [turns]
 */
import type { RunEvent } from "../src/core/events.ts";
import { Doctor } from "../src/doctor/watch.ts";
import { mainJob } from "../src/document/main-job.ts";
import { resolveRun } from "../src/document/resolve.ts";
import { wasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { loadDataset } from "../src/files/data-files.ts";
import { defaultProbeEvery } from "../src/train/probe.ts";
import { Session } from "../src/train/session.ts";
import { train } from "../src/train/train.ts";

const [epochs = 2, turns = 7] = process.argv.slice(2).map(Number);
const run = resolveRun({ ...mainJob, training: { ...mainJob.training, epochs } });
const raw = loadDataset(run.data.definition, run.data.options);

/** Milliseconds of CPU, of all threads. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A training from its first step to its end; what comes before and after is not counted. */
function trained(probeEvery: number | undefined): { readonly ms: number; readonly events: RunEvent[] } {
  const session = new Session(run, raw, { engine: wasmEngine });
  const events: RunEvent[] = [];
  const ms = cpuMs(() => events.push(...train(session, probeEvery === undefined ? {} : { probeEvery })));
  return { ms, events };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

trained(defaultProbeEvery);
const results = Array.from({ length: turns }, (_, i) => {
  // Who comes first changes from turn to turn.
  const order = i % 2 === 0 ? [undefined, defaultProbeEvery] : [defaultProbeEvery, undefined];
  const [first, second] = order.map(trained) as [ReturnType<typeof trained>, ReturnType<typeof trained>];
  const [without, with_] = i % 2 === 0 ? [first, second] : [second, first];
  const watches = 20;
  const watching = cpuMs(() => {
    for (let time = 0; time < watches; time++) {
      const doctor = new Doctor(run.document);
      for (const event of with_.events) doctor.observe(event);
    }
  });
  // The same looks by themselves, with all that comes before the first, and the states that are kept on the way.
  const taken = with_.events.filter(({ type }) => type === "probe.taken").length;
  const session = new Session(run, raw, { engine: wasmEngine });
  const alone = cpuMs(() => {
    const probe = session.probe();
    for (let look = 0; look < taken; look++) {
      probe.note();
      probe.take(0, 0);
    }
    for (let kept = 0; kept < epochs + taken / 10; kept++) if (session.firstNonFinite() === undefined) session.readStates();
  });
  return {
    without: without.ms,
    looks: with_.ms / without.ms - 1,
    alone: alone / without.ms,
    doctor: watching / watches / without.ms,
  };
});
console.log(
  `main job, ${epochs} epochs, ${turns} turns: ${median(results.map(({ without }) => without)).toFixed(0)} ms of CPU without looks`,
);
console.log(
  `looks    ${percent(median(results.map(({ looks }) => looks)))}  (${results.map(({ looks }) => percent(looks)).join(", ")})`,
);
console.log(`alone    ${percent(median(results.map(({ alone }) => alone)))}`);
console.log(`doctor   ${percent(median(results.map(({ doctor }) => doctor)))}`);
