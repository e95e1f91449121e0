/**
 * What an engine is: it takes programs that share their leaves and gives back something that runs them.
 *
 * The interface is narrow on purpose: whatever a new operation needs goes into the graph, not in here.
 */
import type { Program, Tensor } from "../graph/index.ts";
import type { Profile, Profiler } from "./profile.ts";
import type { ThreadTeam } from "./threads.ts";

/**
 * How products are summed. `fused`: multiply-add with one rounding. `portable`: multiply, then add; runs everywhere.
 * The choice decides bits; it is made once and stored with the run.
 */
export type Numerics = "fused" | "portable";

/** Whether an engine can run here, under which profiles, or why not. */
export type Probe =
  | { readonly available: true; readonly numerics: readonly Numerics[]; readonly detail: string }
  | { readonly available: false; readonly reason: string };

/** Memory that a data set is read into, and that becomes the memory of one executable: programs find tables where they lie. */
export interface TableMemory {
  /** So many bytes, zeros; undefined where there is no room, or an executable has the memory already. */
  allocate(bytes: number): Uint8Array<ArrayBufferLike> | undefined;
  /** Where values lie in it, in bytes; undefined where they do not. */
  addressOf(values: TableValues): number | undefined;
  /**
   * The memory, shared, with the addresses of tables in it and where they end: for the one who asks first, and only where most of it
   * is tables. Nobody else may put anything in it from then on.
   *
   * @throws EngineError  E_TABLE: values do not fit their table
   */
  take(
    values: ReadonlyMap<Tensor, TableValues>,
  ): { readonly memory: WebAssembly.Memory; readonly addresses: ReadonlyMap<Tensor, number>; readonly end: number } | undefined;
}

/** How programs are compiled. */
export interface CompileOptions {
  readonly numerics?: Numerics;
  /** Bytes that a plan may take; above it compilation is refused with a breakdown. */
  readonly memoryLimitBytes?: number;
  /** Threads to work with, where the engine can; they serve the executable that was compiled last. */
  readonly threads?: ThreadTeam;
  /** Measures the time of each kernel, which takes some time itself; not where absent. */
  readonly profile?: Profiler;
  /** Values of tables, known beforehand: an engine that can use them as they lie in this memory does not copy them. */
  readonly tables?: { readonly memory: TableMemory; readonly values: ReadonlyMap<Tensor, TableValues> };
}

/** Where the memory of an executable goes, in bytes. */
export interface MemoryReport {
  readonly parameters: number;
  readonly states: number;
  readonly tables: number;
  readonly inputsAndOutputs: number;
  readonly temporaries: number;
  readonly total: number;
}

/** What a table of examples is made of. */
export type TableValues = Uint8Array | Int32Array | Float32Array;

/** Compiled programs over one set of parameters and states. Runs without allocating. */
export interface Executable {
  readonly engine: string;
  readonly numerics: Numerics | "float64";
  readonly memory: MemoryReport;
  /** Threads that work on a run once those of the team are ready. They change no bit. */
  readonly threads: number;
  /** Threads that worked on the last run: 1 until the others are ready. */
  readonly activeThreads: number;
  /** Time that planning and compiling took. */
  readonly compileMs: number;
  /** What was measured since the last call, where a profile was asked for. */
  readProfile(): Profile | undefined;
  /** Runs a program once. Allocates nothing. */
  run(program: string): void;
  /** Sets a run-time number, in every program that reads it; a name that no program reads is ignored. */
  setScalar(name: string, value: number): void;
  /** The input of a program, to be written before a run; int32 where the input is one. The same array each time. */
  input(program: string, name: string): Float32Array | Float64Array | Int32Array;
  /** The output of a program, valid until its next run or that of another program. The same array each time. */
  output(program: string, name: string): Float32Array | Float64Array;
  /** A copy of a parameter or state, row-major. */
  readState(leaf: Tensor): Float32Array | Float64Array;
  /** Puts numbers in the place of a parameter or state, row-major. */
  writeState(leaf: Tensor, values: ArrayLike<number>): void;
  /**
   * Puts a data set into its table. The values are copied where the engine cannot use them as they lie; over those that lie in its
   * `TableMemory`, where the table had its place there.
   */
  writeTable(leaf: Tensor, values: TableValues): void;
}

/** Runs graphs: compiles programs for this host. */
export interface Engine {
  readonly name: string;
  /** Whether it can run here, and if not, why. */
  probe(): Probe;
  /** @throws EngineError not available here, or the plan is larger than the limit */
  compile(programs: Readonly<Record<string, Program>>, options?: CompileOptions): Executable;
}
