/** Worker threads for an engine. Whoever makes them watches over them; whoever has their ports lets them work. */
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { shareByTime } from "../engine/sharing/sharing.ts";
import { mostByDefault, type ThreadTeam } from "../engine/threads.ts";

/** What makes a team, in a form that can be sent to another thread (`ports` must be transferred). */
export interface TeamParts {
  readonly ports: readonly MessagePort[];
  readonly deaths: Int32Array;
  readonly adapts: boolean;
}

export function teamOf({ ports, deaths, adapts }: TeamParts): ThreadTeam {
  return {
    size: ports.length + 1,
    deaths,
    share: shareByTime(ports.length + 1, adapts),
    post: (thread, work) => ports[thread - 1]!.postMessage(work),
    release: undefined,
  };
}

/** How many threads are used where nobody says. */
export const defaultThreads = (): number => Math.min(availableParallelism(), mostByDefault);

export class ComputeThreads {
  readonly parts: TeamParts;
  readonly #ends: MessagePort[] = [];
  #workers: Worker[] = [];

  /**
   * What a team needs, before there is a thread.
   *
   * @param count   threads that work, with the one that is there already: 2 or more
   * @param adapts  whether one may work alone where that is faster
   */
  constructor(count: number, adapts: boolean) {
    const ports = Array.from({ length: count - 1 }, () => {
      const { port1, port2 } = new MessageChannel();
      this.#ends.push(port1);
      return port2;
    });
    this.parts = { ports, deaths: new Int32Array(new SharedArrayBuffer(4)), adapts };
  }

  /** Makes the threads. Work that was sent to them before waits for them. */
  start(): void {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#workers = this.#ends.splice(0).map((end) => {
      const worker = new Worker(new URL(`./compute-worker.${extension}`, import.meta.url));
      worker.postMessage(end, [end]);
      // The threads that wait for it look at this word.
      const died = () => Atomics.store(this.parts.deaths, 0, 1);
      worker.on("error", died);
      worker.on("exit", died);
      worker.unref();
      return worker;
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Threads of an engine in Node. */
export interface Threads extends ThreadTeam {
  /** Ends the threads. What they served goes on with one thread; nothing new may be compiled for them. */
  close(): Promise<void>;
}

/**
 * Threads for `Session` and for an engine's `compile`: `count` in all, with the one that calls. Without a count as many as are usual
 * here, of which one works alone where that is faster.
 *
 * @returns the team, or undefined where `count` is 1
 */
export function startThreads(count?: number): Threads | undefined {
  const size = count ?? defaultThreads();
  if (size < 2) return undefined;
  const threads = new ComputeThreads(size, count === undefined);
  threads.start();
  return Object.assign(teamOf(threads.parts), { close: () => threads.close() });
}
