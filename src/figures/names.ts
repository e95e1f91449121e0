/** The names in a figure: which colour each has, and whether they stand at the ends of lines or in a legend. */
import type { Figure, Mark, MarkColour, PlotPanel } from "./figure.ts";
import { markerShapes } from "./markers.ts";
import type { SeriesStyle, Swatch } from "./marks/define.ts";
import { definitionOf } from "./marks/index.ts";
import type { Theme } from "./theme.ts";

export interface NamedSeries {
  readonly name: string;
  readonly colour: MarkColour;
  readonly swatch: Swatch;
}

/** Patterns of lines, one for each colour. */
const dashes: readonly (readonly number[] | undefined)[] = [
  undefined,
  [7, 4],
  [2, 3],
  [9, 3, 2, 3],
  [13, 4],
  [4, 2],
  [9, 3, 2, 3, 2, 3],
  [1.5, 2],
];

export const nameOf = (mark: Mark): string | undefined => ("name" in mark ? mark.name : undefined);

const plotsOf = (figure: Figure): PlotPanel[] => figure.panels.filter((panel) => "marks" in panel);

/** Every name of the figure, in order of appearance. A colour that one mark chooses is that of its name. */
export function namesOf(figure: Figure): NamedSeries[] {
  const chosen = new Map<string, MarkColour>();
  const swatches = new Map<string, Swatch>();
  for (const mark of plotsOf(figure).flatMap(({ marks }) => marks)) {
    const name = nameOf(mark);
    const { swatch } = definitionOf(mark);
    if (name === undefined || !swatch) continue;
    if (!swatches.has(name)) swatches.set(name, swatch);
    if ("colour" in mark && mark.colour !== undefined && !chosen.has(name)) chosen.set(name, mark.colour);
  }
  const taken = new Set<MarkColour>(chosen.values());
  let next = 0;
  const nextFree = (): number => {
    while (taken.has(next)) next++;
    return next++;
  };
  return [...swatches].map(([name, swatch]) => ({ name, swatch, colour: chosen.get(name) ?? nextFree() }));
}

/** Whether names can stand at the ends of lines: all are of lines and areas, in one or two panels. */
export function mayBeDirect(figure: Figure): boolean {
  const marks = plotsOf(figure).flatMap(({ marks }) => marks.filter((mark) => nameOf(mark) !== undefined));
  if (marks.length === 0 || !marks.every((mark) => definitionOf(mark).end)) return false;
  return figure.legend === "direct" || (figure.panels.length <= 2 && !marks.every(({ kind }) => kind === "area"));
}

/** @param patterned  lines differ by their pattern too */
export function styleOf(colour: MarkColour, theme: Theme, patterned: boolean): SeriesStyle {
  if (colour === "ink" || colour === "muted") {
    return { colour: theme[colour], textColour: theme[colour], dash: undefined, marker: "circle" };
  }
  const index = Math.max(0, Math.floor(colour));
  const at = <T>(list: readonly T[], shift = 0): T => list[(index + shift) % list.length]!;
  const round = Math.floor(index / theme.series.length);
  return {
    colour: at(theme.series),
    textColour: at(theme.seriesTexts),
    // Colours come again after the last; patterns then are others.
    dash: patterned || round > 0 ? at(dashes, round) : undefined,
    marker: at(markerShapes, round),
  };
}
