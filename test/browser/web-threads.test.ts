/** The library as it is built, in a Chromium: threads, and the bits that Node gives. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findChromium } from "../../scripts/chromium.ts";
import { commandOf } from "../../scripts/commands.ts";
import { type Answer, hashes, type Jobs } from "./page/jobs.ts";
import { serve } from "./server.ts";

const found = findChromium();
const isCi = !["", "0", "false"].includes(process.env.CI ?? "");

let folder: string | undefined;
let server: Server | undefined;
let browser: Browser | undefined;
let isolated: Page;
let plain: Page;

async function build(into: string): Promise<void> {
  const project = join(import.meta.dirname, "tsconfig.json");
  await promisify(execFile)(process.execPath, [commandOf("typescript", "tsc"), "-p", project, "--outDir", into]);
}

beforeAll(async () => {
  if (!("path" in found)) return;
  folder = mkdtempSync(join(tmpdir(), "osolgil-browser-"));
  const [launched, served] = await Promise.all([
    chromium.launch({ executablePath: found.path }),
    serve(folder, "test/browser/page/main.js"),
    build(folder),
  ]);
  ({ server } = served);
  browser = launched;
  const open = async (path: string) => {
    const page = await launched.newPage();
    await page.goto(served.url + path);
    return page;
  };
  [isolated, plain] = await Promise.all([open("/isolated/"), open("/plain/")]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

beforeEach((context) => {
  if ("path" in found) return;
  if (isCi) throw new Error(`this must run in CI, but cannot: ${found.reason}`);
  context.skip(found.reason);
});

/** Has a job done on a page, in a worker of its own or on the main thread. */
async function on<K extends keyof Jobs>(page: Page, job: K, where = "inWorker"): Promise<Awaited<ReturnType<Jobs[K]>>> {
  const answer = await page.evaluate<Answer>(`${where}("${job}")`);
  if ("error" in answer) throw new Error(answer.error);
  return answer.result as Awaited<ReturnType<Jobs[K]>>;
}

test("a browser trains to the bits that Node gives, with one thread and with two", async () => {
  const alone = await on(plain, "oneThread");
  const together = await on(isolated, "twoThreads");
  expect(together.size).toBe(2);
  expect(together.active).toBe(2);
  expect(together.hashes).toEqual(alone.hashes);
  // A host may keep fewer profiles than the other; all keep "portable".
  const here = await hashes();
  const there = alone.hashes;
  expect(here.portable).toMatch(/^[0-9a-f]{64}$/);
  expect(there.portable).toBe(here.portable);
  if (there.fused && here.fused) expect(there.fused).toBe(here.fused);
});

test("a page without the headers has one thread, and is told why", async () => {
  const { threads, team } = await on(plain, "oneThread");
  expect(team).toBeUndefined();
  expect(threads).toMatchObject({ available: false, reason: expect.stringMatching(/COOP and COEP/) });
});

test("there are as many threads as cores, up to 4; one is no team", async () => {
  const { cores, size, alone } = await on(isolated, "defaults");
  expect(size ?? 1).toBe(Math.min(cores, 4));
  expect(alone).toBeUndefined();
});

test("closing ends the threads; their session goes on alone, with the same results", async () => {
  const { held, before, after, expected, compiledLater } = await on(isolated, "closed");
  expect(held).toBe(2);
  expect([before.loss, after.loss]).toEqual(expected);
  expect([before.active, after.active]).toEqual([3, 1]);
  expect(compiledLater).toMatchObject({ name: "EngineError", code: "E_THREAD_DIED" });
});

test("a thread that fails ends the step with an error, and is reported", async () => {
  const { step, reported } = await on(isolated, "deaths");
  expect(step).toMatchObject({ name: "EngineError", code: "E_THREAD_DIED" });
  expect(reported).toEqual([expect.stringMatching(/WebAssembly/), expect.stringMatching(/TypeError/)]);
});

test("a worker that does not start is an error that says why", async () => {
  const { broken, silent, missing, foreign } = await on(isolated, "refusals");
  for (const error of [broken, silent, missing, foreign]) {
    expect(error).toMatchObject({
      name: "EngineError",
      code: "E_THREAD_START",
      hint: expect.stringMatching(/createWorker/),
    });
  }
  expect(broken.message).toMatch(/out of order/);
  expect(silent.message).toMatch(/not answered within 50 ms/);
  expect(missing.message).toMatch(/did not load/);
  expect(foreign.message).toMatch(/https:\/\/example\.org\/worker\.js/);
});

test("threads on the main thread of a page are refused", async () => {
  expect(await on(isolated, "misuse", "here")).toMatchObject({
    name: "EngineError",
    code: "E_THREAD_MAIN",
    message: expect.stringMatching(/main thread/),
    hint: expect.stringMatching(/Train in a worker/),
  });
});
