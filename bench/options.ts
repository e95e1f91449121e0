/** The command line of the benchmark. */
import { parseArgs } from "node:util";
import type { Numerics } from "../src/engine/engine.ts";
import { peers } from "./peers.ts";
import type { Workload } from "./workload.ts";
import { findWorkloads, groups } from "./workloads.ts";

export const help = `Training steps per second, alone or in turns with other libraries.

  npm run -s bench -- [options]                       Osolgil alone
  npm run -s bench -- --peers [--python PATH] [...]   Osolgil against every peer that is installed

What is run
  --workloads LIST   ${groups.main!.map(({ name }) => name).join(", ")}, or groups of them; default main
                     main     ${groups.main!.map(({ name }) => name).join(", ")}
                     scaling  batch, width and depth grow, one at a time, around 784-256-256-10
                     smallest batch-1 and width-3 of the same network
                     random   random-1 to random-12 dense, random-13 to random-16 convolutional, drawn from a fixed seed
                     A single one of a group goes by its name: width-512, random-3.
  --threads LIST     threads to ask for, such as 1,2; default 1, and 1,2 for the scaling series. Lines tell the threads really
                     used ("1 / 2": one of Osolgil's, two of the peer's); what the engine does not offer is not measured twice.
  --numerics NAME    auto (default), fused or portable
  --window MS        length of a window; default 500 alone, 400 with peers

Against peers
  --peers            races: both processes are ready and wait; then a short window of Osolgil, a short window of the peer, and
                     so on. The ratio is the median of the ratios of neighbouring windows (above 1: Osolgil is faster), told
                     with its quartiles: a machine that slows down slows both.
  --only LIST        only these: ${peers.map(({ name }) => name).join(", ")}
  --python PATH      the Python that has PyTorch and NumPy; default python3
  --rounds N         windows of each; default 15
  --peer-threads N   threads of the peers; default as many as Osolgil's
  Peers that are not installed are listed with the reason and with what installs them:
${peers.map(({ name, summary, install }) => `    ${name.padEnd(16)} ${summary}; ${install}`).join("\n")}

What comes out
  --json             a JSON line for each workload, peer and number of threads; all else goes to standard error. A line without a
                     figure says why: "skipped", or "failed" for a fault of Osolgil's, which also gives exit code 1.
  --save             also writes machine, versions, options and all lines to bench/results/<date>-<cpu>.json. Nothing is written
                     without it, so what lies there was meant to be kept, and can be committed.
  --help             this

The machine's own limits come first: multiply-adds of one core in registers, and bytes copied a second by one core.
GFLOP/s count the multiply-adds of all products of a step, times two; on MNIST they can exceed what was computed, since zeros are
left out. In a scaling series, "time/work" is how much the time of a step grew over the line before, for each time its work grew:
at or below 1 the time grows no faster than the work. The products alone, against the peak: npm run bench:kernels.
`;

export interface RaceOptions {
  readonly peers: readonly string[];
  readonly python: string;
  readonly rounds: number;
  /** Threads of the peers, where not as many as Osolgil's. */
  readonly peerThreads: number | undefined;
}

export interface BenchOptions {
  readonly workloads: readonly Workload[];
  /** As they were asked for; undefined leaves it to the workload. */
  readonly threads: readonly number[] | undefined;
  readonly numerics: Numerics | undefined;
  readonly windowMs: number;
  readonly json: boolean;
  readonly save: boolean;
  /** Absent: Osolgil alone. */
  readonly race: RaceOptions | undefined;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

const specs = {
  workloads: { type: "string", default: "main" },
  threads: { type: "string" },
  numerics: { type: "string", default: "auto" },
  window: { type: "string" },
  peers: { type: "boolean", default: false },
  only: { type: "string" },
  python: { type: "string" },
  rounds: { type: "string" },
  "peer-threads": { type: "string" },
  json: { type: "boolean", default: false },
  save: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const listOf = (text: string): string[] => text.split(",").map((entry) => entry.trim());

function integer(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new UsageError(`${option} must be an integer from ${low} to ${high}, received '${text}'`);
}

function parsed(list: readonly string[]) {
  try {
    return parseArgs({ args: [...list], options: specs }).values;
  } catch (error) {
    // The first sentence says what is wrong; the others explain options that begin with a dash.
    throw new UsageError((error as Error).message.split(". ")[0]!);
  }
}

/**
 * Reads the arguments after the script's name.
 *
 * @returns the options, or "help"
 * @throws UsageError  names the option, what it takes, and what came
 */
export function readOptions(list: readonly string[]): BenchOptions | "help" {
  const values = parsed(list);
  if (values.help) return "help";
  const { found, unknown } = findWorkloads(listOf(values.workloads));
  if (unknown !== undefined) {
    const names = [...groups.main!.map(({ name }) => name), ...Object.keys(groups)];
    throw new UsageError(`there is no workload '${unknown}'; --workloads takes ${names.join(", ")} and single ones of a group`);
  }
  const { numerics } = values;
  if (numerics !== "auto" && numerics !== "fused" && numerics !== "portable")
    throw new UsageError(`--numerics must be auto, fused or portable, received '${numerics}'`);
  for (const option of ["only", "python", "rounds", "peer-threads"] as const) {
    if (values[option] !== undefined && !values.peers) throw new UsageError(`--${option} needs --peers`);
  }
  const names = peers.map(({ name }) => name);
  const only = values.only === undefined ? names : listOf(values.only);
  const stranger = only.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new UsageError(`there is no peer '${stranger}'; --only takes ${names.join(", ")}`);
  const peerThreads = values["peer-threads"];
  return {
    workloads: found,
    threads: values.threads === undefined ? undefined : listOf(values.threads).map((text) => integer("--threads", text, 1, 64)),
    numerics: numerics === "auto" ? undefined : numerics,
    windowMs: integer("--window", values.window ?? (values.peers ? "400" : "500"), 20, 60_000),
    json: values.json,
    save: values.save,
    race: values.peers
      ? {
          peers: only,
          python: values.python ?? "python3",
          rounds: integer("--rounds", values.rounds ?? "15", 1, 1000),
          peerThreads: peerThreads === undefined ? undefined : integer("--peer-threads", peerThreads, 1, 64),
        }
      : undefined,
  };
}

/** Numbers of threads that a workload is measured with. */
export const threadsFor = ({ threads }: BenchOptions, workload: Workload): readonly number[] =>
  threads ?? (workload.series === undefined ? [1] : [1, 2]);
