/** Web Workers as threads of an engine: what `startThreads` of `osolgil/node` is in Node. */
import { EngineError, OptionError } from "../core/errors.ts";
import { shareByTime } from "../engine/sharing/sharing.ts";
import { mostByDefault, mostThreads, probeThreads, type ThreadTeam } from "../engine/threads.ts";
import { greeting } from "./greeting.ts";

/** How `startWebThreads` finds its workers. */
export interface WebThreadOptions {
  /**
   * Makes a worker that runs the module `osolgil/web-worker`, for bundlers that do not find it by themselves:
   * `() => new Worker("/osolgil-thread.js", { type: "module" })`, for a file with `import "osolgil/web-worker";`.
   */
  readonly createWorker?: (() => Worker) | undefined;
  /** How long a worker may take to load and to answer. By default 30 seconds. */
  readonly timeoutMs?: number | undefined;
}

export interface WebThreads extends ThreadTeam {
  /** Ends the workers. What they served goes on with one thread; nothing new may be compiled for them. */
  close(): void;
}

// Bundlers look for these very words. The name is that of the built file: browsers run no TypeScript.
const createOwnWorker = () => new Worker(new URL("./web-worker.js", import.meta.url), { type: "module" });

/** Whether this thread may wait for others. The main thread of a page may not, and throws even where the wait would be over. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

function startError(reason: string, hint: string, cause?: unknown): EngineError {
  return new EngineError("E_THREAD_START", { message: `a thread of the engine could not be started: ${reason}`, hint, cause });
}

const loadHint =
  "The server must give out the worker's file, web-worker.js, with the headers COOP and COEP as well. " +
  "Where a bundler does not find it, give createWorker.";

/** Resolves when the worker has answered. Later errors of the worker are deaths, and are left to be reported by the host. */
function greet(worker: Worker, deaths: Int32Array, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let isStarting = true;
    const settle = (error?: EngineError) => {
      isStarting = false;
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    const timer = setTimeout(
      () => settle(startError(`its worker has not answered within ${timeoutMs} ms`, `${loadHint} Or raise timeoutMs.`)),
      timeoutMs,
    );
    worker.addEventListener("message", ({ data }) => {
      if (data === greeting) settle();
    });
    worker.addEventListener("error", (event) => {
      Atomics.store(deaths, 0, 1);
      if (!isStarting) return;
      // It is told by the rejection. An event without a message is about a script that did not load.
      event.preventDefault();
      settle(startError(event.message || "its worker's script did not load", loadHint, event.error ?? undefined));
    });
    worker.postMessage(greeting);
  });
}

/**
 * Threads for `Session` and for an engine's `compile`, in a browser: `count` in all, with the one that calls. They change no bit
 * of the results. To be called in a worker: the main thread of a page may not wait for others.
 *
 * Vite and webpack find the worker's file by themselves (the development server of Vite 7 and before, where its configuration names
 * the package in `optimizeDeps.exclude`). For others, such as esbuild, there is `createWorker`.
 *
 * @param count  1 to 64; by default one for each core, up to 4, of which one works alone where that is faster
 * @returns the team, once all workers have answered; undefined, which means one thread, where `count` is 1 or the host shares no
 *          memory between threads (`probeThreads` says why: pages must be served with the headers
 *          `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`)
 * @throws OptionError  count is no whole number from 1 to 64
 * @throws EngineError  E_THREAD_MAIN: this is the main thread; E_THREAD_START: a worker did not start
 * @example
 * // in a browser
 * const threads = await startWebThreads();
 * const model = await fit({ model: [dense({ units: 1 })], inputs: [[1], [2], [3]], targets: [2, 4, 6], threads });
 * threads?.close();
 */
export async function startWebThreads(count?: number, options: WebThreadOptions = {}): Promise<WebThreads | undefined> {
  const { createWorker = createOwnWorker, timeoutMs = 30_000 } = options;
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= mostThreads)) {
    throw new OptionError("E_THREADS", {
      message: `startWebThreads expects a whole number of threads from 1 to ${mostThreads}, received ${count}`,
    });
  }
  if (count === 1 || !probeThreads().available) return undefined;
  if (!mayWait()) {
    throw new EngineError("E_THREAD_MAIN", {
      message: "threads of the engine were asked for on the main thread of a page, which may not wait for others",
      hint: 'Train in a worker, new Worker(..., { type: "module" }), and call startWebThreads there.',
    });
  }
  if (typeof Worker === "undefined" && createWorker === createOwnWorker)
    throw startError("this host has no Web Workers", "In Node, use startThreads of osolgil/node.");
  const size = count ?? Math.min(navigator.hardwareConcurrency, mostByDefault);
  if (size < 2) return undefined;

  const deaths = new Int32Array(new SharedArrayBuffer(4));
  const workers: Worker[] = [];
  const terminate = () => {
    for (const worker of workers) worker.terminate();
  };
  try {
    for (let thread = 1; thread < size; thread++) workers.push(createWorker());
    await Promise.all(workers.map((worker) => greet(worker, deaths, timeoutMs)));
  } catch (error) {
    terminate();
    if (error instanceof EngineError) throw error;
    throw startError(error instanceof Error ? error.message : String(error), loadHint, error);
  }
  const team: WebThreads = {
    size,
    deaths,
    post: (thread, work) => workers[thread - 1]!.postMessage(work),
    share: shareByTime(size, count === undefined),
    release: undefined,
    close() {
      team.release?.();
      // Whoever waits for one of them after all, as an executable would that is compiled later, is not left waiting.
      Atomics.store(deaths, 0, 1);
      terminate();
    },
  };
  return team;
}
