/** A vector field. */
import type { ArrowsMark } from "../figure.ts";
import { arrowHead } from "../markers.ts";
import type { Point } from "../thin.ts";
import { defineMark, type Plot, unequalLists } from "./define.ts";

export const arrows = defineMark<ArrowsMark>({
  kind: "arrows",
  fault: ({ x, y, dx, dy }) => unequalLists({ x, y, dx, dy }),
  reach: ({ x, y }) => ({ x: [x], y: [y] }),
  layer: "body",
  swatch: "arrow",
  trace: (mark, plot) => placed(mark, plot),
  draw(mark, plot) {
    const colour = mark.name === undefined && mark.colour === undefined ? plot.theme.muted : plot.style(mark).colour;
    for (const [start, tip] of placed(mark, plot)) {
      const length = distance(start, tip);
      plot.surface.path(
        [
          ["M", ...start],
          ["L", ...tip],
        ],
        { stroke: colour, width: 1, opacity: 0.75 },
      );
      plot.surface.path(arrowHead(start, tip, Math.min(5.5, length * 0.6)), { fill: colour, opacity: 0.75 });
    }
  },
});

const distance = (a: Point, b: Point): number => Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));

/** Beginnings and tips. Directions are those on the paper: along the values, in the proportions of the axes. */
function placed(mark: ArrowsMark, plot: Plot): [Point, Point][] {
  const { box, x, y } = plot;
  const [wide, high] = [box.width / (x.to - x.from), box.height / (y.to - y.from)];
  const all = Array.from(mark.x, (at, i) => {
    const start: Point = [plot.px(at), plot.py(mark.y[i])];
    const along: Point = [mark.dx[i]! * wide, -mark.dy[i]! * high];
    return { start, along, length: distance([0, 0], along) };
  }).filter(({ start, length }) => start.every(Number.isFinite) && Number.isFinite(length) && length > 0);
  const longest = Math.max(0, ...all.map(({ length }) => length));
  const room =
    0.85 *
    spacing(
      all.map(({ start }) => start),
      Math.sqrt((box.width * box.height) / Math.max(1, all.length)),
    );
  return all.flatMap(({ start, along, length }): [Point, Point][] => {
    const scale = room / longest;
    if (length * scale < 2) return [];
    return [[start, [start[0] + along[0] * scale, start[1] + along[1] * scale]]];
  });
}

/** The step of a grid of points, the lesser of both sides; about `usual` where they form none. */
function spacing(points: readonly Point[], usual: number): number {
  const step = (side: 0 | 1): number => {
    const places = [...new Set(points.map((point) => Math.round(point[side])))].sort((a, b) => a - b);
    return Math.min(Number.POSITIVE_INFINITY, ...places.slice(1).map((place, i) => place - places[i]!));
  };
  return Math.min(1.5 * usual, Math.max(0.4 * usual, Math.min(step(0), step(1))));
}
