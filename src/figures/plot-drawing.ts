/** Draws a plot: fields, grid, marks, axes, numbers, names. */
import { directGap, type PlacedPanel, sizes } from "./layout.ts";
import type { MarkDefinition, Plot } from "./marks/define.ts";
import { definitionOf } from "./marks/index.ts";
import { type NamedSeries, styleOf } from "./names.ts";
import { Occupied } from "./spread.ts";
import type { Box, Command, Surface } from "./surface.ts";
import { lineHeight } from "./text.ts";
import type { Theme } from "./theme.ts";

/** Pixels beyond which nothing is seen; readers of SVG lose their way far beyond. */
const farAway = 1e5;

export interface Looks {
  readonly theme: Theme;
  readonly names: readonly NamedSeries[];
  /** Lines differ by their pattern too. */
  readonly isPatterned: boolean;
  readonly noData: string;
}

export function drawPlot(surface: Surface, placed: PlacedPanel, looks: Looks): void {
  const { plot: parts, box } = placed;
  if (!parts) return;
  const { theme } = looks;
  const plot = plotOf(surface, box, parts, looks);
  const layer = (name: MarkDefinition["layer"]): void => {
    for (const mark of parts.panel.marks) {
      const definition = definitionOf(mark);
      if (definition.layer === name) definition.draw(mark, plot);
    }
  };
  const hasField = parts.panel.marks.some((mark) => definitionOf(mark).layer === "field");
  for (const mark of parts.panel.marks) {
    for (const line of definitionOf(mark).trace?.(mark, plot) ?? []) plot.occupied.pass(line);
  }
  layer("field");
  if (!hasField) drawGrid(surface, placed, theme);
  surface.clip({ left: box.left - 2, top: box.top - 2, width: box.width + 4, height: box.height + 4 });
  layer("body");
  layer("line");
  surface.endClip();
  drawAxes(surface, placed, theme, hasField);
  layer("text");
  for (const mark of parts.panel.marks) definitionOf(mark).aside?.(mark).draw(plot, parts.asideLeft);
  if (parts.axes.isEmpty) {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    surface.text(looks.noData, x, y + 4, { size: sizes.label, colour: theme.muted, anchor: "middle" });
  }
  drawNames(surface, placed, plot);
}

function plotOf(surface: Surface, box: Box, { panel, axes }: NonNullable<PlacedPanel["plot"]>, looks: Looks): Plot {
  const { x, y, isDownwards } = axes;
  const near = (pixel: number): number => Math.max(-farAway, Math.min(farAway, pixel));
  const value = (given: number | null | undefined): number => given ?? Number.NaN;
  const byName = new Map(looks.names.map(({ name, colour }) => [name, colour]));
  return {
    surface,
    theme: looks.theme,
    panel,
    box,
    x,
    y,
    px: (given) => near(box.left + x.place(value(given)) * box.width),
    py: (given) => {
      const share = y.place(value(given));
      return near(box.top + (isDownwards ? share : 1 - share) * box.height);
    },
    style({ name, colour = name === undefined ? 0 : (byName.get(name) ?? 0), dash }) {
      return styleOf({ colour, ...(dash && { dash }) }, looks.theme, looks.isPatterned);
    },
    occupied: new Occupied(box),
    size: 11,
  };
}

function drawGrid(surface: Surface, { plot, box }: PlacedPanel, { grid }: Theme): void {
  const { axes, below, beside } = plot!;
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const lines: Command[] = [];
  for (const { share, lines: text } of axes.xAxis.categories ? [] : below) {
    if (text.length === 0) continue;
    const x = box.left + share * box.width;
    lines.push(["M", x, box.top], ["L", x, bottom]);
  }
  for (const { share, lines: text } of beside) {
    if (text.length === 0) continue;
    const y = box.top + (axes.isDownwards ? share : 1 - share) * box.height;
    lines.push(["M", box.left, y], ["L", right, y]);
  }
  surface.path(lines, { stroke: grid, width: 1 });
}

/** Axis lines, ticks, numbers and titles. */
function drawAxes(surface: Surface, { plot, box, titleLines }: PlacedPanel, theme: Theme, isFramed: boolean): void {
  const { axes, below, beside, showsBelow, showsBeside, xTitle, yTitle, besideWidth } = plot!;
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const lines: Command[] = [
    ["M", box.left, box.top],
    ["L", box.left, bottom],
    ["L", right, bottom],
  ];
  if (isFramed) lines.push(["L", right, box.top], ["Z"]);
  const tickLength = ({ length }: readonly string[]): number => (length === 0 ? 2.5 : 4);
  for (const { share, lines: text } of axes.xAxis.categories ? [] : below) {
    const x = box.left + share * box.width;
    lines.push(["M", x, bottom], ["L", x, bottom + tickLength(text)]);
  }
  for (const { share, lines: text } of axes.yAxis.categories ? [] : beside) {
    const y = box.top + (axes.isDownwards ? share : 1 - share) * box.height;
    lines.push(["M", box.left, y], ["L", box.left - tickLength(text), y]);
  }
  surface.path(lines, { stroke: theme.axis, width: 1 });

  const numbers = { size: sizes.tick, colour: theme.muted };
  const between = lineHeight(sizes.tick);
  let under = bottom + 7;
  if (showsBelow) {
    for (const { share, lines: text } of below) {
      text.forEach((line, i) => {
        surface.text(line, box.left + share * box.width, under + sizes.tick + i * between, { ...numbers, anchor: "middle" });
      });
    }
    under += Math.max(0, ...below.map(({ lines: text }) => text.length)) * between;
  }
  if (showsBeside) {
    for (const { share, lines: text } of beside) {
      const y = box.top + (axes.isDownwards ? share : 1 - share) * box.height;
      const first = y + sizes.tick * 0.36 - ((text.length - 1) / 2) * between;
      text.forEach((line, i) => {
        surface.text(line, box.left - 7, first + i * between, { ...numbers, anchor: "end" });
      });
    }
  }
  const title = { size: sizes.label, colour: theme.ink, anchor: "middle" } as const;
  xTitle.forEach((line, i) => {
    surface.text(line, box.left + box.width / 2, under + 3 + sizes.label + i * lineHeight(sizes.label), title);
  });
  yTitle.forEach((line, i) => {
    const x = box.left - besideWidth - 6 - (yTitle.length - 1 - i) * lineHeight(sizes.label);
    surface.text(line, x, box.top + box.height / 2, { ...title, along: [0, -1] });
  });
  drawPanelTitle(surface, box, titleLines, theme);
}

export function drawPanelTitle(surface: Surface, box: Box, lines: readonly string[], theme: Theme): void {
  const { panelTitle: size } = sizes;
  lines.forEach((line, i) => {
    const y = box.top - 7 - (lines.length - 1 - i) * lineHeight(size);
    surface.text(line, box.left + box.width / 2, y, { size, colour: theme.ink, strong: true, anchor: "middle" });
  });
}

/** Names at the ends of lines, with a thin line to the end where a name had to move. */
function drawNames(surface: Surface, { plot: parts, box }: PlacedPanel, plot: Plot): void {
  const { direct: size } = sizes;
  for (const { name, lines, wish, at } of parts!.labels) {
    const { colour, textColour } = plot.style({ name });
    const left = box.left + box.width + directGap;
    if (Math.abs(wish - at) > 4) {
      surface.path(
        [
          ["M", left - directGap + 1, wish],
          ["L", left - 2, at],
        ],
        { stroke: colour, width: 0.8 },
      );
    }
    const first = at + size * 0.36 - ((lines.length - 1) / 2) * lineHeight(size);
    lines.forEach((line, i) => {
      surface.text(line, left, first + i * lineHeight(size), { size, colour: textColour, strong: true });
    });
  }
}
