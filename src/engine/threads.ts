/**
 * Threads beside the one that runs programs, as an engine sees them. How they are made is the business of the host: worker
 * threads in Node, Web Workers in a browser.
 */
import { EngineError } from "../core/errors.ts";
import { marker } from "./profile.ts";

/** As many as a run may ask for. */
export const mostThreads = 64;

/** More threads than this gain little in networks of the size that fits one machine. */
export const mostByDefault = 4;

/** What an engine sends to a thread, once for each executable. */
export interface ThreadWork {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where the thread's cuts and its scratch memory lie. */
  readonly cuts: number;
  readonly scratch: number;
  readonly deaths: Int32Array;
  /** Where the thread marks when kernels begin and end, in a profile. */
  readonly marks: Float64Array | undefined;
}

/** Threads that serve one executable at a time. */
export interface ThreadTeam {
  /** With the one that runs programs: 2 or more. */
  readonly size: number;
  /** Whether one thread may work alone where that is faster, on a machine that is busy. */
  readonly adapts?: boolean;
  /** One int32 in shared memory: not 0 where a thread has died. Its owner writes it, and the thread itself where it can. */
  readonly deaths: Int32Array;
  /** Sends work to a thread, from 1. */
  post(thread: number, work: ThreadWork): void;
  /** Lets the threads go from the executable that they serve now. */
  release: (() => void) | undefined;
}

/** Whether threads can share memory here, and if not, why. */
export function probeThreads(): { readonly available: true } | { readonly available: false; readonly reason: string } {
  if (typeof SharedArrayBuffer !== "undefined") return { available: true };
  return {
    available: false,
    reason: "this host shares no memory between threads; a page must be served with the headers COOP and COEP",
  };
}

/** @throws EngineError a thread has died */
export function checkThreads(deaths: Int32Array): void {
  if (Atomics.load(deaths, 0) === 0) return;
  throw new EngineError("E_THREAD_DIED", {
    message: "a thread of the engine has died, and the step that it worked on cannot be finished",
    hint: "Run again; with --threads 1 there is no thread that could die. If it dies again, memory may be short.",
  });
}

/** What a thread of a team does: serves executables, one message each. It returns when it is let go. */
export function serveThread({ module, memory, cuts, scratch, deaths, marks }: ThreadWork): void {
  try {
    const instance = new WebAssembly.Instance(module, {
      env: { memory, checkThreads: () => checkThreads(deaths), ...(marks && { mark: marker(marks) }) },
    });
    (instance.exports.serve as (cuts: number, scratch: number) => void)(cuts, scratch);
  } catch (error) {
    Atomics.store(deaths, 0, 1);
    throw error;
  }
}
