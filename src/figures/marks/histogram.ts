/** Counts between edges. */
import type { HistogramMark, Numbers } from "../figure.ts";
import { defineMark, finiteRange, unequalLists } from "./define.ts";

export const histogram = defineMark<HistogramMark>({
  kind: "histogram",
  fault({ edges, counts }) {
    const missing = unequalLists({ edges }) ?? unequalLists({ counts });
    if (missing !== undefined || edges.length === counts.length + 1) return missing;
    return `edges must be one more than the counts, ${counts.length + 1}, received ${edges.length}`;
  },
  reach: ({ edges, counts }) => ({ x: [edges], y: [counts], tight: "x", base: true }),
  layer: "body",
  swatch: "area",
  trace: (mark, plot) =>
    Array.from(mark.counts, (count, i) => [[plot.px((mark.edges[i]! + mark.edges[i + 1]!) / 2), plot.py(count)]]),
  draw(mark, plot) {
    const { colour } = plot.style(mark);
    // Several in a panel are seen through each other.
    const isAlone = plot.panel.marks.filter(({ kind }) => kind === "histogram").length === 1;
    const zero = plot.py(plot.y.isLog ? plot.y.from : Math.max(plot.y.from, 0));
    for (let i = 0; i < mark.counts.length; i++) {
      const [left, right, top] = [plot.px(mark.edges[i]), plot.px(mark.edges[i + 1]), plot.py(mark.counts[i])];
      if (!(right > left) || !(zero - top > 0)) continue;
      const gap = right - left > 4 ? 0.5 : 0;
      plot.surface.rect(
        { left: left + gap, top, width: right - left - 2 * gap, height: zero - top },
        { fill: colour, ...(!isAlone && { opacity: 0.55 }) },
      );
    }
  },
});

/**
 * Counts values into bins of the same width.
 *
 * @param options  number of bins, default 30; first and last edge, default the least and the greatest value. What lies outside or
 *                 is not finite is not counted; the last edge belongs to the last bin.
 * @example histogramOf([0.1, 0.2, 0.9], { bins: 2, from: 0, to: 1 })   // counts [2, 1]
 */
export function histogramOf(
  values: Numbers,
  { bins = 30, from, to }: { readonly bins?: number; readonly from?: number; readonly to?: number } = {},
): HistogramMark {
  const [least, greatest] = finiteRange(values) ?? [0, 1];
  const first = from ?? least;
  const last = to ?? (greatest > first ? greatest : first + 1);
  const edges = Array.from({ length: bins + 1 }, (_, i) => first + ((last - first) * i) / bins);
  const counts = Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number" || !(value >= first && value <= last)) continue;
    counts[Math.min(bins - 1, Math.floor(((value - first) / (last - first)) * bins))]!++;
  }
  return { kind: "histogram", edges, counts };
}
