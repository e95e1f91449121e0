/** A process that trains when it is asked to: bench/peers/protocol.ts tells what is said between it and the race. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "./peers.ts";

/** Longer than any start or window takes; a contestant that needs more hangs. */
const patienceMs = 600_000;
const closingMs = 3000;

export interface ContestantInfo {
  readonly peer: string;
  readonly threads: number;
  /** Of its last step; null for one that is no number. */
  readonly loss: number | null;
  readonly numerics?: string;
}

export interface Contestant {
  readonly info: ContestantInfo;
  /** Trains for about so many milliseconds. @returns steps per second */
  window(ms: number): Promise<number>;
  hasEnded(): boolean;
  /** Resolves when the process has ended. */
  close(): Promise<void>;
}

/** What went wrong, out of what a process wrote before it ended: the last line that names an error, or the last line. */
function reasonIn(complaints: string): string {
  const lines = complaints.split("\n").filter((line) => line.trim() !== "" && !/^\s+at |^Node\.js v/.test(line));
  const named = lines.filter((line) => /^\w*(Error|Exception)\b|^\[?\w+Error\b/.test(line.trim()));
  return (named.pop() ?? lines.pop() ?? "it ended without a word")
    .trim()
    .replace(/^Error: /, "")
    .slice(0, 300);
}

/**
 * Starts a contestant and waits until it has warmed up.
 *
 * @throws Error  it ended or does not learn; the message is its own
 */
export async function startContestant({ file, list, environment }: Command): Promise<Contestant> {
  const child = spawn(file, list, { cwd: import.meta.dirname, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  const ended = once(child, "exit").catch(() => undefined);
  // After that, what it wrote last has been read.
  const closed = once(child, "close").catch(() => undefined);
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints = `${complaints}${chunk}`.slice(-8000);
  });
  // A process that has ended says why on its error stream; that its input is closed says nothing more.
  child.stdin.on("error", () => undefined);
  child.on("error", (error) => {
    complaints = `${complaints}\n${error}`;
  });
  const close = async () => {
    child.stdin.end();
    const waiting = new AbortController();
    const late = sleep(closingMs, undefined, { signal: waiting.signal }).then(end, () => undefined);
    await ended;
    waiting.abort();
    await late;
    process.off("exit", end);
  };
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const hang = setTimeout(end, patienceMs);
    try {
      // Libraries greet on standard output; what counts is JSON.
      for (;;) {
        const { value, done } = await lines.next();
        if (done) break;
        if (String(value).startsWith("{")) return JSON.parse(value);
      }
    } finally {
      clearTimeout(hang);
    }
    await close();
    await Promise.race([closed, sleep(closingMs, undefined, { ref: false })]);
    throw new Error(reasonIn(complaints));
  };
  const info = (await next()) as unknown as ContestantInfo;
  if (info.loss === null) {
    await close();
    throw new Error("it does not learn: its loss is no number");
  }
  return {
    info,
    async window(ms) {
      child.stdin.write(`${ms}\n`);
      return (await next()).stepsPerSecond as number;
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    close,
  };
}
