/** The examples run: programs to their end, run documents for a few steps, studies for a few trials. That of a page is run in test/package. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "osolgil-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = (...args: string[]) =>
  run(process.execPath, ["--conditions=osolgil-source", "--disable-warning=ExperimentalWarning", ...args], { cwd: root });

const files = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".ts"));
const isDocument = (name: string) => readFileSync(join(root, "examples", name), "utf8").includes("export default defineRun(");

/** What a program must have printed at its end. */
const printed: Readonly<Record<string, RegExp>> = {
  "own-csv.ts": /epoch 10: loss 0\.\d+.*\na flat of 84\.9 m2 in Mapo: \d+\n$/,
  "own-parts.ts": /^17 checks hold\nloss \d\.\d+e-\d\n$/,
};

test.each(files.filter((name) => !isDocument(name)))("%s", async (name) => {
  expect((await node(`examples/${name}`, "10")).stdout).toMatch(printed[name]!);
});

test.each(files.filter(isDocument))("%s", async (name) => {
  const few = ["--iterations", "3", "--set", "data.validation=100", "--out", join(folder, name), "--json"];
  const { stdout } = await node("src/cli/main.ts", "train", `examples/${name}`, ...few);
  const ended = JSON.parse(stdout.trim().split("\n").at(-1)!);
  expect(ended).toMatchObject({ type: "run.ended", status: "completed", step: 3 });
});

const studies = readdirSync(join(root, "examples")).filter((name) => name.endsWith("search.json"));

test.each(studies)("%s", async (name) => {
  // Three trials of each stage, an epoch long.
  const study = JSON.parse(readFileSync(join(root, "examples", name), "utf8"));
  const stages = (study.stages ?? [{}]).map((stage: object) => ({ ...stage, trials: 3, epochs: 1 }));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...study, trials: undefined, stages }));
  const { stdout } = await node("src/cli/main.ts", "search", path, "--out", join(folder, `of-${name}`), "--json");
  const ended = JSON.parse(stdout.trim().split("\n").at(-1)!);
  expect(ended).toMatchObject({ type: "study.ended", status: "completed", trials: { failed: 0 } });
});
