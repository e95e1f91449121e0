/** What commands that take a run document have in common: the document, and changes to it from the command line. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { OptionError } from "../core/errors.ts";
import { isPlainObject, type PlainObject } from "../core/objects.ts";
import { describeSpec } from "../core/options.ts";
import type { Definition, Registry } from "../core/registry.ts";
import { editDocument } from "../document/edit.ts";
import { mainJob } from "../document/main-job.ts";
import { allParts, resolveRun } from "../document/resolve.ts";
import type { Run } from "../document/run-document.ts";
import { documentFromCsv, isTablePath } from "../files/csv-document.ts";
import { loadDocument } from "../files/load-document.ts";

export interface RunOptions {
  readonly set: readonly string[];
  readonly epochs?: number;
  readonly iterations?: number;
  readonly seed?: number;
  readonly numerics?: string;
  readonly target?: string;
}

/** A whole number on the command line. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It is a whole number >= ${least} and <= ${Number.MAX_SAFE_INTEGER}.`);
    return value;
  };
}

/** A time on the command line: 5, 0.5, 2m. */
export function seconds(text: string): number {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Number(number) * { ms: 0.001, s: 1, m: 60, h: 3600 }[unit as "s"];
  if (!(value > 0)) throw new InvalidArgumentError("It is a time in seconds above 0, or with a unit: 5, 500ms, 2m.");
  return value;
}

/** The options that change the document: --set, --epochs, --iterations, --seed and --numerics. */
export function addRunOptions(command: Command): Command {
  return command
    .argument(
      "[document]",
      "run.json, or a run.ts that exports one, or a .csv file to make one for; without it the main job: MNIST, 784-100-100-100-100-10, Adam",
    )
    .option("--target <column>", "the column of a .csv file that is predicted (default: the last)")
    .option(
      "--set <path=value>",
      "change the document: optimizer.learningRate=0.1, model[0].units=50 (may be repeated)",
      (edit, all: string[]) => [...all, edit],
      [],
    )
    .option("--epochs <n>", "passes over the training examples, in place of what the document says", wholeNumber(1))
    .addOption(new Option("--iterations <n>", "steps, in place of epochs").argParser(wholeNumber(1)).conflicts("epochs"))
    .option("--seed <n>", "decides every random choice of the run", wholeNumber(0))
    .option("--numerics <profile>", "how products are summed: fused, portable or auto");
}

/** The document with what the options say in place of what it says. */
function override(document: Readonly<Record<string, unknown>>, options: RunOptions): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...document };
  for (const name of ["seed", "numerics"] as const) if (options[name] !== undefined) changed[name] = options[name];
  for (const name of ["epochs", "iterations"] as const) {
    const training = changed.training ?? {};
    // What is no object at all is left for the validation to name.
    if (options[name] === undefined || !isPlainObject(training)) continue;
    const { epochs: _, iterations: __, ...rest } = training;
    changed.training = { ...rest, [name]: options[name] };
  }
  return changed;
}

/**
 * The run that a command line asks for.
 *
 * @param tell  gets a document that was made for a table, and what was decided in it
 * @throws DocumentError | FileError | DataError
 */
export async function runFromOptions(
  path: string | undefined,
  options: RunOptions,
  tell: (document: PlainObject, notes: readonly string[]) => void = () => {},
): Promise<Run> {
  const made = path !== undefined && isTablePath(path) ? documentFromCsv(path, options.target) : undefined;
  if (options.target !== undefined && !made) {
    throw new OptionError("E_TARGET", {
      message: `--target names a column of a .csv file, and ${path === undefined ? "none is given" : `'${path}' is none`}`,
      hint: "In a document, data.target says what is predicted.",
    });
  }
  let document: unknown = made ? made.document : path === undefined ? mainJob : await loadDocument(path);
  for (const edit of options.set) document = editDocument(document, edit);
  if (isPlainObject(document)) document = override(document, options);
  if (made && isPlainObject(document)) tell(document, made.notes);
  return resolveRun(document, path === undefined ? "the main job" : `'${path}'`);
}

/** A definition and its options, for --help. */
export function describeDefinition({ name, summary, options }: Definition): string {
  const lines = Object.entries(options).map(([option, spec]) => {
    const start =
      "default" in spec && spec.default !== undefined
        ? `, default ${typeof spec.default === "object" ? JSON.stringify(spec.default) : spec.default}`
        : spec.optional
          ? ", optional"
          : "";
    return `        ${option}: ${describeSpec(spec)}${start}`;
  });
  return [`    ${name.padEnd(20)} ${summary}`, ...lines].join("\n");
}

/** What a document can name, for --help: made from the definitions. */
export function describeParts(): string {
  const { datasets, layers, preprocessings, augmentations, metrics, hint: _, ...others } = allParts;
  const registries: [string, Registry<Definition>][] = [
    ["data", datasets],
    ["preprocessing", preprocessings],
    ["augmentation", augmentations],
    ["model", layers],
    ...Object.values(others).map((registry): [string, Registry<Definition>] => [registry.kind, registry]),
    ["metrics", metrics],
  ];
  const parts = registries.map(([section, { all }]) => `  ${section}\n${all.map(describeDefinition).join("\n")}`);
  return `\nWhat a run document can name:\n${parts.join("\n")}\n`;
}
