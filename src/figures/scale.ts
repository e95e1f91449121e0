/** Axes as numbers: where a value lies between the ends, and at which round values numbers stand. */
import { log } from "../core/math.ts";
import { alike, exponentOf, fixed, powerOfTen } from "./numbers.ts";

export interface Tick {
  readonly at: number;
  /** Empty: a small line without a number. */
  readonly text: string;
}

export interface Scale {
  readonly isLog: boolean;
  readonly from: number;
  readonly to: number;
  /** 0 at `from`, 1 at `to`; NaN for what has no place. */
  place(value: number): number;
}

/** Beyond this, differences of two numbers would overflow; such values leave gaps. */
export const greatestShown = 1e300;

/** Whether a value has a place on an axis. */
export const isShown = (value: number | null | undefined, isLog = false): value is number =>
  typeof value === "number" && Math.abs(value) <= greatestShown && (!isLog || value > 0);

/** @param from, to  shown values, from < to */
export function createScale(from: number, to: number, isLog: boolean): Scale {
  if (!isLog) return { isLog, from, to, place: (value) => (isShown(value) ? (value - from) / (to - from) : Number.NaN) };
  const [low, high] = [log(from), log(to)];
  return { isLog, from, to, place: (value) => (isShown(value, true) ? (log(value) - low) / (high - low) : Number.NaN) };
}

/** A range that has an extent, about values that have none. */
export function widened(from: number, to: number, isLog: boolean): [number, number] {
  if (isLog) return to > from * (1 + 1e-9) ? [from, to] : [from / 3, to * 3];
  const size = Math.max(Math.abs(from), Math.abs(to));
  if (to - from > size * 1e-10 && to - from > 1e-290) return [from, to];
  const half = size > 1e-290 ? size / 4 : 1;
  return [from - half, to + half];
}

/** 1, 2 or 5 times a power of ten: the step that gives at most about `count` parts. */
function roundStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const exponent = exponentOf(rough);
  const share = rough / Number(`1e${exponent}`);
  return Number(`${share <= 1.05 ? 1 : share <= 2.1 ? 2 : share <= 5.25 ? 5 : 10}e${exponent}`);
}

/** Multiples of a round step within the ends. */
export function roundValues(from: number, to: number, count: number): { values: number[]; step: number } {
  const step = roundStep(to - from, count);
  const slack = step * 1e-9;
  const [first, last] = [Math.ceil((from - slack) / step), Math.floor((to + slack) / step)];
  // Through decimals, so that 3 * 0.1 is 0.3.
  const values = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => Number(((first + i) * step).toPrecision(14)) + 0,
  );
  return { values, step };
}

/** About `count` ticks; on a logarithmic axis the powers of ten, and small lines between them where there is room. */
export function ticksOf({ from, to, isLog }: Scale, count: number): Tick[] {
  if (!isLog) {
    const { values, step } = roundValues(from, to, count);
    const texts = values.length === 0 ? [] : alike(values, step);
    return values.map((at, i) => ({ at, text: texts[i]! }));
  }
  const exponents: number[] = [];
  for (let e = exponentOf(from); e <= exponentOf(to); e++) if (isWithin(Number(`1e${e}`), from, to)) exponents.push(e);
  if (exponents.length < 2) return ticksWithinDecade(from, to, count);
  // Where there is room for three texts to a power of ten, 1, 2 and 5 have theirs.
  if (exponents.length * 3 <= count + 2) return withDigits(from, to);
  const stride = Math.ceil(exponents.length / Math.max(2, count));
  const isPlain = exponents[0]! >= -2 && exponents.at(-1)! <= 3;
  const write = (e: number): string => (isPlain ? fixed(Number(`1e${e}`), -e) : powerOfTen(e));
  // The strides start from 10^0, so that neighbouring figures have the same numbers.
  const ticks: Tick[] = exponents.map((e) => ({ at: Number(`1e${e}`), text: e % stride === 0 ? write(e) : "" }));
  if (stride > 1 || exponents.length > 8) return ticks;
  for (let e = exponents[0]! - 1; e <= exponents.at(-1)!; e++) {
    for (let digit = 2; digit < 10; digit++) {
      const at = Number(`${digit}e${e}`);
      if (isWithin(at, from, to)) ticks.push({ at, text: "" });
    }
  }
  return ticks.sort((a, b) => a.at - b.at);
}

const isWithin = (value: number, from: number, to: number): boolean => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9);

/** Few powers of ten or none in the range: 1, 2 and 5 times them, or even steps where the range is small. */
function ticksWithinDecade(from: number, to: number, count: number): Tick[] {
  const ticks = withDigits(from, to);
  return ticks.length >= 3 ? ticks : ticksOf(createScale(from, to, false), Math.min(count, 5));
}

function withDigits(from: number, to: number): Tick[] {
  const ticks: Tick[] = [];
  for (let e = exponentOf(from); e <= exponentOf(to); e++) {
    for (const digit of [1, 2, 5]) {
      const at = Number(`${digit}e${e}`);
      if (isWithin(at, from, to)) ticks.push({ at, text: Math.abs(e) > 3 ? `${digit}×${powerOfTen(e)}` : fixed(at, -e) });
    }
  }
  return ticks;
}
