/** osolgil experiment: the lecture's experiments, each with its figure and what was measured. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { FileError, OptionError } from "../../core/errors.ts";
import { suggestName } from "../../core/names.ts";
import type { Experiment, Language, Outcome } from "../../experiments/define.ts";
import { experiments } from "../../experiments/index.ts";
import { Lab } from "../../experiments/lab.ts";
import { experimentPage, galleryPage, type Told } from "../../experiments/page.ts";
import { renderSvg } from "../../figures/index.ts";
import { loadDataset } from "../../files/data-files.ts";
import { renderPng } from "../../pictures/render-png.ts";
import { writeAtomically } from "../../store/atomic-file.ts";
import { fileFault } from "../../store/file-faults.ts";
import { localeLanguage } from "../locale.ts";
import { screen } from "../output.ts";
import { wholeNumber } from "../run-options.ts";
import { painter } from "../terminal/format.ts";

interface ExperimentOptions {
  readonly quick?: true;
  readonly seed: number;
  readonly data?: string;
  readonly out?: string;
  readonly lang: Language;
  readonly json?: true;
}

export function experimentCommand(finish: (exitCode: number) => void): Command {
  return new Command("experiment")
    .description("Makes the lecture's experiments and their figures: list, one by its ID, or all.")
    .argument("<id>", "list, all, or an experiment such as C3")
    .option("--quick", "one seed, so that all of them take minutes")
    .option("--seed <n>", "the first seed", wholeNumber(0), 0)
    .option("--data <folder>", "holds mnist/, cifar10/, ...; else OSOLGIL_DATA, else what npm brings")
    .option("--out <folder>", "where data, figure and page go (default: experiments/ID, or experiments)")
    .addOption(new Option("--lang <language>", "of texts and figures").choices(["en", "ko"]).default(localeLanguage()))
    .option("--json", "the result as one line of JSON")
    .action(async (id: string, options: ExperimentOptions) => {
      if (id === "list") list(options);
      else if (id === "all") finish(await all(options));
      else finish(await one(find(id), options));
    });
}

function find(id: string): Experiment {
  const found = experiments.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (found) return found;
  const ids = experiments.map((one) => one.id);
  throw new OptionError("E_EXPERIMENT", {
    message: `there is no experiment '${id}'`,
    hint: suggestName(id, ["list", "all", ...ids]),
  });
}

function list({ lang, json }: ExperimentOptions): void {
  const out = screen();
  const paint = painter(out.color);
  for (const { id, name, question } of experiments) {
    if (json) out.write(`${JSON.stringify({ id, name: name[lang], question: question[lang] })}\n`);
    else out.write(`  ${paint("bold", id.padEnd(4))} ${name[lang]}\n       ${paint("dim", question[lang])}\n`);
  }
}

/**
 * Makes a folder for results, or takes one that holds results already: those are replaced. One with anything else in it is left alone,
 * before there is any work to be lost.
 *
 * @param mark  the file by which results of the same kind are known
 */
function makeFolder(path: string, mark: "data.json" | "summary.json"): void {
  try {
    mkdirSync(path, { recursive: true });
    const inside = readdirSync(path);
    if (inside.length === 0 || inside.includes(mark)) return;
  } catch (error) {
    throw fileFault(`the folder '${path}' cannot be made`, error);
  }
  throw new FileError("E_FILE_EXISTS", {
    message: `'${path}' holds files that are no results of experiments: it has no ${mark}`,
    hint: "Give a new folder, an empty one, or one with earlier results, which are replaced.",
  });
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Numbers with as many digits as anybody reads; the files stay small. */
const rounded = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;

async function write(experiment: Experiment, outcome: Outcome, told: Told, folder: string, lang: Language): Promise<void> {
  const figure = outcome.figure(lang);
  const { settings, numbers, data, claims } = outcome;
  const { id, name } = experiment;
  const files: Record<string, Uint8Array> = {
    "data.json": bytesOf(`${JSON.stringify({ id, name, status: told.status, settings, numbers, claims, data }, rounded, 1)}\n`),
    "figure.svg": bytesOf(renderSvg(figure, { theme: "auto" })),
    "figure.png": await renderPng(figure, { theme: "light" }),
    "figure-dark.png": await renderPng(figure, { theme: "dark" }),
    "index.html": bytesOf(experimentPage(experiment, outcome, renderSvg(figure, { theme: "auto" }), lang)),
  };
  for (const [file, bytes] of Object.entries(files)) writeAtomically(join(folder, file), bytes);
}

/** What the lab finds, or why it cannot begin. */
async function tried(experiment: Experiment, options: ExperimentOptions): Promise<{ told: Told; outcome?: Outcome }> {
  const { id, name } = experiment;
  const { data } = options;
  const places = data === undefined ? {} : { environment: { ...process.env, OSOLGIL_DATA: data } };
  const lab = new Lab({
    seed: options.seed,
    quick: options.quick === true,
    load: (run) => loadDataset(run.data.definition, run.data.options, places),
    tell: (what) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K  ${id} ${what}`);
    },
  });
  try {
    const outcome = await experiment.run(lab);
    const status = outcome.claims.every(({ holds }) => holds) ? "holds" : "fails";
    return { outcome, told: { id, name, status, numbers: outcome.numbers, claims: outcome.claims } };
  } catch (error) {
    if (!(error instanceof FileError) || experiment.needs.length === 0) throw error;
    const reason = `${error.message}. ${error.hint ?? ""}`;
    return { told: { id, name, status: "no-data", numbers: {}, claims: [], reason } };
  } finally {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}

function tell({ id, name, status, claims, reason }: Told, lang: Language, folder: string | undefined): void {
  const out = screen();
  const paint = painter(out.color);
  const sign = { holds: paint("green", "✓"), fails: paint("red", "✗"), "no-data": paint("yellow", "–") }[status];
  out.write(`\n  ${sign} ${paint("bold", id)} ${name[lang]}\n`);
  if (reason !== undefined) out.write(`      ${reason}\n`);
  for (const { text, holds, measured } of claims)
    out.write(`      ${holds ? paint("green", "✓") : paint("red", "✗")} ${text[lang]} ${paint("dim", `(${measured})`)}\n`);
  if (folder !== undefined && status !== "no-data") out.write(`      ${paint("dim", join(folder, "index.html"))}\n`);
}

async function one(experiment: Experiment, options: ExperimentOptions): Promise<number> {
  const folder = options.out ?? join("experiments", experiment.id);
  makeFolder(folder, "data.json");
  const { told, outcome } = await tried(experiment, options);
  if (outcome) await write(experiment, outcome, told, folder, options.lang);
  if (options.json) screen().write(`${JSON.stringify({ ...told, name: told.name[options.lang] }, rounded)}\n`);
  else tell(told, options.lang, folder);
  return told.status === "fails" ? 1 : 0;
}

/** Each in a process of its own, as many at a time as there are cores. */
async function all(options: ExperimentOptions): Promise<number> {
  const root = options.out ?? "experiments";
  makeFolder(root, "summary.json");
  // From here on the folder is known as one of results, whenever the work ends.
  writeAtomically(join(root, "summary.json"), bytesOf(`${JSON.stringify({ experiments: [] })}\n`));
  const told = new Map<string, Told>();
  const waiting = [...experiments];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const result = await inChild(next, options, join(root, next.id));
      told.set(next.id, result);
      if (!options.json) tell(result, options.lang, join(root, next.id));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 8) }, worker));
  const results = experiments.map(({ id }) => told.get(id)!);
  const summary = {
    experiments: results.map(({ id, name, status, numbers }) => ({ id, name: name[options.lang], status, numbers })),
  };
  writeAtomically(join(root, "summary.json"), bytesOf(`${JSON.stringify(summary, rounded, 1)}\n`));
  writeAtomically(join(root, "index.html"), bytesOf(galleryPage(results, options.lang)));
  if (options.json) screen().write(`${JSON.stringify(summary, rounded)}\n`);
  else screen().write(`\n  ${join(root, "index.html")}\n\n`);
  return results.some(({ status }) => status === "fails") ? 1 : 0;
}

async function inChild(experiment: Experiment, options: ExperimentOptions, folder: string): Promise<Told> {
  const { seed, data, lang, quick } = options;
  const list = ["experiment", experiment.id, "--seed", String(seed), "--out", folder, "--lang", lang, "--json"];
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      process.argv[1]!,
      ...list,
      ...(quick ? ["--quick"] : []),
      ...(data === undefined ? [] : ["--data", data]),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code === null || code > 1 || output === "") {
    throw new OptionError("E_EXPERIMENT", {
      message: `experiment ${experiment.id} broke off: ${errors.trim() || `exit code ${code}`}`,
    });
  }
  const result = JSON.parse(output) as Omit<Told, "name">;
  const stored = result.status === "no-data" ? result : (JSON.parse(readFileSync(join(folder, "data.json"), "utf8")) as Told);
  return { ...result, claims: stored.claims, name: experiment.name };
}
