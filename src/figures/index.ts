/** The entry `osolgil/figures`: data to SVG and canvas, in browsers as well as in Node; `renderPng` is in `osolgil/node`. */
export type { CanvasLike } from "./canvas-surface.ts";
export type * from "./figure.ts";
export { sampleGrid } from "./marks/contours.ts";
export { histogramOf } from "./marks/histogram.ts";
export { drawOnCanvas, type FigureSize, figureSize, type RenderOptions, renderSvg } from "./render.ts";
export type { ThemeName } from "./theme.ts";
