/**
 * The plan of a program: its kernels in order, which states are written in place, and where everything lies.
 *
 * Every value that a program assigns is computed from the states as they were before the run. A kernel may write a state in
 * place only after every other kernel has read it; where that cannot be arranged, the value is copied at the end.
 */
import { expand } from "../primitives/elementwise.ts";
import { type Program, programInputs, programOrder } from "../program.ts";
import { broadcastStrides } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { canonicalProgram } from "./canonical.ts";
import { baseOf } from "./formula.ts";
import { Fusion, finishKernel } from "./fuse.ts";
import type { Kernel } from "./kernel.ts";
import { aligned, bytesOf, type Interval, packInOrder, packIntervals } from "./memory.ts";

export interface Plan {
  readonly kernels: readonly Kernel[];
  /** Tensors whose place is that of the state they are assigned to. */
  readonly inPlace: ReadonlyMap<Tensor, Tensor>;
  /** Inputs and outputs: offsets within the program's own region, which outlives a run. */
  readonly own: ReadonlyMap<Tensor, number>;
  readonly ownBytes: number;
  /** Temporaries: offsets within the arena. */
  readonly arena: ReadonlyMap<Tensor, number>;
  readonly arenaBytes: number;
  /** The tensor that holds each output. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly inputs: readonly Tensor[];
}

/** The tensors that a kernel reads from memory, with whether it reads each element only where it writes it. */
function readsOf(kernel: Kernel): { tensor: Tensor; aligned: boolean }[] {
  if (kernel.kind === "copy") return [{ tensor: kernel.source, aligned: false }];
  const reads = kernel.operands.flatMap(({ tensor, layout, rows }) => [
    { tensor, aligned: layout === "full" || layout === "perRow" },
    ...(rows ? [{ tensor: rows, aligned: false }] : []),
  ]);
  if (kernel.kind === "columns") reads.push({ tensor: kernel.source, aligned: false });
  if (kernel.kind === "matmul") reads.push({ tensor: kernel.a, aligned: false }, { tensor: kernel.b, aligned: false });
  return reads;
}

/** Order of kernels under dependencies; those that write states come as late as their number allows. */
function schedule(after: readonly ReadonlySet<number>[], isLate: (kernel: number) => boolean): number[] {
  const remaining = after.map((set) => new Set(set));
  const open = new Set(after.keys());
  const order: number[] = [];
  while (open.size > 0) {
    const ready = [...open].filter((kernel) => remaining[kernel]!.size === 0);
    const next = ready.find((kernel) => !isLate(kernel)) ?? ready[0]!;
    order.push(next);
    open.delete(next);
    for (const kernel of open) remaining[kernel]!.delete(next);
  }
  return order;
}

function reaches(after: readonly ReadonlySet<number>[], from: number, to: number): boolean {
  const stack = [from];
  const seen = new Set<number>();
  while (stack.length > 0) {
    const kernel = stack.pop()!;
    if (kernel === to) return true;
    if (seen.has(kernel)) continue;
    seen.add(kernel);
    stack.push(...after[kernel]!);
  }
  return false;
}

export function planProgram(source: Program): Plan {
  const program = canonicalProgram(source);
  const fusion = new Fusion(programOrder(program));
  const values = program.assignments.map(({ state, value }) => ({ state, value: fusion.stored(computed(value)) }));
  const outputs = Object.fromEntries(
    Object.entries(program.outputs).map(([name, tensor]) => [name, fusion.stored(computed(tensor))]),
  );
  const needed = new Set<Tensor>([...values.map(({ value }) => value), ...Object.values(outputs)]);
  for (const group of fusion.groups) {
    const { head, formula } = group;
    if (head.kind === "matmul") needed.add(head.a).add(head.b);
    if (head.kind === "columns" || head.kind === "copy") needed.add(head.source);
    for (const { tensor } of formula.operands) needed.add(tensor);
  }
  const kernels: Kernel[] = fusion.groups.map((group) => finishKernel(group, needed));
  const readers = new Map<Tensor, number[]>();
  kernels.forEach((kernel, number) => {
    for (const { tensor } of readsOf(kernel)) readers.set(tensor, [...(readers.get(tensor) ?? []), number]);
  });
  const after: Set<number>[] = kernels.map((kernel, number) => {
    const producers = readsOf(kernel).flatMap(({ tensor }) => fusion.producer(tensor) ?? []);
    return new Set(producers.filter((producer) => producer !== number));
  });

  const inPlace = new Map<Tensor, Tensor>();
  const copies: { state: Tensor; value: Tensor }[] = [];
  const writers = new Set<number>();
  for (const { state, value } of values) {
    const writer = fusion.producer(value);
    const others = (readers.get(state) ?? []).filter((kernel) => kernel !== writer);
    const possible =
      writer !== undefined &&
      !inPlace.has(value) &&
      kernels[writer]!.kind !== "copy" &&
      readsOf(kernels[writer]!).every((read) => read.tensor !== state || read.aligned) &&
      !others.some((reader) => reaches(after, reader, writer));
    if (possible) {
      inPlace.set(value, state);
      writers.add(writer);
      for (const reader of others) after[writer]!.add(reader);
    } else {
      copies.push({ state, value });
    }
  }
  // A copy reads its value only after every kernel is done, so that a state is overwritten when nobody needs it any more.
  const order = schedule(after, (kernel) => writers.has(kernel)).map((number) => kernels[number]!);
  for (const { state, value } of copies) {
    const { shape } = value;
    order.push({ kind: "copy", source: value, target: state, extents: shape, strides: broadcastStrides(shape, shape) });
  }
  return { ...place(order, inPlace, outputs, programInputs(program)), inPlace, kernels: order, outputs };
}

/** A leaf that is assigned or put out is read by a kernel of its own: states may be exchanged, and outputs show what was there before. */
function computed(value: Tensor): Tensor {
  return baseOf(value).primitive.kind === "leaf" ? expand(baseOf(value), [1, ...baseOf(value).shape]) : value;
}

function place(
  kernels: readonly Kernel[],
  inPlace: ReadonlyMap<Tensor, Tensor>,
  outputs: Readonly<Record<string, Tensor>>,
  inputs: readonly Tensor[],
) {
  const first = new Map<Tensor, number>();
  const last = new Map<Tensor, number>();
  const outputSet = new Set(Object.values(outputs));
  kernels.forEach((kernel, number) => {
    for (const { tensor } of readsOf(kernel)) {
      last.set(tensor, number);
    }
    const written = kernel.kind === "copy" ? [kernel.target] : kernel.stores.map(({ tensor }) => tensor);
    for (const tensor of written) {
      if (!first.has(tensor)) first.set(tensor, number);
      last.set(tensor, Math.max(last.get(tensor) ?? 0, number));
    }
  });
  const intervals: Interval[] = [];
  for (const [tensor, start] of first) {
    if (tensor.primitive.kind === "leaf" && tensor.name !== undefined) continue;
    if (inPlace.has(tensor) || outputSet.has(tensor)) continue;
    intervals.push({ tensor, bytes: bytesOf(tensor), first: start, last: last.get(tensor)! });
  }
  const own = packInOrder([
    ...inputs,
    ...[...outputSet].filter(
      (tensor) => !inPlace.has(tensor) && !(tensor.primitive.kind === "leaf" && tensor.name !== undefined),
    ),
  ]);
  const arena = packIntervals(intervals);
  return { own: own.offsets, ownBytes: aligned(own.bytes), arena: arena.offsets, arenaBytes: arena.bytes, inputs };
}
