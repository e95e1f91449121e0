/** Every example in the documentation compiles, and runs, and gives what it says. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandOf } from "../../scripts/commands.ts";
import * as library from "../../src/index.ts";
import * as nodeLibrary from "../../src/node.ts";
import * as testing from "../../src/testing.ts";
import { docstringExamples, type Example, moduleOf, pageExamples } from "./examples.ts";

const own = new Set(Object.keys(library));
const exportsOf = new Map([
  ["osolgil", own],
  ["osolgil/node", new Set(Object.keys(nodeLibrary).filter((name) => !own.has(name)))],
  ["osolgil/testing", new Set(Object.keys(testing))],
]);
/** Classes that are exported as types alone. */
const typesAlone = ["RunFolder", "Evaluation", "Model"];
const exported = new Set([...exportsOf.values()].flatMap((names) => [...names]).concat(typesAlone));

const pages = ["docs/library.md", "docs/doctor.md", "docs/search.md"];
const examples: readonly Example[] = [...docstringExamples(exported), ...pages.flatMap(pageExamples)];
const fileOf = (i: number) => `example${i}.ts`;

/** In the package, whose name the examples import. */
const folder = mkdtempSync(join(import.meta.dirname, ".examples-"));
let compiled = "";
let faults: Readonly<Record<number, string>> = {};

const told = ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`;

beforeAll(async () => {
  examples.forEach(({ code }, i) => {
    writeFileSync(join(folder, fileOf(i)), moduleOf(code, exportsOf));
  });
  const options = { noUnusedLocals: false, allowUnreachableCode: true };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../../tsconfig.json", compilerOptions: options, include: ["*.ts"], exclude: [] }),
  );
  const tsc = [commandOf("typescript", "tsc"), "-p", folder, "--pretty", "false"];
  // One after the other in one process, in a folder of their own: those that write files write them there.
  const runner = `
    const faults = {};
    for (const i of ${JSON.stringify(examples.flatMap(({ runs }, i) => (runs ? [i] : [])))}) {
      try { await import("../example" + i + ".ts"); } catch (error) { faults[i] = String(error.stack ?? error); }
    }
    process.stdout.write("\\n" + JSON.stringify(faults));`;
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "work/run.js"), runner);
  const node = ["--conditions=osolgil-source", "--disable-warning=ExperimentalWarning", "run.js"];
  [compiled, faults] = await Promise.all([
    promisify(execFile)(process.execPath, tsc).then(() => "", told),
    promisify(execFile)(process.execPath, node, { cwd: join(folder, "work") }).then(({ stdout }) =>
      JSON.parse(stdout.split("\n").at(-1)!),
    ),
  ]);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("there are examples of what people begin with", () => {
  const files = examples.map(({ place }) => place.replace(/:.*/, ""));
  for (const one of ["library/fit", "library/load-model", "library/trained-model", "library/training"])
    expect(files).toContain(`src/${one}.ts`);
});

test.each(examples.map(({ place }, i) => [place, i] as const))("%s", (_, i) => {
  const file = fileOf(i);
  expect(compiled.split("\n").filter((line) => line.includes(file))).toEqual([]);
  expect(faults[i]).toBeUndefined();
});

test("nothing else is wrong with them", () => {
  expect(compiled).toBe("");
});
