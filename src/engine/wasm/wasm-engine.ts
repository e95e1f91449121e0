/** The wasm engine: plans compiled to WebAssembly at run time, over one memory whose places are all fixed beforehand. */
import { nowMs } from "../../core/clock.ts";
import { EngineError } from "../../core/errors.ts";
import { collectLeaves, isLeaf, type Program, sizeOf, type Tensor } from "../../graph/index.ts";
import { aligned, bytesOf, packInOrder, stateOrder } from "../../graph/plan/memory.ts";
import { type Plan, planProgram } from "../../graph/plan/plan.ts";
import type { CompileOptions, Engine, Executable, MemoryReport, Numerics, TableValues } from "../engine.ts";
import { compileModule, type ProgramPlaces, scratchBytes } from "./compile.ts";
import { probeWasm } from "./probe.ts";

const pageBytes = 65536;
/** Vector loads may reach past the last element of a tensor; this is more than any of them does. */
const slackBytes = 1024;
const largestMemoryBytes = 4294901760;

interface Layout {
  readonly shared: ReadonlyMap<Tensor, number>;
  readonly programs: ReadonlyMap<string, ProgramPlaces>;
  readonly report: MemoryReport;
}

function layOut(programs: Readonly<Record<string, Program>>): {
  leaves: Map<string, Tensor>;
  plans: Map<string, Plan>;
  layout: Layout;
} {
  const leaves = collectLeaves(Object.values(programs));
  const all = [...leaves.values()];
  const plans = new Map(Object.entries(programs).map(([name, program]) => [name, planProgram(program)]));
  // Address 0 stays unused, so that a place that was forgotten shows.
  let end = aligned(1);
  const region = (tensors: Iterable<Tensor>) => {
    const { offsets, bytes } = packInOrder(tensors);
    const start = end;
    end += aligned(bytes);
    return [...offsets].map(([tensor, offset]) => [tensor, start + offset] as const);
  };
  const states = stateOrder(all);
  const shared = new Map([...region(states), ...region(all.filter((leaf) => isLeaf(leaf, "scalar")))]);
  const statesEnd = end;
  const own = new Map<string, number>();
  for (const [name, plan] of plans) {
    own.set(name, end);
    end += plan.ownBytes;
  }
  const ownEnd = end;
  const arena = end;
  end += aligned(Math.max(0, ...[...plans.values()].map((plan) => plan.arenaBytes)));
  const scratch = end;
  end += aligned(Math.max(0, ...[...plans.values()].map(scratchBytes)));
  const temporariesEnd = end;
  for (const entry of region(all.filter((leaf) => isLeaf(leaf, "table")))) shared.set(...entry);
  const places = new Map<string, ProgramPlaces>();
  for (const [name, plan] of plans) {
    const addressOf = (tensor: Tensor): number => {
      const home = plan.inPlace.get(tensor) ?? tensor;
      const owned = plan.own.get(home);
      const temporary = plan.arena.get(home);
      const address =
        shared.get(home) ??
        (owned !== undefined ? own.get(name)! + owned : temporary !== undefined ? arena + temporary : undefined);
      if (address === undefined)
        throw new Error(`the plan of '${name}' has no place for ${tensor.primitive.name} [${tensor.shape.join(", ")}]`);
      return address;
    };
    places.set(name, { plan, addressOf, scratch });
  }
  const parameters = states
    .filter((leaf) => isLeaf(leaf, "parameter"))
    .reduce((bytes, leaf) => bytes + aligned(bytesOf(leaf)), 0);
  const report = {
    parameters,
    states: statesEnd - parameters,
    inputsAndOutputs: ownEnd - statesEnd,
    temporaries: temporariesEnd - ownEnd,
    tables: end - temporariesEnd,
    total: end + slackBytes,
  };
  return { leaves, plans, layout: { shared, programs: places, report } };
}

function checkLimit({ parameters, states, inputsAndOutputs, temporaries, tables, total }: MemoryReport, limit: number): void {
  if (total <= limit) return;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  throw new EngineError("E_MEMORY", {
    message:
      `this plan needs ${mb(total)} and may take ${mb(limit)}: parameters ${mb(parameters)}, optimizer and other states ${mb(states)}, ` +
      `temporaries of a step ${mb(temporaries)}, batches ${mb(inputsAndOutputs)}, data ${mb(tables)}`,
    hint:
      temporaries > tables
        ? "A smaller batch or fewer units makes temporaries smaller."
        : "Fewer rows of data make the tables smaller.",
  });
}

class WasmExecutable implements Executable {
  readonly engine = "wasm";
  readonly numerics: Numerics;
  readonly memory: MemoryReport;
  readonly compileMs: number;
  private readonly buffer: ArrayBuffer;
  private readonly leaves: ReadonlyMap<string, Tensor>;
  private readonly layout: Layout;
  private readonly runs: Readonly<Record<string, () => void>>;
  private readonly scalars = new Map<string, Float32Array>();
  private readonly views = new Map<string, Float32Array | Int32Array>();

  constructor(programs: Readonly<Record<string, Program>>, numerics: Numerics, limitBytes: number) {
    const start = nowMs();
    const { leaves, layout } = layOut(programs);
    this.leaves = leaves;
    this.layout = layout;
    this.numerics = numerics;
    this.memory = layout.report;
    checkLimit(this.memory, limitBytes);
    const pages = Math.ceil(this.memory.total / pageBytes);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      throw new EngineError("E_MEMORY", {
        message: `the host gave no memory of ${(this.memory.total / 1e6).toFixed(1)} MB`,
        cause,
      });
    }
    this.buffer = memory.buffer;
    const module = new WebAssembly.Module(compileModule(layout.programs, numerics));
    this.runs = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, () => void>;
    for (const [name, leaf] of leaves) {
      if (isLeaf(leaf, "scalar")) this.scalars.set(name, new Float32Array(this.buffer, layout.shared.get(leaf)!, 1));
    }
    this.compileMs = nowMs() - start;
  }

  run(program: string): void {
    const run = this.runs[program];
    if (!run)
      throw new EngineError("E_PROGRAM", {
        message: `there is no program '${program}', only ${Object.keys(this.runs).join(", ")}`,
      });
    run();
  }

  setScalar(name: string, value: number): void {
    const place = this.scalars.get(name);
    if (place) place[0] = value;
  }

  private view(program: string, kind: "input" | "output", name: string): Float32Array | Int32Array {
    const key = `${kind} ${program} ${name}`;
    let view = this.views.get(key);
    if (!view) {
      const places = this.layout.programs.get(program);
      if (!places) throw new EngineError("E_PROGRAM", { message: `there is no program '${program}'` });
      const { inputs, outputs } = places.plan;
      const tensor = kind === "input" ? inputs.find((one) => one.name === name) : outputs[name];
      if (!tensor) {
        const names = kind === "input" ? inputs.map((one) => one.name) : Object.keys(outputs);
        throw new EngineError(kind === "input" ? "E_INPUT" : "E_OUTPUT", {
          message: `program '${program}' has no ${kind} '${name}', only ${names.join(", ")}`,
        });
      }
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

  private stateView(leaf: Tensor): Float32Array {
    const address = this.layout.shared.get(leaf);
    if (address === undefined) throw new EngineError("E_STATE", { message: `no program has the state '${leaf.name}'` });
    return new Float32Array(this.buffer, address, sizeOf(leaf.shape));
  }

  readState(leaf: Tensor): Float32Array {
    return this.stateView(leaf).slice();
  }

  writeState(leaf: Tensor, values: ArrayLike<number>): void {
    const view = this.stateView(leaf);
    if (values.length !== view.length) {
      throw new EngineError("E_STATE", { message: `'${leaf.name}' has ${view.length} numbers, received ${values.length}` });
    }
    view.set(values);
  }

  writeTable(leaf: Tensor, values: TableValues): void {
    const address = this.leaves.get(leaf.name ?? "") === leaf ? this.layout.shared.get(leaf) : undefined;
    // A table that no program reads has no place; nothing is missed by leaving it out.
    if (address === undefined) return;
    const View = leaf.dtype === "uint8" ? Uint8Array : leaf.dtype === "int32" ? Int32Array : Float32Array;
    if (!(values instanceof View) || values.length !== sizeOf(leaf.shape)) {
      throw new EngineError("E_TABLE", {
        message: `table '${leaf.name}' holds ${sizeOf(leaf.shape)} numbers of ${leaf.dtype}, received ${values.length} in a ${values.constructor.name}`,
      });
    }
    new View(this.buffer, address, values.length).set(values);
  }
}

export const wasmEngine: Engine = {
  name: "wasm",
  probe: probeWasm,
  compile(programs, options: CompileOptions = {}) {
    const probe = probeWasm();
    if (!probe.available) throw new EngineError("E_ENGINE", { message: `the wasm engine cannot run here: ${probe.reason}` });
    const numerics = options.numerics ?? probe.numerics[0]!;
    if (!probe.numerics.includes(numerics)) {
      throw new EngineError("E_NUMERICS", {
        message: `this host cannot keep the '${numerics}' numerics: ${probe.detail}`,
        hint: "Use 'portable', which runs everywhere; its results are the same on every machine.",
      });
    }
    const limit = Math.min(options.memoryLimitBytes ?? largestMemoryBytes, largestMemoryBytes);
    return new WasmExecutable(programs, numerics, limit);
  },
};
