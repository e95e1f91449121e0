/** A registry: the definitions of one kind, by name. A folder's index makes one, one line a definition. */
import { OptionError } from "./errors.ts";
import { suggestName } from "./names.ts";
import type { OptionSpecs } from "./options.ts";

/** What every definition has, whatever its kind. */
export interface Definition {
  /** Registry name in camelCase; its file has the same name in kebab-case. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Paper, equation, or row of the lecture. */
  readonly source: string;
  readonly options: OptionSpecs;
  /** What it is a definition of: "optimizer". The `define…` functions say it. */
  readonly role?: string;
}

/** The definitions of one kind, by name. */
export interface Registry<D extends Definition> {
  /** What is registered here, in the singular: "optimizer". */
  readonly kind: string;
  readonly names: readonly string[];
  readonly all: readonly D[];
  /** Whether there is such a definition. */
  has(name: string): boolean;
  /** @throws OptionError no such definition; names the nearest */
  get(name: string): D;
}

export function createRegistry<D extends Definition>(kind: string, definitions: readonly D[]): Registry<D> {
  const byName = new Map<string, D>();
  for (const definition of definitions) {
    if (byName.has(definition.name))
      throw new OptionError("E_REGISTRY", { message: `two ${kind}s are named '${definition.name}'` });
    byName.set(definition.name, definition);
  }
  const names = [...byName.keys()];
  return {
    kind,
    names,
    all: [...byName.values()],
    has: (name) => byName.has(name),
    get(name) {
      const found = byName.get(name);
      if (!found)
        throw new OptionError("E_UNKNOWN_NAME", { message: `there is no ${kind} '${name}'`, hint: suggestName(name, names) });
      return found;
    },
  };
}
