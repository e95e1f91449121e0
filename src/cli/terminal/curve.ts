/**
 * Curves drawn with braille characters: 2 x 4 dots in each, so a plot of 60 x 8 characters has 120 x 32 dots.
 *
 * Choice   A series is a line of dots or a mark in each place, so that two series differ without colour too.
 * Choice   The axis is logarithmic where the values are positive and span more than a factor 8: a loss falls by factors.
 */
import { log } from "../../core/math.ts";
import { displayWidth, type Paint, padStart, type Style } from "./format.ts";

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
}

export interface CurveSeries {
  readonly name: string;
  /** In order of x. A point that is not finite interrupts the line. */
  readonly points: readonly CurvePoint[];
  /** Draws this character at each point, over the lines; absent: a line of dots. */
  readonly mark?: string;
  readonly style: Style;
}

export interface CurveFrame {
  /** Columns in all, with the labels. */
  readonly width: number;
  /** Rows of the plot; two more hold the axis. */
  readonly height: number;
  /** The x axis begins here or at the first point, whichever is less. */
  readonly fromX?: number;
  readonly paint: Paint;
}

interface Axis {
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  /** 0 at the low end, 1 at the high end. */
  readonly place: (value: number) => number;
}

const SPAN_FOR_LOG = 8;
const DOTS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]; // by row * 2 + column of the dot

/**
 * A plot as lines of text, the legend last; no lines where there is nothing to draw or no room.
 *
 * @example drawCurves([{ name: "training", points, style: "cyan" }], { width: 60, height: 8, paint })
 */
export function drawCurves(series: readonly CurveSeries[], { width, height, fromX, paint }: CurveFrame): string[] {
  const finite = series.flatMap(({ points }) => points.filter(isFinitePoint));
  if (finite.length === 0 || height < 1) return [];
  const y = valueAxis(rangeOf(finite.map((point) => point.y)), height);
  const labelWidth = Math.max(...y.ticks.map(({ label }) => label.length));
  const columns = width - labelWidth - 2;
  if (columns < 8) return [];
  const places = finite.map((point) => point.x);
  const x = linearAxis(rangeOf(fromX === undefined ? places : [fromX, ...places]), Math.max(1, Math.floor(columns / 12)));

  const canvas = new Canvas(columns, height);
  for (const each of series) drawSeries(canvas, each, x, y);
  const labels = new Map(y.ticks.map(({ value, label }) => [rowOf(y.place(value), height), label]));
  const rows = canvas.rows(paint).map((row, index) => {
    const label = labels.get(index);
    return `${paint("dim", `${padStart(label ?? "", labelWidth)} ${label === undefined ? "│" : "┤"}`)}${row}`;
  });
  const indent = " ".repeat(labelWidth + 1);
  const { line, labels: below } = drawAxis(x, columns);
  return [
    ...rows,
    paint("dim", `${indent}└${line}`),
    paint("dim", `${indent} ${below}`.trimEnd()),
    ...legend(series, indent.length + 1, width, paint),
  ];
}

const isFinitePoint = ({ x, y }: CurvePoint): boolean => Number.isFinite(x) && Number.isFinite(y);

/** Dots from the top, for a place in [0, 1] from the bottom. */
const dotOf = (place: number, dots: number): number => Math.round((1 - place) * (dots - 1));
const rowOf = (place: number, height: number): number => Math.floor(dotOf(place, height * 4) / 4);

class Canvas {
  readonly columns: number;
  readonly height: number;
  readonly #bits: Uint8Array;
  readonly #marks: string[];
  readonly #styles: Style[] = [];

  constructor(columns: number, height: number) {
    this.columns = columns;
    this.height = height;
    this.#bits = new Uint8Array(columns * height);
    this.#marks = Array<string>(columns * height).fill("");
  }

  dot(x: number, y: number, style: Style): void {
    const cell = (y >> 2) * this.columns + (x >> 1);
    this.#bits[cell] |= DOTS[(y & 3) * 2 + (x & 1)];
    this.#styles[cell] = style;
  }

  mark(x: number, y: number, mark: string, style: Style): void {
    const cell = (y >> 2) * this.columns + (x >> 1);
    this.#marks[cell] = mark;
    this.#styles[cell] = style;
  }

  /** Dots between two points, none left out (Bresenham 1965). */
  line(fromX: number, fromY: number, toX: number, toY: number, style: Style): void {
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY));
    for (let i = 0; i <= steps; i++) {
      const share = steps === 0 ? 0 : i / steps;
      this.dot(Math.round(fromX + (toX - fromX) * share), Math.round(fromY + (toY - fromY) * share), style);
    }
  }

  rows(paint: Paint): string[] {
    return Array.from({ length: this.height }, (_, row) => {
      const cells = Array.from({ length: this.columns }, (_, column) => this.#cell(row * this.columns + column));
      while (cells.at(-1)?.text === " ") cells.pop();
      let text = "";
      for (let start = 0, end = 0; start < cells.length; start = end) {
        const style = cells[start].style;
        while (end < cells.length && cells[end].style === style) end++;
        const run = cells
          .slice(start, end)
          .map((cell) => cell.text)
          .join("");
        text += style === undefined ? run : paint(style, run);
      }
      return text;
    });
  }

  #cell(cell: number): { text: string; style: Style | undefined } {
    const bits = this.#bits[cell];
    return { text: this.#marks[cell] || (bits === 0 ? " " : String.fromCodePoint(0x2800 + bits)), style: this.#styles[cell] };
  }
}

function drawSeries(canvas: Canvas, { points, mark, style }: CurveSeries, xAxis: Axis, yAxis: Axis): void {
  let before: { x: number; y: number } | undefined;
  for (const point of points) {
    if (!isFinitePoint(point)) {
      before = undefined;
      continue;
    }
    const x = Math.round(xAxis.place(point.x) * (canvas.columns * 2 - 1));
    const y = dotOf(yAxis.place(point.y), canvas.height * 4);
    if (mark !== undefined) canvas.mark(x, y, mark, style);
    else canvas.line(before?.x ?? x, before?.y ?? y, x, y, style);
    before = { x, y };
  }
}

function drawAxis(axis: Axis, columns: number): { line: string; labels: string } {
  const line = Array<string>(columns).fill("─");
  let labels = "";
  for (const { value, label } of axis.ticks) {
    const at = Math.floor(Math.round(axis.place(value) * (columns * 2 - 1)) / 2);
    line[at] = "┬";
    const start = Math.max(0, Math.min(at - Math.floor((label.length - 1) / 2), columns - label.length));
    const hasRoom = label.length <= columns && (labels === "" || start > labels.length);
    if (hasRoom) labels = labels.padEnd(start) + label;
  }
  return { line: line.join(""), labels };
}

function legend(series: readonly CurveSeries[], indent: number, width: number, paint: Paint): string[] {
  const entries = series
    .filter(({ points }) => points.length > 0)
    .map(({ name, points, mark, style }) => {
      const lost = points.filter((point) => !isFinitePoint(point)).length;
      const text = `${name}${lost > 0 ? ` (${lost} not finite)` : ""}`;
      const sign = mark ?? "⠒⠒";
      return { text: `${paint(style, sign)} ${text}`, width: displayWidth(`${sign} ${text}`) };
    });
  const lines: string[] = [];
  let used = 0;
  for (const entry of entries) {
    const last = lines.length - 1;
    if (last >= 0 && used + 3 + entry.width <= width) {
      lines[last] += `   ${entry.text}`;
      used += 3 + entry.width;
    } else if (indent + entry.width <= width) {
      lines.push(" ".repeat(indent) + entry.text);
      used = indent + entry.width;
    }
  }
  return lines;
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  let low = values[0];
  let high = values[0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function valueAxis(range: readonly [number, number], height: number): Axis {
  const [low, high] = range;
  if (!(low > 0 && high / low > SPAN_FOR_LOG)) return linearAxis(range, Math.max(1, Math.ceil(height / 2) - 1));
  const span = log(high) - log(low);
  const place = (value: number): number => (log(value) - log(low)) / span;
  const first = exponentOf(low);
  const last = exponentOf(high);
  // The closest ticks that leave a row free between them.
  for (const [leads, every] of [
    [[1, 2, 5], 1],
    [[1, 3], 1],
    [[1], 1],
    [[1], 2],
    [[1], 5],
    [[1], 20],
    [[1], 50],
    [[1], 100],
  ] as const) {
    const values: number[] = [];
    for (let exponent = Math.floor(first / every) * every; exponent <= last; exponent += every) {
      for (const lead of leads) values.push(Number(`${lead}e${exponent}`));
    }
    const inside = values.filter((value) => value >= low && value <= high);
    const rows = inside.map((value) => rowOf(place(value), height));
    if (inside.length > 0 && rows.every((row, i) => i === 0 || rows[i - 1] - row >= 2))
      return { place, ticks: inside.map(withLabel) };
  }
  return { place, ticks: [low, high].map(withLabel) };
}

/** k of 10^k <= value < 10^(k+1). */
const exponentOf = (value: number): number => Number(value.toExponential().split("e")[1]);

/** An axis with about `most` intervals of 1, 2 or 5 times a power of ten; a single value lies in its middle. */
function linearAxis([low, high]: readonly [number, number], most: number): Axis {
  if (low === high) return { place: () => 0.5, ticks: [withLabel(low)] };
  // Halves, because the difference of two large numbers may be beyond the largest.
  const half = high / 2 - low / 2;
  const place = (value: number): number => (value / 2 - low / 2) / half;
  const raw = (half / most) * 2;
  if (!Number.isFinite(raw) || raw === 0) return { place, ticks: [low, high].map(withLabel) };
  const exponent = exponentOf(raw);
  const steps = [5, 2, 1, 0.5, 0.2].map((lead) => Number(`${lead}e${exponent}`)).concat(Number(`1e${exponent + 1}`));
  steps.sort((a, b) => b - a);
  // The smallest step that gives no more intervals than asked; a smaller one where it leaves less than two ticks.
  let ticks: number[] = [low];
  for (const step of steps) {
    const found = multiplesWithin(step, low, high);
    if (step < raw * 0.999 && ticks.length >= 2) break;
    if (found.length > 0) ticks = found;
  }
  return { place: (value) => Math.min(1, Math.max(0, place(value))), ticks: ticks.map(withLabel) };
}

function multiplesWithin(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, Math.min(count, 100)) }, (_, i) => (first + i) * step);
}

/** 0.30000000000000004 -> "0.3", 1e-7 -> "1e-7", 20000000 -> "2e+7" */
function withLabel(value: number): { value: number; label: string } {
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  return { value, label: rounded !== 0 && (size < 0.0001 || size >= 1e6) ? rounded.toExponential() : String(rounded) };
}
