/**
 * Options as data. A definition (layer, optimizer, data set, ...) says once what its options are; validation, command-line
 * help, documentation and search-space defaults follow from it.
 */
import { OptionError, type Problem } from "./errors.ts";
import { showValue, suggestName } from "./names.ts";
import { isPlainObject } from "./objects.ts";

interface SpecBase {
  /** One sentence for help and documentation. */
  readonly summary?: string;
  /** May be left out although it has no default; the definition then sees undefined. */
  readonly optional?: true;
}

/** A number, the kind that is meant where none is named. */
export interface NumberSpec extends SpecBase {
  readonly type?: "number" | "integer";
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
  readonly minExclusive?: boolean;
  readonly maxExclusive?: boolean;
  /** How a search walks through the range. */
  readonly scale?: "linear" | "log";
}
/** A list of numbers, at least one of them. */
export interface NumbersSpec extends SpecBase {
  readonly type: "numbers";
  readonly default?: readonly number[];
  readonly min?: number;
  readonly max?: number;
}
/** A list of texts, also written as one text with commas between them. */
export interface TextsSpec extends SpecBase {
  readonly type: "texts";
  readonly default?: readonly string[];
}
/** True or false. */
export interface BooleanSpec extends SpecBase {
  readonly type: "boolean";
  readonly default?: boolean;
}
/** A text, any or one of some. */
export interface TextSpec extends SpecBase {
  readonly type: "string";
  readonly default?: string;
  readonly choices?: readonly string[];
}
/** An integer, or one of some words for what is usual: 2, "same". */
export interface WordOrIntegerSpec extends SpecBase {
  readonly type: "wordOrInteger";
  readonly choices: readonly string[];
  readonly default?: string | number;
  readonly min?: number;
  readonly max?: number;
}
/** Another definition, named or written out: "relu", or { "kind": "normal", "std": 0.01 }. */
export interface ComponentSpec extends SpecBase {
  readonly type: "component";
  /** The registry it is looked up in, such as "initializer". */
  readonly of: string;
  readonly default?: string | { readonly kind: string; readonly [option: string]: unknown };
}
/** A list of layers, at least one of them, written as those of a model. */
export interface LayersSpec extends SpecBase {
  readonly type: "layers";
  readonly default?: never;
}

/** What an option may be. A number where no `type` is named. */
export type OptionSpec =
  | NumberSpec
  | NumbersSpec
  | TextsSpec
  | BooleanSpec
  | TextSpec
  | WordOrIntegerSpec
  | ComponentSpec
  | LayersSpec;
/** The options of a definition, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOfKind<S> = S extends { type: "boolean" }
  ? boolean
  : S extends { type: "string"; choices: readonly (infer C)[] }
    ? C
    : S extends { type: "wordOrInteger"; choices: readonly (infer C)[] }
      ? C | number
      : S extends { type: "numbers" }
        ? readonly number[]
        : S extends { type: "texts" }
          ? readonly string[]
          : S extends { type: "string" }
            ? string
            : S extends { type: "component" | "layers" }
              ? unknown
              : number;
/** The value of an option as its definition sees it. */
export type ValueOf<S> = S extends { optional: true } ? ValueOfKind<S> | undefined : ValueOfKind<S>;
/** The values that a definition sees after validation. */
export type OptionValues<S> = { readonly [K in keyof S]: ValueOf<S[K]> };
/**
 * Turns a component's value (name or object) into what the definition uses; given by the room that resolves names. A list of layers
 * is of "layers".
 */
export type ComponentResolver = (of: string, value: unknown, path: string, problems: Problem[]) => unknown;

/** A range in words: "in (0, 1]", ">= 0". */
export function describeRange(spec: Pick<NumberSpec, "min" | "max" | "minExclusive" | "maxExclusive">): string {
  const { min, max } = spec;
  if (min !== undefined && max !== undefined)
    return `in ${spec.minExclusive ? "(" : "["}${min}, ${max}${spec.maxExclusive ? ")" : "]"}`;
  if (min !== undefined) return `${spec.minExclusive ? ">" : ">="} ${min}`;
  if (max !== undefined) return `${spec.maxExclusive ? "<" : "<="} ${max}`;
  return "finite";
}

/** What an option accepts, in words. */
export function describeSpec(spec: OptionSpec): string {
  if (spec.type === "boolean") return "true or false";
  if (spec.type === "string") return spec.choices ? `one of ${spec.choices.join(", ")}` : "a text";
  if (spec.type === "wordOrInteger") return `${spec.choices.join(", ")}, or an integer ${describeRange(spec)}`;
  if (spec.type === "component") return `the name of an ${spec.of}, or an object with its "kind"`;
  if (spec.type === "numbers") return `a list of numbers ${describeRange(spec)}`;
  if (spec.type === "layers") return "a list of layers";
  if (spec.type === "texts") return "a list of texts, or one text with commas between them";
  return `${spec.type === "integer" ? "an integer" : "a number"} ${describeRange(spec)}`;
}

function accepts(spec: OptionSpec, value: unknown): boolean {
  if (spec.type === "boolean") return typeof value === "boolean";
  if (spec.type === "string") return typeof value === "string" && (spec.choices?.includes(value) ?? true);
  if (spec.type === "component")
    return typeof value === "string" || typeof value === "function" || (typeof value === "object" && value !== null);
  if (spec.type === "layers") return Array.isArray(value) && value.length > 0;
  if (spec.type === "wordOrInteger")
    return typeof value === "string" ? spec.choices.includes(value) : accepts({ ...spec, type: "integer", default: 0 }, value);
  if (spec.type === "texts")
    return typeof value === "string" || (Array.isArray(value) && value.every((one) => typeof one === "string"));
  if (spec.type === "numbers")
    return (
      Array.isArray(value) && value.length > 0 && value.every((one) => accepts({ ...spec, type: "number", default: 0 }, one))
    );
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (spec.type === "integer" && !Number.isSafeInteger(value)) return false;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
  return (spec.minExclusive ? value > min : value >= min) && (spec.maxExclusive ? value < max : value <= max);
}

/** "a, b" -> ["a", "b"]. */
const partsOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/**
 * Checks what was given against the definition's options and fills in the defaults.
 *
 * Every mistake is added to `problems` with its path; the result is complete only when none was added.
 *
 * @param owner    who has the options, for messages: "optimizer 'adam'"
 * @param ignored  keys that belong to the document and not to the definition, such as "kind"
 */
export function resolveOptions(
  specs: OptionSpecs,
  given: Readonly<Record<string, unknown>>,
  where: { owner: string; path: string; problems: Problem[]; ignored?: readonly string[]; resolve?: ComponentResolver },
): Record<string, unknown> {
  const { owner, path, problems, ignored = [], resolve } = where;
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(specs, name) || ignored.includes(name)) continue;
    const names = Object.keys(specs);
    const hint = names.length === 0 ? `${owner} has no options.` : suggestName(name, names);
    problems.push({ path: at(name), message: `${owner} has no option '${name}'`, hint });
  }
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name] === undefined ? spec.default : given[name];
    if (value === undefined) {
      if (!spec.optional) problems.push({ path: at(name), message: `${owner} needs '${name}': ${describeSpec(spec)}` });
    } else if (!accepts(spec, value)) {
      const hint = "choices" in spec && spec.choices ? suggestName(String(value), spec.choices) : undefined;
      problems.push({
        path: at(name),
        message: `${owner}: ${name} must be ${describeSpec(spec)}, received ${showValue(value)}`,
        hint,
      });
    } else {
      const of = spec.type === "component" ? spec.of : spec.type === "layers" ? "layers" : undefined;
      if (of !== undefined && resolve) values[name] = resolve(of, value, at(name), problems);
      else values[name] = spec.type === "texts" && typeof value === "string" ? partsOf(value) : value;
    }
  }
  return values;
}

/** As `resolveOptions`, for a section of a document by its path; undefined, and a problem more, where it is no object. */
export function resolveSection<S extends OptionSpecs>(
  specs: S,
  value: unknown,
  path: string,
  problems: Problem[],
  ignored: readonly string[] = [],
): OptionValues<S> | undefined {
  if (isPlainObject(value)) return resolveOptions(specs, value, { owner: path, path, problems, ignored }) as OptionValues<S>;
  problems.push({ path, message: `expected an object with ${Object.keys(specs).join(", ")}, received ${showValue(value)}` });
  return undefined;
}

/** As `resolveOptions`, for use from code: the first mistake is thrown. */
export function requireOptions<S extends OptionSpecs>(
  specs: S,
  given: Readonly<Record<string, unknown>>,
  owner: string,
): OptionValues<S> {
  const problems: Problem[] = [];
  const values = resolveOptions(specs, given, { owner, path: "", problems });
  const first = problems[0];
  if (first) throw new OptionError("E_OPTION", { message: first.message, hint: first.hint });
  return values as OptionValues<S>;
}
