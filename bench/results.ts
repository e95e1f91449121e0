/** Results that are meant to be kept: bench/results/<date>-<cpu>.json, one file a run. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localClock, wallClock } from "../src/core/clock.ts";
import type { MissingPeer } from "./against-peers.ts";
import type { Limits } from "./limits.ts";
import type { Machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";

const folder = join(import.meta.dirname, "results");

export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly options: BenchOptions;
  readonly missingPeers: readonly MissingPeer[];
  readonly lines: readonly object[];
}

/** The options as they bear on the figures; where Python lies on this machine does not. */
const optionsAsTold = ({ workloads, threads, numerics, windowMs, race }: BenchOptions) => ({
  workloads: workloads.map(({ name }) => name).join(","),
  threads: threads?.join(",") ?? "default",
  numerics: numerics ?? "auto",
  windowMs,
  ...(race && {
    peers: race.peers.join(","),
    rounds: race.rounds,
    ...(race.peerThreads !== undefined && { peerThreads: race.peerThreads }),
  }),
});

/** "Intel(R) Xeon(R) Processor" to "intel-xeon-processor". */
const slugOf = (cpu: string): string =>
  cpu
    .replaceAll(/\((R|TM|C)\)/gi, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);

/**
 * Writes the results of a run; a second run of a day gets a number.
 *
 * @returns the path
 */
export function saveResults({ options, missingPeers, ...rest }: Results): string {
  mkdirSync(folder, { recursive: true });
  const stem = `${localClock().slice(0, 10)}-${slugOf(rest.machine.cpu) || "unknown"}`;
  let path = join(folder, `${stem}.json`);
  for (let number = 2; existsSync(path); number++) path = join(folder, `${stem}-${number}.json`);
  const { machine, versions, limits, lines } = rest;
  const results = { date: wallClock(), machine, versions, limits, options: optionsAsTold(options), missingPeers, lines };
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  return path;
}
