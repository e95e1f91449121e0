/** Points of a space as numbers, for models of what trials give. */
import { assign } from "./conditions.ts";
import type { Assignment, Dimension, Space } from "./space.ts";
import { isNumeric, levelsOf, unitOf, valueAt } from "./unit.ts";

/** The dimensions as `inOrder` gives them. */
export type Ordered = readonly (readonly [name: string, dimension: Dimension])[];

/** What stands for the place of a dimension that does not count: the same everywhere. */
const absent = 0.5;

/** Of each dimension of numbers the value's place in [0, 1], of each other one the number of the value; -1 where it does not count. */
export const encoded = (dimensions: Ordered, assignment: Assignment): Float64Array =>
  Float64Array.from(dimensions, ([name, dimension]) => {
    const value = assignment[name];
    if (value === undefined) return isNumeric(dimension) ? absent : -1;
    const u = unitOf(dimension, value);
    return isNumeric(dimension) ? u : Math.floor(u * levelsOf(dimension)!);
  });

/** The point of the space at a place of the unit cube. */
export const decoded = (space: Space, units: Float64Array): Assignment =>
  assign(space, (_, dimension, at) => valueAt(dimension, units[at]!));

/** The place of a point in the unit cube. */
export const placeInCube = (dimensions: Ordered, assignment: Assignment): Float64Array =>
  Float64Array.from(dimensions, ([name, dimension]) =>
    assignment[name] === undefined ? absent : unitOf(dimension, assignment[name]),
  );
