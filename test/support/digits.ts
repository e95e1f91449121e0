/** Small data on a disk, and the command line from outside. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../../src/core/events.ts";
import { fillIntegers, randomKey } from "../../src/core/random.ts";
import { idxBytes } from "../data/idx-bytes.ts";

export const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** Images of 4 x 4 whose class is their brightest quarter, as IDX files in a new folder. */
export function writeDigits(path: string): void {
  mkdirSync(path);
  for (const [name, count, seed] of [
    ["train", 300, 1],
    ["t10k", 60, 2],
  ] as const) {
    const noise = new Int32Array(count * 16);
    fillIntegers(randomKey(seed), 0, 100, noise);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
    const images = Uint8Array.from(
      noise,
      (value, i) => value + (Math.floor((i % 16) / 4) === labels[Math.floor(i / 16)] ? 150 : 0),
    );
    writeFileSync(join(path, `${name}-images-idx3-ubyte`), idxBytes("uint8", [count, 4, 4], images));
    writeFileSync(join(path, `${name}-labels-idx1-ubyte`), idxBytes("uint8", [count], labels));
  }
}

/** Runs a command to its end, in a folder. */
export function osolgilIn(folder: string, ...list: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...list], { cwd: folder, encoding: "utf8", timeout: 60_000, maxBuffer: 2 ** 28 });
}

/** The events in what --json printed. */
export const eventsOf = (text: string): RunEvent[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
