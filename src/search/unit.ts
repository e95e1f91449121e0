/**
 * Dimensions as the interval [0, 1]: every value has a share of it, the same for all values of one dimension on its scale.
 *
 * Symbols  u in [0, 1]; p the place of a number between the ends of its range, on its scale: 0 at min, 1 at max.
 * Choice   A dimension of n values gives each of them 1/n; integers on a logarithmic scale get the share of [v - 1/2, v + 1/2].
 */
import { exp, log } from "../core/math.ts";
import type { Dimension, FloatDimension, IntegerDimension, Json } from "./space.ts";

/** A dimension of numbers. */
export type NumericDimension = FloatDimension | IntegerDimension;

export const isNumeric = (dimension: Dimension): dimension is NumericDimension =>
  dimension.type === "float" || dimension.type === "integer";

/** The values of a dimension that has no range. */
export const choicesOf = (dimension: Exclude<Dimension, NumericDimension>): readonly Json[] =>
  dimension.type === "boolean" ? [false, true] : dimension.values;

/** The distance between neighbours; undefined for real numbers, and for integers on a logarithmic scale, whose shares differ. */
function stepOf({ type, step, scale }: NumericDimension): number | undefined {
  if (type === "integer") return scale === "log" ? undefined : (step ?? 1);
  return step;
}

/** How many values there are; undefined for real numbers without a step. */
export function levelsOf(dimension: Dimension): number | undefined {
  if (!isNumeric(dimension)) return choicesOf(dimension).length;
  const { type, min, max } = dimension;
  const step = stepOf(dimension) ?? (type === "integer" ? 1 : undefined);
  return step === undefined ? undefined : Math.floor((max - min) / step + 1e-9) + 1;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** min + k step without the digits that adding leaves: 0.3, not 0.30000000000000004. */
const onGrid = (min: number, step: number, k: number): number => Number((min + k * step).toPrecision(12));

/** Between two numbers, at a share of the way. */
const between = (low: number, high: number, share: number): number => low + share * (high - low);

/** The number at a place p of the range; beyond 0 and 1 it lies outside. Steps do not count. */
export function numberAt({ min, max, scale }: NumericDimension, p: number): number {
  if (p === 0) return min;
  if (p === 1) return max;
  return scale === "log" ? exp(between(log(min), log(max), p)) : between(min, max, p);
}

/** The place of a number: 0 at min, 1 at max. */
export function placeOf({ min, max, scale }: NumericDimension, value: number): number {
  if (min === max) return 0.5;
  return scale === "log" ? (log(value) - log(min)) / (log(max) - log(min)) : (value - min) / (max - min);
}

/** The value at u in [0, 1]. */
export function valueAt(dimension: Dimension, u: number): Json {
  const levels = levelsOf(dimension);
  const level = levels === undefined ? 0 : Math.min(levels - 1, Math.floor(u * levels));
  if (!isNumeric(dimension)) return choicesOf(dimension)[level]!;
  const { type, min, max } = dimension;
  const step = stepOf(dimension);
  if (step !== undefined) return onGrid(min, step, level);
  if (type === "float") return clamp(numberAt(dimension, u), min, max);
  return clamp(Math.round(exp(between(log(min - 0.5), log(max + 0.5), u))), min, max);
}

/** The u of a value, in the middle of its share: valueAt(unitOf(value)) is the value. What lies outside goes to the nearest end. */
export function unitOf(dimension: Dimension, value: Json): number {
  const levels = levelsOf(dimension);
  if (!isNumeric(dimension)) return (Math.max(0, indexOfValue(choicesOf(dimension), value)) + 0.5) / levels!;
  const { type, min, max } = dimension;
  const number = clamp(value as number, min, max);
  const step = stepOf(dimension);
  if (step !== undefined) return (Math.round((number - min) / step) + 0.5) / levels!;
  if (type === "float") return clamp(placeOf(dimension, number), 0, 1);
  const [low, high] = [log(min - 0.5), log(max + 0.5)];
  // The middle of the share on the scale, which for small integers is not log(v).
  return (between(log(number - 0.5), log(number + 0.5), 0.5) - low) / (high - low);
}

/** Whether two values of JSON are the same. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Where a value is among others; -1 where it is not. */
export const indexOfValue = (values: readonly Json[], value: Json): number => values.findIndex((one) => sameJson(one, value));
