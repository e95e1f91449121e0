/**
 * How near searches come to the least value of a function, at equal numbers of trials: ours, and Optuna's where a Python has it.
 *
 *   npm run bench:search -- [--seeds 20] [--trials 30] [--python python3] [--save]
 *
 * The regret is the best value of a search minus the least value of the function: its median over the seeds, and its quartiles.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { localClock, wallClock } from "../src/core/clock.ts";
import { samplers } from "../src/search/samplers/index.ts";
import { branin, hartmann6, type Landscape, regretOf } from "../src/testing/landscapes.ts";
import { describeMachine, describeVersions } from "./machine.ts";

const { values: options } = parseArgs({
  options: {
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

interface Measured {
  readonly regrets: readonly number[];
  readonly milliseconds: number;
}

const digits = (value: number): number => Number(value.toPrecision(3));

function lineOf(landscape: Landscape, sampler: string, { regrets, milliseconds }: Measured): Line {
  const sorted = [...regrets].sort((a, b) => a - b);
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

function ours(landscape: Landscape, name: string): Line {
  const start = performance.now();
  const regrets = seeds.map((seed) => regretOf(samplers.get(name), {}, landscape, trials, seed));
  const milliseconds = (performance.now() - start) / seeds.length / trials;
  return lineOf(landscape, name, { regrets, milliseconds });
}

function optunas(landscape: Landscape, name: string, python: string): Line {
  const script = join(import.meta.dirname, "peers/optuna_search.py");
  const list = [script, name, landscape.name, String(trials), ...seeds.map(String)];
  const { status, stdout, stderr, error } = spawnSync(python, list, { encoding: "utf8" });
  const sampler = `Optuna ${name}`;
  if (error || status !== 0)
    return { function: landscape.name, sampler, skipped: error?.message ?? stderr.trim().split("\n").pop()! };
  const told = JSON.parse(stdout.trim().split("\n").pop()!) as Measured & { readonly version: string };
  return lineOf(landscape, `Optuna ${told.version} ${name}`, told);
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
for (const landscape of [branin, hartmann6]) {
  for (const name of ["random", "sobol", "gaussianProcess"]) tell(ours(landscape, name));
  if (options.python !== undefined) for (const name of ["random", "TPE", "GP"]) tell(optunas(landscape, name, options.python));
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
