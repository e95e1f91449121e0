/**
 * From coarse to fine: the ranges of the next stage, from the best trials of a stage.
 *
 * Rule     Of numbers: from the least to the largest of the best, and `margin` of the range on both sides, on its scale, but not
 *          beyond its ends. Of values in no order: those that are among the best. A dimension that counts in fewer than two of the
 *          best stays.
 * Border   The best lie at an end where two of them at least, and a quarter of all, lie within the outer 5 % of the range, and there
 *          are twice as many as chance would put there. Or, with too few trials for that, where the outermost trial of all is one of
 *          the best and they crowd behind it: the part of the range that holds them all would do so by chance once in a hundred
 *          times. Then the range goes on beyond this end by half its width, as far as runs take it.
 * Source   Lecture, G1: from coarse to fine; C17: its best trials lie at the edge of the range.
 */

import { valuesOf } from "./conditions.ts";
import type { RankedTrial } from "./ranking.ts";
import type { Assignment, Dimension, Json, Space } from "./space.ts";
import type { Narrowing, Study } from "./study.ts";
import type { EndedTrial } from "./trial.ts";
import { trialDocument } from "./trial-document.ts";
import { misfitsOf } from "./try-out.ts";
import { choicesOf, indexOfValue, isNumeric, levelsOf, type NumericDimension, numberAt, placeOf } from "./unit.ts";

/** That the best trials of a stage lie at an end of a range: better ones may lie beyond it. */
export interface Border {
  /** Name of the dimension. */
  readonly dimension: string;
  readonly side: "min" | "max";
  /** Where the range ends. */
  readonly at: number;
  /** How many of the best trials lie there, and how many were looked at. */
  readonly count: number;
  readonly of: number;
}

export interface Narrowed {
  readonly best: readonly RankedTrial[];
  readonly borders: readonly Border[];
  readonly space: Space;
  /** One sentence for each dimension that changes. */
  readonly changes: readonly string[];
}

const fewest = 3;
const outer = 0.05;
const accident = 0.01;
const sides = ["min", "max"] as const;
type Side = (typeof sides)[number];

/** How many of the best trials are looked at. */
const countOf = (top: number, trials: number): number => (top > 1 ? top : Math.max(fewest, Math.round(top * trials)));

/**
 * Sides of a range at which the values lie.
 *
 * @param tried  the values of all trials of the stage
 */
function bordersOf(name: string, dimension: NumericDimension, values: readonly number[], tried: readonly number[]): Border[] {
  const levels = levelsOf(dimension);
  const chance = Math.max(outer, levels === undefined ? 0 : 1 / levels);
  return sides.flatMap((side) => {
    /** How far from the end, as a share of the range. */
    const away = (value: number): number => (side === "min" ? placeOf(dimension, value) : 1 - placeOf(dimension, value));
    const distances = values.map(away);
    const count = distances.filter((distance) => distance <= outer).length;
    const isAtEnd = count >= 2 && count >= 0.25 * values.length && count >= 2 * chance * values.length;
    const farthest = Math.max(...distances, chance);
    const isCrowded =
      values.length >= fewest &&
      Math.min(...distances) <= Math.min(...tried.map(away)) &&
      distances.reduce((probability) => probability * farthest, 1) < accident;
    const border: Border = {
      dimension: name,
      side,
      at: dimension[side],
      count: isAtEnd ? count : values.length,
      of: values.length,
    };
    return isAtEnd || isCrowded ? [border] : [];
  });
}

/** A number with as few digits as leave it where it is, but for `most`. */
function rounded(value: number, most: number): number {
  for (let digits = 2; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= most) return short;
  }
  return value;
}

/** The end of a range at a place of the old one, as a value that the dimension can have: of steps, the next one outwards. */
function endAt(dimension: NumericDimension, place: number, side: Side): number {
  const { type, min, scale, step } = dimension;
  const number = numberAt(dimension, place);
  const outwards = side === "min" ? Math.floor : Math.ceil;
  if (type === "integer" && scale === "log") return Math.max(1, outwards(number - (side === "min" ? -1e-9 : 1e-9)));
  const size = type === "integer" ? (step ?? 1) : step;
  if (size !== undefined) {
    const steps = (number - min) / size;
    const k = outwards(Math.abs(steps - Math.round(steps)) < 1e-9 ? Math.round(steps) : steps);
    return Number((min + k * size).toPrecision(12));
  }
  // A hundredth of the range may be lost.
  return rounded(number, Math.abs(numberAt(dimension, place + 0.01) - number));
}

/** The end of a range, beyond a border as far as it is accepted. */
function widened(dimension: NumericDimension, side: Side, accepts: (value: number) => boolean): number {
  const old = dimension[side];
  const target = endAt(dimension, side === "min" ? -0.5 : 1.5, side);
  if (accepts(target)) return target;
  // Bounds of options are often 0 or 1: they are tried first. Otherwise half of the way, and half of that.
  const ways = [0.25, 0.125, 0.0625].map((part) => endAt(dimension, side === "min" ? -part : 1 + part, side));
  const isBetween = (value: number) => (side === "min" ? value < old && value > target : value > old && value < target);
  return (
    [0, 1]
      .filter(isBetween)
      .concat(ways)
      .find((value) => isBetween(value) && accepts(value)) ?? old
  );
}

interface Change {
  readonly dimension: Dimension;
  readonly says?: string;
}

const range = ({ min, max }: { min: number; max: number }): string => `[${min}, ${max}]`;

function narrowNumbers(
  dimension: NumericDimension,
  values: readonly number[],
  borders: readonly Border[],
  margin: number,
  accepts: (value: number) => boolean,
): Change {
  const places = values.map((value) => placeOf(dimension, value));
  const ends = { min: dimension.min, max: dimension.max };
  const says: string[] = [];
  for (const side of sides) {
    const border = borders.find((one) => one.side === side);
    const place = side === "min" ? Math.min(...places) - margin : Math.max(...places) + margin;
    if (border) {
      ends[side] = widened(dimension, side, accepts);
      const where = `${border.count} of the best ${border.of} lie at its ${side}, ${border.at}`;
      says.push(ends[side] === border.at ? `${where}, beyond which runs do not go` : `${where}: widened`);
    } else if (place > 0 && place < 1) {
      const end = endAt(dimension, place, side);
      ends[side] = side === "min" ? Math.max(end, dimension.min) : Math.min(end, dimension.max);
    }
  }
  if (ends.min === dimension.min && ends.max === dimension.max && says.length === 0) return { dimension };
  const reason = says.length > 0 ? `, since ${says.join("; ")}` : "";
  return { dimension: { ...dimension, ...ends }, says: `${range(dimension)} becomes ${range(ends)}${reason}` };
}

function narrowValues(dimension: Exclude<Dimension, NumericDimension>, among: readonly Json[]): Change {
  const choices = choicesOf(dimension);
  const values = choices.filter((value) => indexOfValue(among, value) >= 0);
  if (values.length === choices.length) return { dimension };
  const gone = choices.filter((value) => !values.includes(value)).map((value) => JSON.stringify(value));
  const { paths, when } = dimension;
  return {
    dimension: { type: "categorical", values, ...(paths && { paths }), ...(when && { when }) },
    says: `${gone.join(", ")} ${gone.length === 1 ? "falls" : "fall"} away: not among the best`,
  };
}

/** Without the dimensions whose condition waits for values that have fallen away. */
function withoutUnreachable(space: Space): Space {
  const reachable = Object.entries(space).filter(([, { when }]) => {
    const other = when && space[when.path];
    if (!when) return true;
    if (!other) return false;
    if (isNumeric(other)) return valuesOf(when).some((value) => (value as number) >= other.min && (value as number) <= other.max);
    return valuesOf(when).some((value) => indexOfValue(choicesOf(other), value) >= 0);
  });
  const left = Object.fromEntries(reachable);
  return reachable.length === Object.keys(space).length ? space : withoutUnreachable(left);
}

/** What trials had in a dimension of numbers, where it counted. */
const valuesAt = (trials: readonly EndedTrial[], name: string): readonly number[] =>
  trials.flatMap(({ parameters }) => (parameters[name] as number | undefined) ?? []);

/**
 * The borders of a stage, and the ranges of the one after it.
 *
 * @param ranking    its trials that have a value, best first
 * @param tried      all of its trials
 * @param narrowing  false: the ranges stay
 */
export function narrowSpace(
  study: Study,
  stage: number,
  space: Space,
  ranking: readonly RankedTrial[],
  tried: readonly EndedTrial[],
  narrowing: Narrowing | false | undefined,
): Narrowed {
  const { top, margin } = narrowing || { top: 0.2, margin: 0.1 };
  const best = ranking.slice(0, countOf(top, tried.length));
  const run = trialDocument(study, stage, {});
  const acceptsAt = (name: string) => (value: number) => {
    const base = best.find(({ parameters }) => parameters[name] !== undefined)!.parameters;
    const assignment: Assignment = { ...base, [name]: value };
    return misfitsOf(run, space, assignment).length === 0;
  };
  const borders: Border[] = [];
  const changes: string[] = [];
  const next = Object.entries(space).map(([name, dimension]): [string, Dimension] => {
    const values = best.map(({ parameters }) => parameters[name]).filter((value) => value !== undefined);
    if (values.length < 2) return [name, dimension];
    const numbers = values as number[];
    const own = isNumeric(dimension) ? bordersOf(name, dimension, numbers, valuesAt(tried, name)) : [];
    borders.push(...own);
    if (!narrowing) return [name, dimension];
    const change = isNumeric(dimension)
      ? narrowNumbers(dimension, numbers, own, margin, acceptsAt(name))
      : narrowValues(dimension, values);
    if (change.says !== undefined) changes.push(`${name}: ${change.says}`);
    return [name, change.dimension];
  });
  return { best, borders, space: withoutUnreachable(Object.fromEntries(next)), changes };
}
