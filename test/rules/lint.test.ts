import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Our own lint rules (lint/*.grit) are run on made-up files: a rule that no longer fires is worse than none. */
const root = join(import.meta.dirname, "../..");
const lines = [
  "export const a = Math.exp(1) + Math.log(2);", // 1
  "export const b = Math.pow(2, a);", // 2
  "export const c = a ** 2;", // 3
  "let d = 1; d **= 2; export { d };", // 4
  "const { tanh } = Math; export const e = tanh(1);", // 5
  "export const f = [1, 2].map(Math.sinh);", // 6
  'export const g = Math["cos"](1);', // 7
  "export const h = Math.sqrt(2) + Math.abs(a) + Math.floor(a) * Math.PI;", // 8: the same on every host
  "export const i = Math.random();", // 9
  "export const j = Date.now();", // 10
  "export const k = performance.now();", // 11
  "export const l = new Date();", // 12
  "export const m = new Date(0);", // 13: no clock
];
const hostMath = [1, 2, 3, 4, 5, 6, 7];
const hiddenInput = [9, 10, 11, 12];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-lint-"));
  for (const name of ["biome.jsonc", "lint"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const path of ["src/nn", "src/core", "test"]) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "made.ts"), `${lines.join("\n")}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines with an error of our rules, or of useLiteralKeys, which closes their only way round. */
function linesFound(path: string): number[] {
  const biome = join(dirname(import.meta.resolve("@biomejs/biome/package.json").replace("file://", "")), "bin/biome");
  let output = "";
  try {
    output = execFileSync(process.execPath, [biome, "lint", "--reporter=json", "--max-diagnostics=none", path], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout; // Biome ends with 1 when it finds something.
  }
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { category: string; severity: string; location: { start: { line: number } } }[];
  };
  const ours = diagnostics.filter(({ category }) => category === "plugin" || category.endsWith("useLiteralKeys"));
  expect(ours.map(({ severity }) => severity)).toEqual(ours.map(() => "error"));
  return [...new Set(ours.map(({ location }) => location.start.line))].sort((a, b) => a - b);
}

test("elementary functions of the host and hidden inputs are refused in src", () => {
  expect(linesFound("src/nn/made.ts")).toEqual([...hostMath, ...hiddenInput]);
});

test("core may have clocks, but no elementary functions of the host", () => {
  expect(linesFound("src/core/made.ts")).toEqual(hostMath);
});

test("tests may use both", () => {
  expect(linesFound("test/made.ts")).toEqual([7]);
});
