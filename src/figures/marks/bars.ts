/** Bars over categories, those of several marks side by side. */
import type { BarsMark } from "../figure.ts";
import { brief } from "../numbers.ts";
import { measureText } from "../text.ts";
import type { Point } from "../thin.ts";
import { defineMark, finiteRange, type Plot, unequalLists } from "./define.ts";

/** Share of a category's room that its bars take. */
const filled = 0.76;

export const bars = defineMark<BarsMark>({
  kind: "bars",
  fault: ({ values, errors }) => unequalLists({ values, ...(errors && { errors }) }),
  reach({ values, errors, labels }) {
    const ends = (sign: 1 | -1): number[] => Array.from(values, (value, i) => (value ?? Number.NaN) + sign * (errors?.[i] ?? 0));
    const [least, greatest] = finiteRange([0, ...ends(1), ...ends(-1)])!;
    // Numbers on the bars need room beyond them.
    const room = labels ? 0.08 * (greatest - least) : 0;
    const beyond = [greatest > 0 ? greatest + room : null, least < 0 ? least - room : null];
    return { x: [[-0.5, values.length - 0.5]], y: [values, ends(1), ends(-1), beyond], tight: "x", base: true };
  },
  counted: ["x"],
  layer: "body",
  swatch: "area",
  trace: (mark, plot) =>
    barsOf(mark, plot).flatMap(({ left, right, top, zero }) => {
      const rows = Math.ceil(Math.abs(zero - top) / 4) + 1;
      return Array.from({ length: rows }, (_, i): Point[] => {
        const y = top + ((zero - top) * i) / rows;
        return [
          [left, y],
          [right, y],
        ];
      });
    }),
  draw(mark, plot) {
    const { surface, theme, size } = plot;
    const { colour } = plot.style(mark);
    for (const { i, left, right, top, zero } of barsOf(mark, plot)) {
      const box = { left, top: Math.min(top, zero), width: Math.max(0.5, right - left), height: Math.abs(zero - top) };
      surface.rect(box, { fill: colour });
      const middle = (left + right) / 2;
      const error = mark.errors?.[i];
      let above = Math.min(top, zero);
      if (error) {
        const [low, high] = [plot.py(mark.values[i]! - error), plot.py(mark.values[i]! + error)];
        if (Number.isFinite(low) && Number.isFinite(high)) {
          const cap = Math.min(4, (right - left) / 4);
          surface.path(
            [
              ["M", middle, low],
              ["L", middle, high],
              ["M", middle - cap, low],
              ["L", middle + cap, low],
              ["M", middle - cap, high],
              ["L", middle + cap, high],
            ],
            { stroke: theme.ink, width: 1.2 },
          );
          above = Math.min(above, high);
        }
      }
      if (!mark.labels) continue;
      const text = brief(mark.values[i]!);
      const width = measureText(text, size);
      const isBelow = mark.values[i]! < 0;
      const place = { left: middle - width / 2, top: isBelow ? top + 3 : above - size * 1.25, width, height: size * 1.2 };
      if (plot.occupied.take([place]))
        surface.text(text, middle, place.top + size, { size, colour: theme.ink, anchor: "middle" });
    }
  },
});

/** Where each bar stands; those without a value are left out. */
function barsOf(mark: BarsMark, plot: Plot): { i: number; left: number; right: number; top: number; zero: number }[] {
  const group = plot.panel.marks.filter(({ kind }) => kind === "bars");
  const each = filled / group.length;
  const gap = group.length > 1 ? 1 : 0;
  const { y } = plot;
  const zero = plot.py(y.isLog ? y.from : Math.max(y.from, Math.min(y.to, 0)));
  return Array.from(mark.values, (value, i) => {
    const from = i - filled / 2 + group.indexOf(mark) * each;
    return { i, left: plot.px(from) + gap, right: plot.px(from + each) - gap, top: plot.py(value), zero };
  }).filter(({ top }) => Number.isFinite(top));
}
