/** A surface that writes down what is drawn, and the boxes of its texts. */

import { overlap } from "../../src/figures/spread.ts";
import type { Box, Path, Pixels, ShapeStyle, Surface, TextStyle } from "../../src/figures/surface.ts";
import { measureText } from "../../src/figures/text.ts";

export interface DrawnText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly style: TextStyle;
}

export class Recorder implements Surface {
  readonly texts: DrawnText[] = [];
  readonly paths: { readonly path: Path; readonly style: ShapeStyle }[] = [];
  readonly rects: { readonly box: Box; readonly style: ShapeStyle }[] = [];
  readonly circles: { readonly x: number; readonly y: number; readonly style: ShapeStyle }[] = [];
  readonly images: { readonly pixels: Pixels; readonly box: Box }[] = [];
  /** Clips that are open; never less than none. */
  depth = 0;

  path(path: Path, style: ShapeStyle): void {
    this.paths.push({ path, style });
  }
  rect(box: Box, style: ShapeStyle): void {
    this.rects.push({ box, style });
  }
  circle(x: number, y: number, _radius: number, style: ShapeStyle): void {
    this.circles.push({ x, y, style });
  }
  text(text: string, x: number, y: number, style: TextStyle): void {
    this.texts.push({ text, x, y, style });
  }
  image(pixels: Pixels, box: Box): void {
    this.images.push({ pixels, box });
  }
  clip(): void {
    this.depth++;
  }
  endClip(): void {
    this.depth--;
    if (this.depth < 0) throw new Error("a clip is closed that was never opened");
  }
}

type Corner = readonly [number, number];

/** The corners of a text: from the height of a capital letter to what hangs below the line. */
export function cornersOf({ text, x, y, style }: DrawnText): Corner[] {
  const width = measureText(text, style.size, style.strong);
  const from = style.anchor === "middle" ? -width / 2 : style.anchor === "end" ? -width : 0;
  const [dx, dy] = style.along ?? [1, 0];
  const at = (along: number, down: number): Corner => [x + along * dx - down * dy, y + along * dy + down * dx];
  const [top, bottom] = [-0.82 * style.size, 0.22 * style.size];
  return [at(from, top), at(from + width, top), at(from + width, bottom), at(from, bottom)];
}

/** Whether two rectangles, turned or not, share more than their edges (separating axes). */
export function areCrossing(a: readonly Corner[], b: readonly Corner[]): boolean {
  if (!overlap(boxAround(a), boxAround(b))) return false;
  const axes = [a, b].flatMap((corners) =>
    [0, 1].map((i) => [corners[i + 1]![0] - corners[i]![0], corners[i + 1]![1] - corners[i]![1]] as const),
  );
  return axes.every(([dx, dy]) => {
    const span = (corners: readonly Corner[]) => corners.map(([x, y]) => x * dx + y * dy);
    const [first, second] = [span(a), span(b)];
    const touching = 0.01 * Math.hypot(dx, dy);
    return Math.max(...first) > Math.min(...second) + touching && Math.max(...second) > Math.min(...first) + touching;
  });
}

export function boxAround(corners: readonly Corner[]): Box {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
