/** Which dimensions count at a point: those without a condition, and those whose condition holds there. */
import type { Assignment, Condition, Dimension, Json, Space } from "./space.ts";
import { indexOfValue } from "./unit.ts";

/** The values of a condition, one at least. */
export const valuesOf = ({ is }: Condition): readonly Json[] => (Array.isArray(is) ? (is as readonly Json[]) : [is as Json]);

/** Whether a dimension counts, given the values of those before it. */
export function counts({ when }: Dimension, assignment: Assignment): boolean {
  if (when === undefined) return true;
  const value = assignment[when.path];
  return value !== undefined && indexOfValue(valuesOf(when), value) >= 0;
}

/** The dimensions as they are written, but each behind the one that its condition looks at. A circle's are left out. */
export function inOrder(space: Space): readonly (readonly [name: string, dimension: Dimension])[] {
  const ordered = new Map<string, Dimension>();
  let left = Object.entries(space);
  for (let before = -1; left.length !== before; ) {
    before = left.length;
    left = left.filter(([name, dimension]) => {
      const isReady = dimension.when === undefined || ordered.has(dimension.when.path);
      if (isReady) ordered.set(name, dimension);
      return !isReady;
    });
  }
  return [...ordered];
}

/** A point of the space: the value that is chosen for each dimension that counts there. */
export function assign(space: Space, choose: (name: string, dimension: Dimension, at: number) => Json): Assignment {
  const assignment: Record<string, Json> = {};
  for (const [at, [name, dimension]] of inOrder(space).entries())
    if (counts(dimension, assignment)) assignment[name] = choose(name, dimension, at);
  return assignment;
}
