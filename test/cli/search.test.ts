/** osolgil search from outside: what it prints, what it leaves, and how it ends. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { searchCommand } from "../../src/cli/commands/search.ts";
import type { Surroundings } from "../../src/cli/commands/train.ts";
import { studyReportOf } from "../../src/cli/report-of-study.ts";
import type { EpochEnded } from "../../src/core/events.ts";
import { foldIn, randomKey, uniformAt } from "../../src/core/random.ts";
import { readStudy } from "../../src/store/study-folder.ts";
import { historyOf, type StudyEnded, type StudyLine } from "../../src/store/study-log.ts";
import { eventsOf, main, osolgilIn, writeDigits } from "../support/digits.ts";
import { sampled } from "../support/long.ts";

const kills = sampled(3, 20);
const many = sampled(30, 200);
const study = {
  name: "digits",
  run: {
    data: { kind: "idxFolder", folder: "digits", validation: 50 },
    model: [{ kind: "dense", units: 9 }, "relu", { kind: "dense", units: 4 }],
    optimizer: { kind: "sgd" },
    training: { batchSize: 25, epochs: 4 },
  },
  space: {
    "optimizer.learningRate": { type: "float", min: 1e-3, max: 3, scale: "log" },
    "model[0].units": { type: "integer", min: 2, max: 12 },
  },
  trials: 6,
};

let folder: string;
/** What --json printed of a study from its beginning to its end, which others are compared with. */
let whole: ReturnType<typeof osolgil>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-search-"));
  writeDigits(join(folder, "digits"));
  write("study.json", study);
  write("many.json", { ...study, trials: many });
  whole = osolgil("search", "many.json", "--out", "whole", "--json", "--workers", "2");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, json: unknown) => writeFileSync(join(folder, name), JSON.stringify(json));
const osolgil = (...list: string[]) => osolgilIn(folder, ...list);
const linesOf = (text: string) => eventsOf(text) as unknown as StudyLine[];
/** The trials of a study, without what differs from one time to the next. */
const trialsOf = (name: string) => historyOf(readStudy(join(folder, name)).lines).ended.map(({ seconds: _, ...trial }) => trial);

test("--json prints what the folder holds; the best is a run document that reaches what the trial did", () => {
  const { status, stdout, stderr } = whole;
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(readFileSync(join(folder, "whole/trials.jsonl"), "utf8"));
  const ended = linesOf(stdout).at(-1) as StudyEnded;
  const trials = trialsOf("whole");
  const best = trials.reduce((a, b) => (b.value! > a.value! ? b : a));
  expect(ended).toMatchObject({ type: "study.ended", status: "completed", best: { number: best.number, value: best.value } });
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: many }, (_, number) => number));
  const trained = osolgil("train", "whole/best.json", "--json", "--out", "best-run");
  const accuracies = eventsOf(trained.stdout).flatMap((event) =>
    event.type === "epoch.ended" ? [(event as EpochEnded).validation!.accuracy!] : [],
  );
  expect(accuracies).toEqual(best.reports.map(({ value }) => value));
});

test("a study may come from a TypeScript file and name its run by a path beside it; one worker has the results of two", () => {
  write("run.json", study.run);
  writeFileSync(join(folder, "study.ts"), `export default ${JSON.stringify({ ...study, run: "run.json" })};`);
  expect(osolgil("search", "study.ts", "--out", "alone", "--json", "--workers", "1").status).toBe(0);
  expect(trialsOf("alone")).toEqual(trialsOf("whole").slice(0, study.trials));
});

test("tells people each trial, the best, and what comes next; another seed tries others", () => {
  const { status, stdout } = osolgil("search", "study.json", "--out", "told", "--trials", "4", "--seed", "2");
  expect(status).toBe(0);
  for (const text of ["digits · told", "largest accuracy", "4 trials · random · seed 2", "0.001 to 3, log", "2 to 12, integer"])
    expect(stdout).toContain(text);
  expect(stdout.match(/^ {2}#\d {2}[✓✂] +[\d.]+% .* learningRate \S+ {2}units \d+$/gm)!.length).toBe(4);
  expect(stdout).toMatch(/✓ completed · 4 trials/);
  expect(stdout).toMatch(/best +told\/best\.json\n.*osolgil train told\/best\.json\n.*osolgil report told/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no code may steer what is no terminal
  expect(stdout).not.toMatch(/[\r\u001b]/);
  expect(trialsOf("told")[0]!.parameters).not.toEqual(trialsOf("whole")[0]!.parameters);
});

test("folds, a metric and stages: every trial is judged by the mean, and the second stage is narrower", () => {
  const stages = [{ trials: 5, epochs: 1 }, { trials: 3 }];
  write("stages.json", { ...study, trials: undefined, stages, objective: { metric: "loss", folds: 3 } });
  const { status, stdout } = osolgil("search", "stages.json", "--out", "stages", "--json");
  expect(status).toBe(0);
  const told = linesOf(stdout);
  const [first] = told.filter((line) => line.type === "stage.ended");
  expect(first).toMatchObject({ stage: 0, next: { "optimizer.learningRate": { type: "float" } } });
  expect(told.filter((line) => line.type === "stage.ended").map(({ stage }) => stage)).toEqual([0, 1]);
  const trials = trialsOf("stages");
  expect(trials.map(({ stage, reports }) => [stage, reports.length])).toEqual([
    ...Array(5).fill([0, 1]),
    ...Array(3).fill([1, 4]),
  ]);
  // 300 rows in folds of 100: 200 to learn from are 8 steps of 25 in each of three folds.
  expect(trials[0]!.steps).toBe(3 * 8);
});

test("bad input is refused with exit code 2, and leaves no folder", () => {
  write("bad.json", { ...study, space: { "optimizer.rate": { type: "float", min: 1, max: 2 } } });
  const { status, stdout, stderr } = osolgil("search", "bad.json", "--out", "bad");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("optimizer.rate");
  expect(existsSync(join(folder, "bad"))).toBe(false);
});

test.each([
  [[], "a search needs a study, and none is given"],
  [["--resume", "whole", "--seed", "3"], "takes no --seed"],
])("%j is refused", async (list, message) => {
  const surroundings = { outputClosed: new AbortController().signal };
  const command = searchCommand(() => {}, surroundings as Surroundings);
  await expect(command.parseAsync(list, { from: "user" })).rejects.toThrow(message);
});

test("trials that fail each time stop the study, with the reason and the count", () => {
  write("failing.json", { ...study, run: { ...study.run, data: { kind: "idxFolder", folder: "gone" } }, trials: 50 });
  const { status, stdout } = osolgil("search", "failing.json", "--out", "failing", "--workers", "1");
  expect(status).toBe(1);
  expect(stdout).toMatch(/✗ failed · 4 trials · 4 failed/);
  expect(stdout).not.toContain("--resume"); // it would stop at once
  expect(stdout).toMatch(/4 of 4 trials have failed, more than a share of 0\.5;[\s\S]*folder must be a folder/);
  expect(trialsOf("failing").map(({ status: how, code }) => [how, code])).toEqual(
    Array(4).fill(["failed", "E_FILE_DATA_FOLDER"]),
  );
});

// A limit on file sizes makes the system refuse a write, as a disk does that becomes full.
test.skipIf(process.platform === "win32")(
  "a full disk ends the study with one message, and what was recorded stays (ulimit is POSIX)",
  () => {
    const command = `ulimit -f 8 && exec "${process.execPath}" "${main}" search many.json --trials 12 --workers 1 --out full --json`;
    const { status, stderr } = spawnSync("sh", ["-c", command], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error 'full\/trials\.jsonl' cannot be written: .*\n.*\n$/);
    const before = trialsOf("full");
    expect(before.length).toBeGreaterThan(0);
    expect(readFileSync(join(folder, "full/trials.jsonl"), "utf8").endsWith("}\n")).toBe(true);
    expect(osolgil("search", "--resume", "full", "--json").status).toBe(0);
    expect(trialsOf("full").slice(0, before.length)).toEqual(before);
  },
);

test("--time begins no trial after it, and says how to go on; --resume with more trials goes on", () => {
  const { status, stdout } = osolgil("search", "many.json", "--out", "timed", "--time", "50ms");
  expect(status).toBe(0);
  expect(stdout).toMatch(/■ stopped .*\n.*the time is up/);
  expect(stdout).toContain("osolgil search --resume timed");
  const done = trialsOf("timed").length;
  const resumed = osolgil("search", "--resume", "timed", "--trials", String(done + 3));
  expect([resumed.status, trialsOf("timed").length]).toEqual([0, done + 3]);
});

describe("osolgil report of a study", () => {
  test("is a page by itself, with a figure of each kind", () => {
    const { status, stdout } = osolgil("report", "stages", "--lang", "en");
    expect([status, stdout]).toEqual([0, "stages/report.html\n"]);
    const page = readFileSync(join(folder, "stages/report.html"), "utf8");
    for (const title of [
      "Best so far",
      "The best 8 trials",
      "All trials at once",
      "Value by value",
      "What mattered",
      "Stages",
      "Values of the best",
    ])
      expect(page).toContain(`<h2>${title}</h2>`);
    // Each drawn for a page and for a telephone; nothing is loaded from elsewhere.
    expect(page.match(/<div class="wide">\s*<svg/g)!.length).toBe(page.match(/<div class="narrow">\s*<svg/g)!.length);
    expect(page).not.toMatch(/NaN|undefined|\[object|<script|src="http|href="http/);
    expect(page.match(/#\d+ · /g)!.length).toBeGreaterThanOrEqual(8);
  });

  test("speaks Korean too, with nothing left to say in English", () => {
    const page = studyReportOf(join(folder, "stages"), "ko");
    expect(page).toContain('<html lang="ko">');
    for (const title of ["지금까지의 최고", "가장 좋은 시도 8개", "모든 시도를 한눈에", "값 하나하나", "무엇이 중요했나", "단계"])
      expect(page).toContain(`<h2>${title}</h2>`);
    const english = studyReportOf(join(folder, "stages"), "en");
    const textsOf = (text: string) => new Set([...text.matchAll(/<(?:h2|p|th|text)\b[^>]*>([^<]+)</g)].map((match) => match[1]!));
    const both = [...textsOf(page)].filter((text) => textsOf(english).has(text));
    // Names of the document are the same in both.
    const names = ["digits", "stages", "loss", "learningRate", "units"];
    expect(both.filter((text) => /[a-z]{2}/i.test(text) && !names.includes(text))).toEqual([]);
  });

  test("of a study without a value says what failed", () => {
    const page = studyReportOf(join(folder, "failing"), "en");
    expect(page).toContain("4 trials failed");
    expect(page).toContain("E_FILE_DATA_FOLDER");
    expect(page).not.toContain("<svg");
  });
});

/** The processes that train for another. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return []; // no /proc here, or it has just ended
  }
}

/** Starts a study, or goes on with it, and kills it or one of its children after some milliseconds. Returns whether it came to its end. */
async function runAndKill(
  name: string,
  afterMs: number,
  whom: "coordinator" | "child",
  signal: NodeJS.Signals,
): Promise<boolean> {
  const isThere = existsSync(join(folder, name, "study.json"));
  const list = isThere ? ["--resume", name] : ["many.json", "--out", name];
  const child = spawn(process.execPath, [main, "search", ...list, "--json", "--workers", "2"], { cwd: folder, stdio: "ignore" });
  const timer = setTimeout(() => {
    const [one] = childrenOf(child.pid!);
    if (whom === "coordinator") child.kill(signal);
    else if (one !== undefined) process.kill(one, signal);
  }, afterMs);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(timer);
  return code === 0;
}

describe("a study that is killed", () => {
  test(`${kills} times at any moment, itself or its children, has every trial once, the same as undisturbed`, {
    timeout: 900_000,
  }, async () => {
    const key = foldIn(randomKey(6), "moments");
    let name = "";
    let hits = 0;
    for (let kill = 0, round = 0; kill < kills; kill++) {
      name = `killed${round}`;
      const isOver = await runAndKill(
        name,
        250 + 900 * uniformAt(key, kill),
        kill % 3 === 1 ? "child" : "coordinator",
        "SIGKILL",
      );
      if (isOver) round++;
      else hits++;
    }
    expect(hits).toBeGreaterThan(0);
    for (let round = 0; existsSync(join(folder, `killed${round}`, "study.json")); round++) {
      name = `killed${round}`;
      expect(osolgil("search", "--resume", name, "--json").status).toBe(0);
      expect(trialsOf(name)).toEqual(trialsOf("whole"));
      const numbers = readStudy(join(folder, name)).lines.flatMap((line) => (line.type === "trial.ended" ? [line.number] : []));
      expect(numbers.length).toBe(new Set(numbers).size);
    }
    expect(existsSync(join(folder, "killed0/best.json"))).toBe(true);
  });

  test("by Ctrl-C ends with 130, records nothing wrong, and leaves no process behind", async () => {
    const child = spawn(process.execPath, [main, "search", "many.json", "--out", "stopped", "--json"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let told = "";
    let children: number[] = [];
    child.stdout.on("data", (chunk) => {
      told += chunk;
      if (children.length > 0 || !told.includes("trial.ended")) return;
      children = childrenOf(child.pid!);
      child.kill("SIGINT");
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(130);
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    const lines = linesOf(told);
    expect(lines.at(-1)).toMatchObject({ type: "study.ended", status: "stopped", code: "stopRequested" });
    const { ended } = historyOf(lines);
    expect(ended.length).toBeGreaterThan(0);
    expect(ended.every(({ status }) => status !== "failed")).toBe(true);
    expect(osolgil("search", "--resume", "stopped", "--json").status).toBe(0);
    expect(trialsOf("stopped")).toEqual(trialsOf("whole"));
  });
});
