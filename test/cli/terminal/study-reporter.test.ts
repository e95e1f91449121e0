/** What people see of a study, in a terminal and without one. */
import { describe, expect, test } from "vitest";
import { StudyReporter } from "../../../src/cli/terminal/study-reporter.ts";
import { shortNames, shortValue } from "../../../src/core/names.ts";
import { StudyPlanner } from "../../../src/search/planner.ts";
import { resolveStudy } from "../../../src/search/resolve-study.ts";
import type { EndedTrial } from "../../../src/search/trial.ts";
import type { StudyLine } from "../../../src/store/study-log.ts";

const study = resolveStudy({
  name: "widths",
  run: { data: "mnist", model: [{ kind: "dense", units: 10 }, "relu", { kind: "dense", units: 10 }], optimizer: "sgd" },
  space: {
    "optimizer.learningRate": { type: "float", min: 1e-4, max: 1, scale: "log" },
    "model[0].units": { type: "integer", min: 4, max: 64 },
  },
  trials: 3,
});
const at = "2026-11-23T08:00:00.000Z";
const started = (number: number): StudyLine => ({
  type: "trial.started",
  version: 1,
  at,
  number,
  stage: 0,
  parameters: { "optimizer.learningRate": 0.00123456, "model[0].units": 16 + number },
});
const ended = (number: number, status: EndedTrial["status"], more: Partial<EndedTrial> = {}): StudyLine => ({
  type: "trial.ended",
  at,
  number,
  stage: 0,
  parameters: { "optimizer.learningRate": 0.00123456, "model[0].units": 16 + number },
  status,
  steps: 10,
  seconds: 1.5,
  ...more,
});
const told: readonly StudyLine[] = [
  started(0),
  started(1),
  { type: "trial.reported", number: 0, report: { epoch: 1, step: 5, value: 0.5 } },
  ended(0, "completed", { value: 0.5 }),
  ended(1, "pruned", { code: "explosion", reason: "too large" }),
  started(2),
  ended(2, "failed", { code: "E_X", reason: "there is\u001b[2J no room\n  Make some." }),
];

/** All that is written, call by call. */
function written(isTerminal: boolean, columns = 100, lines: readonly StudyLine[] = told): string[] {
  const texts: string[] = [];
  const reporter = new StudyReporter({ isTerminal, columns, color: false, write: (text) => texts.push(text) });
  const history = { ended: [], interrupted: [], stages: new Set<number>() };
  reporter.onOpen({ study, folder: "studies/a", history, workers: 2, notes: [] });
  for (const line of lines) reporter.onLine(line);
  const trials = lines.flatMap((line): EndedTrial[] => {
    if (line.type !== "trial.ended") return [];
    const { type: _, at: __, ...trial } = line;
    return [{ ...trial, reports: [] }];
  });
  reporter.onEnd({
    folder: "studies/a",
    best: "studies/a/best.json",
    summary: new StudyPlanner(study, trials).summary(),
    ended: { type: "study.ended", at, status: "completed", trials: { completed: 1, pruned: 1, failed: 1 } },
  });
  return texts;
}

test("without a terminal: what is searched, a row for each trial, what was found; no code that steers", () => {
  const text = written(false).join("");
  expect(text.split("\n").slice(0, 10)).toEqual([
    "",
    "  study   widths · studies/a",
    "  seeks   largest accuracy",
    "  plan    3 trials · random · seed 1 · 2 at once",
    "  space   learningRate  1e-4 to 1, log",
    "          units         4 to 64, integer",
    "",
    "  #0  ✓   50.00%     1.5 s  best  learningRate 0.00123  units 16",
    "  #1  ✂        -     1.5 s        learningRate 0.00123  units 17",
    "  #2  ✗        -     1.5 s        learningRate 0.00123  units 18  there is�[2J no room Make some.",
  ]);
  expect(text).toMatch(/✓ completed · 3 trials · 1 pruned · 1 failed · /);
  expect(text).toContain("  trial  accuracy  learningRate  units\n     #0    50.00%       0.00123     16\n");
  expect(text).toContain("osolgil train studies/a/best.json");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(text).not.toMatch(/[\r\u001b]/);
});

test("of equal trials that of the lowest number is the best, whichever ended first", () => {
  const log = [1, 0, 2].flatMap((number): StudyLine[] => [started(number), ended(number, "completed", { value: 0.5 })]);
  const text = written(false, 100, log).join("");
  expect(text.match(/#\d (?=.* best )/g)).toEqual(["#1 ", "#0 "]);
  expect(text).toMatch(/trial {2}accuracy .*\n +#0/);
});

describe("in a terminal", () => {
  /** The screen after all that was written: lines, with the codes that move and erase carried out. */
  function screenAfter(texts: readonly string[]): string[] {
    const screen = [""];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts every code
    for (const piece of texts.join("").split(/(\u001b\[\d*[A-K]|\n|\r)/)) {
      if (piece === "\n") screen.push("");
      else if (piece === "\u001b[1A") screen.pop();
      else if (piece === "\u001b[K") screen[screen.length - 1] = "";
      else if (piece !== "\r") screen[screen.length - 1] += piece;
    }
    return screen;
  }

  test("what runs and the best so far are rewritten in place; rows stay for what became best or failed", () => {
    const texts = written(true);
    const opened = screenAfter(texts.slice(0, 2));
    expect(opened.at(-1)).toMatch(/^ {2}─+ {2}0\/3 trials$/);
    const whole = screenAfter(texts);
    expect(whole.filter((line) => /^ {2}#\d/.test(line)).map((line) => line.slice(0, 16))).toEqual([
      "  #0  ✓   50.00%",
      "  #2  ✗        -",
    ]);
    expect(whole.join("\n")).not.toContain("0/3 trials");
    expect(whole.join("\n")).toContain("completed");
  });

  test.each([20, 40, 80, 200])("no line that is rewritten is as wide as the terminal of %i columns", (columns) => {
    const texts = written(true, columns);
    const [, , ...later] = texts.slice(0, -1);
    for (const text of later) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: codes take no columns
      for (const line of text.replaceAll(/\u001b\[\d*[A-K]|\r/g, "").split("\n")) expect(line.length).toBeLessThan(columns);
    }
  });
});

test("short names tell paths apart in whole parts", () => {
  expect(shortNames(["optimizer.learningRate", "penalty.strength"])).toEqual(["learningRate", "strength"]);
  expect(shortNames(["model[0].units", "model[2].units"])).toEqual(["model[0].units", "model[2].units"]);
  expect(shortNames(["optimizer.kind", "optimizer.decay", "schedule.decay"])).toEqual([
    "optimizer",
    "optimizer.decay",
    "schedule.decay",
  ]);
  expect(shortNames(["seed"])).toEqual(["seed"]);
});

test("values have three digits, components go by their kind", () => {
  const values = [0.00123456, 0.000123456, 1e-6, 128, 1e7, -0.5, "relu", true, { kind: "dense", units: 3 }, [1, 2]];
  expect(values.map(shortValue)).toEqual(["0.00123", "1.23e-4", "1e-6", "128", "1e+7", "-0.5", "relu", "true", "dense", "[1,2]"]);
});
