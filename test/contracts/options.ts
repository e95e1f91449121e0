/** What every definition must do, whatever its kind: refuse options out of range, and say which, what is right and what came. */
import { describe, expect, test } from "vitest";
import type { OptionSpec } from "../../src/core/options.ts";
import { requireOptions } from "../../src/core/options.ts";
import type { Definition } from "../../src/core/registry.ts";
import { raised } from "../data/raised.ts";

export type Options = Readonly<Record<string, unknown>>;

/** The options of an example, checked and with defaults filled in. */
export const resolved = (definition: Definition, given: Options): Options =>
  requireOptions(definition.options, given, definition.name);

/** Values that an option must refuse, each with what the message must say beside the option's name. */
function refused(spec: OptionSpec): { value: unknown; says: string[] }[] {
  if (spec.type === "boolean") return [1, "true", []].map((value) => ({ value, says: ["true or false"] }));
  if (spec.type === "component") return [3, true].map((value) => ({ value, says: [spec.of] }));
  if (spec.type === "layers") return [3, "relu", true, []].map((value) => ({ value, says: ["a list of layers"] }));
  if (spec.type === "wordOrInteger") {
    const says = [...spec.choices, ...[spec.min, spec.max].filter((bound) => bound !== undefined).map(String)];
    const values: unknown[] = [`${spec.choices[0]}x`, "1", true, [], 0.5, Number.NaN];
    if (spec.min !== undefined) values.push(spec.min - 1);
    if (spec.max !== undefined) values.push(spec.max + 1);
    return values.map((value) => ({ value, says }));
  }
  if (spec.type === "string") {
    const says = spec.choices ? [...spec.choices] : ["text"];
    return [7, true, ...(spec.choices ? [`${spec.choices[0]}x`] : [])].map((value) => ({ value, says }));
  }
  if (spec.type === "texts") return [3, true, [1], ["a", null]].map((value) => ({ value, says: ["a list of texts"] }));
  if (spec.type === "numbers") {
    const says = [spec.min, spec.max].filter((bound) => bound !== undefined).map(String);
    const values: unknown[] = [1, "1", true, [], ["1"], [1, Number.NaN], [[1]]];
    if (spec.min !== undefined) values.push([1, spec.min - 1]);
    if (spec.max !== undefined) values.push([spec.max + 1]);
    return values.map((value) => ({ value, says: ["a list of numbers", ...says] }));
  }
  const { min, max, minExclusive, maxExclusive, type } = spec;
  const says = [min, max].filter((bound) => bound !== undefined).map(String);
  const values: unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1", true, []];
  if (min !== undefined) values.push(minExclusive ? min : min - 1, min - 1e-3);
  if (max !== undefined) values.push(maxExclusive ? max : max + 1, max + 1e-3);
  if (type === "integer") values.push((min ?? 0) + 0.5);
  return values.map((value) => ({ value, says }));
}

/** As messages show a value; written here again, so that a change of one is noticed. */
function shown(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "number")) return `[${value.join(", ")}]`;
  return Array.isArray(value) ? `a list of ${value.length}` : String(value);
}

export function optionsContract(kind: string, definition: Definition, examples: readonly Options[]): void {
  const owner = `${kind} '${definition.name}'`;
  describe(`options of ${owner}`, () => {
    test("the examples are valid", () => {
      for (const example of examples) expect(() => requireOptions(definition.options, example, owner)).not.toThrow();
    });

    const names = Object.keys(definition.options);
    test.each(names)("%s out of range gives an error that names option, range and value", (name) => {
      const spec = definition.options[name]!;
      for (const { value, says } of refused(spec)) {
        const message = raised(() => requireOptions(definition.options, { ...examples[0], [name]: value }, owner));
        expect(message).toMatch(/^OptionError E_OPTION: /);
        for (const part of [owner, name, ...says, `received ${shown(value)}`])
          expect(message, `${name} = ${shown(value)}`).toContain(part);
      }
    });

    test("an unknown option gives an error that names it, and the nearest one", () => {
      const typed = (name: string) => `${name.slice(0, 2)}${name.slice(3)}`; // a letter is missing
      for (const name of names.filter((one) => one.length > 3)) {
        const message = raised(() => requireOptions(definition.options, { ...examples[0], [typed(name)]: 1 }, owner));
        expect(message).toContain(`${owner} has no option '${typed(name)}'`);
        expect(message).toContain(`Did you mean '${name}'?`);
      }
      expect(raised(() => requireOptions(definition.options, { ...examples[0], zzzzzzzz: 1 }, owner))).toContain("zzzzzzzz");
    });

    test("an option without a default that is left out is named", () => {
      for (const [name, spec] of Object.entries(definition.options)) {
        if (("default" in spec && spec.default !== undefined) || spec.optional) continue;
        const { [name]: _, ...others } = examples[0]!;
        expect(raised(() => requireOptions(definition.options, others, owner))).toContain(`${owner} needs '${name}'`);
      }
    });
  });
}
