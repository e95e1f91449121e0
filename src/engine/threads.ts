/**
 * Threads beside the one that runs programs, as an engine sees them. How they are made is the business of the host: worker
 * threads in Node, Web Workers in a browser.
 */
import { nowMs } from "../core/clock.ts";
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
  /** Where the thread puts how long its phases took, where that is asked for (see `Sharing`). */
  readonly laps?: Float64Array | undefined;
  /** Where the thread marks when kernels begin and end, in a profile. */
  readonly marks: Float64Array | undefined;
}

/** The work of an executable, as what shares it sees it. */
export interface SharedWork {
  /** The numbers of the phases of each program (work between two meetings of all threads), counted through all programs. */
  readonly phases: readonly (readonly number[])[];
  /** The phases in which equal shares keep large data with one thread each (products in halves of k). */
  readonly costly: ReadonlySet<number>;
  readonly isProfiled: boolean;
  /** Whether threads tell how long their phases take. */
  setTimed(isTimed: boolean): void;
  /** Lets the first threads work, so many. */
  useThreads(count: number): void;
  /** Cuts the work of a phase anew, where more than one thread works. */
  cut(phase: number): void;
}

/** Shares work among threads. No bit of the results depends on it. */
export interface Sharing {
  /** Where each thread puts the shortest time of its part of each phase, in milliseconds; 0 where there is none yet. */
  readonly laps: readonly Float64Array[];
  /** The parts of a phase that fall to the threads. */
  sharesIn(phase: number): readonly number[];
  /** Runs a program, by its number, with all threads ready. */
  run(program: number, run: () => void): void;
}

export const equalShares = (threads: number): number[] => new Array<number>(threads).fill(1 / threads);

/** What a thread tells instead of the number of a phase when it begins one. */
export const phaseBegins = -1;

/** What generated code calls when a thread begins a phase, and when it has done its part of one: the phase's number. */
export function lapper(laps: Float64Array | undefined): (phase: number) => void {
  if (!laps) return () => {};
  let start = 0;
  return (phase) => {
    const now = nowMs();
    if (phase === phaseBegins) start = now;
    else laps[phase] = Math.min(laps[phase] || now, now - start);
  };
}

/** Threads that serve one executable at a time. */
export interface ThreadTeam {
  /** With the one that runs programs: 2 or more. */
  readonly size: number;
  /** Makes what shares the work of an executable among the threads; without it all do the same share. */
  readonly share?: ((work: SharedWork) => Sharing) | undefined;
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
export function serveThread({ module, memory, cuts, scratch, deaths, laps, marks }: ThreadWork): void {
  try {
    const instance = new WebAssembly.Instance(module, {
      env: { memory, checkThreads: () => checkThreads(deaths), lap: lapper(laps), ...(marks && { mark: marker(marks) }) },
    });
    (instance.exports.serve as (cuts: number, scratch: number) => void)(cuts, scratch);
  } catch (error) {
    Atomics.store(deaths, 0, 1);
    throw error;
  }
}
