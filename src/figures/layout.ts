/**
 * Where everything stands. All that needs room is measured first; what is left is shared among the inner areas of the panels.
 *
 * Method   Ticks depend on the size of a plot and the size on the ticks, so a few rounds are made; the ticks of the last one are drawn.
 */
import { axesOf, type PlotAxes } from "./axes.ts";
import type { Figure, GraphPanel, ImagesPanel, Panel, PlotPanel } from "./figure.ts";
import { layoutGraph } from "./graph-drawing.ts";
import { layoutImages } from "./images.ts";
import { type LegendEntry, layoutLegend } from "./legend.ts";
import { definitionOf } from "./marks/index.ts";
import { mayBeDirect, type NamedSeries, nameOf, namesOf } from "./names.ts";
import { spread } from "./spread.ts";
import type { Box, Drawing } from "./surface.ts";
import { lineHeight, measureText, wrapText } from "./text.ts";
import { axisTitle, linesOfTicks, type PlacedTick, ticksBelow, ticksBeside, widthOfTicks } from "./ticks.ts";

export const sizes = { title: 17, panelTitle: 13, label: 12, tick: 11, direct: 12, caption: 12 } as const;
const margin = 20;
const gapBetween = 18;
/** From the end of a line to its name. */
export const directGap = 9;

/** A name at the end of a line: `wish` is where the line ends, `at` the middle of the text. */
export interface DirectLabel {
  readonly name: string;
  readonly lines: readonly string[];
  readonly wish: number;
  readonly at: number;
}

export interface PlacedPanel {
  readonly panel: Panel;
  readonly box: Box;
  readonly titleLines: readonly string[];
  readonly drawing?: Drawing;
  readonly plot?: {
    readonly panel: PlotPanel;
    readonly axes: PlotAxes;
    readonly below: readonly PlacedTick[];
    readonly beside: readonly PlacedTick[];
    readonly showsBelow: boolean;
    readonly showsBeside: boolean;
    readonly xTitle: readonly string[];
    readonly yTitle: readonly string[];
    /** Pixels between the plot and its y title. */
    readonly besideWidth: number;
    readonly labels: readonly DirectLabel[];
    readonly asideLeft: number;
  };
}

export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly role: "title" | "panelTitle" | "label" | "caption";
  readonly anchor: "start" | "middle";
  readonly along?: readonly [number, number];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly texts: readonly PlacedText[];
  readonly names: readonly NamedSeries[];
  readonly legend: { readonly entries: readonly LegendEntry[]; readonly left: number; readonly top: number } | undefined;
  readonly panels: readonly PlacedPanel[];
}

/** What a panel needs around its inner area. */
interface Needs {
  readonly panel: Panel;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly titleLines: readonly string[];
  readonly drawing?: Drawing;
  readonly plot?: Omit<NonNullable<PlacedPanel["plot"]>, "labels" | "asideLeft"> & {
    readonly ends: readonly { readonly name: string; readonly share: number; readonly lines: readonly string[] }[];
    readonly labelWidth: number;
  };
}

const columnsOf = ({ panels, columns }: Figure): number =>
  Math.max(1, Math.min(panels.length, columns ?? (panels.length <= 1 ? 1 : panels.length <= 4 ? 2 : panels.length <= 9 ? 3 : 4)));

/** @param notes  sentences under the caption */
export function layoutFigure(figure: Figure, askedWidth: number, notes: readonly string[]): Layout {
  const names = namesOf(figure);
  const wish = figure.legend ?? "auto";
  if (wish !== "none" && wish !== "top" && mayBeDirect(figure)) {
    const direct = tryLayout(figure, askedWidth, notes, names, true);
    if (direct) return direct;
  }
  return tryLayout(figure, askedWidth, notes, names, false)!;
}

/** Undefined where the names find no room at the ends of the lines. */
function tryLayout(
  figure: Figure,
  askedWidth: number,
  notes: readonly string[],
  names: readonly NamedSeries[],
  isDirect: boolean,
): Layout | undefined {
  const columns = columnsOf(figure);
  const rows = Math.ceil(figure.panels.length / columns);
  const axes = axesOf(figure);
  const rowTitleWidth = figure.rowTitles?.length ? lineHeight(sizes.panelTitle) + 6 : 0;
  const yTitleText = figure.y ? axisTitle(figure.y) : "";
  const xTitleText = figure.x ? axisTitle(figure.x) : "";
  let inner = (askedWidth - 2 * margin) / columns - 70;
  let needs: Needs[] = [];
  let lefts: number[] = [];
  let rights: number[] = [];
  let rowHeights: number[] = [];
  let width = askedWidth;
  let yTitle: string[] = [];
  for (let round = 0; round < 3; round++) {
    needs = figure.panels.map((panel, i) =>
      "marks" in panel
        ? plotNeeds(figure, panel, axes.get(i)!, { i, columns, width: inner, figureWidth: askedWidth, isDirect })
        : drawingNeeds(panel, inner),
    );
    lefts = greatestBy(columns, (column) => needs.filter((_, i) => i % columns === column).map(({ left }) => left));
    rights = greatestBy(columns, (column) => needs.filter((_, i) => i % columns === column).map(({ right }) => right));
    rowHeights = greatestBy(rows, (row) => needs.slice(row * columns, (row + 1) * columns).map(({ height }) => height));
    const gridHeight = rowHeights.reduce((sum, height) => sum + height, 0);
    yTitle = wrapText(yTitleText, Math.max(120, gridHeight), sizes.label);
    const taken = sum(lefts) + sum(rights) + gapBetween * (columns - 1) + rowTitleWidth + yTitleWidth(yTitle) + 2 * margin;
    // A figure that is asked to be too narrow is as wide as it must be.
    const least = Math.max(...needs.map(({ drawing }) => drawing?.least ?? 56));
    width = Math.max(askedWidth, taken + least * columns);
    inner = (width - taken) / columns;
  }
  if (isDirect && sum(needs.map(({ plot }) => plot?.labelWidth ?? 0)) > 0.36 * askedWidth) return undefined;

  const texts: PlacedText[] = [];
  const lines = (
    wrapped: readonly string[],
    role: PlacedText["role"],
    x: number,
    from: number,
    anchor: "start" | "middle" = "start",
  ) => {
    wrapped.forEach((text, i) => {
      texts.push({ text, x, y: from + sizes[role] + i * lineHeight(sizes[role]), role, anchor });
    });
    return from + wrapped.length * lineHeight(sizes[role]);
  };
  let top = margin;
  if (figure.title) top = lines(wrapText(figure.title, width - 2 * margin, sizes.title, true), "title", margin, top) + 8;
  const placedLegend = layoutLegend(isDirect || figure.legend === "none" ? [] : names, width - 2 * margin);
  const legend = placedLegend.entries.length > 0 ? { entries: placedLegend.entries, left: margin, top } : undefined;
  if (legend) top += placedLegend.height + 10;

  const gridTop = top;
  const columnLefts: number[] = [];
  let left = margin + yTitleWidth(yTitle);
  for (let column = 0; column < columns; column++) {
    left += lefts[column]!;
    columnLefts.push(left);
    left += inner + rights[column]! + gapBetween;
  }
  if (figure.columnTitles?.length) {
    const wrapped = columnLefts.map((_, column) => wrapText(figure.columnTitles?.[column] ?? "", inner, sizes.panelTitle, true));
    wrapped.forEach((title, column) => {
      lines(title, "panelTitle", columnLefts[column]! + inner / 2, top, "middle");
    });
    top += Math.max(...wrapped.map((title) => title.length)) * lineHeight(sizes.panelTitle) + 6;
  }
  const panels: PlacedPanel[] = [];
  const gridBody = { top, bottom: top };
  for (let row = 0; row < rows; row++) {
    const members = needs.slice(row * columns, (row + 1) * columns);
    top += Math.max(...members.map((member) => member.top));
    if (row === 0) gridBody.top = top;
    const height = rowHeights[row]!;
    for (const [column, member] of members.entries()) {
      const box: Box = { left: columnLefts[column]!, top, width: inner, height: member.height };
      const placed = placePanel(member, box);
      if (!placed) return undefined;
      panels.push(placed);
    }
    const rowTitle = wrapText(figure.rowTitles?.[row] ?? "", height + 20, sizes.panelTitle, true).join(" ");
    if (rowTitle !== "") {
      const x = columnLefts.at(-1)! + inner + rights.at(-1)! + 8;
      texts.push({ text: rowTitle, x, y: top + height / 2, role: "panelTitle", anchor: "middle", along: [0, 1] });
    }
    top += height;
    gridBody.bottom = top;
    top += Math.max(...members.map((member) => member.bottom)) + (row < rows - 1 ? 14 : 0);
  }
  if (xTitleText !== "") {
    const centre = (columnLefts[0]! + columnLefts.at(-1)! + inner) / 2;
    top = lines(wrapText(xTitleText, width - 2 * margin, sizes.label), "label", centre, top + 6, "middle");
  }
  yTitle.forEach((text, i) => {
    const x = margin + ascentOf(sizes.label) + i * lineHeight(sizes.label);
    texts.push({ text, x, y: (gridBody.top + gridBody.bottom) / 2, role: "label", anchor: "middle", along: [0, -1] });
  });
  top = Math.max(top, gridTop) + 2;
  if (figure.caption) top = lines(wrapText(figure.caption, width - 2 * margin, sizes.caption), "caption", margin, top + 10);
  for (const note of notes) top = lines(wrapText(note, width - 2 * margin, sizes.caption), "caption", margin, top + 6);
  return { width, height: Math.ceil(top + margin), texts, names, legend, panels };
}

const ascentOf = (size: number): number => size * 0.9;
const yTitleWidth = (lines: readonly string[]): number => (lines.length === 0 ? 0 : lines.length * lineHeight(sizes.label) + 4);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const greatestBy = (count: number, of: (i: number) => number[]): number[] =>
  Array.from({ length: count }, (_, i) => Math.max(0, ...of(i)));

function titleOf(panel: Panel, width: number): { titleLines: string[]; top: number } {
  const titleLines = wrapText(panel.title ?? "", width, sizes.panelTitle, true);
  return { titleLines, top: titleLines.length === 0 ? 0 : titleLines.length * lineHeight(sizes.panelTitle) + 5 };
}

function drawingNeeds(panel: ImagesPanel | GraphPanel, width: number): Needs {
  const drawing = "images" in panel ? layoutImages(panel, width) : layoutGraph(panel, width);
  return { panel, left: 0, right: 0, bottom: 0, height: drawing.height, drawing, ...titleOf(panel, width) };
}

function plotNeeds(
  figure: Figure,
  panel: PlotPanel,
  axes: PlotAxes,
  at: {
    readonly i: number;
    readonly columns: number;
    readonly width: number;
    readonly figureWidth: number;
    readonly isDirect: boolean;
  },
): Needs {
  const { i, columns, width } = at;
  const height = width / (figure.aspect ?? (figure.panels.length === 1 ? 1.7 : 1.3));
  const showsBelow = !figure.x || i + columns >= figure.panels.length;
  const showsBeside = !figure.y || i % columns === 0;
  const below = ticksBelow(axes.xAxis, axes.x, width, sizes.tick);
  const beside = ticksBeside(axes.yAxis, axes.y, height, sizes.tick, 0.25 * at.figureWidth);
  const xTitle = figure.x ? [] : wrapText(axisTitle(axes.xAxis), width, sizes.label);
  const yTitle = figure.y ? [] : wrapText(axisTitle(axes.yAxis), Math.max(60, height), sizes.label);
  const { titleLines, top } = titleOf(panel, width);
  // Numbers at the ends of the x axis stand out over it by half.
  const over = below.map(({ share, lines }) => ({ share, half: widthOfTicks([{ share, lines }], sizes.tick) / 2 }));
  const overLeft = showsBelow ? Math.max(0, ...over.map(({ share, half }) => half - share * width)) : 0;
  const overRight = showsBelow ? Math.max(0, ...over.map(({ share, half }) => half - (1 - share) * width)) : 0;
  const besideWidth = showsBeside ? 8 + widthOfTicks(beside, sizes.tick) : 0;
  const ends = at.isDirect ? endsOf(panel, axes, 0.26 * at.figureWidth) : [];
  const widest = Math.max(0, ...ends.flatMap(({ lines }) => lines.map((line) => measureText(line, sizes.direct, true))));
  const labelWidth = widest === 0 ? 0 : directGap + widest;
  return {
    panel,
    titleLines,
    left: Math.max(overLeft, besideWidth + yTitleWidth(yTitle) + (yTitle.length > 0 ? 2 : 0)),
    right: Math.max(overRight, labelWidth + asideWidth(panel)),
    // Half a number of the y axis stands out over the plot.
    top: Math.max(top, 7),
    bottom:
      (showsBelow ? 7 + linesOfTicks(below) * lineHeight(sizes.tick) : 6) +
      (xTitle.length > 0 ? 3 + xTitle.length * lineHeight(sizes.label) : 0),
    height,
    plot: { panel, axes, below, beside, showsBelow, showsBeside, xTitle, yTitle, besideWidth, ends, labelWidth },
  };
}

const asideWidth = (panel: PlotPanel): number => sum(panel.marks.map((mark) => definitionOf(mark).aside?.(mark).width ?? 0));

/** Where named lines end, as a share of the height from the top. */
function endsOf(panel: PlotPanel, { y, isDownwards }: PlotAxes, maxWidth: number): NonNullable<Needs["plot"]>["ends"] {
  const seen = new Set<string>();
  return panel.marks.flatMap((mark) => {
    const name = nameOf(mark);
    const end = definitionOf(mark).end?.(mark);
    if (name === undefined || !end || seen.has(name)) return [];
    seen.add(name);
    const share = Math.max(0, Math.min(1, y.place(end[1])));
    if (Number.isNaN(share)) return [];
    return [{ name, share: isDownwards ? share : 1 - share, lines: wrapText(name, maxWidth, sizes.direct, true) }];
  });
}

function placePanel(needs: Needs, box: Box): PlacedPanel | undefined {
  const { panel, titleLines, drawing, plot } = needs;
  if (!plot) return { panel, box, titleLines, ...(drawing && { drawing }) };
  const { ends, labelWidth, ...rest } = plot;
  const wishes = ends.map(({ share }) => box.top + share * box.height);
  const heights = ends.map(({ lines }) => lines.length * lineHeight(sizes.direct));
  const places = spread(wishes, heights, box.top - 6, box.top + box.height + 6);
  if (!places) return undefined;
  const labels = ends.map(({ name, lines }, i) => ({ name, lines, wish: wishes[i]!, at: places[i]! }));
  return { panel, box, titleLines, plot: { ...rest, labels, asideLeft: box.left + box.width + labelWidth } };
}
