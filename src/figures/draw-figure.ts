/** Draws a figure on a surface: the same calls for SVG and canvas. */
import { axesOf, countWithoutPlace } from "./axes.ts";
import { checkFigure } from "./check-figure.ts";
import type { Figure } from "./figure.ts";
import { type Layout, layoutFigure, sizes } from "./layout.ts";
import { drawLegend } from "./legend.ts";
import { styleOf } from "./names.ts";
import { drawPanelTitle, drawPlot } from "./plot-drawing.ts";
import type { Surface } from "./surface.ts";
import type { Theme } from "./theme.ts";

/** The few words that a drawing adds. */
const words = {
  en: {
    noData: "no data",
    withoutPlace: (count: number) => `${count} ${count === 1 ? "value" : "values"} ≤ 0 not shown: the axis is logarithmic.`,
  },
  ko: { noData: "데이터 없음", withoutPlace: (count: number) => `로그 축이므로 0 이하인 값 ${count}개는 표시하지 않았다.` },
} as const;

export const defaultWidth = 720;

/** @throws DataError  E_FIGURE: the figure has a fault */
export function placeFigure(figure: Figure, width: number): Layout {
  checkFigure(figure);
  const axes = axesOf(figure);
  let count = 0;
  figure.panels.forEach((panel, i) => {
    if ("marks" in panel) count += countWithoutPlace(panel, axes.get(i)!);
  });
  return layoutFigure(figure, width, count > 0 ? [words[figure.language ?? "en"].withoutPlace(count)] : []);
}

export function drawFigure(surface: Surface, figure: Figure, layout: Layout, theme: Theme): void {
  const { width, height, texts, names, legend, panels } = layout;
  surface.rect({ left: 0, top: 0, width, height }, { fill: theme.ground });
  for (const { text, x, y, role, anchor, along } of texts) {
    const colour = role === "caption" ? theme.muted : theme.ink;
    const strong = role === "title" || role === "panelTitle";
    surface.text(text, x, y, { size: sizes[role], colour, strong, anchor, ...(along && { along }) });
  }
  // A name at its line needs no pattern, and a single line neither.
  const isPatterned = legend !== undefined && names.filter(({ swatch }) => swatch === "line").length > 1;
  if (legend) drawLegend(surface, theme, legend.entries, legend, (series) => styleOf(series, theme, isPatterned));
  for (const placed of panels) {
    const { box, drawing, titleLines } = placed;
    if (drawing) {
      drawPanelTitle(surface, box, titleLines, theme);
      drawing.draw(surface, theme, box.left, box.top);
    }
    drawPlot(surface, placed, { theme, names, isPatterned, noData: words[figure.language ?? "en"].noData });
  }
}
