/** osolgil info: what this machine offers, and what will be used. */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { version } from "../../core/version.ts";
import type { Engine } from "../../engine/engine.ts";
import { referenceEngine } from "../../engine/reference/reference-engine.ts";
import { probeThreads } from "../../engine/threads.ts";
import { measurePeak } from "../../engine/wasm/peak.ts";
import { wasmEngine } from "../../engine/wasm/wasm-engine.ts";
import { defaultThreads } from "../../execute/compute-threads.ts";
import { screen } from "../output.ts";

const engines: readonly Engine[] = [wasmEngine, referenceEngine];

export function infoCommand(): Command {
  return new Command("info")
    .description("Tells which engines can run here, and how fast this machine multiplies.")
    .option("--json", "as one line of JSON")
    .action((options: { readonly json?: true }) => {
      const probes = engines.map((engine) => ({ engine: engine.name, ...engine.probe() }));
      const wasm = wasmEngine.probe();
      const peakGflops = wasm.available
        ? Object.fromEntries(wasm.numerics.map((profile) => [profile, Number(measurePeak(profile, 400).toPrecision(3))]))
        : {};
      const support = probeThreads();
      const info = {
        osolgil: version,
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
        cores: availableParallelism(),
        threads: { default: support.available ? defaultThreads() : 1, ...support },
        engines: probes,
        peakGflops,
      };
      screen().write(options.json ? `${JSON.stringify(info)}\n` : describeInfo(info));
    });
}

interface Info {
  readonly osolgil: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly threads: { readonly default: number } & ReturnType<typeof probeThreads>;
  readonly engines: readonly ({ readonly engine: string } & ReturnType<Engine["probe"]>)[];
  readonly peakGflops: Readonly<Record<string, number>>;
}

function describeThreads(threads: Info["threads"]): string {
  if (!threads.available) return `1: ${threads.reason}`;
  return `${threads.default} by default, one for each core up to 4 (train --threads says otherwise)`;
}

function describeInfo({ osolgil, node, platform, cores, threads, engines: list, peakGflops }: Info): string {
  const peaks = Object.entries(peakGflops).map(([profile, gflops]) => `${gflops} GFLOP/s ${profile}`);
  const rows: [string, string][] = [
    ["osolgil", osolgil],
    ["host", `Node ${node} · ${platform} · ${cores} ${cores === 1 ? "core" : "cores"}`],
    ...list.map((probe): [string, string] => [
      `engine ${probe.engine}`,
      probe.available ? `${probe.detail} · numerics ${probe.numerics.join(", ")}` : `not available: ${probe.reason}`,
    ]),
    ["threads", describeThreads(threads)],
    ["peak", peaks.length > 0 ? `${peaks.join(" · ")}, one core, in registers` : "not measured without the wasm engine"],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return `\n${rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`).join("\n")}\n\n`;
}
