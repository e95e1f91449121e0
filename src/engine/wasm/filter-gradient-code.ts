/**
 * Code for the gradient of filters: windows of images, transposed, times the gradient of the convolution.
 *
 * Each image adds to the sums of its chunk, which stay in memory between images: a tile of 6 places of the window by 8 or 16 filters
 * takes them up, walks over all windows of the image, and puts them down. So sums take their terms in the order of the windows,
 * chunk by chunk; chunks are cut by the number of images alone. Where the last filters fill no vector and the host pairs vectors, sums go
 * through a tile: it asks for all of them to be stored alike.
 */
import type { FilterGradientKernel } from "../../graph/plan/image-kernels.ts";
import type { Local, ModuleBuilder } from "./assembler.ts";
import { windowsForm } from "./convolution-code.ts";
import { maximumStrip, stripsOfRows } from "./cuts.ts";
import { storeLanes, storeSideBySide } from "./formula-code.ts";
import { emitInnerLoop, innerLocals } from "./strip-code.ts";
import { type Target, tileColumns } from "./target.ts";
import { distances, emitList, runsOfWindow } from "./window-walk.ts";

export function filterGradientForm({ windows, filters }: FilterGradientKernel, target: Target): string {
  return `filterGradient ${target.numerics} ${windowsForm(windows)} ${filters}`;
}

const stripHead = { list: 0, b: 1, target: 2, tiles: 3 } as const;

/** Addresses of the rows of a strip, and behind them a tile of sums. */
const listBytes = 64;
export const filterGradientScratch = listBytes + maximumStrip * 64;

/** A strip of up to 6 places of the window along tiles of so many filters, over the windows of one image. */
function emitFilterStrip(
  module: ModuleBuilder,
  name: string,
  { windows, filters }: FilterGradientKernel,
  target: Target,
  height: number,
  columns: number,
): number {
  const { index, code: f } = module.function(name, new Array(4).fill("i32"));
  const vectors = Math.ceil(columns / 4);
  const b = f.local("i32");
  const { step, nextLine } = distances(windows);
  const rowBytes = 4 * filters;
  const inner = {
    ...innerLocals(f, b, height, [vectors], height),
    stepA: step,
    stepB: rowBytes,
    count: { known: windows.counts[1] },
  };
  const { sums, aRows } = inner;
  const lines = f.local("i32");
  /** Where a sum lies, from the first on. */
  const offsetOf = (sum: number) => Math.floor(sum / vectors) * rowBytes + 16 * (sum % vectors);
  f.countdown(stripHead.tiles as Local, () => {
    sums.forEach((sum, i) => {
      f.get(stripHead.target).mem("v128.load", offsetOf(i)).set(sum);
    });
    for (const [i, row] of aRows.entries())
      f.get(stripHead.list)
        .mem("i32.load", 4 * i)
        .set(row);
    f.get(stripHead.b).set(b).i32(windows.counts[0]).set(lines);
    f.countdown(lines, () => {
      emitInnerLoop(f, { target }, inner);
      for (const row of aRows) f.bump(row, nextLine);
    });
    const store = (base: Local, offset: (sum: number) => number) => {
      for (let row = 0; row < height; row++)
        storeSideBySide(f, () => f.get(base), sums.slice(row * vectors, (row + 1) * vectors), offset(row * vectors));
    };
    if (columns % 4 === 0) store(stripHead.target, offsetOf);
    else {
      // Past the last filter lies the next place's sum: only what belongs to this tile is written.
      if (target.pairs) store(stripHead.list, (sum) => listBytes + 16 * sum);
      sums.forEach((sum, i) => {
        if (target.pairs)
          f.get(stripHead.list)
            .mem("v128.load", listBytes + 16 * i)
            .set(sum);
        storeLanes(f, () => f.get(stripHead.target), sum, Math.min(4, columns - 4 * (i % vectors)), offsetOf(i));
      });
    }
    f.bump(stripHead.target, 16 * vectors);
    f.bump(stripHead.b, 16 * vectors);
  });
  return index;
}

const head = { images: 0, x: 1, gradient: 2, target: 3, list: 4 } as const;

/**
 * The function of a filter gradient, for the images of one chunk. Parameters: how many images, address of the first, of its
 * gradient, of the chunk's sums, of a list.
 */
export function emitFilterGradient(module: ModuleBuilder, kernel: FilterGradientKernel, target: Target, name: string): number {
  const { windows, filters } = kernel;
  const { index, code: f } = module.function(name, new Array(5).fill("i32"));
  const run = runsOfWindow(windows);
  const places = run.length * run.runs;
  const columns = tileColumns(target);
  const tiles = Math.floor(filters / columns);
  const tail = filters % columns;
  const [sums, place, left, counter] = f.locals("i32", 4);
  const strips = stripsOfRows(places).map(({ lines, count }) => ({
    lines,
    count,
    full: tiles > 0 ? emitFilterStrip(module, `${name}.${lines}x${columns}`, kernel, target, lines, columns) : 0,
    last: tail > 0 ? emitFilterStrip(module, `${name}.${lines}tail`, kernel, target, lines, tail) : 0,
  }));
  f.get(head.target)
    .i32(0)
    .i32(4 * places * filters)
    .fillMemory();
  f.countdown(head.images as Local, () => {
    f.get(head.x).set(place).get(head.target).set(sums).i32(run.length).set(left);
    for (const { lines, count, full, last } of strips) {
      f.i32(count).set(counter);
      f.countdown(counter, () => {
        emitList(f, head.list, lines, { place, left }, run.length, 4, run.jump);
        if (tiles > 0) f.get(head.list).get(head.gradient).get(sums).i32(tiles).call(full);
        if (tail > 0) {
          const behind = 4 * columns * tiles;
          f.get(head.list).get(head.gradient).i32(behind).op("i32.add").get(sums).i32(behind).op("i32.add").i32(1).call(last);
        }
        f.bump(sums, 4 * filters * lines);
      });
    }
    f.bump(head.x, distances(windows).image);
    f.bump(head.gradient, 4 * filters * windows.counts[0] * windows.counts[1]);
  });
  return index;
}
