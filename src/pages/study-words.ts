/** Ranges and borders of a study in words. */
import { shortValue } from "../core/names.ts";
import type { Importance } from "../search/importance.ts";
import type { Border } from "../search/narrow.ts";
import type { Dimension } from "../search/space.ts";

/** A dimension's range in words: "1.00e-6 to 0.01, log". */
export function describeRange(dimension: Dimension): string {
  if (dimension.type === "boolean") return "true or false";
  if (dimension.type === "categorical") return dimension.values.map(shortValue).join(", ");
  const { min, max, scale, step } = dimension;
  const kind = dimension.type === "integer" ? ", integer" : "";
  return `${shortValue(min)} to ${shortValue(max)}${scale === "log" ? ", log" : ""}${step === undefined ? "" : `, step ${step}`}${kind}`;
}

/** A border as a sentence. */
export function describeBorder({ dimension, side, at, count, of }: Border, name: string = dimension): string {
  const end = side === "min" ? "lower" : "upper";
  return `${count} of the ${of} best lie at the ${end} end of ${name} (${shortValue(at)}): better ones may lie beyond it`;
}

/** The dimensions that account for most come first. */
export const mostFirst = (shares: readonly Importance[]): Importance[] => [...shares].sort((a, b) => b.share - a.share);
