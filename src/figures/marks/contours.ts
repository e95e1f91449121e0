/**
 * Contour lines of a sampled function, their levels written into gaps of the lines.
 *
 * Source   d3-contour: marching squares with linear interpolation between the samples.
 */
import { contours as marchingSquares } from "d3-contour";
import { showValue } from "../../core/names.ts";
import type { ContoursMark } from "../figure.ts";
import { closed, open } from "../markers.ts";
import { brief } from "../numbers.ts";
import { isShown, roundValues, widened } from "../scale.ts";
import type { Box } from "../surface.ts";
import { measureText } from "../text.ts";
import type { Point } from "../thin.ts";
import { defineMark, finiteRange, type Plot, wrongGrid } from "./define.ts";

const labelSize = 10;

const isRange = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && value[0] < value[1];

export const contours = defineMark<ContoursMark>({
  kind: "contours",
  fault({ x, y, rows, columns, values }) {
    if (!isRange(x) || !isRange(y)) return `x and y must be [from, to] with from < to, received ${showValue(isRange(x) ? y : x)}`;
    if (!(rows >= 2 && columns >= 2))
      return `rows and columns must be >= 2, received ${showValue(rows)} and ${showValue(columns)}`;
    return wrongGrid({ rows, columns, values });
  },
  reach: ({ x, y }) => ({ x: [x], y: [y], tight: "both" }),
  layer: "field",
  draw(mark, plot) {
    const { surface, theme, box } = plot;
    const levels = levelsOf(mark);
    const values = Array.from(mark.values, (value) => (isShown(value) ? value : Number.NaN));
    const shapes = marchingSquares().size([mark.columns, mark.rows]).thresholds(levels)(values);
    // A sample stands in the middle of its cell, evenly spaced as the axis is.
    const place = (at: number, count: number, from: number, to: number): number =>
      from + ((at - 0.5) / (count - 1)) * (to - from);
    const [left, right, bottom, top] = [plot.px(mark.x[0]), plot.px(mark.x[1]), plot.py(mark.y[0]), plot.py(mark.y[1])];
    if (![left, right, bottom, top].every(Number.isFinite)) return;
    const rings = shapes.map(({ coordinates }) =>
      coordinates.map((polygon) =>
        polygon.map((ring) =>
          ring.map(([x, y]): Point => [place(x!, mark.columns, left, right), place(y!, mark.rows, bottom, top)]),
        ),
      ),
    );
    surface.clip(box);
    if (mark.fill !== false) {
      surface.rect(box, { fill: theme.contour(0) });
      rings.forEach((polygons, i) => {
        const path = polygons.flatMap((polygon) => polygon.flatMap((ring) => closed(ring)));
        surface.path(path, { fill: theme.contour((i + 1) / rings.length) });
      });
    }
    const texts: { text: string; spot: Spot }[] = [];
    rings.forEach((polygons, i) => {
      const text = brief(levels[i]!);
      for (const ring of polygons.flat()) {
        const spot = mark.labels === false ? undefined : spotOn(ring, measureText(text, labelSize), plot);
        if (spot) texts.push({ text, spot });
        const lines = spot ? cutAt(ring, spot) : [ring];
        for (const line of lines) surface.path(open(line), { stroke: theme.contourLine, width: 1 });
      }
    });
    surface.endClip();
    for (const { text, spot } of texts) {
      const [dx, dy] = spot.along;
      const down = labelSize * 0.35;
      surface.text(text, spot.at[0] - dy * down, spot.at[1] + dx * down, {
        size: labelSize,
        colour: theme.muted,
        anchor: "middle",
        along: spot.along,
      });
    }
  },
});

function levelsOf({ values, levels }: ContoursMark): number[] {
  if (levels) return [...levels].sort((a, b) => a - b);
  const [least, greatest] = widened(...(finiteRange(values) ?? [0, 1]), false);
  return roundValues(least, greatest, 10).values.filter((value) => value > least);
}

/** Where a level is written: the middle of the text, the direction of the line there, and half of the gap. */
interface Spot {
  readonly at: Point;
  readonly along: Point;
  readonly half: number;
}

/** The spot of a ring where the line is straight, level and free; undefined where the ring is too small or there is none. */
function spotOn(ring: readonly Point[], width: number, { box, occupied }: Plot): Spot | undefined {
  const half = width / 2 + 3;
  const candidates: { box: Box; spot: Spot; slope: number }[] = [];
  const count = ring.length - 1; // the last point is the first
  let length = 0;
  for (let i = 0; i < count; i++) {
    const at = ring[i]!;
    length += Math.abs(ring[i + 1]![0] - at[0]) + Math.abs(ring[i + 1]![1] - at[1]);
    // The chord under the text: points about half its width before and behind.
    const [before, behind] = [walk(ring, i, -1, half), walk(ring, i, 1, half)];
    const chord = [behind[0] - before[0], behind[1] - before[1]] as const;
    const size = Math.sqrt(chord[0] * chord[0] + chord[1] * chord[1]);
    if (size < 1.8 * half) continue; // bends too much
    const sign = chord[0] < 0 ? -1 : 1; // never upside down
    const along: Point = [(sign * chord[0]) / size, (sign * chord[1]) / size];
    const [wide, high] = [Math.abs(along[0]) * half + Math.abs(along[1]) * 6, Math.abs(along[1]) * half + Math.abs(along[0]) * 6];
    candidates.push({
      box: { left: at[0] - wide, top: at[1] - high, width: 2 * wide, height: 2 * high },
      spot: { at, along, half },
      slope: Math.abs(along[1]),
    });
  }
  if (length < 6 * width) return undefined;
  const inner: Box = { left: box.left + 4, top: box.top + 4, width: box.width - 8, height: box.height - 8 };
  const fit = candidates
    .filter((one) => one.box.left > inner.left && one.box.left + one.box.width < inner.left + inner.width)
    .filter((one) => one.box.top > inner.top && one.box.top + one.box.height < inner.top + inner.height)
    .sort((a, b) => a.slope - b.slope);
  const taken = occupied.take(fit.map((one) => one.box));
  return fit.find((one) => one.box === taken)?.spot;
}

/** The point of a closed ring at a distance from point `from`, as the crow flies, going forwards (1) or backwards (-1). */
function walk(ring: readonly Point[], from: number, step: 1 | -1, distance: number): Point {
  const count = ring.length - 1;
  const [x, y] = ring[from]!;
  for (let i = 1; i <= count; i++) {
    const point = ring[(from + step * i + count * i) % count]!;
    const away = (point[0] - x) * (point[0] - x) + (point[1] - y) * (point[1] - y);
    if (away >= distance * distance) return point;
  }
  return [x, y];
}

/** The ring as a line that leaves a gap for the text. */
function cutAt(ring: readonly Point[], { at, half }: Spot): Point[][] {
  const count = ring.length - 1;
  const start = ring.indexOf(at) % count;
  const around = Array.from({ length: count }, (_, i) => ring[(start + i) % count]!);
  const isFar = ([x, y]: Point): boolean => (x - at[0]) * (x - at[0]) + (y - at[1]) * (y - at[1]) > half * half;
  const first = around.findIndex(isFar);
  const last = around.findLastIndex(isFar);
  if (first < 0) return [];
  return [
    [
      edge(at, around[first - 1]!, around[first]!, half),
      ...around.slice(first, last + 1),
      edge(at, around[(last + 1) % count]!, around[last]!, half),
    ],
  ];
}

/** Where the way from a point inside the gap to one outside it leaves the gap. */
function edge(at: Point, inside: Point, outside: Point, radius: number): Point {
  const [dx, dy] = [outside[0] - inside[0], outside[1] - inside[1]];
  const [ox, oy] = [inside[0] - at[0], inside[1] - at[1]];
  const [a, b, c] = [dx * dx + dy * dy, ox * dx + oy * dy, ox * ox + oy * oy - radius * radius];
  const share = (-b + Math.sqrt(Math.max(0, b * b - a * c))) / Math.max(a, 1e-12);
  return [inside[0] + dx * share, inside[1] + dy * share];
}

/**
 * The values of a function on a grid, as `contours` takes them.
 *
 * @example { kind: "contours", ...sampleGrid((x, y) => (x * x) / 20 + y * y, { x: [-8, 8], y: [-3, 3] }) }
 */
export function sampleGrid(
  f: (x: number, y: number) => number,
  {
    x,
    y,
    columns = 121,
    rows = 91,
  }: {
    readonly x: readonly [number, number];
    readonly y: readonly [number, number];
    readonly columns?: number;
    readonly rows?: number;
  },
): Pick<ContoursMark, "x" | "y" | "columns" | "rows" | "values"> {
  const at = ([from, to]: readonly [number, number], i: number, count: number): number => from + ((to - from) * i) / (count - 1);
  const values = Array.from({ length: rows * columns }, (_, i) =>
    f(at(x, i % columns, columns), at(y, Math.floor(i / columns), rows)),
  );
  return { x, y, columns, rows, values };
}
