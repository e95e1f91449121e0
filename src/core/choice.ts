/**
 * Definitions as functions: `adam({ learningRate: 0.01 })` chooses one with options, wherever a document takes a component. What
 * comes back is the same object that a document in JSON would hold; the definition travels along under a symbol, which JSON does not
 * see, so that one of a person's own needs no registry.
 */
import type { OptionSpecs, ValueOf } from "./options.ts";
import type { Definition } from "./registry.ts";

const definitionOf: unique symbol = Symbol.for("osolgil.definition");

/** A definition with options, as a document holds it: `{ kind: "adam", learningRate: 0.01 }`. */
export interface Choice {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** A component where a document takes one: its name, the object with its `kind`, or a definition itself, with its defaults. */
export type ComponentInput = string | Choice | Definition;

type MayBeAbsent<S> = S extends { optional: true } | { default: unknown } ? true : false;

/** What a person gives for a definition's options: those that have a default, or may be absent, may be left out. */
export type OptionInput<S extends OptionSpecs> = {
  readonly [K in keyof S as MayBeAbsent<S[K]> extends true ? K : never]?: InputOf<S[K]>;
} & { readonly [K in keyof S as MayBeAbsent<S[K]> extends true ? never : K]: InputOf<S[K]> };
type InputOf<S> = S extends { type: "component" }
  ? ComponentInput
  : S extends { type: "layers" }
    ? readonly ComponentInput[]
    : NonNullable<ValueOf<S>>;

/** The function that a definition is. `More` are the keys that its kind takes beside its options. */
export type Chooser<S extends OptionSpecs, More = unknown> =
  Record<never, never> extends OptionInput<S>
    ? (options?: OptionInput<S> & More) => Choice
    : (options: OptionInput<S> & More) => Choice;

/**
 * Makes a definition callable; it keeps all that it is.
 *
 * @param role  what it is a definition of, as its registry is called: "optimizer"
 */
export function choosable<D extends Definition, S extends OptionSpecs, More = unknown>(
  role: string,
  definition: Omit<D, "role">,
): D & Chooser<S, More> {
  const choose = (options: Readonly<Record<string, unknown>> = {}) => ({
    ...options,
    kind: definition.name as string,
    [definitionOf]: choose,
  });
  // A function's own `name` cannot be assigned to, but it can be defined anew.
  for (const [key, value] of Object.entries({ ...definition, role }))
    Object.defineProperty(choose, key, { value, enumerable: true });
  return choose as unknown as D & Chooser<S, More>;
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === "function" && typeof (value as Partial<Definition>).summary === "string" && "options" in value;

/** The definition that a component brings along, or undefined where it is known by name alone. */
export function definitionIn(component: unknown): Definition | undefined {
  if (isDefinition(component)) return component;
  const { kind, [definitionOf]: carried } = (component ?? {}) as { kind?: unknown; [definitionOf]?: unknown };
  // Whoever has changed the kind means another definition.
  return isDefinition(carried) && carried.name === kind ? carried : undefined;
}

/** A document in which every component of the name of one of `definitions` brings that definition along. */
export function definitionsIn(document: unknown, definitions: readonly Definition[]): unknown {
  if (definitions.length === 0 || typeof document !== "object" || document === null) return document;
  if (Array.isArray(document)) return document.map((one) => definitionsIn(one, definitions));
  const inside = Object.fromEntries(Object.entries(document).map(([key, value]) => [key, definitionsIn(value, definitions)]));
  const own = definitions.find(({ name }) => name === inside.kind);
  return own ? { ...inside, [definitionOf]: own } : inside;
}

/** A document as JSON holds it: parts by their names alone, for those who know the parts by name. */
export function namesAlone(document: unknown): unknown {
  const text = JSON.stringify(document, (_, value: unknown) => (isDefinition(value) ? value.name : value));
  return text === undefined ? undefined : JSON.parse(text);
}
