/** Whether runs take what a space gives them: documents are made and resolved, none is run. */
import { DocumentError, type Problem } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import { resolveRun } from "../document/resolve.ts";
import type { RunDocument } from "../document/run-document.ts";
import { assign, valuesOf } from "./conditions.ts";
import type { Assignment, Dimension, Json, Space } from "./space.ts";
import { withAssignment } from "./trial-document.ts";
import { choicesOf, isNumeric, valueAt } from "./unit.ts";

/** What a run says against a point of the space; nothing where it takes it. */
export function misfitsOf(run: RunDocument, space: Space, assignment: Assignment): readonly Problem[] {
  try {
    resolveRun(withAssignment(run, space, assignment));
    return [];
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return error.problems.length > 0 ? error.problems : [{ path: "", message: error.message, hint: error.hint }];
  }
}

/** The values of a dimension that a run is tried with: the ends of its range, or each of its values. */
function endsOf(dimension: Dimension): readonly Json[] {
  return isNumeric(dimension) ? [valueAt(dimension, 0), valueAt(dimension, 1)] : choicesOf(dimension);
}

/** A dimension with a value, and those that its condition looks at with what it waits for. */
function wantedFor(space: Space, name: string, value: Json): Assignment {
  const wanted: Record<string, Json> = { [name]: value };
  for (let when = space[name]!.when; when; when = space[when.path]!.when) wanted[when.path] = valuesOf(when)[0]!;
  return wanted;
}

const textOf = ({ path, message }: Problem): string => (path === "" ? message : `${path}: ${message}`);

/**
 * What runs do not take at the ends of the ranges, and paths that they do not have. A run is tried with points of the whole space; what
 * is wrong with a dimension by itself too is its own mistake, and told once.
 */
export function findMisfits(run: RunDocument, space: Space): Problem[] {
  const found = Object.entries(space).flatMap(([name, dimension]) =>
    endsOf(dimension).map((value) => {
      const wanted = wantedFor(space, name, value);
      const point = assign(space, (one, other) => wanted[one] ?? valueAt(other, 0));
      const problems = misfitsOf(run, space, point);
      const alone = problems.length === 0 ? [] : misfitsOf(run, space, wanted);
      // A path that leads nowhere leaves no document to find more in.
      const isWhole = problems.every(({ path }) => path !== "");
      const own = isWhole ? alone.filter((one) => problems.some((problem) => textOf(problem) === textOf(one))) : alone;
      return { name, value, problems, own };
    }),
  );
  const hasCulprits = found.some(({ own }) => own.length > 0);
  const told = new Set<string>();
  return found.flatMap(({ name, value, problems, own }) =>
    (hasCulprits ? own : problems).flatMap((problem) => {
      const key = hasCulprits ? `${name} ${textOf(problem)}` : textOf(problem);
      if (told.has(key)) return [];
      told.add(key);
      return [{ path: `space.${name}`, message: `with ${showValue(value)}, ${textOf(problem)}`, hint: problem.hint }];
    }),
  );
}
