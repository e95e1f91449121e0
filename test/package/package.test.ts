/** What npm publishes, as others get it: its files, its types, its command, in Node and in a page. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { findChromium } from "../../scripts/chromium.ts";
import { commandOf } from "../../scripts/commands.ts";
import { serve } from "../browser/server.ts";
import { isLong } from "../support/long.ts";
import { installPackage, type Project, withNode } from "./project.ts";

/** The most that graph, engine, trainer, dense layers and Adam may weigh in a page, gzipped. */
const mostBytes = 80_000;

const run = promisify(execFile);
const isCi = !["", "0", "false"].includes(process.env.CI ?? "");
let project: Project;

beforeAll(async () => {
  project = await installPackage();
}, 120_000);

afterAll(() => {
  if (project) rmSync(project.folder, { recursive: true, force: true });
});

test("holds the built library with its types, and beside it what every package says of itself", () => {
  const kinds = project.files.map((path) => {
    if (["LICENSE", "README.md", "package.json"].includes(path)) return path;
    return /^dist\/[a-z0-9/-]+?((?:\.d)?\.[a-z]+)$/.exec(path)?.[1] ?? path;
  });
  expect([...new Set(kinds)].sort()).toEqual([".d.ts", ".js", "LICENSE", "README.md", "package.json"]);
  const modules = (end: string) => project.files.filter((path) => path.endsWith(end)).map((path) => path.slice(0, -end.length));
  expect(modules(".d.ts")).toEqual(modules(".js"));
  // What an editor shows of a definition comes from these.
  const adam = readFileSync(join(project.folder, "node_modules/osolgil/dist/optim/optimizers/adam.d.ts"), "utf8");
  expect(adam).toContain(" * Formula  ");
  const manifest = JSON.parse(readFileSync(join(project.folder, "node_modules/osolgil/package.json"), "utf8"));
  const named = [manifest.bin.osolgil, ...Object.values(manifest.exports).flatMap((one) => Object.entries(one as object))]
    .filter((one) => one[0] !== "osolgil-source")
    .map((one) => (Array.isArray(one) ? one[1] : one));
  for (const path of named) if (path.includes("dist/")) expect(project.files).toContain(path.replace("./", ""));
});

interface Trained {
  readonly labels: readonly string[];
  readonly outputs: readonly number[];
  readonly threads: number;
}

const learned = { labels: ["same", "other", "other", "same"], threads: 2 };

async function trainOn(node: string, ...args: string[]): Promise<Trained> {
  const { stdout } = await run(node, ["consumer/xor.js", ...args], { cwd: project.folder });
  return JSON.parse(stdout);
}

test("trains in Node, and gives the same bits each time", async () => {
  const trained = await trainOn(process.execPath);
  expect(trained).toMatchObject({ ...learned, node: ["function", "function", "function"] });
  expect(await trainOn(process.execPath)).toEqual(trained);
});

test("trains in the oldest Node that it names, to the bits that it gives here", { timeout: 300_000 }, async (context) => {
  if (!isLong) return context.skip("installs another version of Node: npm run test:long");
  const name = `node-${process.platform === "darwin" ? "bin-darwin" : process.platform}-${process.arch}`;
  const prefix = join(project.folder, "node22");
  await run("npm", ["install", "--silent", "--no-save", "--prefix", prefix, `${name}@22`]);
  const node = join(prefix, "node_modules", name, "bin/node");
  expect((await run(node, ["--version"])).stdout).toMatch(/^v22\./);
  expect(await trainOn(node, "portable")).toEqual(await trainOn(process.execPath, "portable"));
});

test("its command says its version and trains a table", async () => {
  const { version } = JSON.parse(readFileSync(join(project.folder, "node_modules/osolgil/package.json"), "utf8"));
  const command = join(project.folder, "node_modules/.bin/osolgil");
  const osolgil = (...args: string[]) => run(command, args, { cwd: project.folder, env: withNode() });
  expect((await osolgil("--version")).stdout).toContain(version);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${(i % 7) + (i % 5) > 5 ? "high" : "low"}`);
  writeFileSync(join(project.folder, "points.csv"), `a,b,height\n${rows.join("\n")}\n`);
  const { stdout } = await osolgil("train", "points.csv", "--epochs", "20", "--out", "run", "--json");
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[events.length - 1]).toMatchObject({ type: "run.ended", status: "completed" });
  expect(readdirSync(join(project.folder, "run"))).toContain("run.json");
});

test("its types hold in a strict project, and refuse what is misspelled", async () => {
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
  const options = ["--module", "nodenext", "--target", "es2024", "--lib", "es2024,dom", "--types", ""];
  const tsc = commandOf("typescript", "tsc");
  const checked = run(process.execPath, [tsc, ...strict, ...options, "consumer/types.ts"], { cwd: project.folder });
  const told = await checked.then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  expect(told).toBe("");
});

/** Opens a built page, served with the headers that threads need, in a Chromium. */
async function onPage(folder: string, context: TestContext, use: (page: Page) => Promise<void>): Promise<void> {
  const found = findChromium();
  if (!("path" in found)) {
    if (isCi) throw new Error(`this must run in CI, but cannot: ${found.reason}`);
    return context.skip(found.reason);
  }
  const [browser, { url, server }] = await Promise.all([chromium.launch({ executablePath: found.path }), serve(folder)]);
  try {
    const page = await browser.newPage();
    await page.goto(`${url}/isolated/`);
    await use(page);
  } finally {
    await browser.close();
    server.close();
  }
}

test("a page built with Vite trains in a worker and its threads; the core of it stays small", async (context) => {
  const out = join(project.folder, "page/dist");
  await build({
    root: join(project.folder, "page"),
    base: "./",
    configFile: false,
    logLevel: "warn",
    // So that a worker may await at its top.
    worker: { format: "es" },
    build: { outDir: out, target: "es2024" },
  });
  const scripts = readdirSync(join(out, "assets")).filter((name) => name.endsWith(".js"));
  const sizes = scripts.map((name) => [name, gzipSync(readFileSync(join(out, "assets", name)), { level: 9 }).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  console.log(`the page's scripts, gzipped: ${sizes.map(([name, size]) => `${name} ${size}`).join(", ")}; ${total} bytes in all`);
  expect(total).toBeLessThan(mostBytes);
  // What only Node can do is left at home.
  for (const script of scripts) expect(readFileSync(join(out, "assets", script), "utf8")).not.toContain("revectorize");
  // Page, trainer, and the threads' worker, which Vite has found by itself.
  expect(scripts.map((name) => name.replace(/-[\w-]{8}\.js$/, "")).sort()).toEqual(["index", "trainer", "web-worker"]);

  await onPage(out, context, async (page) => {
    const trained = await page.evaluate<Trained>("answer");
    expect(trained).toMatchObject(learned);
  });
});

test("the page of the examples draws the loss as it falls", async (context) => {
  const root = join(import.meta.dirname, "../../examples/browser");
  const out = join(project.folder, "example");
  // Its library is the checkout's, built when the package was packed.
  await build({ root, configFile: join(root, "vite.config.ts"), logLevel: "warn", build: { outDir: out, emptyOutDir: true } });
  await onPage(out, context, async (page) => {
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    await page.click("#run");
    await page.waitForFunction("document.getElementById('status').textContent.endsWith('seconds')");
    expect(await page.textContent("#accuracy")).toMatch(/^(9\d|100)\.\d % right$/);
    expect(Number(await page.textContent("#loss"))).toBeLessThan(0.1);
    // The curve, in the colour of the style sheet.
    const drawn = `{ const { width, height } = document.getElementById("curve");
      new Set(document.getElementById("curve").getContext("2d").getImageData(0, 0, width, height).data).size }`;
    expect(await page.evaluate<number>(drawn)).toBeGreaterThan(20);
    expect(faults).toEqual([]);
  });
});
