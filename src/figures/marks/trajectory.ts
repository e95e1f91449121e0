/** A path in time: from a ring where it starts, over a dot for each step, to a marker where it ends. */
import type { TrajectoryMark } from "../figure.ts";
import { arrowHead, drawMarker, open } from "../markers.ts";
import { lineRuns, type Point } from "../thin.ts";
import { defineMark, type Plot, unequalLists } from "./define.ts";

/** Pixels between dots, and along the path between heads, at least. */
const dotGap = 7;
const headGap = 70;

const distance = (a: Point, b: Point): number => Math.sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]));

const runsOf = ({ x, y }: TrajectoryMark, plot: Plot): Point[][] => lineRuns(x.length, (i) => [plot.px(x[i]), plot.py(y[i])]);

export const trajectory = defineMark<TrajectoryMark>({
  kind: "trajectory",
  fault: ({ x, y }) => unequalLists({ x, y }),
  reach: ({ x, y }) => ({ x: [x], y: [y] }),
  layer: "line",
  swatch: "step",
  trace(mark, plot) {
    const runs = runsOf(mark, plot);
    const [x, y] = runs.at(-1)?.at(-1) ?? [Number.NaN, Number.NaN];
    // Nothing should stand on the marker at the end.
    const rows = [-6, -3, 0, 3, 6].map((down): Point[] => [
      [x - 6, y + down],
      [x + 6, y + down],
    ]);
    return [...runs, ...rows];
  },
  draw(mark, plot) {
    const { surface, theme } = plot;
    const { colour, marker } = plot.style(mark);
    const runs = runsOf(mark, plot);
    for (const run of runs) surface.path(open(run), { stroke: theme.ground, width: 4, opacity: 0.7 });
    for (const run of runs) {
      surface.path(open(run), { stroke: colour, width: 1.7 });
      let [lastDot, sinceHead] = [run[0]!, headGap * 0.7];
      for (let i = 1; i < run.length; i++) {
        const [before, point] = [run[i - 1]!, run[i]!];
        const length = distance(before, point);
        sinceHead += length;
        if (sinceHead > headGap && length > 8) {
          // In the middle of the step, so that dot and head stay apart.
          const share = (length / 2 + 4) / length;
          const tip: Point = [before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share];
          surface.path(arrowHead(before, tip, 8), { fill: colour });
          sinceHead = 0;
        }
        if (distance(lastDot, point) < dotGap) continue;
        surface.circle(point[0], point[1], 2.1, { fill: colour });
        lastDot = point;
      }
    }
    const [start, end] = [runs[0]?.[0], runs.at(-1)?.at(-1)];
    if (start) surface.circle(start[0], start[1], 3.6, { fill: theme.ground, stroke: theme.ink, width: 1.5 });
    if (end) drawMarker(surface, marker, end, 5, { fill: colour, stroke: theme.ground, width: 1.4 });
  },
});
