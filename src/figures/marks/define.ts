/** What a kind of mark says of itself; axes, legend, layers and checks follow from it. */
import { showValue } from "../../core/names.ts";
import type { LineMark, Mark, MarkColour, Numbers, PlotPanel } from "../figure.ts";
import type { MarkerShape } from "../markers.ts";
import { isShown, type Scale } from "../scale.ts";
import type { Occupied } from "../spread.ts";
import type { Box, Surface } from "../surface.ts";
import type { Theme } from "../theme.ts";
import type { Point } from "../thin.ts";

/** Values that an axis must reach. */
export interface Reach {
  readonly x?: readonly Numbers[];
  readonly y?: readonly Numbers[];
  /** The axis ends where the values end: along x, or along both, whatever the other marks need. */
  readonly tight?: "x" | "both";
  /** Bars stand on zero. */
  readonly base?: true;
  /** The first row is at the top. */
  readonly downwards?: true;
}

/** How a mark stands in the legend. */
export type Swatch = "line" | "marker" | "step" | "area" | "arrow";

/** Looks of a mark: from its place among the names of the figure. */
export interface SeriesStyle {
  readonly colour: string;
  readonly textColour: string;
  readonly dash: readonly number[] | undefined;
  readonly marker: MarkerShape;
}

/** The inner area of a panel, ready to be drawn on. */
export interface Plot {
  readonly surface: Surface;
  readonly theme: Theme;
  readonly panel: PlotPanel;
  readonly box: Box;
  readonly x: Scale;
  readonly y: Scale;
  /** Pixels of a value; NaN for what has no place. */
  px(value: number | null | undefined): number;
  py(value: number | null | undefined): number;
  style(mark: { readonly name?: string; readonly colour?: MarkColour; readonly dash?: LineMark["dash"] }): SeriesStyle;
  /** Texts within the plot ask here for room. */
  readonly occupied: Occupied;
  /** Size of texts. */
  readonly size: number;
}

export interface MarkDefinition<M extends Mark = Mark> {
  readonly kind: M["kind"];
  /** What is wrong with it. */
  readonly fault?: (mark: M) => string | undefined;
  readonly reach: (mark: M) => Reach;
  /** Axes on which it stands at 0, 1, 2, ...: these cannot be logarithmic. */
  readonly counted?: readonly ("x" | "y")[];
  /** "field" lies under the grid, "body" over it, then "line", then "text". */
  readonly layer: "field" | "body" | "line" | "text";
  /** Absent: it has no place in a legend. */
  readonly swatch?: Swatch;
  /** Where a line ends, for its name. */
  readonly end?: (mark: M) => readonly [number, number] | undefined;
  /** Lines that texts should keep away from, in pixels. */
  readonly trace?: (mark: M, plot: Plot) => readonly (readonly Point[])[];
  /** What stands at the right of the plot, such as a bar that explains colours: its width and how it is drawn. */
  readonly aside?: (mark: M) => { readonly width: number; readonly draw: (plot: Plot, left: number) => void };
  readonly draw: (mark: M, plot: Plot) => void;
}

export const defineMark = <M extends Mark>(definition: MarkDefinition<M>): MarkDefinition<M> => definition;

const isNumbers = (value: unknown): value is Numbers => Array.isArray(value) || ArrayBuffer.isView(value);

/** A fault where lists are missing or differ in length. */
export function unequalLists(lists: Readonly<Record<string, unknown>>): string | undefined {
  const [first, ...others] = Object.entries(lists);
  for (const [name, value] of Object.entries(lists)) {
    if (!isNumbers(value)) return `${name} must be a list of numbers, received ${showValue(value)}`;
  }
  const length = (first![1] as Numbers).length;
  const odd = others.find(([, value]) => (value as Numbers).length !== length);
  return odd && `${odd[0]} must have as many numbers as ${first![0]}, ${length}, received ${(odd[1] as Numbers).length}`;
}

/** A fault where a grid has not rows * columns values. */
export function wrongGrid({ rows, columns, values }: { rows: unknown; columns: unknown; values: unknown }): string | undefined {
  for (const [name, value] of Object.entries({ rows, columns })) {
    if (!Number.isSafeInteger(value) || (value as number) < 1)
      return `${name} must be an integer >= 1, received ${showValue(value)}`;
  }
  if (!isNumbers(values)) return `values must be a list of numbers, received ${showValue(values)}`;
  const count = (rows as number) * (columns as number);
  return values.length === count ? undefined : `values must have rows * columns = ${count} numbers, received ${values.length}`;
}

/** The least and greatest of the values that can be shown. */
export function finiteRange(values: Numbers): [number, number] | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!isShown(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least <= greatest ? [least, greatest] : undefined;
}

/** The last place where both lists have a finite number. */
export function lastFinite(x: Numbers, y: Numbers): readonly [number, number] | undefined {
  for (let i = Math.min(x.length, y.length) - 1; i >= 0; i--) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i])) return [x[i]!, y[i]!];
  }
  return undefined;
}
