/** What every definition must do, whatever its kind: refuse options out of range, and say which, what is right and what came. */
import { type OptionSpec, requireOptions } from "../core/options.ts";
import type { Definition } from "../core/registry.ts";
import { type Check, hold, holdSays, type Options, raised } from "./check.ts";

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

/** The checks of a definition's options, whatever its kind. */
export function optionChecks(kind: string, definition: Definition, examples: readonly Options[]): Check[] {
  const owner = `${kind} '${definition.name}'`;
  const names = Object.keys(definition.options);
  const given = (options: Options) => () => requireOptions(definition.options, options, owner);
  return [
    {
      name: "the examples are valid",
      run() {
        hold(examples.length > 0, `${owner} needs an example at least`);
        for (const example of examples) given(example)();
      },
    },
    ...names.map((name) => ({
      name: `${name} out of range gives an error that names option, range and value`,
      run() {
        for (const { value, says } of refused(definition.options[name]!)) {
          const what = `${name} = ${shown(value)}`;
          const message = raised(given({ ...examples[0], [name]: value }), what);
          holdSays(message, ["OptionError E_OPTION: ", owner, name, ...says, `received ${shown(value)}`], what);
        }
      },
    })),
    {
      name: "an unknown option gives an error that names it, and the nearest one",
      run() {
        const typed = (name: string) => `${name.slice(0, 2)}${name.slice(3)}`; // a letter is missing
        for (const name of names.filter((one) => one.length > 3)) {
          const message = raised(given({ ...examples[0], [typed(name)]: 1 }), typed(name));
          holdSays(message, [`${owner} has no option '${typed(name)}'`, `Did you mean '${name}'?`], typed(name));
        }
        holdSays(raised(given({ ...examples[0], zzzzzzzz: 1 }), "zzzzzzzz"), ["zzzzzzzz"], owner);
      },
    },
    {
      name: "an option without a default that is left out is named",
      run() {
        for (const [name, spec] of Object.entries(definition.options)) {
          if (("default" in spec && spec.default !== undefined) || spec.optional) continue;
          const { [name]: _, ...others } = examples[0]!;
          holdSays(raised(given(others), `without ${name}`), [`${owner} needs '${name}'`], owner);
        }
      },
    },
  ];
}

/** The checks of each example, their names begun with its options. */
export const forExamples = (
  examples: readonly Options[],
  checks: (example: Options, what: string) => readonly Check[],
): Check[] =>
  examples.flatMap((example) => {
    const what = JSON.stringify(example);
    return checks(example, what).map((check) => ({ ...check, name: `with ${what}, ${check.name}` }));
  });
