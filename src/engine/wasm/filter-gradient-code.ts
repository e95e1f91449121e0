/**
 * Code for the gradient of filters: windows of images, transposed, times the gradient of the convolution.
 *
 * Each image adds to the sums of its chunk, which stay in memory between images: a tile of 6 places of the window by 8 filters
 * takes them up, walks over all windows of the image, and puts them down. So sums take their terms in the order of the windows,
 * chunk by chunk; chunks are cut by the number of images alone.
 */
import type { FilterGradientKernel } from "../../graph/plan/image-kernels.ts";
import { panelColumns, tailWidth } from "../../graph/plan/panels.ts";
import type { Numerics } from "../engine.ts";
import type { Local, ModuleBuilder } from "./assembler.ts";
import { windowsForm } from "./convolution-code.ts";
import { stripsOfRows } from "./cuts.ts";
import { storeLanes } from "./formula-code.ts";
import { emitInnerLoop } from "./strip-code.ts";
import { distances, emitList, runsOfWindow } from "./window-walk.ts";

export function filterGradientForm({ windows, filters }: FilterGradientKernel, numerics: Numerics): string {
  return `filterGradient ${numerics} ${windowsForm(windows)} ${filters}`;
}

const stripHead = { list: 0, b: 1, target: 2, panels: 3 } as const;

/** A strip of up to 6 places of the window along panels of filters, over the windows of one image. */
function emitFilterStrip(
  module: ModuleBuilder,
  name: string,
  { windows, filters }: FilterGradientKernel,
  numerics: Numerics,
  height: number,
  columns: number,
): number {
  const { index, code: f } = module.function(name, new Array(4).fill("i32"));
  const vectors = columns > 4 ? 2 : 1;
  const vectorLocals = (count: number) => Array.from({ length: count }, () => f.local("v128"));
  const sums = vectorLocals(height * vectors);
  const bVectors = vectorLocals(vectors);
  const aNumber = f.local("v128");
  const aRows = Array.from({ length: height }, () => f.local("i32"));
  const [left, listAt, bRow, b, lines] = f.locals("i32", 5);
  const { step, nextLine } = distances(windows);
  const rowBytes = 4 * filters;
  const inner = {
    stepA: step,
    stepB: rowBytes,
    count: { known: windows.counts[1] },
    b,
    height,
    vectors,
    sums,
    bVectors,
    aNumber,
    aRows,
    left,
    listAt,
    bRow,
  };
  f.countdown(stripHead.panels as Local, () => {
    sums.forEach((sum, i) => {
      f.get(stripHead.target)
        .mem("v128.load", Math.floor(i / vectors) * rowBytes + 16 * (i % vectors))
        .set(sum);
    });
    for (const [i, row] of aRows.entries())
      f.get(stripHead.list)
        .mem("i32.load", 4 * i)
        .set(row);
    f.get(stripHead.b).set(b).i32(windows.counts[0]).set(lines);
    f.countdown(lines, () => {
      emitInnerLoop(f, { numerics, packsA: false, skipsZeros: false }, inner);
      for (const row of aRows) f.bump(row, nextLine);
    });
    // Past the last filter lies the next place's sum: only what belongs to this panel is written.
    sums.forEach((sum, i) => {
      const offset = Math.floor(i / vectors) * rowBytes + 16 * (i % vectors);
      const valid = Math.min(4, columns - 4 * (i % vectors));
      storeLanes(f, () => f.get(stripHead.target), sum, valid, offset);
    });
    f.bump(stripHead.target, 32);
    f.bump(stripHead.b, 32);
  });
  return index;
}

const head = { images: 0, x: 1, gradient: 2, target: 3, list: 4 } as const;

/**
 * The function of a filter gradient, for the images of one chunk. Parameters: how many images, address of the first, of its
 * gradient, of the chunk's sums, of a list.
 */
export function emitFilterGradient(
  module: ModuleBuilder,
  kernel: FilterGradientKernel,
  numerics: Numerics,
  name: string,
): number {
  const { windows, filters } = kernel;
  const { index, code: f } = module.function(name, new Array(5).fill("i32"));
  const run = runsOfWindow(windows);
  const places = run.length * run.runs;
  const panels = Math.floor(filters / panelColumns);
  const tail = filters % panelColumns;
  const [sums, place, left, counter] = f.locals("i32", 4);
  const strips = stripsOfRows(places).map(({ lines, count }) => ({
    lines,
    count,
    full: panels > 0 ? emitFilterStrip(module, `${name}.${lines}x8`, kernel, numerics, lines, 8) : 0,
    last: tail > 0 ? emitFilterStrip(module, `${name}.${lines}x${tailWidth(filters)}tail`, kernel, numerics, lines, tail) : 0,
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
        if (panels > 0) f.get(head.list).get(head.gradient).get(sums).i32(panels).call(full);
        if (tail > 0) {
          const behind = 32 * panels;
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
