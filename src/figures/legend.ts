/** One legend for all panels: samples of the marks with their names, in rows. */
import { arrowHead, drawMarker } from "./markers.ts";
import type { SeriesStyle } from "./marks/define.ts";
import type { NamedSeries } from "./names.ts";
import type { Surface } from "./surface.ts";
import { lineHeight, measureText, wrapText } from "./text.ts";
import type { Theme } from "./theme.ts";

const size = 12;
const sampleWidth = 24;
const gap = 20;

export interface LegendEntry {
  readonly series: NamedSeries;
  readonly lines: readonly string[];
  readonly left: number;
  readonly top: number;
}

/** Places entries from the left, row after row. */
export function layoutLegend(names: readonly NamedSeries[], width: number): { entries: LegendEntry[]; height: number } {
  const entries: LegendEntry[] = [];
  let [left, top, rowHeight] = [0, 0, 0];
  for (const series of names) {
    const lines = wrapText(series.name, width - sampleWidth - 6, size);
    const needed = sampleWidth + 6 + Math.max(0, ...lines.map((line) => measureText(line, size)));
    if (left > 0 && left + needed > width) [left, top, rowHeight] = [0, top + rowHeight + 4, 0];
    entries.push({ series, lines, left, top });
    rowHeight = Math.max(rowHeight, lines.length * lineHeight(size));
    left += needed + gap;
  }
  return { entries, height: names.length === 0 ? 0 : top + rowHeight };
}

export function drawLegend(
  surface: Surface,
  theme: Theme,
  entries: readonly LegendEntry[],
  origin: { readonly left: number; readonly top: number },
  style: (series: NamedSeries) => SeriesStyle,
): void {
  for (const { series, lines, left, top } of entries) {
    const { colour, dash, marker } = style(series);
    const [x, y] = [origin.left + left, origin.top + top + lineHeight(size) / 2];
    const across = [["M", x, y] as const, ["L", x + sampleWidth, y] as const];
    if (series.swatch === "area") surface.rect({ left: x + 2, top: y - 6, width: 20, height: 12 }, { fill: colour }, 2);
    else if (series.swatch === "marker") drawMarker(surface, marker, [x + sampleWidth / 2, y], 4, { fill: colour });
    else if (series.swatch === "arrow") {
      surface.path(across, { stroke: colour, width: 1.2 });
      surface.path(arrowHead([x, y], [x + sampleWidth, y], 7), { fill: colour });
    } else {
      surface.path(across, { stroke: colour, width: 2, ...(dash && series.swatch === "line" && { dash }) });
      if (series.swatch === "step") {
        drawMarker(surface, marker, [x + sampleWidth / 2, y], 4.6, { fill: colour, stroke: theme.ground, width: 1.2 });
      }
    }
    lines.forEach((line, i) => {
      const baseline = origin.top + top + size + 1 + i * lineHeight(size);
      surface.text(line, x + sampleWidth + 6, baseline, { size, colour: theme.ink });
    });
  }
}
