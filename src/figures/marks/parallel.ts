/** Parallel coordinates: a line for each row of numbers across upright axes, coloured by how much the row is worth. */

import { colourBar } from "../colour-bar.ts";
import type { ParallelAxis, ParallelMark } from "../figure.ts";
import { brief } from "../numbers.ts";
import { createScale, isShown, type Scale, ticksOf, widened } from "../scale.ts";
import type { Command } from "../surface.ts";
import { measureText } from "../text.ts";
import { defineMark, finiteRange, type Plot, unequalLists } from "./define.ts";

/** The palest colours would be lost on the ground. */
const palest = 0.22;

const scaleOf = ({ from, to, scale }: ParallelAxis): Scale => createScale(from, to, scale === "log");

function endsOf({ worth, range }: ParallelMark): readonly [number, number] {
  if (range) return range;
  const [least, greatest] = finiteRange(worth) ?? [0, 1];
  return least < greatest ? [least, greatest] : widened(least, greatest, false);
}

/** Share of the colours for a worth: much is strong, or little where that is better. */
function strengthOf({ best = "greatest" }: ParallelMark, share: number): number {
  const bounded = Math.max(0, Math.min(1, share));
  return palest + (1 - palest) * (best === "greatest" ? bounded : 1 - bounded);
}

/** Where each axis is met; undefined where a row has nothing there. */
function placesOf({ axes, values }: ParallelMark, row: number, plot: Plot): (readonly [number, number] | undefined)[] {
  return axes.map((axis, i) => {
    const value = values[row * axes.length + i];
    const isLog = axis.scale === "log";
    return isShown(value, isLog) ? ([plot.px(i), plot.py(scaleOf(axis).place(value))] as const) : undefined;
  });
}

/** A curve that leaves every axis at a right angle, so that lines which meet on one can be followed. */
function pathOf(places: readonly (readonly [number, number] | undefined)[]): Command[] {
  const path: Command[] = [];
  let before: readonly [number, number] | undefined;
  for (const place of places) {
    if (place && before) {
      const half = (place[0] - before[0]) / 2;
      path.push(["C", before[0] + half, before[1], place[0] - half, place[1], place[0], place[1]]);
    } else if (place) path.push(["M", ...place]);
    before = place;
  }
  return path;
}

export const parallel = defineMark<ParallelMark>({
  kind: "parallel",
  fault({ axes, values, worth }) {
    if (!Array.isArray(axes) || axes.length < 2) return "must have two axes at least";
    const odd = axes.find(({ from, to, scale }) => !(from < to) || (scale === "log" && !(from > 0)));
    if (odd)
      return `an axis must go from less to more${odd.scale === "log" ? ", from above 0" : ""}, received ${odd.from} and ${odd.to}`;
    const lists = unequalLists({ worth }) ?? unequalLists({ values });
    if (lists !== undefined) return lists;
    const count = axes.length * worth.length;
    return values.length === count ? undefined : `values must have rows * axes = ${count} numbers, received ${values.length}`;
  },
  reach: ({ axes }) => ({ x: [[0, axes.length - 1]], y: [[0, 1]], tight: "both" }),
  counted: ["x", "y"],
  layer: "line",
  aside(mark) {
    if (mark.bar === false) return { width: 0, draw: () => {} };
    const [from, to] = endsOf(mark);
    return colourBar(from, to, (theme, share) => theme.sequential(strengthOf(mark, share)));
  },
  draw(mark, plot) {
    const { surface, theme, box, size } = plot;
    const [from, to] = endsOf(mark);
    const strengths = Array.from(mark.worth, (worth) => strengthOf(mark, isShown(worth) ? (worth - from) / (to - from) : 0));
    // The best lie on top.
    const rows = strengths.map((_, row) => row).sort((a, b) => strengths[a]! - strengths[b]!);
    for (const row of rows) {
      const path = pathOf(placesOf(mark, row, plot));
      surface.path(path, { stroke: theme.sequential(strengths[row]!), width: 1 + 1.2 * strengths[row]!, opacity: 0.9 });
    }
    mark.axes.forEach((axis, i) => {
      const x = plot.px(i);
      surface.path(
        [
          ["M", x, box.top],
          ["L", x, box.top + box.height],
        ],
        { stroke: theme.axis, width: 1.2 },
      );
      const scale = scaleOf(axis);
      const isLast = i === mark.axes.length - 1;
      const ticks =
        axis.ticks?.map((tick) => (typeof tick === "number" ? { at: tick, text: brief(tick) } : tick)) ??
        ticksOf(scale, Math.max(2, Math.round(box.height / 60)));
      for (const { at, text } of ticks) {
        if (text === "") continue;
        const y = plot.py(scale.place(at));
        const [anchor, left] = isLast ? (["end", x - 5] as const) : (["start", x + 5] as const);
        // Not cut off at the ends of the plot.
        const baseline = Math.min(box.top + box.height - 2, Math.max(box.top + size, y + size * 0.36));
        if (measureText(text, size) > box.width) continue;
        surface.text(text, left, baseline, { size, colour: theme.ink, anchor, halo: theme.ground });
      }
    });
  },
});
