/** From axes and marks to scales: the ends of each axis, shared or not, and what has no place on it. */
import { DataError } from "../core/errors.ts";
import { exp, log } from "../core/math.ts";
import type { Axis, Figure, Numbers, PlotPanel } from "./figure.ts";
import type { Reach } from "./marks/define.ts";
import { definitionOf } from "./marks/index.ts";
import { createScale, greatestShown, isShown, type Scale, widened } from "./scale.ts";

export interface PlotAxes {
  readonly x: Scale;
  readonly y: Scale;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  /** y grows downwards, as the rows of a matrix do. */
  readonly isDownwards: boolean;
  /** Nothing of its marks has a place. */
  readonly isEmpty: boolean;
}

/** Room beside the outermost values, as a share of the range. */
const margin = 0.04;

/** The axes of every plot of a figure, by its place among the panels. */
export function axesOf(figure: Figure): Map<number, PlotAxes> {
  const plots = figure.panels.flatMap((panel, i) => ("marks" in panel ? [{ panel, i }] : []));
  const reachesOf = (panel: PlotPanel): Reach[] => panel.marks.map((mark) => definitionOf(mark).reach(mark));
  const everything = plots.flatMap(({ panel }) => reachesOf(panel));
  const axes = new Map<number, PlotAxes>();
  for (const { panel, i } of plots) {
    const own = reachesOf(panel);
    const xAxis = figure.x ?? panel.x ?? {};
    const yAxis = figure.y ?? panel.y ?? {};
    axes.set(i, {
      x: scaleOf(xAxis, figure.x ? everything : own, "x", `panels[${i}].x`),
      y: scaleOf(yAxis, figure.y ? everything : own, "y", `panels[${i}].y`),
      xAxis,
      yAxis,
      isDownwards: own.some(({ downwards }) => downwards),
      isEmpty: !own.some((reach) =>
        (["x", "y"] as const).every((side) => rangeOf(reach[side] ?? [], axisIsLog(side === "x" ? xAxis : yAxis))),
      ),
    });
  }
  return axes;
}

const axisIsLog = ({ scale }: Axis): boolean => scale === "log";

function rangeOf(lists: readonly Numbers[], isLog: boolean): [number, number] | undefined {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (!isShown(value, isLog)) continue;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  return least <= greatest ? [least, greatest] : undefined;
}

function scaleOf(axis: Axis, reaches: readonly Reach[], side: "x" | "y", path: string): Scale {
  const isLog = axisIsLog(axis);
  for (const [name, value] of Object.entries({ from: axis.from, to: axis.to })) {
    if (value === undefined || isShown(value, isLog)) continue;
    throw new DataError("E_FIGURE", {
      message: `${path}: ${name} must be ${isLog ? "> 0 on a logarithmic axis" : "finite"}, received ${value}`,
    });
  }
  if (axis.from !== undefined && axis.to !== undefined && !(axis.from < axis.to)) {
    throw new DataError("E_FIGURE", { message: `${path}: from must be less than to, received ${axis.from} and ${axis.to}` });
  }
  const fields = reaches.filter(({ tight }) => tight === "both");
  const used = (fields.length > 0 ? fields : reaches).filter((reach) => rangeOf(reach[side] ?? [], isLog));
  const found =
    rangeOf(
      used.flatMap((reach) => reach[side] ?? []),
      isLog,
    ) ?? (isLog ? [1, 10] : [0, 1]);
  const isTight = fields.length > 0 || (side === "x" && used.some(({ tight }) => tight === "x"));
  const hasBase = side === "y" && fields.length === 0 && used.some(({ base }) => base);
  let [from, to] = found;
  if (hasBase && !isLog) [from, to] = [Math.min(0, from), Math.max(0, to)];
  [from, to] = hasBase && isLog ? [from / 2, to] : widened(from, to, isLog);
  if (!isTight) [from, to] = padded(from, to, isLog, hasBase && !isLog);
  from = axis.from ?? from;
  to = axis.to ?? to;
  // One end is given and lies beyond the data.
  if (!(from < to))
    [from, to] = axis.from === undefined ? [widened(to, to, isLog)[0], to] : [from, widened(from, from, isLog)[1]];
  return createScale(from, to, isLog);
}

function padded(from: number, to: number, isLog: boolean, keepsZero: boolean): [number, number] {
  if (isLog) {
    const more = (log(to) - log(from)) * margin;
    return [from / exp(more), to * exp(more)];
  }
  const more = (to - from) * margin;
  const clip = (value: number): number => Math.max(-greatestShown, Math.min(greatestShown, value));
  return [keepsZero && from === 0 ? 0 : clip(from - more), keepsZero && to === 0 ? 0 : clip(to + more)];
}

/** How many finite values of a plot are zero or less on a logarithmic axis. */
export function countWithoutPlace(panel: PlotPanel, { x, y }: PlotAxes): number {
  let count = 0;
  for (const mark of panel.marks) {
    const reach = definitionOf(mark).reach(mark);
    for (const side of ["x", "y"] as const) {
      if (!(side === "x" ? x : y).isLog) continue;
      // The first list is the mark's own; others, such as bands, go along with it.
      const list = reach[side]?.[0] ?? [];
      for (let i = 0; i < list.length; i++) if (isShown(list[i]) && list[i]! <= 0 && !(reach.base && list[i] === 0)) count++;
    }
  }
  return count;
}
