/** Training steps per second, alone or in turns with other libraries: node main.ts --help. */
import { findPeers, type MissingPeer, racePeers } from "./against-peers.ts";
import { measureAlone } from "./alone.ts";
import { type Limits, measureLimits } from "./limits.ts";
import { describeMachine, describeVersions, type Machine } from "./machine.ts";
import { type BenchOptions, help, readOptions, UsageError } from "./options.ts";
import { saveResults } from "./results.ts";
import { AloneTable, figure, raceHead, raceRow } from "./tables.ts";

function describeSurroundings(
  { cpu, cores, memoryGB, platform }: Machine,
  versions: Readonly<Record<string, string>>,
  { peakGflops, copyGBps, vectorCopyGBps }: Limits,
): string {
  const peaks = Object.entries(peakGflops).map(([profile, gflops]) => `${figure(gflops)} GFLOP/s ${profile}`);
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, ${memoryGB} GB, ${platform}; ${list.join(", ")}`,
    `limits of one core: ${peaks.join(", ")}; ${figure(copyGBps)} GB/s copied, ${figure(vectorCopyGBps)} by 128-bit loads and stores`,
  ].join("\n");
}

async function bench(options: BenchOptions): Promise<number> {
  const print = (text: string) => console.log(text);
  // Standard output holds JSON lines and nothing else where they are asked for.
  const tell = options.json ? (text: string) => console.error(text) : print;
  const machine = describeMachine();
  const limits = measureLimits();
  const versions: Record<string, string> = { ...describeVersions() };
  tell(describeSurroundings(machine, versions, limits));
  const lines: { readonly failed?: string }[] = [];
  let missingPeers: readonly MissingPeer[] = [];
  let exitCode = 0;
  if (options.race) {
    const { found, missing } = findPeers(options.race);
    missingPeers = missing;
    for (const { peer, version } of found) versions[peer.name] = version;
    if (found.length > 0) tell(`peers: ${found.map(({ peer, version }) => `${peer.name} ${version}`).join(", ")}`);
    for (const { peer, reason, install } of missing) tell(`not here: ${peer}, since ${reason}. It takes: ${install}`);
    if (found.length === 0) {
      tell("No peer is here, so there is nothing to race against.");
      exitCode = 1;
    } else if (!options.json) print(`\n${raceHead}`);
    for await (const line of racePeers(
      found.map(({ peer }) => peer),
      options,
    )) {
      lines.push(line);
      print(options.json ? JSON.stringify(line) : raceRow(line));
    }
  } else {
    const table = new AloneTable();
    if (!options.json) print(`\n${table.head}`);
    for (const { workload, line } of measureAlone(options, limits)) {
      lines.push(line);
      print(options.json ? JSON.stringify(line) : table.row(workload, line));
    }
  }
  if (options.save) tell(`saved as ${saveResults({ machine, versions, limits, options, missingPeers, lines })}`);
  return lines.some(({ failed }) => failed !== undefined) ? 1 : exitCode;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") console.log(help);
  else process.exitCode = await bench(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message} (--help explains all options)`);
  process.exitCode = 2;
}
