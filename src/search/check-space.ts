/** From what a person has written to a space: every mistake is named, with its path. */
import type { Problem } from "../core/errors.ts";
import { showValue, suggestName } from "../core/names.ts";
import { isPlainObject, type PlainObject } from "../core/objects.ts";
import { inOrder, valuesOf } from "./conditions.ts";
import type { Condition, Dimension, Json, Space } from "./space.ts";
import { choicesOf, indexOfValue, isNumeric, type NumericDimension, sameJson } from "./unit.ts";

const numeric = ["min", "max", "scale", "step"] as const;
const keysOf: Readonly<Record<string, readonly string[]>> = {
  float: numeric,
  integer: numeric,
  categorical: ["values"],
  boolean: [],
};
const everywhere = ["type", "paths", "when"] as const;

/** A mistake in a dimension: what is wrong, with the key that is wrong in it. */
type Report = (key: string, message: string, hint?: string) => void;

function checkNumeric(given: PlainObject, report: Report): void {
  const { type, min, max, scale = "linear", step } = given as unknown as NumericDimension;
  const isInteger = type === "integer";
  const kind = isInteger ? "an integer" : "a number";
  const accepts = isInteger ? Number.isSafeInteger : Number.isFinite;
  const wrong = (["min", "max"] as const).filter((key) => !accepts(given[key]));
  for (const key of wrong) report(key, `expected ${kind}, received ${showValue(given[key])}`);
  if (scale !== "linear" && scale !== "log")
    report("scale", `expected linear or log, received ${showValue(scale)}`, suggestName(String(scale), ["linear", "log"]));
  if (wrong.length > 0) return;
  if (min >= max) {
    const hint = min === max ? "A single value belongs into the run document." : "Exchange the two.";
    report("max", `the range is empty: expected more than ${min}, its min, received ${max}`, hint);
  }
  if (scale === "log" && !(min > 0)) report("min", `a logarithmic scale begins above 0, received ${min}`);
  if (step === undefined) return;
  if (!accepts(step) || !(step > 0)) report("step", `expected ${kind} > 0, received ${showValue(step)}`);
  else if (scale === "log") report("step", "a step goes with a linear scale", "Leave out the step or the scale.");
  else {
    const steps = (max - min) / step;
    if (Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, steps) || steps < 0.5)
      report(
        "step",
        `a step of ${step} does not lead from ${min} to ${max}`,
        `For example a max of ${min + Math.max(1, Math.floor(steps)) * step}.`,
      );
  }
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "boolean" || typeof value === "string" || Number.isFinite(value)) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}

function checkValues({ values }: PlainObject, report: Report): void {
  if (!Array.isArray(values) || values.length === 0) {
    report("values", `expected a list of values, received ${showValue(values)}`);
    return;
  }
  for (const [at, value] of values.entries()) {
    if (!isJson(value)) report(`values[${at}]`, `expected a value of JSON, received ${showValue(value)}`);
    else if (values.slice(0, at).some((other) => sameJson(other, value)))
      report(`values[${at}]`, `${showValue(value)} stands in the list before`);
  }
}

function checkShared({ paths, when }: PlainObject, report: Report): void {
  const isPaths = Array.isArray(paths) && paths.length > 0 && paths.every((one) => typeof one === "string");
  if (paths !== undefined && !isPaths) report("paths", `expected a list of paths, received ${showValue(paths)}`);
  if (when === undefined) return;
  if (!isPlainObject(when) || typeof when.path !== "string" || !isJson(when.is) || Object.keys(when).length !== 2)
    report(
      "when",
      `expected { "path", "is" }, received ${showValue(when)}`,
      'For example { "path": "optimizer.kind", "is": "adam" }.',
    );
}

/** A dimension by itself. Returns whether it is one. */
function checkDimension(name: string, given: unknown, problems: Problem[]): given is Dimension {
  const before = problems.length;
  const report: Report = (key, message, hint) =>
    problems.push({ path: `space.${name}${key === "" ? "" : `.${key}`}`, message, hint });
  const types = Object.keys(keysOf);
  if (!isPlainObject(given)) report("", `expected a dimension: an object with its "type", received ${showValue(given)}`);
  else if (typeof given.type !== "string" || !Object.hasOwn(keysOf, given.type))
    report(
      "type",
      `expected one of ${types.join(", ")}, received ${showValue(given.type)}`,
      suggestName(String(given.type), types),
    );
  else {
    const keys = [...everywhere, ...keysOf[given.type]!];
    for (const key of Object.keys(given)) {
      if (!keys.includes(key)) report(key, `a ${given.type} dimension has no '${key}'`, suggestName(key, keys));
    }
    if (given.type === "categorical") checkValues(given, report);
    else if (given.type !== "boolean") checkNumeric(given, report);
    checkShared(given, report);
  }
  return problems.length === before;
}

/** Whether a dimension can have the value that a condition waits for; otherwise what it can have. */
function missing(dimension: Dimension, value: Json): string | undefined {
  if (!isNumeric(dimension)) {
    const choices = choicesOf(dimension);
    return indexOfValue(choices, value) >= 0 ? undefined : `valid: ${choices.map((one) => JSON.stringify(one)).join(", ")}`;
  }
  if (dimension.type === "float") return "A condition looks at a dimension with values that can be told apart.";
  const isThere = Number.isSafeInteger(value) && (value as number) >= dimension.min && (value as number) <= dimension.max;
  return isThere ? undefined : `valid: integers from ${dimension.min} to ${dimension.max}`;
}

function checkCondition(name: string, { path, is }: Condition, space: Space, problems: Problem[]): void {
  const other = space[path];
  const others = Object.keys(space).filter((one) => one !== name);
  if (other === undefined || path === name) {
    const message = path === name ? "a condition looks at another dimension" : `there is no dimension '${path}'`;
    problems.push({ path: `space.${name}.when.path`, message, hint: suggestName(path, others) });
    return;
  }
  for (const value of valuesOf({ path, is })) {
    const hint = missing(other, value);
    if (hint !== undefined)
      problems.push({ path: `space.${name}.when.is`, message: `'${path}' is never ${showValue(value)}`, hint });
  }
}

/** The paths that get a dimension's value. */
export const pathsOf = (name: string, { paths }: Dimension): readonly string[] => paths ?? [name];

/** A space as it is written, checked; undefined after a mistake, which is among the problems. */
export function checkSpace(given: unknown, problems: Problem[]): Space | undefined {
  const before = problems.length;
  if (!isPlainObject(given) || Object.keys(given).length === 0) {
    const hint = 'For example { "optimizer.learningRate": { "type": "float", "min": 1e-6, "max": 1e-2, "scale": "log" } }.';
    problems.push({ path: "space", message: `expected an object of dimensions, received ${showValue(given)}`, hint });
    return undefined;
  }
  for (const [name, dimension] of Object.entries(given)) checkDimension(name, dimension, problems);
  if (problems.length > before) return undefined;
  const space = given as Space;
  for (const [name, { when }] of Object.entries(space)) if (when) checkCondition(name, when, space, problems);
  if (problems.length > before) return undefined;
  const reached = new Set(inOrder(space).map(([name]) => name));
  const circle = Object.keys(space).filter((name) => !reached.has(name));
  for (const name of circle)
    problems.push({ path: `space.${name}.when`, message: `the conditions of ${circle.join(", ")} wait for each other` });
  const always = new Map<string, string>();
  for (const [name, dimension] of Object.entries(space)) {
    for (const path of dimension.when ? [] : pathsOf(name, dimension)) {
      const other = always.get(path);
      if (other !== undefined) problems.push({ path: `space.${name}`, message: `'${path}' is set by '${other}' too` });
      always.set(path, name);
    }
  }
  return problems.length > before ? undefined : space;
}
