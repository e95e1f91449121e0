/**
 * Where the work of kernels is cut for a number of threads.
 *
 * Rows are cut so that both sides fall into strips of the heights that the whole is cut into (see `cutRows`): one kernel's code
 * serves every part. Rows that cannot be cut so, and all else that is the work of one thread, fall to the first.
 *
 * The cuts lie in a table in memory, a row for each thread, four numbers for each partition: first, count, and for rows the
 * number of tall strips and of strips one row lower; for images the first chunk and how many.
 */
import { chunksOf, firstOfChunk } from "../../graph/plan/image-kernels.ts";
import type { Partition } from "../../graph/plan/partition.ts";

export const maximumStrip = 6;

/** How M rows are cut: `tall` strips of `height` rows, then `rest` strips of one row less. */
export function cutRows(m: number): { height: number; tall: number; rest: number } {
  const strips = Math.ceil(m / maximumStrip);
  const height = Math.ceil(m / strips);
  const rest = strips * height - m;
  return { height, tall: strips - rest, rest };
}

/** The strips of M rows by their heights: tall ones, and lower ones where there are some. */
export function stripsOfRows(m: number): { readonly lines: number; readonly count: number }[] {
  const { height, tall, rest } = cutRows(m);
  return [
    { lines: height, count: tall },
    { lines: height - 1, count: rest },
  ].filter(({ count }) => count > 0);
}

/** So many rows in strips of `height`, and where `lower` of one row less; undefined where they do not come out even. */
function stripsOf(rows: number, height: number, lower: boolean): { tall: number; rest: number } | undefined {
  const strips = Math.ceil(rows / height);
  const rest = strips * height - rows;
  return rest === 0 || (lower && rest <= strips) ? { tall: strips - rest, rest } : undefined;
}

export interface Cut {
  readonly first: number;
  readonly count: number;
  readonly tall: number;
  readonly rest: number;
}

/** Of all shares, the part before each thread. */
function before(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  return shares.map((share) => {
    const part = sum / total;
    sum += share;
    return part;
  });
}

/** The parts of a partition for threads with these shares of the work; of both halves together, where it is of one. */
export function cutPartition({ by, count, multiple, half }: Partition, shares: readonly number[]): Cut[] {
  const all = before(shares);
  const parts = half === undefined ? all : all.map((part) => Math.min(1, Math.max(0, 2 * part - half)));
  const threads = shares.length;
  if (by === "images") return cutImages(count, parts);
  if (by === "each") return shares.map(() => ({ first: 0, count, tall: 0, rest: 0 }));
  const { height, rest } = cutRows(count);
  const strips = (rows: number) => stripsOf(rows, height, rest > 0);
  const bounds = [0];
  for (let thread = 1; thread < threads; thread++) {
    const least = bounds[bounds.length - 1]!;
    const ideal = count * (by === "one" ? Math.ceil(parts[thread]!) : parts[thread]!);
    if (ideal === 0 || ideal === count) {
      bounds.push(ideal);
      continue;
    }
    const fits = (bound: number) => by !== "rows" || (strips(bound - least) !== undefined && strips(count - bound) !== undefined);
    // The bound nearest to the ideal one that fits; the end fits always.
    let found = count;
    for (let steps = 0; found === count && steps * multiple <= count; steps++) {
      const below = (Math.floor(ideal / multiple) - steps) * multiple;
      const above = (Math.floor(ideal / multiple) + 1 + steps) * multiple;
      const near = [below, above].sort((a, b) => Math.abs(a - ideal) - Math.abs(b - ideal));
      found = near.find((bound) => bound > least && bound < count && fits(bound)) ?? count;
    }
    bounds.push(found);
  }
  bounds.push(count);
  return Array.from({ length: threads }, (_, thread) => {
    const first = bounds[thread]!;
    const size = bounds[thread + 1]! - first;
    return { first, count: size, ...((by === "rows" && strips(size)) || { tall: 0, rest: 0 }) };
  });
}

/** Images are cut between chunks; `tall` is the first chunk, `rest` how many there are. */
function cutImages(images: number, parts: readonly number[]): Cut[] {
  const chunks = chunksOf(images);
  const bounds = [...parts, 1].map((part) => Math.round(chunks * part));
  return parts.map((_, thread) => {
    const [tall, end] = [bounds[thread]!, bounds[thread + 1]!];
    const first = firstOfChunk(images, tall);
    return { first, count: firstOfChunk(images, end) - first, tall, rest: end - tall };
  });
}

export const cutBytes = 16;

const keyOf = (phase: number, { by, count, multiple, half }: Partition): string => `${phase} ${by} ${count} ${multiple} ${half}`;

/** A partition, and the number of the phase in which work is cut so; phases are counted through all programs. */
export interface PhaseCut {
  readonly phase: number;
  readonly partition: Partition;
}

/** Rows of the table, one for each thread: where a partition's cut lies in its row. Each phase has its own. */
export class CutTable {
  private readonly numbers = new Map<string, number>();
  private readonly cuts: PhaseCut[] = [];

  /** @param cuts  all that there are: the table has a fixed size */
  constructor(cuts: Iterable<PhaseCut>) {
    for (const cut of cuts) {
      const key = keyOf(cut.phase, cut.partition);
      if (!this.numbers.has(key)) this.numbers.set(key, this.cuts.push(cut) - 1);
    }
  }

  /** Byte offset of a partition in a row of the table. */
  offsetOf(phase: number, partition: Partition): number {
    const number = this.numbers.get(keyOf(phase, partition));
    if (number === undefined) throw new Error(`the cut table has no partition ${keyOf(phase, partition)}`);
    return cutBytes * number;
  }

  /** The phases with partitions of halves. */
  get halved(): ReadonlySet<number> {
    return new Set(this.cuts.flatMap(({ phase, partition }) => (partition.half === undefined ? [] : [phase])));
  }

  get rowBytes(): number {
    return cutBytes * this.cuts.length;
  }

  /** Writes the rows, `stride` bytes apart: the cuts of one phase, or of all, by the shares of the threads in each. */
  write(words: Int32Array, stride: number, sharesIn: (phase: number) => readonly number[], only?: number): void {
    this.cuts.forEach(({ phase, partition }, number) => {
      if (only !== undefined && phase !== only) return;
      cutPartition(partition, sharesIn(phase)).forEach(({ first, count, tall, rest }, thread) => {
        words.set([first, count, tall, rest], (thread * stride + number * cutBytes) / 4);
      });
    });
  }
}
