/** The names in a figure: which colour each has, and whether they stand at the ends of lines or in a legend. */
import type { Figure, LineMark, Mark, MarkColour, PlotPanel } from "./figure.ts";
import { markerShapes } from "./markers.ts";
import type { SeriesStyle, Swatch } from "./marks/define.ts";
import { definitionOf } from "./marks/index.ts";
import type { Theme } from "./theme.ts";

export interface NamedSeries {
  readonly name: string;
  readonly colour: MarkColour;
  readonly swatch: Swatch;
  /** A pattern that its first mark chooses. */
  readonly dash?: LineMark["dash"];
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

const chosenDashes = { solid: undefined, dashed: [7, 4], dotted: [2, 3] } as const;

export const nameOf = (mark: Mark): string | undefined => ("name" in mark ? mark.name : undefined);

const plotsOf = (figure: Figure): PlotPanel[] => figure.panels.filter((panel) => "marks" in panel);

/** Every name of the figure, in order of appearance. A colour that one mark chooses is that of its name. */
export function namesOf(figure: Figure): NamedSeries[] {
  const chosen = new Map<string, MarkColour>();
  const found = new Map<string, { swatch: Swatch; dash?: LineMark["dash"] }>();
  for (const mark of plotsOf(figure).flatMap(({ marks }) => marks)) {
    const name = nameOf(mark);
    const { swatch } = definitionOf(mark);
    if (name === undefined || !swatch) continue;
    if (!found.has(name)) found.set(name, { swatch, ...("dash" in mark && { dash: mark.dash }) });
    if ("colour" in mark && mark.colour !== undefined && !chosen.has(name)) chosen.set(name, mark.colour);
  }
  const taken = new Set<MarkColour>(chosen.values());
  let next = 0;
  const nextFree = (): number => {
    while (taken.has(next)) next++;
    return next++;
  };
  return [...found].map(([name, rest]) => ({ name, colour: chosen.get(name) ?? nextFree(), ...rest }));
}

/** Whether names can stand at the ends of lines: all are of lines and areas, in one or two panels. */
export function mayBeDirect(figure: Figure): boolean {
  const marks = plotsOf(figure).flatMap(({ marks }) => marks.filter((mark) => nameOf(mark) !== undefined));
  if (marks.length === 0 || !marks.every((mark) => definitionOf(mark).end)) return false;
  return figure.legend === "direct" || (figure.panels.length <= 2 && !marks.every(({ kind }) => kind === "area"));
}

/** @param patterned  lines that choose no pattern differ by one */
export function styleOf(
  { colour, dash }: { readonly colour: MarkColour; readonly dash?: LineMark["dash"] },
  theme: Theme,
  patterned: boolean,
): SeriesStyle {
  const style = styleOfColour(colour, theme, patterned);
  return dash === undefined ? style : { ...style, dash: chosenDashes[dash] };
}

function styleOfColour(colour: MarkColour, theme: Theme, patterned: boolean): SeriesStyle {
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
