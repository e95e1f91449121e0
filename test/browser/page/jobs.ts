/** What the tests have done in a browser, and partly in Node too. Each job gives something that can be sent as a message. */
import {
  type Numerics,
  OsolgilError,
  probeThreads,
  Session,
  startWebThreads,
  type ThreadTeam,
  type ThreadWork,
  wasmEngine,
} from "../../../src/index.ts";
import { blobs, runOf } from "../../train/toy.ts";

const data = blobs({ count: 300, classes: 3, features: 20 });
const run = runOf({
  model: [{ kind: "dense", units: 40 }, "batchNorm", "relu", { kind: "dropout", rate: 0.2 }, { kind: "dense", units: 3 }],
  optimizer: { kind: "adam", learningRate: 0.01 },
  training: { batchSize: 64, epochs: 8 },
});

const open = (threads?: ThreadTeam, numerics?: Numerics) =>
  new Session(run, data, { engine: wasmEngine, threads, ...(numerics && { numerics }) });

/** Sleeps as a thread that trains would, without giving way to events. */
const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** @returns the threads that the session works with, once all are ready */
function allReady(session: Session): number {
  const { executable } = session;
  for (let tries = 0; executable.activeThreads < executable.threads; tries++) {
    if (tries > 1000) throw new Error("the threads do not become ready");
    sleep(5);
    session.evaluate("test");
  }
  return executable.activeThreads;
}

async function trainedHash(session: Session): Promise<string> {
  for (let step = 0; step < session.steps; step++) session.step(step);
  const bytes = session.readStates().flatMap(({ values }) => [...new Uint8Array(values.buffer)]);
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A hash of the trained weights for each profile of numerics that the host keeps. */
export async function hashes(threads?: ThreadTeam): Promise<Partial<Record<Numerics, string>>> {
  const probe = wasmEngine.probe();
  if (!probe.available) throw new Error(probe.reason);
  const found: Partial<Record<Numerics, string>> = {};
  for (const numerics of probe.numerics) {
    const session = open(threads, numerics);
    if (allReady(session) !== (threads?.size ?? 1)) throw new Error("the session works with another number of threads");
    found[numerics] = await trainedHash(session);
  }
  return found;
}

/** What was thrown, as a message. */
async function thrown(work: () => unknown): Promise<{ name: string; code: string; message: string; hint: string | undefined }> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OsolgilError)) throw error;
    const { name, code, message, hint } = error;
    return { name, code, message, hint };
  }
  throw new Error("nothing was thrown");
}

/** A worker that runs some code of its own, and then serves as ours do where it is asked to. */
const workerOf = (code: string, serves = false) => {
  const ours = new URL("../../../src/browser/web-worker.js", import.meta.url);
  const script = serves ? `import "${ours}"; ${code}` : code;
  return new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), { type: "module" });
};

/** Waits until something holds, giving way to events. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1000) throw new Error("it does not come to hold");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const jobs = {
  async oneThread() {
    return { threads: probeThreads(), team: await startWebThreads(), hashes: await hashes() };
  },

  /** A team serves one executable after the other, also one that it finds when the one before was let go already. */
  async twoThreads() {
    const team = (await startWebThreads(2))!;
    const sessions = Array.from({ length: 3 }, () => open(team));
    const active = allReady(sessions.at(-1)!);
    const found = await hashes(team);
    team.close();
    return { size: team.size, active, hashes: found };
  },

  async defaults() {
    const team = await startWebThreads();
    team?.close();
    return { cores: navigator.hardwareConcurrency, size: team?.size, alone: await startWebThreads(1) };
  },

  /** Threads hold a lock for as long as they live: it is free when they are gone. */
  async closed() {
    const hold = `navigator.locks.request("life", { mode: "shared" }, () => new Promise(() => {}));`;
    const team = (await startWebThreads(3, { createWorker: () => workerOf(hold, true) }))!;
    const session = open(team);
    const before = { active: allReady(session), loss: session.step(0).loss };
    const { held = [] } = await navigator.locks.query();
    team.close();
    await navigator.locks.request("life", () => {});
    const after = { loss: session.step(1).loss, active: session.executable.activeThreads };
    const alone = open();
    const expected = [alone.step(0).loss, alone.step(1).loss];
    return { held: held.length, before, after, expected, compiledLater: await thrown(() => open(team).step(0)) };
  },

  /** A thread whose work fails: it tells so itself where its owner gives way to no events, by an event otherwise. */
  async deaths() {
    const reported: string[] = [];
    addEventListener("error", (event) => {
      reported.push(event.message);
      event.preventDefault();
    });
    const first = (await startWebThreads(3))!;
    const session = open(first);
    allReady(session);
    first.release!();
    first.post(1, { deaths: first.deaths } as ThreadWork);
    const next = open(first);
    const step = await thrown(() => {
      for (let tries = 0; tries < 1000; tries++) {
        sleep(5);
        next.step(0);
      }
    });
    const second = (await startWebThreads(2))!;
    second.post(1, {} as ThreadWork);
    await until(() => Atomics.load(second.deaths, 0) !== 0);
    await until(() => reported.length > 1);
    first.close();
    second.close();
    return { step, reported };
  },

  async refusals() {
    const code = (script: string, timeoutMs?: number) =>
      thrown(() => startWebThreads(2, { timeoutMs, createWorker: () => workerOf(script) }));
    return {
      broken: await code('throw new Error("out of order")'),
      silent: await code("", 50),
      missing: await thrown(() =>
        startWebThreads(2, { createWorker: () => new Worker(new URL("./no-such-file.js", import.meta.url), { type: "module" }) }),
      ),
      foreign: await thrown(() => startWebThreads(2, { createWorker: () => new Worker("https://example.org/worker.js") })),
    };
  },

  /** Where threads can be had, but not for this thread. */
  misuse: () => thrown(() => startWebThreads()),
};

export type Jobs = typeof jobs;
/** A job's result, or the error that it was not made for. */
export type Answer = { readonly result: unknown } | { readonly error: string };

export async function answer(job: keyof Jobs): Promise<Answer> {
  try {
    return { result: await jobs[job]() };
  } catch (error) {
    return { error: error instanceof Error ? `${error.stack}` : String(error) };
  }
}
