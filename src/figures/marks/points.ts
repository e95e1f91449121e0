/** Separate points. */
import type { PointsMark } from "../figure.ts";
import { drawMarker } from "../markers.ts";
import type { Command } from "../surface.ts";
import { distinctPoints, type Point } from "../thin.ts";
import { defineMark, type Plot, unequalLists } from "./define.ts";

/** More points than this are dots, not markers. */
const few = 500;

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
    if (shown.length <= few) {
      for (const point of shown) drawMarker(plot.surface, marker, point, 3, { fill: colour, opacity: 0.85 });
      return;
    }
    // Dots in one path: lines of no visible length, with round ends.
    const dots = shown.flatMap(([x, y]): Command[] => [
      ["M", x, y],
      ["L", x + 0.01, y],
    ]);
    plot.surface.path(dots, { stroke: colour, width: shown.length > 4000 ? 2 : 3.2, opacity: 0.6 });
  },
});
