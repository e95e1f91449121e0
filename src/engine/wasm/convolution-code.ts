/**
 * Code for convolutions: products whose left operand is the windows of images, read from the images themselves.
 *
 * Windows of an image are the rows of the product. A strip of up to 6 of them runs along the panels of the filters, as in any
 * product (see matmul-code.ts); each line of a window lies side by side in the image and is a run of k. Sums take their terms in
 * the order of k: line, column, channel.
 */

import type { Windows } from "../../graph/plan/image-kernels.ts";
import { keyOfFormula, type MatmulKernel } from "../../graph/plan/kernel.ts";
import { panelColumns, tailWidth } from "../../graph/plan/panels.ts";
import type { Numerics } from "../engine.ts";
import type { Local, ModuleBuilder, Snippet } from "./assembler.ts";
import { stripsOfRows } from "./cuts.ts";
import { callLongFormula, emitLongFormula } from "./long-formula.ts";
import { emitStrip, isLong } from "./strip-code.ts";
import { distances, emitList, runsOfWindow } from "./window-walk.ts";

export type ConvolutionKernel = MatmulKernel & { readonly windows: Windows };
export const isConvolution = (kernel: MatmulKernel): kernel is ConvolutionKernel => kernel.windows !== undefined;

/** What the code of windows over images depends on: all but how many images there are. */
export function windowsForm({ height, width, channels, geometry }: Windows): string {
  return `${height}x${width}x${channels} ${String(geometry.kernel)} ${String(geometry.stride)} ${String(geometry.dilation)} ${String(geometry.padding)}`;
}

export function convolutionForm(kernel: ConvolutionKernel, numerics: Numerics): string {
  return `convolution ${numerics} ${windowsForm(kernel.windows)} ${kernel.n} ${keyOfFormula(kernel)}`;
}

/** Parameters of a convolution before its operands and stores. */
const head = { images: 0, a: 1, b: 2, tile: 3, list: 4 } as const;
const headCount = 5;

/** The function of a convolution. Parameters: how many images, address of the first, of the filters' panels, of a tile, of a list. */
export function emitConvolution(
  module: ModuleBuilder,
  kernel: ConvolutionKernel,
  numerics: Numerics,
  name: string,
  loops: Map<string, Snippet>,
): number {
  const { operands, stores, windows, n, k } = kernel;
  const panels = Math.floor(n / panelColumns);
  const tail = tailWidth(n);
  const longFormula = isLong(kernel) ? emitLongFormula(module, `${name}.formula`, kernel) : undefined;
  const window = runsOfWindow(windows);
  const sumsBytes = 4 * (panels * panelColumns + tail);
  const parts = {
    kernel: longFormula === undefined ? kernel : undefined,
    numerics,
    packsA: false,
    skipsZeros: false,
    loops,
    window,
  };
  const { index, code: f } = module.function(name, new Array(headCount + operands.length + stores.length).fill("i32"));
  const pointers = [
    ...operands.map(({ layout }, i) => ({ local: headCount + i, layout })),
    ...stores.map((_, i) => ({ local: headCount + operands.length + i, layout: "full" as const })),
  ];
  const [counter, place, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const { step, nextLine, image } = distances(windows);
  const strips = stripsOfRows(windows.counts[0] * windows.counts[1]).map(({ lines, count }) => ({
    lines,
    count,
    full: panels > 0 ? emitStrip(module, `${name}.${lines}x8`, parts, lines, 2, 8) : 0,
    last: tail > 0 ? emitStrip(module, `${name}.${lines}x${tail}tail`, parts, lines, tail / 4, n % panelColumns) : 0,
  }));
  const call = (strip: number, b: () => void, count: number, column: number) => {
    f.i32(0).i32(0);
    b();
    f.i32(window.length).i32(count);
    if (longFormula === undefined) f.i32(4 * n).get(head.tile);
    else f.i32(sumsBytes).get(head.tile).i32(column).op("i32.add");
    f.get(head.list).i32(0);
    for (const { local, layout } of longFormula === undefined ? pointers : []) {
      f.get(local);
      if (column > 0 && (layout === "full" || layout === "perColumn")) f.i32(column).op("i32.add");
    }
    f.call(strip);
  };
  f.countdown(head.images as Local, () => {
    f.get(head.a).set(place).i32(windows.counts[1]).set(left);
    for (const { lines, count, full, last } of strips) {
      f.i32(count).set(counter);
      f.countdown(counter, () => {
        emitList(f, head.list, lines, { place, left }, windows.counts[1], step, nextLine);
        if (panels > 0) call(full, () => f.get(head.b), panels, 0);
        if (tail > 0) {
          const b = () =>
            f
              .get(head.b)
              .i32(4 * panelColumns * k * panels)
              .op("i32.add");
          call(last, b, 1, 4 * panelColumns * panels);
        }
        if (longFormula !== undefined) {
          const strip = {
            sums: () => f.get(head.tile),
            sumsBytes: () => f.i32(sumsBytes),
            rows: () => f.i32(lines),
            columns: () => f.i32(n),
            rowBytes: () => f.i32(4 * n),
          };
          callLongFormula(f, longFormula, strip, pointers);
        }
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
