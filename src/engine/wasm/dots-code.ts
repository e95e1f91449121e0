/**
 * The last columns of a product whose left operand lies in rows, too few for a tile, with k in the lanes of vectors.
 *
 * A tile of 2 columns would cost as much as one of 8, and wait for each of its few sums. So these columns are turned once for all strips,
 * [k / 8][4][8], and vectors of A's rows are multiplied with vectors of them, by the code that serves all strips: a sum is the sum of
 * eight, of which lane l takes the k = l, l + 8, ... Lanes l and l + 4 are joined, what is left of k comes to the first, and then
 * (0 + 2) + (1 + 3).
 */
import type { MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelColumns, panelRowBytes } from "../../graph/plan/panels.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "./assembler.ts";
import { maximumStrip } from "./cuts.ts";
import { emitReduceLanes } from "./formula-code.ts";
import { emitMultiplyAdd } from "./strip-code.ts";
import { type Target, vectorsAtOnce } from "./target.ts";

/** The shortest k for which joining lanes does not cost more than is won. */
const shortest = 64;

/** The most columns: half a panel. */
const mostColumns = 4;

/** Partial sums of a sum. */
const parts = 8;

/** Columns with k in lanes. It decides the order of their sums, so it depends on the shape alone, and on whether A holds bytes. */
export const columnsInDots = ({ transposeA, scale, n, k }: MatmulKernel): number => {
  const last = n % panelColumns;
  return !transposeA && scale === undefined && k >= shortest && last <= mostColumns ? last : 0;
};

/** Columns at once, as many as their sums find registers for six rows; the last may be none, and its sums of no account. */
export const dotsAtOnce = vectorsAtOnce;

/** Bytes of a column's share in a block of 8 k, and of the block, in which four columns have room. */
const shareBytes = 4 * parts;
const blockBytes = mostColumns * shareBytes;

/** Bytes of the partial sums of a row, and of a strip; the turned columns lie behind them. */
const rowBytes = (target: Target): number => shareBytes * dotsAtOnce(target);
const turnedAt = (target: Target): number => maximumStrip * rowBytes(target);

/** Bytes that a product needs for it: partial sums of a strip, and the turned columns. */
export const dotsBytes = (k: number, target: Target): number => turnedAt(target) + blockBytes * Math.ceil(k / parts);

/** What the code of a product has for it. */
export interface Dots {
  readonly target: Target;
  /** A list of the addresses of a strip's rows; k; and, where a strip would be packed, partial sums and turned columns. */
  readonly list: Local;
  readonly k: Local;
  readonly strip: Local;
}

/** Functions that products share for it. */
export interface SharedDots {
  /** A strip of so many rows that leaves partial sums in memory; and what adds the last terms and joins them. */
  core(height: number, widths: readonly number[], parts: { readonly inDots: true; readonly stepB: number }): number;
  joinDots(height: number): number;
  packTransposed(): number;
}

/** Takes the address of a panel, and turns its columns: rows of four numbers, packed as a transpose. */
export function emitTurnColumns(f: FunctionBuilder, { target, k, strip }: Dots, shared: SharedDots): void {
  f.i32(panelRowBytes).i32(0).i32(mostColumns).get(k).i32(0);
  f.get(k).i32(3).op("i32.add").i32(2).op("i32.shr_u");
  f.get(strip).i32(turnedAt(target)).op("i32.add").call(shared.packTransposed());
}

/** Takes where the sums of a strip of so many rows go, from a column on, and the bytes from row to row there. */
export function emitDots(
  f: FunctionBuilder,
  height: number,
  first: number,
  { target, list, k, strip }: Dots,
  shared: SharedDots,
): void {
  const pushOperands = () =>
    f
      .get(list)
      .get(strip)
      .i32(turnedAt(target) + shareBytes * first)
      .op("i32.add")
      .get(k);
  pushOperands().i32(3).op("i32.shr_u").i32(1).i32(rowBytes(target)).get(strip).i32(0).i32(0);
  f.call(shared.core(height, [2 * dotsAtOnce(target)], { inDots: true, stepB: blockBytes }));
  pushOperands().get(strip).call(shared.joinDots(height));
}

const head = { target: 0, targetBytes: 1, list: 2, columns: 3, k: 4, sums: 5 } as const;

/**
 * The code that adds the last terms and joins partial sums. Parameters: where the sums go, and bytes from row to row of them; a list of
 * the rows' addresses, the turned columns, k; the partial sums.
 */
export function emitJoinDots(module: ModuleBuilder, target: Target, height: number): number {
  const { index, code: f } = module.function(`dots${height}`, new Array(6).fill("i32"));
  const atOnce = dotsAtOnce(target);
  const [done, left] = f.locals("i32", 2);
  const number = f.local("v128");
  const rows = Array.from({ length: height }, () => f.local("i32"));
  const columns = Array.from({ length: atOnce }, () => f.local("v128"));
  const sums = Array.from({ length: atOnce * height }, () => f.local("v128"));
  f.get(head.k).i32(-parts).op("i32.and").i32(4).op("i32.mul").set(done);
  for (const [i, row] of rows.entries()) {
    f.get(head.list)
      .mem("i32.load", 4 * i)
      .get(done)
      .op("i32.add");
    f.set(row);
  }
  f.get(done).i32(mostColumns).op("i32.mul").get(head.columns).op("i32.add").set(head.columns);
  for (const [i, sum] of sums.entries()) {
    for (const half of [0, 16]) f.get(head.sums).mem("v128.load", shareBytes * i + half);
    f.op("f32x4.add").set(sum);
  }
  f.get(head.k)
    .i32(parts - 1)
    .op("i32.and")
    .tee(left);
  f.if(() => {
    f.countdown(left, () => {
      for (const [i, column] of columns.entries())
        f.get(head.columns)
          .mem("v128.load32_zero", shareBytes * i)
          .set(column);
      for (const [i, row] of rows.entries()) {
        f.get(row).mem("v128.load32_zero").set(number);
        for (const [c, column] of columns.entries()) emitMultiplyAdd(f, target, number, column, sums[atOnce * i + c]!);
        f.bump(row, 4);
      }
      f.bump(head.columns, 4);
    });
  });
  for (const [i, sum] of sums.entries()) {
    emitReduceLanes(f, "sum", sum);
    const column = i % atOnce;
    f.get(head.target)
      .get(sum)
      .storeLane("v128.store32_lane", 4 * column, 0);
    if (column === atOnce - 1) f.get(head.target).get(head.targetBytes).op("i32.add").set(head.target);
  }
  return index;
}
