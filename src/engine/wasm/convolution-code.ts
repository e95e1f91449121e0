/**
 * Code for convolutions: products whose left operand is the windows of images, read from the images themselves.
 *
 * Windows of an image are the rows of the product. A strip of up to 6 of them runs along the panels of the filters, as in any
 * product (see matmul-code.ts); each line of a window lies side by side in the image and is a run of k. Sums take their terms in
 * the order of k: line, column, channel. The last filters, which fill no tile, leave their sums in memory for the formula, as all
 * do where it is long.
 */

import type { Windows } from "../../graph/plan/image-kernels.ts";
import { keyOfFormula, type MatmulKernel } from "../../graph/plan/kernel.ts";
import type { Local, ModuleBuilder, Snippet } from "./assembler.ts";
import { stripsOfRows } from "./cuts.ts";
import { callLongFormula, emitLongFormula, pointersOf } from "./long-formula.ts";
import { fullTile, lastTile } from "./matmul-code.ts";
import { emitStrip, isLong, vectorsIn } from "./strip-code.ts";
import { type Target, tileColumns } from "./target.ts";
import { distances, emitList, runsOfWindow } from "./window-walk.ts";

export type ConvolutionKernel = MatmulKernel & { readonly windows: Windows };
export const isConvolution = (kernel: MatmulKernel): kernel is ConvolutionKernel => kernel.windows !== undefined;

/** What the code of windows over images depends on: all but how many images there are. */
export function windowsForm({ height, width, channels, geometry }: Windows): string {
  return `${height}x${width}x${channels} ${String(geometry.kernel)} ${String(geometry.stride)} ${String(geometry.dilation)} ${String(geometry.padding)}`;
}

export function convolutionForm(kernel: ConvolutionKernel, target: Target): string {
  return `convolution ${target.numerics} ${windowsForm(kernel.windows)} ${kernel.n} ${keyOfFormula(kernel)}`;
}

/** Parameters of a convolution before its operands and stores. */
const head = { images: 0, a: 1, b: 2, tile: 3, list: 4 } as const;
const headCount = 5;

/** The function of a convolution. Parameters: how many images, address of the first, of the filters' panels, of a tile, of a list. */
export function emitConvolution(
  module: ModuleBuilder,
  kernel: ConvolutionKernel,
  target: Target,
  name: string,
  loops: Map<string, Snippet>,
): number {
  const { operands, stores, windows, n, k } = kernel;
  const columns = tileColumns(target);
  const tiles = Math.floor(n / columns);
  const tail = lastTile(n, target);
  const isShort = !isLong(kernel);
  const formula = !isShort || tail.length > 0 ? emitLongFormula(module, `${name}.formula`, kernel, target) : 0;
  const window = runsOfWindow(windows);
  const sumsBytes = 4 * columns * tiles + 16 * vectorsIn(tail);
  const parts = { target, loops, window };
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const pointers = pointersOf(kernel, headCount);
  const [counter, place, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const { step, nextLine, image } = distances(windows);
  const strips = stripsOfRows(windows.counts[0] * windows.counts[1]).map(({ lines, count }) => ({
    lines,
    count,
    full:
      tiles > 0
        ? emitStrip(module, `${name}.${lines}x${columns}`, { ...parts, ...(isShort && { kernel }) }, lines, fullTile(target))
        : 0,
    last: tail.length > 0 ? emitStrip(module, `${name}.${lines}tail`, parts, lines, tail) : 0,
  }));
  const tailColumn = 4 * columns * tiles;
  /** A strip along so many tiles, from a byte offset in the columns on. */
  const call = (strip: number, count: number, column: number, inRegisters: boolean) => {
    f.get(head.list)
      .get(head.b)
      .i32(column * k)
      .op("i32.add");
    f.i32(window.length).i32(count);
    f.i32(inRegisters ? 4 * n : sumsBytes);
    f.get(head.tile).i32(column).op("i32.add").i32(k).i32(0);
    if (inRegisters) for (const { local } of pointers) f.get(local);
    f.call(strip);
  };
  /** The formula over the sums of a strip in memory, from a byte offset in the columns on. */
  const follow = (lines: number, column: number) => {
    const pushRest = () =>
      f
        .i32(sumsBytes)
        .i32(lines)
        .i32(n - column / 4)
        .i32(4 * n)
        .i32(0);
    callLongFormula(f, formula, head.tile, pushRest, pointers, () => f.i32(column).op("i32.add"));
  };
  f.countdown(head.images as Local, () => {
    f.get(head.a).set(place).i32(windows.counts[1]).set(left);
    for (const { lines, count, full, last } of strips) {
      f.i32(count).set(counter);
      f.countdown(counter, () => {
        emitList(f, head.list, lines, { place, left }, windows.counts[1], step, nextLine);
        if (tiles > 0) call(full, tiles, 0, isShort);
        if (tail.length > 0) call(last, 1, tailColumn, false);
        if (!isShort) follow(lines, 0);
        else if (tail.length > 0) follow(lines, tailColumn);
        for (const { local, layout } of pointers) {
          if (layout === "full") f.bump(local, 4 * n * lines);
          else if (layout === "perRow") f.bump(local, 4 * lines);
        }
      });
    }
    f.bump(head.a, image);
  });
  return index;
}
