import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createStudyFolder, findStudy, isStudy, readStudy, reopenStudy } from "../../src/store/study-folder.ts";
import { historyOf, type StudyLine, type TrialEnded } from "../../src/store/study-log.ts";
import { raised } from "../data/raised.ts";

const root = mkdtempSync(join(tmpdir(), "osolgil-study-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const at = "2026-11-23T08:00:00.000Z";
const started = (number: number, x = number): StudyLine => ({
  type: "trial.started",
  version: 1,
  at,
  number,
  stage: 0,
  parameters: { x },
});
const reported = (number: number, epoch: number, value: number): StudyLine => ({
  type: "trial.reported",
  number,
  report: { epoch, step: 10 * epoch, value, trainingLoss: value },
});
const ended = (number: number, value: number): TrialEnded => ({
  type: "trial.ended",
  at,
  number,
  stage: 0,
  parameters: { x: number },
  status: "completed",
  value,
  steps: 20,
  seconds: 1,
});
const textOf = (path: string) => readFileSync(join(path, "trials.jsonl"), "utf8");

describe("historyOf", () => {
  test("joins reports with their trials, each once, by number", () => {
    const { ended: trials, interrupted } = historyOf([
      started(1),
      started(0),
      reported(1, 1, 0.5),
      reported(0, 1, 0.25),
      ended(1, 0.5),
      started(2),
      reported(2, 1, 0.75),
      ended(1, 0.9),
    ]);
    expect(trials).toEqual([
      {
        number: 1,
        stage: 0,
        parameters: { x: 1 },
        status: "completed",
        value: 0.5,
        steps: 20,
        seconds: 1,
        reports: [{ epoch: 1, step: 10, value: 0.5, trainingLoss: 0.5 }],
      },
    ]);
    expect(interrupted).toEqual([
      { number: 0, stage: 0, parameters: { x: 0 } },
      { number: 2, stage: 0, parameters: { x: 2 } },
    ]);
  });

  test("drops what was reported before a trial began anew, or after it had ended", () => {
    const lines = [
      started(0),
      reported(0, 1, 0.1),
      started(0),
      reported(0, 1, 0.2),
      ended(0, 0.2),
      reported(0, 2, 0.3),
      started(0),
    ];
    const { ended: trials, interrupted } = historyOf(lines);
    expect(trials[0]!.reports.map(({ value }) => value)).toEqual([0.2]);
    expect(interrupted).toEqual([]);
  });
});

describe("the folder", () => {
  test("gives back what was written, numbers that JSON does not have among them", () => {
    const path = join(root, "numbers");
    const folder = createStudyFolder(path, { seed: 3 });
    const lines = [started(0), reported(0, 1, Number.NaN), reported(0, 2, Number.POSITIVE_INFINITY), ended(0, 1e-300)];
    for (const line of lines) folder.append(line);
    folder.close();
    const { document, lines: read } = readStudy(path);
    expect(document).toEqual({ seed: 3 });
    const [trial] = historyOf(read).ended;
    expect(trial!.value).toBe(1e-300);
    expect(trial!.reports.map(({ value }) => value)).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
    expect(existsSync(join(path, "lock"))).toBe(false);
    expect([isStudy(path), isStudy(root), findStudy(path)]).toEqual([true, false, path]);
  });

  test.each([
    ["half a line", '{"type":"trial.end'],
    ["a line without its end", JSON.stringify(ended(1, 0.5))],
    ["what a crash of the machine leaves", "\0\0\0\0"],
  ])("%s at its end is cut off, and what is appended then stands on a line of its own", (name, rest) => {
    const path = join(root, name.replaceAll(" ", "-"));
    const first = createStudyFolder(path, {});
    first.append(started(0));
    first.close();
    const whole = textOf(path);
    appendFileSync(join(path, "trials.jsonl"), rest);
    const { folder, lines, notes } = reopenStudy(path);
    expect([lines, notes, textOf(path)]).toEqual([[started(0)], [], whole]);
    folder.append(ended(0, 0.5));
    folder.close();
    expect(readStudy(path).lines).toEqual([started(0), ended(0, 0.5)]);
  });

  test("a damaged line among others is left out, and said", () => {
    const path = join(root, "damaged");
    const folder = createStudyFolder(path, {});
    folder.append(started(0));
    folder.close();
    appendFileSync(join(path, "trials.jsonl"), `{"type":"tri\u0000\n${JSON.stringify(started(1))}\n`);
    const reopened = reopenStudy(path);
    reopened.folder.close();
    expect(reopened.lines).toEqual([started(0), started(1)]);
    expect(reopened.notes[0]).toMatch(/^1 damaged lines of '.*trials\.jsonl' are left out/);
  });

  test("is made where nothing is, and one writes it at a time", () => {
    const path = join(root, "held");
    const folder = createStudyFolder(path, {});
    expect(raised(() => reopenStudy(path))).toMatch(
      new RegExp(`E_RUN_LOCKED: the study in '.*held' is being written by process ${process.pid}`),
    );
    expect(raised(() => createStudyFolder(path, {}))).toContain(
      "it holds a study already | To go on with it: osolgil search --resume",
    );
    folder.close();
    expect(raised(() => readStudy(root))).toContain("E_STUDY_MISSING");
    mkdirSync(join(root, "no-json"));
    writeFileSync(join(root, "no-json/study.json"), "{");
    expect(raised(() => reopenStudy(join(root, "no-json")))).toContain("E_STUDY_DOCUMENT");
    const bare = createStudyFolder(join(root, "bare"), {});
    bare.discard();
    expect(existsSync(join(root, "bare"))).toBe(false);
  });
});
