/** A figure as SVG, or on a canvas. */
import { type CanvasLike, CanvasSurface } from "./canvas-surface.ts";
import { defaultWidth, drawFigure, placeFigure } from "./draw-figure.ts";
import type { Figure } from "./figure.ts";
import { SvgSurface } from "./svg-surface.ts";
import { type ThemeName, themes } from "./theme.ts";

/** How a figure becomes an SVG document. */
export interface RenderOptions {
  /** Default "light". */
  readonly theme?: ThemeName;
  /** In pixels, default 720. A figure that cannot be so narrow is wider. */
  readonly width?: number;
}

/** What a figure takes, in the pixels of its width. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * A figure as an SVG document. The same figure gives the same bytes.
 *
 * With the theme "auto" it follows the page that it stands in, or the reader's wish where it is a file of its own.
 *
 * @throws DataError  E_FIGURE: the figure has a fault; says where
 * @example renderSvg({ panels: [{ marks: [{ kind: "line", x: [0, 1, 2], y: [3, 1, 2] }] }] })
 */
export function renderSvg(figure: Figure, { theme = "light", width = defaultWidth }: RenderOptions = {}): string {
  const layout = placeFigure(figure, width);
  const surface = new SvgSurface();
  drawFigure(surface, figure, layout, themes[theme]);
  return surface.finish(layout, [figure.title, figure.caption].filter((text) => text !== undefined).join(". "), theme === "auto");
}

/**
 * Draws a figure on a canvas, from its origin, in pixels at scale 1: scale the context for a dense screen.
 *
 * @param context  of a canvas that is as large as `figureSize` says
 * @returns the size that was drawn
 * @throws DataError  E_FIGURE: the figure has a fault; says where
 */
export function drawOnCanvas(
  figure: Figure,
  context: CanvasLike,
  { theme = "light", width = defaultWidth }: { readonly theme?: "light" | "dark"; readonly width?: number } = {},
): FigureSize {
  const layout = placeFigure(figure, width);
  drawFigure(new CanvasSurface(context), figure, layout, themes[theme]);
  return { width: layout.width, height: layout.height };
}

/** How large a figure is at a width. */
export function figureSize(figure: Figure, { width = defaultWidth }: { readonly width?: number } = {}): FigureSize {
  const layout = placeFigure(figure, width);
  return { width: layout.width, height: layout.height };
}
