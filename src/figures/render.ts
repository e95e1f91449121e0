/** A figure as SVG, or on a canvas. */
import { OptionError } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { type CanvasLike, CanvasSurface } from "./canvas-surface.ts";
import { defaultWidth, drawFigure, placeFigure } from "./draw-figure.ts";
import type { Figure } from "./figure.ts";
import { SvgSurface } from "./svg-surface.ts";
import { type Theme, type ThemeName, themes } from "./theme.ts";

/** How a figure becomes an SVG document. */
export interface RenderOptions {
  /** Default "light". */
  readonly theme?: ThemeName;
  /** In pixels, in [100, 10000], default 720. A figure that cannot be so narrow is wider. */
  readonly width?: number;
}

function themeNamed(name: ThemeName): Theme {
  const names = Object.keys(themes);
  if (names.includes(name)) return themes[name];
  const message = `theme must be one of ${names.join(", ")}, received ${showValue(name)}`;
  throw new OptionError("E_OPTION", { message, hint: suggestName(String(name), names) });
}

/** A width that is no width would spread into every number. */
function checkWidth(width: number): void {
  if (width >= 100 && width <= 10_000) return;
  throw new OptionError("E_OPTION", { message: `width must be in [100, 10000], received ${showValue(width)}` });
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
 * @throws DataError    E_FIGURE: the figure has a fault; says where
 * @throws OptionError  E_OPTION: there is no such theme, or the width is out of [100, 10000]
 * @example renderSvg({ panels: [{ marks: [{ kind: "line", x: [0, 1, 2], y: [3, 1, 2] }] }] })
 */
export function renderSvg(figure: Figure, { theme = "light", width = defaultWidth }: RenderOptions = {}): string {
  checkWidth(width);
  const layout = placeFigure(figure, width);
  const surface = new SvgSurface();
  drawFigure(surface, figure, layout, themeNamed(theme));
  return surface.finish(layout, [figure.title, figure.caption].filter((text) => text !== undefined).join(". "), theme === "auto");
}

/**
 * Draws a figure on a canvas, from its origin, in pixels at scale 1: scale the context for a dense screen.
 *
 * @param context  of a canvas that is as large as `figureSize` says
 * @returns the size that was drawn
 * @throws DataError    E_FIGURE: the figure has a fault; says where
 * @throws OptionError  E_OPTION: there is no such theme, or the width is out of [100, 10000]
 */
export function drawOnCanvas(
  figure: Figure,
  context: CanvasLike,
  { theme = "light", width = defaultWidth }: { readonly theme?: "light" | "dark"; readonly width?: number } = {},
): FigureSize {
  checkWidth(width);
  const layout = placeFigure(figure, width);
  drawFigure(new CanvasSurface(context), figure, layout, themeNamed(theme));
  return { width: layout.width, height: layout.height };
}

/** How large a figure is at a width. */
export function figureSize(figure: Figure, { width = defaultWidth }: { readonly width?: number } = {}): FigureSize {
  checkWidth(width);
  const layout = placeFigure(figure, width);
  return { width: layout.width, height: layout.height };
}
