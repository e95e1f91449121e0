/** osolgil runs: lists, shows, compares and removes what was trained. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;
const osolgil = (...list: string[]) => osolgilIn(folder, ...list);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-runs-"));
  writeDigits(join(folder, "digits"));
  const document = {
    data: { kind: "idxFolder", folder: "digits", validation: 50 },
    model: [{ kind: "dense", units: 5, name: "first" }, "relu", { kind: "dense", units: 4 }],
    metrics: ["f1"],
    training: { batchSize: 32, epochs: 2 },
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify(document));
  const train = (out: string, ...more: string[]) =>
    expect(osolgil("train", "run.json", "--json", "--out", `runs/${out}`, ...more).status).toBe(0);
  train("a");
  train("b", "--set", "model.first.units=7", "--seed", "2");
  train("c");
  const events = join(folder, "runs/c/events.jsonl");
  writeFileSync(events, readFileSync(events, "utf8").split("\n").slice(0, 9).join("\n"));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("runs lists what is in runs/, with how it ended", () => {
  const { status, stdout } = osolgil("runs");
  expect(status).toBe(0);
  expect(stdout).toMatch(/a +idxFolder +16-5-4 +completed +2\/2 /);
  expect(stdout).toMatch(/b +idxFolder +16-7-4 +completed +2\/2 /);
  expect(stdout).toMatch(/c +idxFolder +16-5-4 +interrupted/);
  const lines = osolgil("runs", "list", "--json").stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).state)).toEqual(["completed", "completed", "interrupted"]);
  expect(osolgil("runs", "--root", "nowhere").stdout).toContain("There are no runs in 'nowhere'");
});

test("show tells a run as it went, by name or by path", () => {
  const byName = osolgil("runs", "show", "a");
  expect(byName.status).toBe(0);
  expect(byName.stdout).toMatch(/model +16-5-4.*2\/2.*completed/s);
  expect(osolgil("runs", "show", "runs/a").stdout).toBe(byName.stdout);
  expect(osolgil("runs", "show", "c").stdout).toContain("osolgil train --resume runs/c");
  expect(JSON.parse(osolgil("runs", "show", "a", "--json").stdout).document.model[0]).toMatchObject({ name: "first", units: 5 });
});

test("compare tells in what documents differ, and all scores", () => {
  const { status, stdout } = osolgil("runs", "compare", "a", "b");
  expect(status).toBe(0);
  expect(stdout).toMatch(/model\.first\.units +5 +7/);
  expect(stdout).toMatch(/seed +1 +2/);
  expect(stdout).not.toContain("model.dense2.units");
  expect(stdout).toMatch(/testMetrics\.f1 +\d/);
  expect(osolgil("runs", "compare", "a", "c").stdout).toContain("The documents are the same.");
  expect(osolgil("runs", "compare", "a").status).toBe(2);
});

test("rm removes what it is told and nothing where one of them is no run", () => {
  const refused = osolgil("runs", "rm", "c", "zz");
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("there is no run 'zz'");
  expect(existsSync(join(folder, "runs/c"))).toBe(true);
  expect(osolgil("runs", "rm", "c").status).toBe(0);
  expect(existsSync(join(folder, "runs/c"))).toBe(false);
  writeFileSync(join(folder, "runs/b/lock"), JSON.stringify({ pid: process.pid, host: "elsewhere" }));
  expect(osolgil("runs", "rm", "b").stderr).toContain("is being written");
  rmSync(join(folder, "runs/b/lock"));
});
