/** The wasm engine: plans compiled to WebAssembly at run time, over one memory whose places are all fixed beforehand. */
import { nowMs } from "../../core/clock.ts";
import { EngineError } from "../../core/errors.ts";
import { collectLeaves, isLeaf, type Program, sizeOf, type Tensor } from "../../graph/index.ts";
import { readsOf } from "../../graph/plan/kernel.ts";
import { aligned, bytesOf, packInOrder, stateOrder } from "../../graph/plan/memory.ts";
import { fromPanels, toPanels } from "../../graph/plan/panels.ts";
import { type Plan, planPrograms } from "../../graph/plan/plan.ts";
import { checkMemory, checkState, checkTable, named } from "../checks.ts";
import type { CompileOptions, Engine, Executable, MemoryReport, Numerics, TableMemory, TableValues } from "../engine.ts";
import type { Profile, ProfileMarks, Profiler } from "../profile.ts";
import { checkThreads, equalShares, lapper, type Sharing, type ThreadTeam } from "../threads.ts";
import { compileModule, type ProgramPlaces, scratchBytes, type ThreadPlaces } from "./compile.ts";
import { CutTable } from "./cuts.ts";
import { firstAddress, largestMemoryBytes, pageBytes } from "./pages.ts";
import { perThread } from "./part.ts";
import { probeHost, probeWasm } from "./probe.ts";
import type { Target } from "./target.ts";
import { controlBytes, controlWords } from "./threads-code.ts";

/** Vector loads may reach past the last element of a tensor; this is more than any of them does. */
const slackBytes = 1024;

interface Layout {
  readonly shared: ReadonlyMap<Tensor, number>;
  readonly programs: ReadonlyMap<string, ProgramPlaces>;
  /** States that lie in panels, each with a tensor of the size that it takes so. */
  readonly paneled: ReadonlyMap<Tensor, Tensor>;
  readonly cuts: CutTable;
  readonly constants: { readonly values: readonly number[]; readonly address: number };
  readonly threads: ThreadPlaces & { readonly cutsStride: number; readonly scratchStride: number };
  readonly report: MemoryReport;
}

/** Tables that lie in memory already, before all else. */
interface Placed {
  readonly addresses: ReadonlyMap<Tensor, number>;
  /** Where they end, in bytes. */
  readonly end: number;
  readonly memory?: WebAssembly.Memory;
}

function layOut(
  target: Target,
  programs: Readonly<Record<string, Program>>,
  threadCount: number,
  placed: Placed,
): { leaves: Map<string, Tensor>; layout: Layout } {
  const leaves = collectLeaves(Object.values(programs));
  const all = [...leaves.values()];
  const { plans, paneled } = planPrograms(programs);
  let phaseCount = 0;
  const phases = [...plans.values()].map(({ steps }) => {
    const own = 1 + Math.max(0, ...steps.map(({ phase }) => phase));
    return Array.from({ length: own }, () => phaseCount++);
  });
  const cuts = new CutTable(
    [...plans.values()].flatMap(({ steps }, program) =>
      steps.map(({ partition, phase }) => ({ partition, phase: phases[program]![phase]! })),
    ),
  );
  let end = placed.end;
  const take = (bytes: number) => {
    const start = end;
    end += aligned(bytes);
    return start;
  };
  const region = (tensors: Iterable<Tensor>) => {
    const { offsets, bytes } = packInOrder(tensors);
    const start = take(bytes);
    return [...offsets].map(([tensor, offset]) => [tensor, start + offset] as const);
  };
  const control = take(controlBytes);
  const cutsStride = aligned(cuts.rowBytes);
  /** The bytes of something that the programs have one after the other. */
  const largest = (bytesIn: (plan: Plan) => number) => Math.max(0, ...[...plans.values()].map(bytesIn));
  const scratchEnd = aligned(largest((plan) => scratchBytes(plan, target)));
  const scratchStride = scratchEnd + aligned(largest((plan) => plan.perThreadBytes));
  const cutsAt = take(cutsStride * threadCount);
  const states = stateOrder(all);
  const constants = constantsOf(plans.values());
  const constantsAt = take(4 * constants.length);
  const homes = states.map((leaf) => paneled.get(leaf) ?? leaf);
  const shared = new Map([...region(homes), ...region(all.filter((leaf) => isLeaf(leaf, "scalar")))]);
  for (const [leaf, home] of paneled) shared.set(leaf, shared.get(home)!);
  const statesEnd = end;
  for (const entry of placed.addresses) shared.set(...entry);
  const ownPlaces = new Map([...plans].map(([name, plan]) => [name, take(plan.ownBytes)]));
  const ownEnd = end;
  const arena = take(largest((plan) => plan.arenaBytes));
  const threads = { control, cuts: cutsAt, scratch: take(scratchStride * threadCount), cutsStride, scratchStride };
  const temporariesEnd = end;
  const tables = all.filter((leaf) => isLeaf(leaf, "table") && !placed.addresses.has(leaf));
  for (const entry of region(tables)) shared.set(...entry);
  const places = new Map<string, ProgramPlaces>();
  for (const [name, plan] of plans) {
    const own = ownPlaces.get(name)!;
    const addressOf = (tensor: Tensor): number => {
      if (isLeaf(tensor, "constant")) return constantsAt + 4 * constants.indexOf(tensor.attributes.value as number);
      const home = plan.inPlace.get(tensor) ?? tensor;
      const owned = plan.own.get(home);
      const temporary = plan.arena.get(home);
      const ofThread = plan.perThread.get(home);
      if (ofThread !== undefined) return perThread + scratchEnd + ofThread;
      const address =
        shared.get(home) ?? (owned !== undefined ? own + owned : temporary !== undefined ? arena + temporary : undefined);
      if (address === undefined)
        throw new Error(`the plan of '${name}' has no place for ${tensor.primitive.name} [${tensor.shape.join(", ")}]`);
      return address;
    };
    places.set(name, { plan, addressOf, phases: phases[places.size]! });
  }
  const parameters = states
    .filter((leaf) => isLeaf(leaf, "parameter"))
    .reduce((bytes, leaf) => bytes + aligned(bytesOf(paneled.get(leaf) ?? leaf)), 0);
  const placedBytes = placed.end - firstAddress;
  const report = {
    parameters,
    states: statesEnd - placedBytes - parameters,
    inputsAndOutputs: ownEnd - statesEnd,
    temporaries: temporariesEnd - ownEnd,
    tables: placedBytes + end - temporariesEnd,
    total: end + slackBytes,
  };
  return {
    leaves,
    layout: {
      shared,
      programs: places,
      paneled,
      cuts,
      threads,
      constants: { values: constants, address: constantsAt },
      report,
    },
  };
}

/** The constants that kernels read from memory. */
function constantsOf(plans: Iterable<Plan>): number[] {
  const values = new Set<number>();
  for (const { steps } of plans)
    for (const { kernel } of steps)
      for (const { tensor } of readsOf(kernel)) if (isLeaf(tensor, "constant")) values.add(tensor.attributes.value as number);
  return [...values];
}

/** @throws EngineError  the host gives no memory of this size */
function makeMemory(bytes: number, known: WebAssembly.Memory | undefined, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  try {
    if (!known) return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
    known.grow(Math.max(0, pages - known.buffer.byteLength / pageBytes));
    return known;
  } catch (cause) {
    throw new EngineError("E_MEMORY", { message: `the host gave no memory of ${(bytes / 1e6).toFixed(1)} MB`, cause });
  }
}

class WasmExecutable implements Executable {
  readonly engine = "wasm";
  readonly numerics: Numerics;
  readonly memory: MemoryReport;
  readonly compileMs: number;
  private readonly buffer: ArrayBuffer;
  private readonly layout: Layout;
  /** Of the programs, by their numbers. */
  private readonly names: readonly string[];
  private readonly runs: ReadonlyMap<string, () => void>;
  private readonly scalars = new Map<string, Float32Array>();
  private readonly views = new Map<string, Float32Array | Int32Array>();
  private readonly team: ThreadTeam | undefined;
  /** Lets the team go; it stands in `team.release` for as long as the team serves this executable. */
  private release: (() => void) | undefined;
  private working = 1;
  /** All threads of the team are ready. */
  private isWhole = false;
  private readonly sharing: Sharing | undefined;
  private readonly profiler: Profiler | undefined;
  private readonly marks: ProfileMarks | undefined;
  private readonly tableMemory: TableMemory | undefined;

  constructor(
    programs: Readonly<Record<string, Program>>,
    target: Target,
    limitBytes: number,
    team: ThreadTeam | undefined,
    profiler: Profiler | undefined,
    tables: CompileOptions["tables"],
  ) {
    const start = nowMs();
    const placed: Placed = tables?.memory.take(tables.values) ?? { addresses: new Map(), end: firstAddress };
    this.tableMemory = placed.memory && tables?.memory;
    this.profiler = profiler;
    this.marks = profiler?.createMarks(team?.size ?? 1);
    const { leaves, layout } = layOut(target, programs, team?.size ?? 1, placed);
    this.layout = layout;
    this.numerics = target.numerics;
    this.memory = layout.report;
    checkMemory(this.memory, limitBytes);
    const isShared = team !== undefined || placed.memory !== undefined;
    const memory = makeMemory(this.memory.total, placed.memory, isShared);
    this.buffer = memory.buffer;
    const { shared, cuts, threads, constants } = layout;
    new Float32Array(this.buffer, constants.address).set(constants.values);
    const options = { target, isShared, hasTeam: team !== undefined, isProfiled: profiler !== undefined };
    const module = new WebAssembly.Module(compileModule(layout.programs, cuts, threads, options));
    this.sharing = team?.share?.({
      phases: [...layout.programs.values()].map(({ phases }) => phases),
      costly: layout.cuts.halved,
      isProfiled: profiler !== undefined,
      setTimed: (isTimed) => {
        this.words[controlWords.timed / 4] = Number(isTimed);
      },
      useThreads: (count) => this.useThreads(count),
      cut: (phase) => this.writeCuts(phase),
    });
    const { exports } = new WebAssembly.Instance(module, {
      env: {
        memory,
        checkThreads: () => team && checkThreads(team.deaths),
        lap: lapper(this.sharing?.laps[0]),
        ...(this.marks && { mark: this.marks.markers[0]! }),
      },
    });
    this.names = Object.keys(programs);
    this.runs = new Map(this.names.map((name) => [name, exports[name] as () => void]));
    for (const [name, leaf] of leaves) {
      if (isLeaf(leaf, "scalar")) this.scalars.set(name, new Float32Array(this.buffer, shared.get(leaf)!, 1));
    }
    this.useThreads(1);
    this.team = team;
    if (team) this.engage(team, module, memory);
    this.compileMs = nowMs() - start;
  }

  /** Sends the module to the threads. Until all of them are ready, programs run on the first one alone. */
  private engage(team: ThreadTeam, module: WebAssembly.Module, memory: WebAssembly.Memory): void {
    const { cuts, cutsStride, scratch, scratchStride } = this.layout.threads;
    team.release?.();
    team.release = this.release = () => {
      this.useThreads(1);
      this.isWhole = false;
      team.release = undefined;
      Atomics.store(this.words, controlWords.program / 4, -1);
      Atomics.add(this.words, controlWords.command / 4, 1);
      Atomics.notify(this.words, controlWords.command / 4);
    };
    for (let thread = 1; thread < team.size; thread++) {
      const own = { cuts: cuts + thread * cutsStride, scratch: scratch + thread * scratchStride };
      const laps = this.sharing?.laps[thread];
      team.post(thread, { module, memory, ...own, deaths: team.deaths, laps, marks: this.marks?.lists[thread] });
    }
  }

  /** The words by which threads meet. */
  private get words(): Int32Array {
    return new Int32Array(this.buffer, this.layout.threads.control, controlBytes / 4);
  }

  private useThreads(count: number): void {
    this.words[controlWords.threads / 4] = count;
    this.working = count;
    this.writeCuts();
  }

  /** Cuts the work of all phases for the threads that work, or that of one. */
  private writeCuts(only?: number): void {
    const { sharing, working } = this;
    const { cuts, threads } = this.layout;
    const sharesIn = (phase: number) => (working > 1 && sharing ? sharing.sharesIn(phase) : equalShares(working));
    cuts.write(new Int32Array(this.buffer, threads.cuts), threads.cutsStride, sharesIn, only);
  }

  get activeThreads(): number {
    return this.working;
  }

  get threads(): number {
    return this.team?.size ?? 1;
  }

  private prepare(team: ThreadTeam): void {
    if (!this.release || team.release !== this.release) return;
    checkThreads(team.deaths);
    this.isWhole = Atomics.load(this.words, controlWords.ready / 4) === team.size - 1;
    if (this.isWhole) this.useThreads(team.size);
  }

  run(program: string): void {
    const run = named(this.runs, program, "E_PROGRAM", "there is no program");
    if (this.team && !this.isWhole) this.prepare(this.team);
    const number = this.names.indexOf(program);
    const { marks } = this;
    const work = marks ? () => marks.around(number, run) : run;
    if (this.sharing && this.isWhole) this.sharing.run(number, work);
    else work();
  }

  readProfile(): Profile | undefined {
    const { profiler } = this;
    if (!this.marks || !profiler) return undefined;
    const kernels = [...this.layout.programs].flatMap(([program, { plan }]) => profiler.describe(program, plan));
    return { originMs: this.marks.originMs, kernels, runs: this.marks.take(this.names) };
  }

  setScalar(name: string, value: number): void {
    const place = this.scalars.get(name);
    if (place) place[0] = value;
  }

  private view(program: string, kind: "input" | "output", name: string): Float32Array | Int32Array {
    const key = `${kind}\0${program}\0${name}`;
    let view = this.views.get(key);
    if (!view) {
      const places = named(this.layout.programs, program, "E_PROGRAM", "there is no program");
      const { inputs, outputs } = places.plan;
      const things = new Map(kind === "input" ? inputs.map((one) => [one.name!, one]) : Object.entries(outputs));
      const tensor = named(things, name, kind === "input" ? "E_INPUT" : "E_OUTPUT", `program '${program}' has no ${kind}`);
      const View = tensor.dtype === "int32" ? Int32Array : Float32Array;
      view = new View(this.buffer, places.addressOf(tensor), sizeOf(tensor.shape));
      this.views.set(key, view);
    }
    return view;
  }

  input(program: string, name: string): Float32Array | Int32Array {
    return this.view(program, "input", name);
  }

  output(program: string, name: string): Float32Array {
    return this.view(program, "output", name) as Float32Array;
  }

  private stateView(leaf: Tensor, values?: ArrayLike<number>): Float32Array {
    const isState = isLeaf(leaf, "parameter") || isLeaf(leaf, "state");
    const address = this.layout.shared.get(leaf);
    checkState(leaf, isState && address !== undefined, values);
    return new Float32Array(this.buffer, address!, sizeOf((this.layout.paneled.get(leaf) ?? leaf).shape));
  }

  readState(leaf: Tensor): Float32Array {
    const view = this.stateView(leaf);
    return this.layout.paneled.has(leaf) ? fromPanels(view, leaf.shape[0]!, leaf.shape[1]!) : view.slice();
  }

  writeState(leaf: Tensor, values: ArrayLike<number>): void {
    const view = this.stateView(leaf, values);
    if (this.layout.paneled.has(leaf)) toPanels(values, leaf.shape[0]!, leaf.shape[1]!, view);
    else view.set(values);
  }

  writeTable(leaf: Tensor, values: TableValues): void {
    checkTable(leaf, values);
    // A table that no program reads has no place; nothing is missed by leaving it out.
    const address = this.layout.shared.get(leaf);
    if (address === undefined || this.tableMemory?.addressOf(values) === address) return;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.buffer, address, values.byteLength).set(bytes);
  }
}

/** WebAssembly made for the programs at hand: SIMD, threads over shared memory, the same bits for any number of them. */
export const wasmEngine: Engine = {
  name: "wasm",
  probe: probeWasm,
  compile(programs, options: CompileOptions = {}) {
    const host = probeHost();
    if ("reason" in host) throw new EngineError("E_ENGINE", { message: `the wasm engine cannot run here: ${host.reason}` });
    const numerics = options.numerics ?? host.numerics[0]!;
    if (!host.numerics.includes(numerics)) {
      throw new EngineError("E_NUMERICS", {
        message: `this host cannot keep the '${numerics}' numerics: ${host.detail}`,
        hint: "Use 'portable', which runs everywhere; its results are the same on every machine.",
      });
    }
    const limit = Math.min(options.memoryLimitBytes ?? largestMemoryBytes, largestMemoryBytes);
    return new WasmExecutable(programs, { numerics, pairs: host.pairs }, limit, options.threads, options.profile, options.tables);
  },
};
