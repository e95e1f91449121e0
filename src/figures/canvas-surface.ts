/** Draws on the canvas of a browser, or on anything with its methods. */
import { type Box, fontFamily, type Path, type Pixels, type ShapeStyle, type Surface, type TextStyle } from "./surface.ts";

/** What is used of a CanvasRenderingContext2D. */
export type CanvasLike = CanvasMembers;

interface CanvasMembers {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  lineCap: string;
  globalAlpha: number;
  font: string;
  textAlign: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
  closePath(): void;
  rect(x: number, y: number, width: number, height: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  clip(): void;
  fill(): void;
  stroke(): void;
  setLineDash(dash: number[]): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  strokeText(text: string, x: number, y: number): void;
  transform(a: number, b: number, c: number, d: number, e: number, f: number): void;
}

export class CanvasSurface implements Surface {
  readonly #context: CanvasLike;

  constructor(context: CanvasLike) {
    this.#context = context;
  }

  #paint({ fill, stroke, width = 1, dash, opacity = 1 }: ShapeStyle): void {
    const context = this.#context;
    context.globalAlpha = opacity;
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.lineJoin = "round";
      context.lineCap = dash ? "butt" : "round";
      context.setLineDash(dash ? [...dash] : []);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  path(path: Path, style: ShapeStyle): void {
    const context = this.#context;
    context.beginPath();
    for (const command of path) {
      if (command[0] === "M") context.moveTo(command[1], command[2]);
      else if (command[0] === "L") context.lineTo(command[1], command[2]);
      else if (command[0] === "C")
        context.bezierCurveTo(...(command.slice(1) as [number, number, number, number, number, number]));
      else context.closePath();
    }
    this.#paint(style);
  }

  rect({ left, top, width, height }: Box, style: ShapeStyle, radius = 0): void {
    if (radius > 0) this.path(roundedBox({ left, top, width, height }, radius), style);
    else {
      this.#context.beginPath();
      this.#context.rect(left, top, width, height);
      this.#paint(style);
    }
  }

  circle(x: number, y: number, radius: number, style: ShapeStyle): void {
    this.#context.beginPath();
    this.#context.arc(x, y, radius, 0, 2 * Math.PI);
    this.#paint(style);
  }

  text(text: string, x: number, y: number, { size, colour, strong, anchor = "start", along = [1, 0], halo }: TextStyle): void {
    const context = this.#context;
    context.save();
    context.font = `${strong ? 600 : 400} ${size}px ${fontFamily}`;
    context.textAlign = anchor === "middle" ? "center" : anchor;
    context.transform(along[0], along[1], -along[1], along[0], x, y);
    if (halo !== undefined) {
      context.strokeStyle = halo;
      context.lineWidth = 3;
      context.lineJoin = "round";
      context.setLineDash([]);
      context.strokeText(text, 0, 0);
    }
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
    context.restore();
  }

  image({ width, height, bytes }: Pixels, box: Box): void {
    const [wide, high] = [box.width / width, box.height / height];
    // Runs of the same colour at once. Each rectangle reaches a little under the next, so that no seams show.
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; ) {
        const colour = colourAt(bytes, y * width + x);
        let end = x + 1;
        while (end < width && colourAt(bytes, y * width + end) === colour) end++;
        this.#context.fillStyle = colour;
        const [more, below] = [end < width ? 0.5 : 0, y + 1 < height ? 0.5 : 0];
        this.#context.fillRect(box.left + x * wide, box.top + y * high, (end - x) * wide + more, high + below);
        x = end;
      }
    }
  }

  clip({ left, top, width, height }: Box): void {
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(left, top, width, height);
    this.#context.clip();
  }

  endClip(): void {
    this.#context.restore();
  }
}

const colourAt = (bytes: Uint8Array, pixel: number): string =>
  `rgb(${bytes[3 * pixel]}, ${bytes[3 * pixel + 1]}, ${bytes[3 * pixel + 2]})`;

/** Part of the radius at which a cubic curve's handles make a quarter of a circle. */
const quarter = 0.5523;

function roundedBox({ left, top, width, height }: Box, radius: number): Path {
  const [right, bottom] = [left + width, top + height];
  const r = Math.min(radius, width / 2, height / 2);
  const k = r * (1 - quarter);
  return [
    ["M", left + r, top],
    ["L", right - r, top],
    ["C", right - k, top, right, top + k, right, top + r],
    ["L", right, bottom - r],
    ["C", right, bottom - k, right - k, bottom, right - r, bottom],
    ["L", left + r, bottom],
    ["C", left + k, bottom, left, bottom - k, left, bottom - r],
    ["L", left, top + r],
    ["C", left, top + k, left + k, top, left + r, top],
    ["Z"],
  ];
}
