/**
 * How near searches come to the least value of a function, at equal numbers of trials: ours, and Optuna's where a Python has it.
 *
 *   npm run bench:search -- [--only "Branin,Hartmann 6,C12"] [--seeds 20] [--trials 30] [--python python3] [--save]
 *
 * The regret is the best value of a search minus the least value of the function: its median over the seeds, and its quartiles. C12
 * trains networks (some minutes for each sampler); nobody knows its least value, and the best of all its searches stands for it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { localClock, wallClock } from "../src/core/clock.ts";
import { samplers } from "../src/search/samplers/index.ts";
import { branin, hartmann6, type Landscape, regretOf } from "../src/testing/landscapes.ts";
import { c12 } from "./c12.ts";
import { describeMachine, describeVersions } from "./machine.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "20" },
    trials: { type: "string", default: "30" },
    python: { type: "string" },
    save: { type: "boolean", default: false },
  },
});
const trials = Number(options.trials);
const seeds = Array.from({ length: Number(options.seeds) }, (_, i) => i + 1);

interface Line {
  readonly function: string;
  readonly sampler: string;
  readonly median?: number;
  readonly quartiles?: readonly [number, number];
  readonly millisecondsPerTrial?: number;
  /** Why there is no figure. */
  readonly skipped?: string;
}

/** A function, whose least value may not be known. */
type Searched = Omit<Landscape, "least"> & Partial<Pick<Landscape, "least">>;

interface Measured {
  readonly sampler: string;
  /** The best of each search. */
  readonly bests: readonly number[];
  readonly milliseconds: number;
}

const digits = (value: number): number => Number(value.toPrecision(3));

function lineOf(landscape: Searched, { sampler, bests, milliseconds }: Measured, least: number): Line {
  const sorted = bests.map((best) => best - least).sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    return digits(sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!));
  };
  return {
    function: landscape.name,
    sampler,
    median: at(0.5),
    quartiles: [at(0.25), at(0.75)],
    millisecondsPerTrial: digits(milliseconds),
  };
}

function ours(landscape: Searched, sampler: string): Measured {
  const start = performance.now();
  const bests = seeds.map((seed) => regretOf(samplers.get(sampler), {}, { ...landscape, least: 0 }, trials, seed));
  return { sampler, bests, milliseconds: (performance.now() - start) / seeds.length / trials };
}

function optunas(landscape: Searched, name: string, python: string): Measured | Line {
  const script = join(import.meta.dirname, "peers/optuna_search.py");
  const list = [script, name, landscape.name, String(trials), ...seeds.map(String)];
  const { status, stdout, stderr, error } = spawnSync(python, list, { encoding: "utf8" });
  const sampler = `Optuna ${name}`;
  if (error || status !== 0)
    return { function: landscape.name, sampler, skipped: error?.message ?? stderr.trim().split("\n").pop()! };
  const told = JSON.parse(stdout.trim().split("\n").pop()!) as Omit<Measured, "sampler"> & { readonly version: string };
  return { ...told, sampler: `Optuna ${told.version} ${name}` };
}

const machine = describeMachine();
console.log(`${trials} trials, ${seeds.length} seeds; ${machine.cpu}`);
console.log(
  `${"function".padEnd(12)}${"sampler".padEnd(24)}${"median regret".padStart(14)}  ${"(quartiles)".padEnd(22)}ms/trial`,
);
const lines: Line[] = [];
const tell = (line: Line): void => {
  lines.push(line);
  const figures =
    line.median === undefined
      ? `skipped: ${line.skipped}`
      : `${String(line.median).padStart(14)}  ${`(${line.quartiles![0]} to ${line.quartiles![1]})`.padEnd(22)}${line.millisecondsPerTrial}`;
  console.log(`${line.function.padEnd(12)}${line.sampler.padEnd(24)}${figures}`);
};
const all: readonly Searched[] = [branin, hartmann6, c12];
const only = options.only?.split(",");
for (const landscape of all.filter(({ name }) => only?.includes(name) ?? true)) {
  const measured: (Measured | Line)[] = ["random", "sobol", "gaussianProcess"].map((name) => ours(landscape, name));
  const { python } = options;
  if (python !== undefined) for (const name of ["random", "TPE", "GP"]) measured.push(optunas(landscape, name, python));
  const least = landscape.least ?? Math.min(...measured.flatMap((one) => ("bests" in one ? one.bests : [])));
  for (const one of measured) tell("bests" in one ? lineOf(landscape, one, least) : one);
}

if (options.save) {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const stem = `${localClock().slice(0, 10)}-search`;
  let path = join(folder, `${stem}.json`);
  for (let number = 2; existsSync(path); number++) path = join(folder, `${stem}-${number}.json`);
  // Times are not taken in turns: they are for the eye alone.
  const kept = lines.map(({ millisecondsPerTrial: _, ...line }) => line);
  const results = { date: wallClock(), machine, versions: describeVersions(), trials, seeds: seeds.length, lines: kept };
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`saved: ${path}`);
}
