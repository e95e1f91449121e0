/**
 * Writes SVG 1.1.
 *
 * Choice   Numbers have two decimals, so that the same figure gives the same bytes.
 * Choice   A clip is a nested <svg>: it needs no id, and ids would clash where a page holds several figures.
 */
import { encode } from "fast-png";
import { type Box, fontFamily, type Path, type Pixels, type ShapeStyle, type Surface, type TextStyle } from "./surface.ts";

/** Two decimals, never "-0". */
const show = (value: number): string => String(Math.round(value * 100) / 100 + 0);

/** Text as XML holds it: reserved characters escaped, those that XML forbids left out. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
  );
}

function pathData(path: Path): string {
  let data = "";
  for (const [command, ...numbers] of path) data += `${command}${numbers.map((value) => show(value)).join(" ")}`;
  return data;
}

function shapeAttributes({ fill, stroke, width = 1, dash, opacity }: ShapeStyle): string {
  let out = ` fill="${fill ?? "none"}"`;
  if (stroke !== undefined) {
    out += ` stroke="${stroke}" stroke-width="${show(width)}" stroke-linejoin="round" stroke-linecap="${dash ? "butt" : "round"}"`;
    if (dash) out += ` stroke-dasharray="${dash.map(show).join(" ")}"`;
  }
  return opacity === undefined ? out : `${out} opacity="${show(opacity)}"`;
}

const boxAttributes = ({ left, top, width, height }: Box): string =>
  `x="${show(left)}" y="${show(top)}" width="${show(width)}" height="${show(height)}"`;

/** The attributes of a text that stands at (x, y) and runs in a direction. */
function writingAlong([right, down]: readonly [number, number], x: number, y: number): string {
  const [cos, sin] = [right, down].map((part) => Math.round(part * 1e4) / 1e4 + 0);
  return `transform="matrix(${cos} ${sin} ${0 - sin!} ${cos} ${show(x)} ${show(y)})"`;
}

/** Enlarged so far that smoothing, which some readers insist on, is not seen. */
function enlarged({ width, height, bytes }: Pixels, box: Box): Pixels {
  const times = Math.max(1, Math.min(16, Math.ceil((4 * box.width) / width), Math.floor(2048 / Math.max(width, height))));
  if (times === 1) return { width, height, bytes };
  const out = new Uint8Array(width * times * height * times * 3);
  for (let y = 0; y < height * times; y++) {
    for (let x = 0; x < width * times; x++) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * 3;
      const to = (y * width * times + x) * 3;
      for (let c = 0; c < 3; c++) out[to + c] = bytes[from + c]!;
    }
  }
  return { width: width * times, height: height * times, bytes: out };
}

/** Base 64, in pieces: an argument list has its limits. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

export class SvgSurface implements Surface {
  readonly #parts: string[] = [];

  path(path: Path, style: ShapeStyle): void {
    if (path.length > 0) this.#parts.push(`<path d="${pathData(path)}"${shapeAttributes(style)}/>`);
  }

  rect(box: Box, style: ShapeStyle, radius = 0): void {
    const rounded = radius > 0 ? ` rx="${show(radius)}"` : "";
    this.#parts.push(`<rect ${boxAttributes(box)}${rounded}${shapeAttributes(style)}/>`);
  }

  circle(x: number, y: number, radius: number, style: ShapeStyle): void {
    this.#parts.push(`<circle cx="${show(x)}" cy="${show(y)}" r="${show(radius)}"${shapeAttributes(style)}/>`);
  }

  text(text: string, x: number, y: number, { size, colour, strong, anchor, along, halo }: TextStyle): void {
    let attributes = along ? writingAlong(along, x, y) : `x="${show(x)}" y="${show(y)}"`;
    attributes += ` font-size="${show(size)}" fill="${colour}"`;
    if (strong) attributes += ' font-weight="600"';
    if (anchor && anchor !== "start") attributes += ` text-anchor="${anchor}"`;
    if (halo) attributes += ` stroke="${halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;
    this.#parts.push(`<text ${attributes}>${escapeXml(text)}</text>`);
  }

  image(pixels: Pixels, box: Box): void {
    const { width, height, bytes } = enlarged(pixels, box);
    const data = base64(encode({ width, height, data: bytes, channels: 3 }));
    this.#parts.push(
      `<image ${boxAttributes(box)} preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/>`,
    );
  }

  clip(box: Box): void {
    const { left, top, width, height } = box;
    const view = [left, top, width, height].map(show).join(" ");
    this.#parts.push(`<svg ${boxAttributes(box)} viewBox="${view}" overflow="hidden">`);
  }

  endClip(): void {
    this.#parts.push("</svg>");
  }

  /**
   * The whole document.
   *
   * @param about  read aloud in place of the picture
   */
  finish(size: { readonly width: number; readonly height: number }, about: string, followsReader: boolean): string {
    const [width, height] = [show(size.width), show(size.height)];
    // A page decides on light or dark for what stands in it; a file of its own follows the reader's wish.
    const scheme = followsReader ? "<style>svg:root{color-scheme:light dark}</style>" : "";
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="${fontFamily}" role="img"${about === "" ? "" : ` aria-label="${escapeXml(about)}"`}>` +
      `${scheme}\n${this.#parts.join("\n")}\n</svg>\n`
    );
  }
}
