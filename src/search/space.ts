/**
 * What a search may choose: for paths of a run document, the values that they may have.
 *
 *   { "optimizer.learningRate": { "type": "float", "min": 1e-6, "max": 1e-2, "scale": "log" } }
 */

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** That a dimension counts only where another has one of these values. */
export interface Condition {
  /** Name of the other dimension, which itself may have a condition. */
  readonly path: string;
  readonly is: Json | readonly Json[];
}

interface DimensionBase {
  /** The paths that get the value; the name of the dimension where absent. */
  readonly paths?: readonly string[];
  /** Absent: the dimension always counts. */
  readonly when?: Condition;
}
/** Real numbers in [min, max]. */
export interface FloatDimension extends DimensionBase {
  readonly type: "float";
  readonly min: number;
  readonly max: number;
  /** Along which they are spread evenly; default linear. */
  readonly scale?: "linear" | "log";
  /** Values are min + k step, for linear scales. */
  readonly step?: number;
}
/** Whole numbers in [min, max], both of which can come. */
export interface IntegerDimension extends DimensionBase {
  readonly type: "integer";
  readonly min: number;
  readonly max: number;
  readonly scale?: "linear" | "log";
  readonly step?: number;
}
/** One of some values, in no order; each any JSON, such as a whole component. */
export interface CategoricalDimension extends DimensionBase {
  readonly type: "categorical";
  readonly values: readonly Json[];
}
/** True or false. */
export interface BooleanDimension extends DimensionBase {
  readonly type: "boolean";
}
/** What one choice of a search may be. */
export type Dimension = FloatDimension | IntegerDimension | CategoricalDimension | BooleanDimension;

/** Dimensions by name. */
export type Space = Readonly<Record<string, Dimension>>;

/** A point of a space: a value for each dimension that counts there. */
export type Assignment = Readonly<Record<string, Json>>;
