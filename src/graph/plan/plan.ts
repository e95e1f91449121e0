/**
 * The plan of a program: its kernels in order, where threads meet, which states are written in place, and where everything lies.
 *
 * Every value that a program assigns is computed from the states as they were before the run. A kernel may write a state in
 * place only after every other kernel has read it; where that cannot be arranged, the value is copied at the end.
 */
import { expand } from "../primitives/elementwise.ts";
import { type Program, programInputs, programOrder } from "../program.ts";
import { broadcastStrides, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { canonicalProgram } from "./canonical.ts";
import { baseOf } from "./formula.ts";
import { Fusion } from "./fuse.ts";
import { finishKernel, type MatmulHead, readsOfGroup } from "./group.ts";
import { coverExactly } from "./image-kernels.ts";
import { type ColumnsKernel, type FormulaKernel, isPlain, isPrivate, type Kernel, readsOf, writesOf } from "./kernel.ts";
import { aligned, bytesOf, type Interval, packInOrder, packIntervals } from "./memory.ts";
import { findPaneled } from "./paneled.ts";
import { createPanels, isKept } from "./panels.ts";
import { type Dependency, imagesOf, type Partition, partitionOf, phasesOf, reachOf } from "./partition.ts";

/** A kernel in its place. Threads meet before the first step of each phase but the first. */
export interface PlanStep {
  readonly kernel: Kernel;
  readonly partition: Partition;
  readonly phase: number;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  /** Tensors whose place is that of the state they are assigned to. */
  readonly inPlace: ReadonlyMap<Tensor, Tensor>;
  /** Inputs and outputs: offsets within the program's own region, which outlives a run. */
  readonly own: ReadonlyMap<Tensor, number>;
  readonly ownBytes: number;
  /** Temporaries: offsets within the arena. */
  readonly arena: ReadonlyMap<Tensor, number>;
  readonly arenaBytes: number;
  /** Temporaries that every thread has for itself: offsets within a region of each thread. */
  readonly perThread: ReadonlyMap<Tensor, number>;
  readonly perThreadBytes: number;
  /** The tensor that holds each output. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly Tensor[];
}

/**
 * Within a phase, what each thread computes for itself comes first: it waits for earlier phases alone. Then kernels on the same images,
 * together: each chunk of images goes through all of them while it is in the cache. What else is in the phase does not depend on them, nor
 * they on it.
 */
const placeInPhase = ({ partition: { by } }: { readonly partition: Partition }): number =>
  by === "each" ? 0 : by === "images" ? 1 : 2;

/** Kernels in an order in which each comes after what it depends on, as near to their own order as that allows. */
function inOrder(dependencies: readonly (readonly Dependency[])[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (let root = 0; root < dependencies.length; root++) {
    if (seen.has(root)) continue;
    seen.add(root);
    const stack = [{ kernel: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const dependency = dependencies[top.kernel]![top.next++];
      if (!dependency) {
        order.push(top.kernel);
        stack.pop();
      } else if (!seen.has(dependency.before)) {
        seen.add(dependency.before);
        stack.push({ kernel: dependency.before, next: 0 });
      }
    }
  }
  return order;
}

/** Dependencies between kernels, and whether one kernel comes after another. */
class Dependencies {
  readonly of: Dependency[][] = [];
  /** Kernels that come after one of a larger number; all others depend on smaller numbers alone. */
  private readonly forward = new Set<number>();

  private readonly writer: ReadonlyMap<Tensor, number>;

  constructor(kernels: readonly Kernel[], writer: ReadonlyMap<Tensor, number>) {
    this.writer = writer;
    for (const kernel of kernels) this.append(kernel);
  }
  /** The next kernel: it comes after those that write what it reads. */
  append(kernel: Kernel): void {
    const number = this.of.push([]) - 1;
    for (const { tensor, reach } of readsOf(kernel)) {
      const before = this.writer.get(tensor);
      if (before !== undefined && before !== number) this.add(number, { before, reach });
    }
  }
  add(kernel: number, dependency: Dependency): void {
    this.of[kernel]!.push(dependency);
    if (dependency.before > kernel) this.forward.add(kernel);
  }
  reaches(from: number, to: number): boolean {
    if (from < to && this.forward.size === 0) return false;
    const stack = [from];
    const seen = new Set<number>();
    while (stack.length > 0) {
      const kernel = stack.pop()!;
      if (kernel === to) return true;
      if (seen.has(kernel) || (kernel < to && this.forward.size === 0)) continue;
      seen.add(kernel);
      for (const { before } of this.of[kernel]!) stack.push(before);
    }
    return false;
  }
}

/** A program whose kernels are known but for the panels of its products. */
interface Fused {
  readonly program: Program;
  readonly fusion: Fusion;
  readonly values: readonly { readonly state: Tensor; readonly value: Tensor }[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Most numbers of a weight that each thread packs for itself: it takes less time than to read what another one has packed. */
const mostPacked = 16_384;

/** Fuses a program. */
function fuse(source: Program): Fused {
  const program = canonicalProgram(source);
  const { assignments, outputs: asked } = program;
  const needed = [...assignments.map(({ value }) => value), ...Object.values(asked)];
  const fusion = new Fusion(programOrder(program), needed, new Set(assignments.map(({ state }) => state)));
  const values = program.assignments.map(({ state, value }) => ({ state, value: fusion.stored(computed(value)) }));
  const outputs = Object.fromEntries(
    Object.entries(program.outputs).map(([name, tensor]) => [name, fusion.stored(computed(tensor))]),
  );
  return { program, fusion, values, outputs };
}

/** The kernels of a fused program, packing what products multiply with before the first of them. */
function finishKernels({ fusion, values, outputs }: Fused, paneled: ReadonlyMap<Tensor, Tensor>): Kernel[] {
  const assigned = new Set(values.map(({ value }) => value));
  const shown = new Set(Object.values(outputs));
  /** What is read, and what is put out. */
  const needed = new Set(shown);
  // Groups read what earlier ones have made: from the last to the first, those that nobody needs drop out.
  const live = fusion.groups.toReversed().filter((group) => {
    const { head, formula } = group;
    const isNeeded = (one: Tensor) => needed.has(one) || assigned.has(one);
    if (!(head.kind === "plain" ? [head.kernel.target] : [...formula.members.keys()]).some(isNeeded)) return false;
    for (const tensor of readsOfGroup(group)) needed.add(tensor);
    if (head.kind === "matmul") needed.add(head.b);
    return true;
  });
  live.reverse();
  const kernels: Kernel[] = [];
  const inPanels = new Set(paneled.keys());
  for (const { state, value } of values) if (inPanels.has(state)) inPanels.add(value);
  const wanted = new Set([...needed, ...assigned]);
  /** The panels of a product's right operand: it lies so, was packed before, or is packed now. */
  const panelsOf = ({ b, k, transposeB: transposed }: MatmulHead): Tensor => {
    if (!transposed && paneled.has(b)) return b;
    const isSame = (one: Kernel) => one.kind === "pack" && one.sources[0] === b && one.transposed === transposed && one.k === k;
    const known = kernels.find(isSame);
    if (known) return writesOf(known)[0]!;
    const n = sizeOf(b.shape) / k;
    const target = createPanels(k, n);
    const pack = { kind: "pack", sources: [b], target, transposed, fromPanels: paneled.has(b), k, n } as const;
    kernels.push(isKept(b) && k * n <= mostPacked ? { ...pack, isPrivate: true } : pack);
    return target;
  };
  for (const group of live) {
    const { head, formula } = group;
    if (head.kind === "matmul") {
      kernels.push(finishKernel(group, wanted, panelsOf(head), inPanels));
      continue;
    }
    const members = [...formula.members.keys()];
    const read = members.filter((one) => needed.has(one));
    if (head.kind !== "columns" || head.stage !== "join" || read.some((one) => assigned.has(one) || shown.has(one))) {
      kernels.push(finishKernel(group, wanted));
      continue;
    }
    // What threads go on with each joins for itself; states are written by one of them.
    if (read.length > 0) kernels.push({ ...(finishKernel(group, needed) as ColumnsKernel), isPrivate: true });
    if (members.some((one) => assigned.has(one))) kernels.push(finishKernel(group, assigned));
  }
  return kernels;
}

/** Plans programs that share their states: what lies in panels does so for all of them. */
export function planPrograms(programs: Readonly<Record<string, Program>>): {
  readonly plans: Map<string, Plan>;
  /** States that lie in panels alone, each with a tensor of the size that it takes so. */
  readonly paneled: Map<Tensor, Tensor>;
} {
  const paneled = new Map<Tensor, Tensor>();
  const fused = Object.entries(programs).map(([name, program]) => [name, fuse(program)] as const);
  const updates = fused.map(([, { fusion, values, outputs }]) => ({ groups: fusion.groups, values, outputs }));
  for (const state of findPaneled(updates)) {
    const [k, n] = state.shape as readonly [number, number];
    paneled.set(state, createPanels(k, n, state.name));
  }
  for (;;) {
    const copied = new Set<Tensor>();
    const plans = new Map(fused.map(([name, one]) => [name, plan(one, paneled, copied)]));
    if (copied.size === 0) return { plans, paneled };
    // Programs may read such a state after its update: its value comes from before the run all the same, and is copied at the end.
    for (const state of copied) paneled.delete(state);
  }
}

/** Plans one program that shares its states with no other. */
export const planProgram = (program: Program): Plan => planPrograms({ program }).plans.get("program")!;

/** @param copied  receives states that lie in panels and cannot be written in place: the plan is of no use then */
function plan(fused: Fused, paneled: ReadonlyMap<Tensor, Tensor>, copied: Set<Tensor>): Plan {
  const { program, values, outputs } = fused;
  const kernels = finishKernels(fused, paneled);
  const writer = new Map<Tensor, number>();
  const readers = new Map<Tensor, Set<number>>();
  kernels.forEach((kernel, number) => {
    for (const tensor of writesOf(kernel)) writer.set(tensor, number);
    for (const { tensor } of readsOf(kernel)) {
      const known = readers.get(tensor);
      if (known) known.add(number);
      else readers.set(tensor, new Set([number]));
    }
  });
  const dependencies = new Dependencies(kernels, writer);
  /** `writer` overwrites what others read: it comes after them. */
  const overwrite = (overwriter: number, tensor: Tensor) => {
    for (const reader of readers.get(tensor) ?? [])
      if (reader !== overwriter)
        dependencies.add(overwriter, { before: reader, reach: reachOf(kernels[reader]!, tensor), overwrites: true });
  };
  const append = (kernel: Kernel, overwritten: Tensor) => {
    dependencies.append(kernel);
    overwrite(kernels.push(kernel) - 1, overwritten);
  };

  const inPlace = new Map<Tensor, Tensor>();
  const copies: { state: Tensor; value: Tensor }[] = [];
  // Others have a plain form into which a value can be copied.
  const byNeed = [...values].sort((a, b) => Number(paneled.has(b.state)) - Number(paneled.has(a.state)));
  for (const { state, value } of byNeed) {
    const number = writer.get(value);
    const others = [...(readers.get(state) ?? [])].filter((kernel) => kernel !== number);
    const possible =
      number !== undefined &&
      !inPlace.has(value) &&
      !isPlain(kernels[number]!) &&
      readsOf(kernels[number]!).every((read) => read.tensor !== state || read.reach === "element") &&
      !others.some((reader) => dependencies.reaches(reader, number));
    if (possible) {
      inPlace.set(value, state);
      overwrite(number, state);
    } else copies.push({ state, value });
    if (!possible && paneled.has(state)) copied.add(state);
  }
  for (const { state, value } of copies) {
    const { shape } = value;
    const strides = broadcastStrides(shape, shape);
    append({ kind: "copy", sources: [value], target: state, extents: shape, strides, offset: 0 }, state);
  }
  const order = inOrder(dependencies.of);
  const imageCounts = new Set(kernels.flatMap((kernel) => imagesOf(kernel) ?? []));
  const blocks = new Map(
    kernels.flatMap((one) =>
      one.kind === "columns" && one.stage === "blocks" && !one.images ? [[one.outer * one.size, one.size]] : [],
    ),
  );
  const partitions = kernels.map((kernel) => partitionOf(kernel, imageCounts, blocks));
  const phases = phasesOf(order, partitions, dependencies.of);
  const steps = order
    .map((number) => ({ kernel: kernels[number]!, partition: partitions[number]!, phase: phases[number]! }))
    .sort((a, b) => a.phase - b.phase || placeInPhase(a) - placeInPhase(b));
  return { ...place(steps, inPlace, outputs, programInputs(program)), inPlace, steps, outputs };
}

/** A leaf that is assigned or put out is read by a kernel of its own: states may be exchanged, and outputs show what was there before. */
function computed(value: Tensor): Tensor {
  return baseOf(value).primitive.kind === "leaf" ? expand(baseOf(value), [1, ...baseOf(value).shape]) : value;
}

/**
 * Who takes the place of whom: a kernel that is the last to read a tensor, each element where it writes another tensor of the same
 * size, writes it there. What was just read is in the cache.
 */
function findHeirs(
  steps: readonly PlanStep[],
  last: ReadonlyMap<Tensor, number>,
  isTemporary: (tensor: Tensor) => boolean,
): Map<Tensor, Tensor> {
  const readers = new Map<Tensor, number>();
  for (const { kernel, phase } of steps) {
    // Only readers in the last phase count: those before it are done.
    for (const tensor of new Set(readsOf(kernel).map((read) => read.tensor)))
      if (last.get(tensor) === phase) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  }
  const heirs = new Map<Tensor, Tensor>();
  for (const { kernel, phase } of steps) {
    if (isPlain(kernel)) continue;
    const given = new Set<Tensor>();
    for (const tensor of elementwiseReads(kernel)) {
      if (!isTemporary(tensor) || last.get(tensor) !== phase || readers.get(tensor) !== 1 || heirs.has(tensor)) continue;
      const heir = kernel.stores.find(
        (store) => isTemporary(store.tensor) && !given.has(store.tensor) && bytesOf(store.tensor) === bytesOf(tensor),
      );
      if (!heir) continue;
      heirs.set(tensor, heir.tensor);
      given.add(heir.tensor);
    }
  }
  return heirs;
}

/** Tensors of which a kernel reads each element only where, and before, it writes one. */
function elementwiseReads(kernel: FormulaKernel): Tensor[] {
  const whole = kernel.operands.flatMap(({ tensor, layout, rows }) => (layout === "full" && !rows ? [tensor] : []));
  const isElementwise = (tensor: Tensor) => readsOf(kernel).every((read) => read.tensor !== tensor || read.reach === "element");
  // Back through windows that cover each pixel once, a pixel is read where its gradient is written.
  const isBack = kernel.kind === "pool" && kernel.name === "maxPoolBack" && coverExactly(kernel.windows);
  if (!isBack) return whole.filter(isElementwise);
  const [x, ...others] = kernel.images;
  return others.includes(x!) ? [] : [x!, ...whole.filter(isElementwise)];
}

function place(
  steps: readonly PlanStep[],
  inPlace: ReadonlyMap<Tensor, Tensor>,
  outputs: Readonly<Record<string, Tensor>>,
  inputs: readonly Tensor[],
) {
  // Within a phase a thread may be ahead of another: what lives in it keeps its place until the phase is over.
  const first = new Map<Tensor, number>();
  const last = new Map<Tensor, number>();
  const outputSet = new Set(Object.values(outputs));
  for (const { kernel, phase } of steps) {
    for (const { tensor } of readsOf(kernel)) last.set(tensor, phase);
    for (const tensor of writesOf(kernel)) {
      if (!first.has(tensor)) first.set(tensor, phase);
      last.set(tensor, Math.max(last.get(tensor) ?? 0, phase));
    }
  }
  const privates = new Set(steps.flatMap(({ kernel }) => (isPrivate(kernel) ? writesOf(kernel) : [])));
  const isNamedLeaf = (tensor: Tensor) => tensor.primitive.kind === "leaf" && tensor.name !== undefined;
  const isTemporary = (tensor: Tensor) =>
    first.has(tensor) && !isNamedLeaf(tensor) && !inPlace.has(tensor) && !outputSet.has(tensor) && !privates.has(tensor);
  const heirs = findHeirs(steps, last, isTemporary);
  const inherited = new Set(heirs.values());
  const intervals: Interval[] = [];
  const interval = (tensor: Tensor, end = tensor): Interval => ({
    tensor,
    bytes: bytesOf(tensor),
    first: first.get(tensor)!,
    last: last.get(end)!,
  });
  for (const tensor of first.keys()) {
    if (!isTemporary(tensor) || inherited.has(tensor)) continue;
    let end = tensor;
    while (heirs.has(end)) end = heirs.get(end)!;
    intervals.push(interval(tensor, end));
  }
  const own = packInOrder([...inputs, ...[...outputSet].filter((tensor) => !inPlace.has(tensor) && !isNamedLeaf(tensor))]);
  const arena = packIntervals(intervals);
  for (const { tensor } of intervals)
    for (let heir = heirs.get(tensor); heir; heir = heirs.get(heir)) arena.offsets.set(heir, arena.offsets.get(tensor)!);
  const perThread = packIntervals([...privates].map((tensor) => interval(tensor)));
  return {
    own: own.offsets,
    ownBytes: aligned(own.bytes),
    arena: arena.offsets,
    arenaBytes: arena.bytes,
    perThread: perThread.offsets,
    perThreadBytes: perThread.bytes,
    inputs,
  };
}
