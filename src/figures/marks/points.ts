/** Separate points. */
import type { PointsMark } from "../figure.ts";
import { drawMarker } from "../markers.ts";
import { distinctPoints, type Point } from "../thin.ts";
import { defineMark, type Plot, unequalLists } from "./define.ts";

function shownPoints({ x, y }: PointsMark, plot: Plot): Point[] {
  const all = Array.from(x, (at, i): Point => [plot.px(at), plot.py(y[i])]);
  return distinctPoints(all.filter((point) => point.every(Number.isFinite)));
}

export const points = defineMark<PointsMark>({
  kind: "points",
  fault: ({ x, y }) => unequalLists({ x, y }),
  reach: ({ x, y }) => ({ x: [x], y: [y] }),
  layer: "line",
  swatch: "marker",
  trace: (mark, plot) => shownPoints(mark, plot).map((point) => [point]),
  draw(mark, plot) {
    const { colour, marker } = plot.style(mark);
    const shown = shownPoints(mark, plot);
    const many = shown.length > 500;
    for (const point of shown)
      drawMarker(plot.surface, marker, point, many ? 1.8 : 3, { fill: colour, opacity: many ? 0.5 : 0.85 });
  },
});
