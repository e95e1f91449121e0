/**
 * Code for products [M, K] x [K, N] with a formula in the epilogue.
 *
 * B lies in panels of 8 columns ([K][8]; see panels.ts). A is read as it lies, row after row; a transposed A is packed, several strips
 * side by side ([K][rows]), since its columns may lie a multiple of the cache's way apart. A strip of up to 6
 * rows runs along the panels: 6 x 8 sums stay in 12 vector registers, beside two vectors of B and one number of A. Where the host
 * makes one operation of two neighbouring ones, it runs along two panels at once, 6 x 16 sums in 12 registers of twice the width.
 * Every sum starts at 0 and takes its terms in the order of k (but for dots), so no choice of strips, panels or threads can change a
 * bit of it.
 *
 * Lanes     Columns after the last full tile cost nearly as much as a full one, however few they are. Where A is packed, they have rows
 *           in the lanes of vectors (see lanes.ts).
 *
 * Dots      Where A lies in rows, one to four columns after the last full panel have k in the lanes (see dots-code.ts).
 *
 * Zeros     Where A holds bytes of a data set, a strip leaves out the k at which all of its rows are 0 (on MNIST more than half):
 *           adding 0 b changes no sum, as long as b is finite. Strips are cut by the shape alone, so this depends on the data
 *           and on nothing else. Bytes are packed from the table itself, scaled on the way: no batch is gathered for them.
 *
 * Measured  bench/kernels.ts: 6 x 8 tiles reach about 97 % of the 128-bit multiply-add peak, 4 x 8 about 83 %; 6 x 16 tiles of
 *           pairs 94 to 97 % of that of 256 bits.
 */

import { keyOfFormula, type MatmulKernel } from "../../graph/plan/kernel.ts";
import { aligned } from "../../graph/plan/memory.ts";
import { panelColumns, panelRowBytes, panelsOf } from "../../graph/plan/panels.ts";
import type { ModuleBuilder, Snippet } from "./assembler.ts";
import { cutRows, maximumStrip, stripsOfRows } from "./cuts.ts";
import { columnsInDots, dotsAtOnce, dotsBytes, emitDots, emitTurnColumns, type SharedDots } from "./dots-code.ts";
import { columnsInLanes, partsInLanes, rowsInLanes, rowsSideBySide } from "./lanes.ts";
import { callLongFormula, emitLongFormula, pointersOf } from "./long-formula.ts";
import { bytesAtOnce, emitPackByteColumns, emitPackByteRows, numbersOfKept } from "./pack-bytes-code.ts";
import { emitPackColumns } from "./pack-strip-code.ts";
import { emitStrip, isLong, type StripParts, vectorsIn, type Widths } from "./strip-code.ts";
import { type Target, tileColumns, vectorsAtOnce } from "./target.ts";

interface ProductScratch {
  readonly strip: number;
  readonly tile: number;
  readonly list: number;
  readonly bytes: number;
}

/**
 * Where the pieces of a thread's scratch memory lie: what is packed of A, or what dots need; a strip of sums; and a list of a strip's rows
 * where they are not packed, or sums of rows in lanes.
 */
export function productScratch(kernel: MatmulKernel, target: Target): ProductScratch {
  const { k, n } = kernel;
  const sideBySide = rowsSideBySide(kernel, target);
  const rows = sideBySide || numbersOfKept(maximumStrip);
  // The last vector of a strip may reach past it.
  const tile = aligned(packsStrips(kernel) ? 4 * rows * (k + 1) + 16 : dotsBytes(k, target));
  const list = tile + aligned(4 * maximumStrip * panelColumns * panelsOf(n));
  return { strip: 0, tile, list, bytes: list + aligned(4 * maximumStrip + 4 * sideBySide * tileColumns(target)) };
}

/** Bytes of panels that stay in the cache while all strips run along them; twice as many where each group packs A anew. */
const cachedBytes = 512 * 1024;

/** Columns that all strips run along before the next ones. */
export interface ColumnGroup {
  readonly first: number;
  /** Tiles, and the columns that are left after the last one. */
  readonly tiles: number;
  readonly tail: number;
}

/**
 * Panels in groups that stay in the cache: all strips run along one group before the next. The last group has the tail, too.
 */
export function columnGroups(kernel: MatmulKernel, target: Target): ColumnGroup[] {
  const { n, k } = kernel;
  const columns = tileColumns(target);
  const tiles = Math.floor(n / columns);
  const most = packsStrips(kernel) ? 2 * cachedBytes : cachedBytes;
  const groups = Math.max(1, Math.min(tiles, Math.ceil((4 * columns * k * tiles) / most)));
  const bound = (group: number) => Math.floor((tiles * group) / groups);
  return Array.from({ length: groups }, (_, group) => ({
    first: columns * bound(group),
    tiles: bound(group + 1) - bound(group),
    tail: group === groups - 1 ? n % columns : 0,
  }));
}

/** The panels of a full tile. */
export const fullTile = (target: Target): Widths => new Array<number>(vectorsAtOnce(target)).fill(2);

/**
 * The panels of the columns after the last full tile, none where there are no such columns. Half of the last panel is left out where
 * it has no column, unless both halves are one operation anyway.
 */
export function lastTile(n: number, target: Target): Widths {
  const columns = n % tileColumns(target);
  const widths = new Array<number>(panelsOf(columns)).fill(2);
  const last = columns % panelColumns;
  if (vectorsAtOnce(target) === 1 && last > 0 && last <= panelColumns / 2) widths[widths.length - 1] = 1;
  return widths;
}

/** Whether strips of A are packed without the k at which all of their rows are 0. */
export const skipsZeros = ({ scale }: MatmulKernel): boolean => scale !== undefined;

/** Whether strips of A are packed. */
const packsStrips = (kernel: MatmulKernel): boolean => kernel.transposeA || skipsZeros(kernel);

/** What the code that packs bytes depends on: their scale, and what is left of k after whole vectors. */
const bytesForm = ({ scale, transposeA, k }: MatmulKernel): string =>
  scale === undefined ? "" : `${scale} ${transposeA ? "" : k % bytesAtOnce}`;

/** Everything about a product that its code depends on. */
export function matmulForm(kernel: MatmulKernel, target: Target): string {
  const { transposeA, m, n } = kernel;
  const { height, rest } = cutRows(m);
  const shape = [
    transposeA,
    kernel.gathered !== undefined,
    bytesForm(kernel),
    height,
    rest > 0,
    n >= tileColumns(target),
    n % tileColumns(target),
    rowsSideBySide(kernel, target),
    columnsInDots(kernel) > 0,
  ];
  return `matmul ${target.numerics} ${shape.join()} ${keyOfFormula(kernel)}`;
}

/** Parameters of a product before its operands and stores. */
const productHead = {
  a: 0,
  lda: 1,
  b: 2,
  k: 3,
  tiles: 4,
  valid: 5,
  rowBytes: 6,
  tall: 7,
  rest: 8,
  strip: 9,
  tile: 10,
  list: 11,
  /** Row numbers, where A's rows are gathered. */
  numbers: 12,
  /** From panel to panel of what the formula reads and writes so. */
  panelBytes: 13,
  /** How many k the panels of B have, of which the product may take a part. */
  rowsOfB: 14,
} as const;
const productHeadCount = 15;

/** What the code of a strip depends on beside its height, widths and formula. */
export type SharedParts = Pick<StripParts, "packed" | "skipsZeros" | "stepB" | "inDots">;

/** Functions that products share, by what they depend on. */
export interface SharedStrips extends SharedDots {
  /** A strip of so many rows whose sums are left in memory, for whatever formula follows. */
  core(height: number, widths: Widths, parts: SharedParts): number;
}

/**
 * The function of a product: strips from top to bottom, each along the full tiles and then the last one.
 *
 * Strips of the usual height along full tiles apply the formula to sums in registers, where it is short. All others (the last
 * columns, lower strips, long formulas) leave their sums in memory, where the formula follows row by row: what most of the time is
 * spent in is made for the formula, and the rest is shared.
 */
export function emitMatmul(
  module: ModuleBuilder,
  kernel: MatmulKernel,
  target: Target,
  name: string,
  loops: Map<string, Snippet>,
  shared: SharedStrips,
): number {
  const { operands, stores, transposeA, n, m, scale } = kernel;
  const { height, rest } = cutRows(m);
  const columns = tileColumns(target);
  const hasTiles = n >= columns;
  const inDots = columnsInDots(kernel);
  const tail = lastTile(n - inDots, target);
  const hasTail = tail.length > 0 || inDots > 0;
  const skips = skipsZeros(kernel);
  const packsA = packsStrips(kernel);
  const isGathered = kernel.gathered !== undefined;
  const isShort = hasTiles && !isLong(kernel);
  const formula = !isShort || hasTail || rest > 0 ? emitLongFormula(module, `${name}.formula`, kernel, target) : 0;
  const { index, code: f } = module.function(name, new Array(productHeadCount + operands.length + stores.length).fill("i32"));
  const p = productHead;
  const pointers = pointersOf(kernel, productHeadCount);
  const [counter, tailB, tailColumn, sumsBytes, depth, stripAt, together, sumsInLanes, place] = f.locals("i32", 9);
  const inLanes = columnsInLanes(kernel, target);
  const sideBySide = rowsSideBySide(kernel, target);
  // From column to column of sums of rows in lanes.
  const columnBytes = 4 * sideBySide;
  f.get(p.tiles)
    .i32(4 * columns)
    .op("i32.mul")
    .tee(tailColumn)
    .i32(16 * (vectorsIn(tail) + Number(inDots > 0)))
    .op("i32.add")
    .set(sumsBytes);
  f.get(tailColumn).get(p.rowsOfB).op("i32.mul").get(p.b).op("i32.add").set(tailB);
  f.get(p.k).set(depth).get(p.strip).set(stripAt);
  const a = packsA ? stripAt : p.list;
  const places = { target, a: p.a, lda: p.lda, k: p.k, strip: p.strip, list: p.list };
  const emitStripOf = (rows: number) => {
    const inRegisters = isShort && rows === height;
    const packed = sideBySide || (skips ? numbersOfKept(rows) : 0);
    const parts = { ...(packed && { packed }), skipsZeros: skips };
    const full = !hasTiles
      ? 0
      : inRegisters
        ? emitStrip(module, `${name}.${rows}x${columns}`, { ...parts, kernel, target, loops }, rows, fullTile(target))
        : shared.core(rows, fullTile(target), parts);
    const last = tail.length > 0 && inLanes === 0 ? shared.core(rows, tail, parts) : 0;
    /** The formula over the sums in memory, from a column on. */
    const follow = (isTailAlone: boolean) => {
      const pushRest = () => {
        f.get(sumsBytes).i32(rows);
        if (!isTailAlone) f.get(p.tiles).i32(columns).op("i32.mul");
        f.get(p.valid);
        if (!isTailAlone) f.op("i32.add");
        f.get(p.rowBytes).get(p.panelBytes);
      };
      const addTiles = (inPanels: boolean) => {
        if (inPanels)
          f.get(p.tiles)
            .get(p.panelBytes)
            .op("i32.mul")
            .i32(columns / panelColumns)
            .op("i32.mul")
            .op("i32.add");
        else f.get(tailColumn).op("i32.add");
      };
      callLongFormula(f, formula, p.tile, pushRest, pointers, isTailAlone ? addTiles : undefined);
    };
    if (scale !== undefined) {
      const bytes = { ...places, depth, numbers: p.numbers, scale, rest: kernel.k % bytesAtOnce };
      (transposeA ? emitPackByteColumns : emitPackByteRows)(f, rows, bytes);
    }
    if (!packsA) {
      for (let i = 0; i < rows; i++) {
        f.get(p.list);
        if (isGathered)
          f.get(p.numbers)
            .mem("i32.load", 4 * i)
            .get(p.lda)
            .op("i32.mul")
            .get(p.a)
            .op("i32.add");
        else f.get(p.a);
        f.mem("i32.store", 4 * i);
        if (!isGathered) f.get(p.a).get(p.lda).op("i32.add").set(p.a);
      }
    }
    if (hasTiles) {
      for (const local of [a, p.b, depth, p.tiles, inRegisters ? p.rowBytes : sumsBytes, p.tile, p.rowsOfB, p.panelBytes])
        f.get(local);
      if (inRegisters) for (const { local } of pointers) f.get(local);
      f.call(full);
    }
    // Only the last group of columns has a tail.
    if (hasTail) {
      f.get(p.valid).if(() => {
        if (inLanes > 0) {
          f.get(p.tile).get(tailColumn).op("i32.add").set(place);
          // From columns of rows to rows of columns.
          for (let row = 0; row < rows; row++) {
            for (let column = 0; column < inLanes; column++)
              f.get(place)
                .get(sumsInLanes)
                .mem("f32.load", columnBytes * column + 4 * row)
                .mem("f32.store", 4 * column);
            f.get(place).get(sumsBytes).op("i32.add").set(place);
          }
          f.bump(sumsInLanes, 4 * rows);
        } else if (tail.length > 0) {
          f.get(a)
            .get(tailB)
            .get(depth)
            .i32(1)
            .get(sumsBytes)
            .get(p.tile)
            .get(tailColumn)
            .op("i32.add")
            .get(p.rowsOfB)
            .get(p.panelBytes);
          f.call(last);
        }
        for (let first = 0; first < inDots; first += dotsAtOnce(target)) {
          f.get(p.tile).get(tailColumn).op("i32.add");
          f.i32(16 * vectorsIn(tail) + 4 * first)
            .op("i32.add")
            .get(sumsBytes);
          emitDots(f, rows, first, places, shared);
        }
        if (inRegisters) follow(true);
      });
    }
    if (!inRegisters) follow(false);
    if (sideBySide > 0) f.bump(stripAt, 4 * rows);
    if (transposeA) f.bump(p.a, (scale === undefined ? 4 : 1) * rows);
    else if (isGathered) f.bump(p.numbers, 4 * rows);
    for (const { local, layout, inPanels } of pointers) {
      if (inPanels) f.bump(local, panelRowBytes * rows);
      else if (layout === "full") f.get(p.rowBytes).i32(rows).op("i32.mul").get(local).op("i32.add").set(local);
      else if (layout === "perRow") f.bump(local, 4 * rows);
    }
  };
  /** Where the first panel after the last full tile lies, or the second. */
  const pushTailPanel = (isSecond: boolean) => {
    f.get(tailB);
    if (isSecond) f.get(p.rowsOfB).i32(panelRowBytes).op("i32.mul").op("i32.add");
  };
  /** The last columns of strips that are packed side by side: numbers of B times vectors of rows. */
  const emitLanes = () => {
    const parts = { packed: panelColumns, stepB: columnBytes };
    const atOnce = rowsInLanes(target);
    for (let row = 0; row < sideBySide; row += atOnce) {
      for (const { first, count } of partsInLanes(inLanes)) {
        pushTailPanel(first >= panelColumns);
        f.i32(4 * (first % panelColumns)).op("i32.add");
        f.get(p.strip)
          .i32(4 * row)
          .op("i32.add")
          .get(depth)
          .i32(1)
          .i32(parts.stepB)
          .get(p.list);
        f.i32(first * parts.stepB + 4 * row)
          .op("i32.add")
          .i32(0)
          .i32(0);
        f.call(shared.core(count, [atOnce / 4], parts));
      }
    }
  };
  if (inDots > 0) {
    f.get(p.valid).if(() => {
      pushTailPanel(tail.length > 0);
      emitTurnColumns(f, places, shared);
    });
  }
  stripsOfRows(m).forEach(({ lines }, part) => {
    // A part of the rows may have no strip of one of the heights.
    f.get(part === 0 ? p.tall : p.rest).tee(counter);
    f.if(() => {
      if (sideBySide === 0) {
        f.countdown(counter, () => emitStripOf(lines));
        return;
      }
      const strips = sideBySide / maximumStrip;
      f.loop(() => {
        emitPackColumns(f, sideBySide, places, isGathered ? p.numbers : undefined);
        if (inLanes > 0) f.get(p.valid).if(emitLanes);
        f.get(p.strip).set(stripAt).get(p.list).set(sumsInLanes);
        f.get(counter).i32(strips).get(counter).i32(strips).op("i32.lt_u").op("select").set(together);
        f.get(counter).get(together).op("i32.sub").set(counter);
        f.countdown(together, () => emitStripOf(lines));
        f.get(counter).brIf(0);
      });
    });
  });
  return index;
}
