/** The area between two curves. */
import type { AreaMark, Numbers } from "../figure.ts";
import { closed } from "../markers.ts";
import type { Path } from "../surface.ts";
import { lineRuns, type Point } from "../thin.ts";
import { defineMark, lastFinite, type Plot, unequalLists } from "./define.ts";

/** The outline of what lies between two curves over the same x, a piece for each stretch without gaps. */
export function bandPath(plot: Plot, x: Numbers, low: Numbers, high: Numbers): Path {
  const edge = (y: Numbers, other: Numbers): Point[][] =>
    lineRuns(x.length, (i) => (Number.isNaN(plot.py(other[i])) ? [Number.NaN, 0] : [plot.px(x[i]), plot.py(y[i])]));
  const tops = edge(high, low);
  return edge(low, high).flatMap((bottom, i) => closed([...tops[i]!, ...bottom.reverse()]));
}

export const area = defineMark<AreaMark>({
  kind: "area",
  fault: ({ x, low, high }) => unequalLists({ x, low, high }),
  reach: ({ x, low, high }) => ({ x: [x], y: [low, high], tight: "x" }),
  layer: "body",
  swatch: "area",
  end({ x, low, high }) {
    const middle = Array.from(low, (value, i) => (value! + high[i]!) / 2);
    return lastFinite(x, middle);
  },
  draw(mark, plot) {
    plot.surface.path(bandPath(plot, mark.x, mark.low, mark.high), { fill: plot.style(mark).colour, opacity: 0.22 });
  },
});
