/**
 * What a second core gives: in turns the steps of one run with one thread alone, of one with two threads, and of two unrelated runs with one
 * thread each, side by side. Two threads of one run cannot do more than two runs that tell each other nothing.
 *
 * Where a host puts its two virtual cores changes from second to second: on two cores that share a cache, on two that share none, or on
 * the two hardware threads of one core. So before and after each window both do multiply-adds in registers at once, send a cache
 * line there and back, and write lines that the other has read, and again; what two threads gain is told for all rounds, and for each of
 * these places.
 *
 *     npm run bench:side-by-side -- W1 W4
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { peakMeter } from "../src/engine/wasm/peak.ts";
import { openSession } from "./open-session.ts";
import { findWorkloads } from "./workloads.ts";

interface Shared {
  readonly workload: string;
  readonly me: number;
  /** A task for each run, and where two of them send a line there and back. */
  readonly words: Int32Array;
  /**
   * Steps that each has made, then billions of multiply-adds, then times that a line has come back; then times that shared lines were
   * written, and milliseconds for writing them when the other run had read them, and once more.
   */
  readonly done: Float64Array;
}

/** Of the two unrelated runs, and of the third. */
const threadsOf = [1, 1, 2];
const runs = threadsOf.length;
const [windowMs, placeMs, settleMs, rounds, warmups] = [300, 40, 40, 21, 3];
/** What a run can be asked to do. */
const tasks = { rest: 0, train: 1, compute: 2, send: 3, share: 4 } as const;
/** Where the line lies that is sent, in words, and lines of 64 bytes that one run reads and the other writes: far from all else. */
const [lineAt, sharedAt, sharedLines] = [64, 128, 2000];
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const sorted = (list: readonly number[]): number[] => list.toSorted((a, b) => a - b);
const median = (list: readonly number[]): number => sorted(list)[list.length >> 1]!;
/** The median, and the quartiles. */
function spread(list: readonly number[]): string {
  const at = (part: number) => sorted(list)[Math.floor(part * (list.length - 1))]!.toFixed(2);
  return `${median(list).toFixed(2)} (${at(0.25)} to ${at(0.75)})`;
}

/** Does whatever it is asked to. */
async function work({ workload, me, words, done }: Shared): Promise<void> {
  const { session, numerics } = openSession(findWorkloads([workload]).found[0]!, threadsOf[me]!, undefined);
  const peak = peakMeter(numerics);
  parentPort!.postMessage("ready");
  for (let step = 0; ; ) {
    const task = Atomics.load(words, me);
    if (task === tasks.train) {
      session.step(step++);
      done[me]!++;
    } else if (task === tasks.compute) {
      const start = performance.now();
      done[runs + me]! += (peak(1) * (performance.now() - start)) / 2000;
    } else if (task === tasks.send || task === tasks.share) {
      // The line is the first run's while its number is even.
      const number = Atomics.load(words, lineAt);
      if (number % 2 !== me) continue;
      if (task === tasks.share && me === 1) words[lineAt + 32] = sumOfLines(words);
      else if (task === tasks.share) {
        const times = [0, 1].map((pass) => {
          const start = performance.now();
          for (let line = 0; line < sharedLines; line++) words[sharedAt + 16 * line] = number + pass;
          return performance.now() - start;
        });
        done[3 * runs]!++;
        for (const [pass, ms] of times.entries()) done[3 * runs + 1 + pass]! += ms;
      }
      Atomics.store(words, lineAt, number + 1);
      done[2 * runs + me]!++;
    } else await sleep(2);
  }
}

function sumOfLines(words: Int32Array): number {
  let sum = 0;
  for (let line = 0; line < sharedLines; line++) sum += words[sharedAt + 16 * line]!;
  return sum;
}

/** What is done a second. */
interface Rates {
  readonly steps: number;
  readonly multiplyAdds: number;
  readonly trips: number;
  /** Nanoseconds for writing a line that the other has read, and for writing it again. */
  readonly writes: readonly number[];
}

/** Where the two cores are. */
interface Place {
  /** Multiply-adds of both for one of one. */
  readonly cores: number;
  /** Nanoseconds from core to core and back. */
  readonly trip: number;
  /** Nanoseconds for writing a line that the other has read, and for writing it again. */
  readonly writes: readonly number[];
}

interface Round {
  /** Times as many steps as one run alone. */
  readonly ratio: number;
  /** Before and after. */
  readonly places: readonly Place[];
}

const areTwo = ({ cores }: Place): boolean => cores > 1.7;

/** Places by what both cores could do at once and how long a line took; the cores stay there for a whole round, or it counts for none. */
const kinds: readonly (readonly [string, (place: Place, nearest: number) => boolean])[] = [
  ["in all rounds", () => true],
  ["on two cores that are near", (place, nearest) => areTwo(place) && place.trip < 1.8 * nearest],
  ["on two that are far", (place, nearest) => areTwo(place) && place.trip >= 1.8 * nearest],
  ["on one", (place) => !areTwo(place)],
];

async function measure(workload: string): Promise<void> {
  const words = new Int32Array(new SharedArrayBuffer(4 * (sharedAt + 16 * sharedLines)));
  const done = new Float64Array(new SharedArrayBuffer(8 * 4 * runs));
  const workers = threadsOf.map(
    (_, me) => new Worker(new URL(import.meta.url), { workerData: { workload, me, words, done } satisfies Shared }),
  );
  await Promise.all(workers.map((worker) => new Promise((ready) => worker.once("message", ready))));
  /** What those who are asked do together. */
  const rates = async (task: number, whom: readonly number[], forMs = windowMs): Promise<Rates> => {
    for (const me of whom) Atomics.store(words, me, task);
    await sleep(settleMs);
    const [before, start] = [[...done], performance.now()];
    await sleep(forMs);
    const seconds = (performance.now() - start) / 1000;
    const all = done.map((count, one) => (count - before[one]!) / seconds);
    for (const me of whom) Atomics.store(words, me, tasks.rest);
    await sleep(settleMs);
    const sum = (first: number) => all.slice(first, first + runs).reduce((total, rate) => total + rate, 0);
    const writes = [1, 2].map((pass) => (1e6 * all[3 * runs + pass]!) / (sharedLines * all[3 * runs]!));
    return { steps: sum(0), multiplyAdds: sum(runs), trips: all[2 * runs]!, writes };
  };
  const place = async (): Promise<Place> => {
    const [one, both] = [await rates(tasks.compute, [0], placeMs), await rates(tasks.compute, [0, 1], placeMs)];
    const { trips } = await rates(tasks.send, [0, 1], placeMs);
    const { writes } = await rates(tasks.share, [0, 1], placeMs);
    return { cores: both.multiplyAdds / one.multiplyAdds, trip: 1e9 / trips, writes };
  };
  const alone: number[] = [];
  const [together, sideBySide]: [Round[], Round[]] = [[], []];
  for (let round = -warmups; round < rounds; round++) {
    const one = ((await rates(tasks.train, [0])).steps + (await rates(tasks.train, [1])).steps) / 2;
    const seen = [await place()];
    const both = await rates(tasks.train, [0, 1]);
    seen.push(await place());
    const ofThreads = await rates(tasks.train, [2]);
    seen.push(await place());
    if (round < 0) continue;
    alone.push(one);
    sideBySide.push({ ratio: both.steps / one, places: seen.slice(0, 2) });
    together.push({ ratio: ofThreads.steps / one, places: seen.slice(1) });
  }
  const trips = [...together, ...sideBySide].flatMap(({ places }) => places.filter(areTwo).map(({ trip }) => trip));
  const nearest = Math.min(...trips);
  console.log(
    `${workload}: ${median(alone).toFixed(0)} steps/s alone; times as many, and what lines of the caches cost in nanoseconds:`,
  );
  const row = (cells: readonly string[]) =>
    console.log(`  ${[28, 24, 22, 8, 8, 12, 5].map((width, i) => cells[i]!.padEnd(width)).join("")}`);
  row(["", "two threads of one run", "two runs", "rounds", "trip", "write read", "write"]);
  for (const [name, isThere] of kinds) {
    const [ofThreads, ofBoth] = [together, sideBySide].map((all) =>
      all.filter(({ places }) => places.every((place) => isThere(place, nearest))),
    );
    const told = (all: Round[]) => (all.length > 0 ? spread(all.map(({ ratio }) => ratio)) : "never");
    const own = ofThreads!.flatMap(({ places }) => places);
    const [trip, shared, again] = [own.map(({ trip }) => trip), ...[0, 1].map((i) => own.map(({ writes }) => writes[i]!))].map(
      median,
    );
    const costs = own.length > 0 ? [trip!.toFixed(0), shared!.toFixed(1), again!.toFixed(1)] : ["", "", ""];
    row([name, told(ofThreads!), told(ofBoth!), String(ofThreads!.length), ...costs]);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
}

if (isMainThread) {
  const { found, unknown } = findWorkloads(process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["W1"]);
  if (unknown !== undefined) {
    console.error(`there is no workload '${unknown}'; a workload of npm run bench -- --help is meant, such as W1 W4 random-3`);
    process.exit(2);
  }
  for (const { name } of found) await measure(name);
} else await work(workerData as Shared);
