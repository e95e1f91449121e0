/**
 * What a second core gives: in turns the steps of one run with one thread alone, of one with two threads, and of two unrelated runs with one
 * thread each, side by side. Two threads of one run cannot do more than two runs that tell each other nothing.
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

/** Of the two unrelated runs, and of the third. */
const threadsOf = [1, 1, 2];
const [windowMs, settleMs, rounds, warmups] = [300, 60, 13, 4];
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
const median = (list: readonly number[]): number => sorted(list)[list.length >> 1]!;
/** The median, and the quartiles. */
function spread(list: readonly number[]): string {
  const at = (part: number) => sorted(list)[Math.floor(part * (list.length - 1))]!.toFixed(2);
  return `${median(list).toFixed(2)} (${at(0.25)} to ${at(0.75)})`;
}

/** Trains whenever it is asked to. */
async function train({ workload, me, asked, steps }: Shared): Promise<void> {
  const { session } = openSession(findWorkloads([workload]).found[0]!, threadsOf[me]!, undefined);
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
  const steps = new Float64Array(new SharedArrayBuffer(8 * threadsOf.length));
  const runs = threadsOf.map(
    (_, me) => new Worker(new URL(import.meta.url), { workerData: { workload, me, asked, steps } satisfies Shared }),
  );
  await Promise.all(runs.map((run) => new Promise((done) => run.once("message", done))));
  /** Steps a second of those whose bits are set, together. */
  const rate = async (mask: number): Promise<number> => {
    Atomics.store(asked, 0, mask);
    await sleep(settleMs);
    const [before, start] = [[...steps], performance.now()];
    await sleep(windowMs);
    const seconds = (performance.now() - start) / 1000;
    Atomics.store(asked, 0, 0);
    await sleep(settleMs);
    return steps.reduce((sum, count, me) => sum + count - before[me]!, 0) / seconds;
  };
  const alone: number[] = [];
  const ratios: { readonly together: number[]; readonly sideBySide: number[] } = { together: [], sideBySide: [] };
  for (let round = -warmups; round < rounds; round++) {
    const one = ((await rate(1)) + (await rate(2))) / 2;
    const [both, together] = [await rate(3), await rate(4)];
    if (round < 0) continue;
    alone.push(one);
    ratios.together.push(together / one);
    ratios.sideBySide.push(both / one);
  }
  console.log(
    `${workload}: ${median(alone).toFixed(0)} steps/s alone; two threads of one run ${spread(ratios.together)}, ` +
      `two runs side by side ${spread(ratios.sideBySide)} times as many`,
  );
  await Promise.all(runs.map((run) => run.terminate()));
}

if (isMainThread) {
  const { found, unknown } = findWorkloads(process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["W1"]);
  if (unknown !== undefined) {
    console.error(`there is no workload '${unknown}'; a workload of npm run bench -- --help is meant, such as W1 W4 random-3`);
    process.exit(2);
  }
  for (const { name } of found) await measure(name);
} else await train(workerData as Shared);
