/**
 * All checks of the repository: format and lint, types, tests.
 *
 *   npm test                      everything
 *   npm test -- test/core -t exp  the arguments go to Vitest: files whose path contains test/core, tests named exp
 *
 * Format and lint count as one check, types as one, each test as one. The last line is "N passed, N failed", with
 * ", N skipped" when there are any; the exit code is 1 when anything failed or no test ran.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { provideChromium, reasonVariable } from "./chromium.ts";
import { commandOf } from "./commands.ts";
import { reportVariable, type TestReport } from "./reporter.ts";

const root = dirname(import.meta.dirname);

/** Colours only where a person looks. */
const colours: NodeJS.ProcessEnv = process.stdout.isTTY ? {} : { NO_COLOR: "1" };

/** Runs a command of a package with its output shown; true when it ended well. */
function run(title: string, packageName: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.log(`\n== ${title}`);
  const began = performance.now();
  const { status, signal, error } = spawnSync(process.execPath, [commandOf(packageName, command), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...colours, ...env },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const ended = error ? error.message : signal ? `killed by ${signal}` : status === 0 ? "passed" : `failed with code ${status}`;
  console.log(`== ${title}: ${ended}, ${seconds} s`);
  return status === 0;
}

let passed = 0;
let failed = 0;
const count = (ok: boolean): void => {
  if (ok) passed += 1;
  else failed += 1;
};

count(
  run("format and lint", "@biomejs/biome", "biome", [
    "ci",
    "--error-on-warnings",
    "--max-diagnostics=20",
    ...(process.stdout.isTTY ? [] : ["--colors=off"]),
  ]),
);
count(run("types", "typescript", "tsc", ["--noEmit"]));

const asked = process.argv.slice(2);
// A browser is installed where tests are to run that need one: those of these folders, unless files of others are named.
const browserFolders = ["test/browser", "test/package"];
const files = asked.filter((argument) => !argument.startsWith("-") && argument.includes("/"));
const needsBrowser =
  files.length === 0 || files.some((name) => browserFolders.some((one) => name.startsWith(one) || one.startsWith(name)));
const chromium = needsBrowser ? provideChromium() : undefined;

const folder = mkdtempSync(join(tmpdir(), "osolgil-test-"));
const reportPath = join(folder, "report.json");
let report: TestReport | undefined;
const reporters = ["--reporter=default", `--reporter=${join(import.meta.dirname, "reporter.ts")}`];
const testsEndedWell = run("tests", "vitest", "vitest", ["run", ...reporters, ...asked], {
  [reportVariable]: reportPath,
  ...(chromium && "reason" in chromium && { [reasonVariable]: chromium.reason }),
});
try {
  report = JSON.parse(readFileSync(reportPath, "utf8")) as TestReport;
} catch (error) {
  console.log(`Vitest left no report: ${(error as Error).message}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const skipped = report?.skipped ?? [];
for (const test of skipped) console.log(`skipped: ${test.name} (${test.reason})`);
for (const name of report?.failed ?? []) console.log(`failed: ${name}`);
passed += report?.passed ?? 0;
failed += report?.failed.length ?? 0;

if (!report || report.passed + report.failed.length === 0) {
  console.log("No test ran, which counts as a failure.");
  failed += 1;
} else if (!testsEndedWell && report.failed.length === 0) {
  console.log("Vitest failed outside any test (see above), which counts as a failure.");
  failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
