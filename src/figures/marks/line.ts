/** A curve, with bands around it. */
import type { LineMark } from "../figure.ts";
import { drawMarker, open } from "../markers.ts";
import { lineRuns, type Point } from "../thin.ts";
import { bandPath } from "./area.ts";
import { defineMark, lastFinite, type Plot, unequalLists } from "./define.ts";

/** Points nearer to each other than this, in pixels, are not shown one by one. */
const markerGap = 9;

const runsOf = ({ x, y }: LineMark, plot: Plot): Point[][] => lineRuns(x.length, (i) => [plot.px(x[i]), plot.py(y[i])]);

/** Whether a line goes up and down so much that a broad one would be a blot. */
function isRestless(run: readonly Point[], width: number): boolean {
  let climbed = 0;
  for (let i = 1; i < run.length; i++) climbed += Math.abs(run[i]![1] - run[i - 1]![1]);
  return climbed > 8 * width;
}

export const line = defineMark<LineMark>({
  kind: "line",
  fault: ({ x, y, bands = [] }) =>
    unequalLists({
      x,
      y,
      ...Object.fromEntries(
        bands.flatMap(({ low, high }, i) => [
          [`bands[${i}].low`, low],
          [`bands[${i}].high`, high],
        ]),
      ),
    }),
  // Markers need room at the ends.
  reach: ({ x, y, bands = [], markers }) => ({
    x: [x],
    y: [y, ...bands.flatMap(({ low, high }) => [low, high])],
    ...(!markers && { tight: "x" }),
  }),
  layer: "line",
  swatch: "line",
  end: ({ x, y }) => lastFinite(x, y),
  trace: (mark, plot) => runsOf(mark, plot),
  draw(mark, plot) {
    const { surface, theme } = plot;
    const { colour, dash, marker } = plot.style(mark);
    for (const { low, high } of mark.bands ?? [])
      surface.path(bandPath(plot, mark.x, low, high), { fill: colour, opacity: 0.18 });
    for (const run of runsOf(mark, plot)) {
      if (run.length === 1) surface.circle(run[0]![0], run[0]![1], 2.2, { fill: colour });
      else
        surface.path(open(run), {
          stroke: colour,
          width: isRestless(run, plot.box.width) ? 1 : 1.8,
          ...(dash && { dash }),
        });
      if (!mark.markers) continue;
      let last = Number.NEGATIVE_INFINITY;
      for (const point of run) {
        if (point[0] - last < markerGap) continue;
        last = point[0];
        drawMarker(surface, marker, point, 3.4, { fill: colour, stroke: theme.ground, width: 1 });
      }
    }
  },
});
