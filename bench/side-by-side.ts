/**
 * What two cores give: the steps of two unrelated runs of one thread, side by side, against those of one alone, in turns. Two threads
 * of one run cannot do more.
 *
 *     npm run bench:side-by-side -- W1 W4
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openSession } from "./open-session.ts";
import { findWorkloads } from "./workloads.ts";

interface Shared {
  readonly workload: string;
  readonly me: number;
  /** A bit for each run that is to train. */
  readonly asked: Int32Array;
  /** Steps that each has made. */
  readonly steps: Float64Array;
}

const [windowMs, settleMs, rounds, warmups] = [400, 60, 13, 4];
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;

/** Trains whenever it is asked to. */
async function train({ workload, me, asked, steps }: Shared): Promise<void> {
  const { session } = openSession(findWorkloads([workload]).found[0]!, 1, undefined);
  parentPort!.postMessage("ready");
  for (let step = 0; ; ) {
    if (Atomics.load(asked, 0) & (1 << me)) {
      session.step(step++);
      steps[me]!++;
    } else await sleep(2);
  }
}

async function measure(workload: string): Promise<void> {
  const asked = new Int32Array(new SharedArrayBuffer(4));
  const steps = new Float64Array(new SharedArrayBuffer(16));
  const runs = [0, 1].map(
    (me) => new Worker(new URL(import.meta.url), { workerData: { workload, me, asked, steps } satisfies Shared }),
  );
  await Promise.all(runs.map((run) => new Promise((done) => run.once("message", done))));
  const rates = async (mask: number): Promise<readonly [number, number]> => {
    Atomics.store(asked, 0, mask);
    await sleep(settleMs);
    const [before, start] = [[...steps], performance.now()];
    await sleep(windowMs);
    const seconds = (performance.now() - start) / 1000;
    Atomics.store(asked, 0, 0);
    await sleep(settleMs);
    return [(steps[0]! - before[0]!) / seconds, (steps[1]! - before[1]!) / seconds];
  };
  const [alone, ratios]: number[][] = [[], []];
  for (let round = -warmups; round < rounds; round++) {
    const one = ((await rates(1))[0] + (await rates(2))[1]) / 2;
    const [first, second] = await rates(3);
    if (round < 0) continue;
    alone!.push(one);
    ratios!.push((first + second) / one);
  }
  console.log(
    `${workload}: ${median(alone!).toFixed(0)} steps/s alone, two side by side ${median(ratios!).toFixed(2)} times as many together`,
  );
  await Promise.all(runs.map((run) => run.terminate()));
}

if (isMainThread) {
  const { found, unknown } = findWorkloads(process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["W1"]);
  if (unknown !== undefined) throw new Error(`no such workload: ${unknown}`);
  for (const { name } of found) await measure(name);
} else await train(workerData as Shared);
