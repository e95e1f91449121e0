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
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { peakMeter } from "../src/engine/wasm/peak.ts";
import { openSession } from "./open-session.ts";
import { quantile } from "./race.ts";
import { type Column, headOf, rowOf } from "./tables.ts";
import { findWorkloads } from "./workloads.ts";

interface Shared {
  readonly workload: string;
  readonly me: number;
  /** A task for each run, and where two of them send a line there and back. */
  readonly words: Int32Array;
  /** What has been done, at the places of `counts`. */
  readonly done: Float64Array;
}

/** Of the two unrelated runs, and of the third. */
const threadsOf = [1, 1, 2];
const runs = threadsOf.length;
const [windowMs, placeMs, settleMs, rounds, warmups] = [300, 40, 40, 21, 3];
/** What a run can be asked to do. */
const tasks = { rest: 0, train: 1, compute: 2, send: 3, share: 4 } as const;
/**
 * Where it is counted, each run's behind the other's: steps, billions of multiply-adds, times that a line has been sent. Then times that
 * shared lines were written, and milliseconds for writing them when the other run had read them, and once more.
 */
const counts = { steps: 0, multiplyAdds: runs, sent: 2 * runs, shared: 3 * runs, all: 3 * runs + 3 } as const;
/** Where the line lies that is sent, in words, and lines of 64 bytes that one run reads and the other writes: far from all else. */
const [lineAt, sharedAt, sharedLines] = [64, 128, 2000];
const median = (values: readonly number[]): number => quantile(values, 0.5);
/** The median, and the quartiles. */
function spread(values: readonly number[]): string {
  const [lower, upper] = [quantile(values, 0.25), quantile(values, 0.75)];
  return `${median(values).toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
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
      done[counts.steps + me]!++;
    } else if (task === tasks.compute) {
      const start = performance.now();
      done[counts.multiplyAdds + me]! += (peak(1) * (performance.now() - start)) / 2000;
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
        done[counts.shared]!++;
        for (const [pass, ms] of times.entries()) done[counts.shared + 1 + pass]! += ms;
      }
      Atomics.store(words, lineAt, number + 1);
      done[counts.sent + me]!++;
    } else await sleep(2);
  }
}

function sumOfLines(words: Int32Array): number {
  let sum = 0;
  for (let line = 0; line < sharedLines; line++) sum += words[sharedAt + 16 * line]!;
  return sum;
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

const columns: readonly Column[] = [
  ["", 28, "left"],
  ["two threads of one run", 22, "left"],
  ["two runs", 20, "left"],
  ["rounds", 6, "right"],
  ["there and back", 14, "right"],
  ["write what was read", 19, "right"],
  ["write", 5, "right"],
];

async function measure(workload: string): Promise<void> {
  const words = new Int32Array(new SharedArrayBuffer(4 * (sharedAt + 16 * sharedLines)));
  const done = new Float64Array(new SharedArrayBuffer(8 * counts.all));
  const workers = threadsOf.map(
    (_, me) => new Worker(new URL(import.meta.url), { workerData: { workload, me, words, done } satisfies Shared }),
  );
  await Promise.all(workers.map((worker) => new Promise((ready) => worker.once("message", ready))));
  /** What those who are asked do a second, all together. */
  const rates = async (task: number, whom: readonly number[], forMs = windowMs): Promise<Float64Array> => {
    for (const me of whom) Atomics.store(words, me, task);
    await sleep(settleMs);
    const [before, start] = [[...done], performance.now()];
    await sleep(forMs);
    const seconds = (performance.now() - start) / 1000;
    const all = done.map((count, one) => (count - before[one]!) / seconds);
    for (const me of whom) Atomics.store(words, me, tasks.rest);
    await sleep(settleMs);
    return all;
  };
  const sumOf = (all: Float64Array, first: number) => all.slice(first, first + runs).reduce((sum, rate) => sum + rate, 0);
  const steps = async (whom: readonly number[]) => sumOf(await rates(tasks.train, whom), counts.steps);
  const multiplyAdds = async (whom: readonly number[]) => sumOf(await rates(tasks.compute, whom, placeMs), counts.multiplyAdds);
  const place = async (): Promise<Place> => {
    const [one, both] = [await multiplyAdds([0]), await multiplyAdds([0, 1])];
    const trips = (await rates(tasks.send, [0, 1], placeMs))[counts.sent]!;
    const [times, ...ms] = (await rates(tasks.share, [0, 1], placeMs)).slice(counts.shared);
    return { cores: both / one, trip: 1e9 / trips, writes: ms.map((one) => (1e6 * one) / (sharedLines * times!)) };
  };
  const alone: number[] = [];
  const [together, sideBySide]: [Round[], Round[]] = [[], []];
  for (let round = -warmups; round < rounds; round++) {
    const one = ((await steps([0])) + (await steps([1]))) / 2;
    const seen = [await place()];
    const both = await steps([0, 1]);
    seen.push(await place());
    const ofThreads = await steps([2]);
    seen.push(await place());
    if (round < 0) continue;
    alone.push(one);
    sideBySide.push({ ratio: both / one, places: seen.slice(0, 2) });
    together.push({ ratio: ofThreads / one, places: seen.slice(1) });
  }
  const nearest = Math.min(
    ...[...together, ...sideBySide].flatMap(({ places }) => places.filter(areTwo).map(({ trip }) => trip)),
  );
  console.log(
    `${workload}: ${median(alone).toFixed(0)} steps/s alone; times as many, and what lines of the caches cost in nanoseconds:`,
  );
  console.log(headOf(columns));
  for (const [name, isThere] of kinds) {
    const [ofThreads, ofBoth] = [together, sideBySide].map((all) =>
      all.filter(({ places }) => places.every((place) => isThere(place, nearest))),
    );
    const told = (all: Round[]) => (all.length > 0 ? spread(all.map(({ ratio }) => ratio)) : "never");
    const own = ofThreads!.flatMap(({ places }) => places);
    const costs = own.length > 0 ? [own.map(({ trip }) => trip), ...[0, 1].map((i) => own.map(({ writes }) => writes[i]!))] : [];
    console.log(
      rowOf(columns, [
        name,
        told(ofThreads!),
        told(ofBoth!),
        String(ofThreads!.length),
        ...costs.map((list) => median(list).toFixed(1)),
      ]),
    );
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
