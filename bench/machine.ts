/** What was measured, and where: without it a figure says nothing. */
import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { version } from "../src/core/version.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly platform: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** The commit that lies in the work tree, with a mark where src/ or bench/ differ from it; undefined outside a repository. */
function currentCommit(): string | undefined {
  const git = (...list: string[]) =>
    execFileSync("git", list, { cwd: import.meta.dirname, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const isChanged = git("status", "--porcelain", "--", "../src", ".", ":!results") !== "";
    return `${git("rev-parse", "--short=10", "HEAD")}${isChanged ? " with changes" : ""}`;
  } catch {
    return undefined;
  }
}

export function describeVersions(): Readonly<Record<string, string>> {
  const commit = currentCommit();
  return { node: process.versions.node, osolgil: version, ...(commit !== undefined && { commit }) };
}
