/** Places texts beside each other: along a line as near as may be to where each belongs, or in the first free spot. */
import type { Box } from "./surface.ts";
import type { Point } from "./thin.ts";

/**
 * Moves centres apart until no two intervals overlap and all lie between the ends, with the least sum of squared shifts.
 *
 * Method   Pool adjacent violators: neighbours that overlap become one block about the mean of their wishes.
 *
 * @param wishes  where each centre belongs, in any order
 * @param sizes   lengths of the intervals
 * @returns the centres in the same order, or undefined where there is no room
 */
export function spread(wishes: readonly number[], sizes: readonly number[], from: number, to: number): number[] | undefined {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > to - from + 1e-9) return undefined;
  const order = wishes.map((_, i) => i).sort((a, b) => wishes[a]! - wishes[b]! || a - b);
  // A block holds members of `order` end to end; `start` is where its first begins, at the mean of what they wish.
  const blocks: { members: number[]; sum: number; size: number }[] = [];
  const startOf = ({ members, sum, size }: { members: number[]; sum: number; size: number }): number =>
    Math.max(from, Math.min(to - size, sum / members.length));
  for (const i of order) {
    let block = { members: [i], sum: wishes[i]! - sizes[i]! / 2, size: sizes[i]! };
    for (let before = blocks.at(-1); before && startOf(before) + before.size > startOf(block); before = blocks.at(-1)) {
      blocks.pop();
      // Each later member's wish for the start of the block is its own less what stands before it.
      const shifted = block.sum - before.size * block.members.length;
      block = { members: [...before.members, ...block.members], sum: before.sum + shifted, size: before.size + block.size };
    }
    blocks.push(block);
  }
  const centres = wishes.map(() => 0);
  for (const block of blocks) {
    let at = startOf(block);
    for (const i of block.members) {
      centres[i] = at + sizes[i]! / 2;
      at += sizes[i]!;
    }
  }
  return centres;
}

export const overlap = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

const contains = (outer: Box, inner: Box): boolean =>
  inner.left >= outer.left &&
  inner.top >= outer.top &&
  inner.left + inner.width <= outer.left + outer.width &&
  inner.top + inner.height <= outer.top + outer.height;

/** Side of a cell in which what is drawn is counted, in pixels. */
const cellSize = 4;

/** What is taken within a plot: boxes that no other may touch, and lines that a text should keep away from. */
export class Occupied {
  readonly #within: Box;
  readonly #taken: Box[] = [];
  readonly #crowd = new Set<string>();

  constructor(within: Box) {
    this.#within = within;
  }

  /** Says that a line passes through these points. */
  pass(points: Iterable<Point>): void {
    let last: Point | undefined;
    for (const point of points) {
      if (!point.every(Number.isFinite)) continue;
      const from = last ?? point;
      const steps = Math.min(200, 1 + Math.ceil(Math.max(Math.abs(point[0] - from[0]), Math.abs(point[1] - from[1])) / cellSize));
      for (let i = 1; i <= steps; i++) {
        const [x, y] = [from[0] + ((point[0] - from[0]) * i) / steps, from[1] + ((point[1] - from[1]) * i) / steps];
        this.#crowd.add(`${Math.floor(x / cellSize)},${Math.floor(y / cellSize)}`);
      }
      last = point;
    }
  }

  /** Cells of a box in which something is drawn. */
  #crowdIn({ left, top, width, height }: Box): number {
    let count = 0;
    for (let x = Math.floor(left / cellSize); x <= Math.floor((left + width) / cellSize); x++) {
      for (let y = Math.floor(top / cellSize); y <= Math.floor((top + height) / cellSize); y++) {
        if (this.#crowd.has(`${x},${y}`)) count++;
      }
    }
    return count;
  }

  /**
   * Takes, of the boxes that are free and within the plot, the first with the least drawn in it; undefined where none is free.
   *
   * @param most  cells of what is drawn that a box may hold
   */
  take(candidates: Iterable<Box>, most = Number.POSITIVE_INFINITY): Box | undefined {
    let [best, least] = [undefined as Box | undefined, most + 1];
    for (const box of candidates) {
      if (!contains(this.#within, box) || this.#taken.some((taken) => overlap(taken, box))) continue;
      const crowd = this.#crowdIn(box);
      if (crowd < least) [best, least] = [box, crowd];
      if (least === 0) break;
    }
    if (best) this.#taken.push(best);
    return best;
  }
}
