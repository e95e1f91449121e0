/**
 * Places in memory, all fixed before anything runs.
 *
 * Shared by the programs of a run: states (parameters first, contiguous in the order of their names' first use, then the
 * rest), scalars, tables. Of each program alone: its inputs and outputs, which outlive a run, and an arena of temporaries
 * that overlap where their lifetimes do not. The arenas of different programs lie over each other.
 */
import { sizeOf } from "../shape.ts";
import { isLeaf, type Tensor } from "../tensor.ts";

/** Every place starts at a multiple of this: a cache line, and of use to any vector width. */
export const alignmentBytes = 64;

export const aligned = (bytes: number): number => Math.ceil(bytes / alignmentBytes) * alignmentBytes;

/** Bytes of a tensor as engines with float32 store it. */
export function bytesOf(tensor: Tensor): number {
  return sizeOf(tensor.shape) * (tensor.dtype === "uint8" ? 1 : 4);
}

export interface Interval {
  readonly tensor: Tensor;
  readonly bytes: number;
  /** First and last kernel (by number) between which the place must not be used otherwise. */
  readonly first: number;
  readonly last: number;
}

/**
 * Offsets for intervals so that no two that live at the same time overlap: the largest first, each at the lowest gap that
 * holds it (best known simple rule for static plans; Pisarchyk & Lee 2020, "greedy by size", arXiv:2001.03288).
 */
export function packIntervals(intervals: readonly Interval[]): { offsets: Map<Tensor, number>; bytes: number } {
  const placed: { interval: Interval; offset: number; end: number }[] = [];
  const offsets = new Map<Tensor, number>();
  let total = 0;
  const bySize = intervals
    .map((interval, i) => ({ interval, i }))
    .sort((a, b) => b.interval.bytes - a.interval.bytes || a.i - b.i);
  for (const { interval } of bySize) {
    const size = aligned(interval.bytes);
    let offset = 0;
    for (const other of placed) {
      // Kept sorted by offset: the first gap that is wide enough wins.
      if (other.interval.last < interval.first || other.interval.first > interval.last) continue;
      if (other.offset >= offset + size) break;
      offset = Math.max(offset, other.end);
    }
    const at = placed.findIndex((other) => other.offset > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { interval, offset, end: offset + size });
    offsets.set(interval.tensor, offset);
    total = Math.max(total, offset + size);
  }
  return { offsets, bytes: total };
}

/** A run of places for tensors that all live as long as their region. */
export function packInOrder(tensors: Iterable<Tensor>): { offsets: Map<Tensor, number>; bytes: number } {
  const offsets = new Map<Tensor, number>();
  let bytes = 0;
  for (const tensor of tensors) {
    offsets.set(tensor, bytes);
    bytes += aligned(bytesOf(tensor));
  }
  return { offsets, bytes };
}

/** The order in which states lie in memory: parameters, then what belongs to them slot by slot. */
export function stateOrder(leaves: Iterable<Tensor>): Tensor[] {
  const all = [...leaves];
  return [...all.filter((leaf) => isLeaf(leaf, "parameter")), ...all.filter((leaf) => isLeaf(leaf, "state"))];
}
