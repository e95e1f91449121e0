/** A figure as a PNG file. */
import { OptionError, OsolgilError } from "../core/errors.ts";
import type { Figure } from "../figures/figure.ts";
import { renderSvg } from "../figures/render.ts";

/** How a figure becomes a picture. */
export interface PngOptions {
  /** Default "light". */
  readonly theme?: "light" | "dark";
  /** Of the figure, default 720. */
  readonly width?: number;
  /** Pixels of the picture for each of the figure, in [0.1, 8]; default 2, for dense screens and print. */
  readonly scale?: number;
}

/**
 * A figure as the bytes of a PNG file: the same bytes on every machine, with fonts of its own.
 *
 * @throws DataError     E_FIGURE: the figure has a fault; says where
 * @throws OptionError   E_OPTION: the scale is out of its range
 * @throws OsolgilError  E_PICTURE_PARTS: the optional packages that draw pictures are not installed
 * @example
 * const figure = { title: "Loss", panels: [{ marks: [{ kind: "line", x: [1, 2, 3], y: [1, 0.5, 0.3] }] }] } as const;
 * const png = await renderPng(figure, { theme: "dark" });
 * png.subarray(1, 4).join() // "80,78,71"
 */
export async function renderPng(figure: Figure, { theme = "light", width, scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  if (!(scale >= 0.1 && scale <= 8))
    throw new OptionError("E_OPTION", { message: `scale must be in [0.1, 8], received ${scale}` });
  const svg = renderSvg(figure, { theme, ...(width !== undefined && { width }) });
  let renderer: typeof import("./renderer.ts");
  try {
    renderer = await import("./renderer.ts");
  } catch (error) {
    throw new OsolgilError("E_PICTURE_PARTS", {
      message: `pictures cannot be drawn: ${(error as Error).message}`,
      hint: "npm install @resvg/resvg-wasm @fontsource/pretendard, or write the figure as SVG.",
      cause: error,
    });
  }
  return renderer.pngOfSvg(svg, scale);
}
