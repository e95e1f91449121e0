/** The lecture's experiments: told in both languages, true to what they claim, and made by one command. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillIntegers, randomKey } from "../../src/core/random.ts";
import { experiments } from "../../src/experiments/index.ts";
import { Lab } from "../../src/experiments/lab.ts";
import { renderSvg } from "../../src/figures/index.ts";
import { loadDataset } from "../../src/files/data-files.ts";
import { osolgilIn } from "../support/digits.ts";
import { isLong } from "../support/long.ts";

const lab = () => new Lab({ seed: 0, quick: true, load: (run) => loadDataset(run.data.definition, run.data.options) });
/** Those that take a second or so; all of them in the long run. */
const chosen = experiments.filter(({ needs }) => isLong || needs.length === 0);

test("each has an id of its own, and says everything in both languages", () => {
  expect(new Set(experiments.map(({ id }) => id)).size).toBe(experiments.length);
  for (const { id, name, question, lesson } of experiments) {
    for (const text of [name, question, lesson]) {
      expect(text.ko, `${id} in Korean`).toMatch(/[가-힣]/);
      expect(text.en, `${id} in English`).toMatch(/^[^가-힣]{3,}$/);
    }
    for (const asked of [question.en, question.ko]) expect(asked).toMatch(/\?$/);
  }
});

describe.each(chosen.map((one) => [one.id, one] as const))("%s", (_, experiment) => {
  test("holds what the lecture says, and draws it in both languages", async () => {
    const outcome = await experiment.run(lab());
    for (const { text, holds, measured } of outcome.claims) expect(holds, `${text.en}: ${measured}`).toBe(true);
    expect(outcome.claims.length).toBeGreaterThan(0);
    for (const language of ["en", "ko"] as const) {
      const figure = outcome.figure(language);
      expect(renderSvg(figure, { theme: "auto" })).toMatch(/^<svg /);
      expect(figure.title).toBe(experiment.name[language]);
    }
    // Once more, the same numbers.
    expect(JSON.stringify((await experiment.run(lab())).numbers)).toBe(JSON.stringify(outcome.numbers));
  });
});

describe("osolgil experiment", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "osolgil-experiment-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("list names them all, in either language", () => {
    const { status, stdout } = osolgilIn(folder, "experiment", "list", "--lang", "ko");
    expect(status).toBe(0);
    for (const { id, name } of experiments) expect(stdout).toContain(`${id.padEnd(4)} ${name.ko}`);
    const lines = osolgilIn(folder, "experiment", "list", "--json", "--lang", "en").stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(experiments.map(({ id }) => id));
  });

  test("one writes data, figures and a page, which hold what was measured", () => {
    const { status, stdout } = osolgilIn(folder, "experiment", "c2", "--quick", "--out", "valley", "--lang", "ko");
    expect(status).toBe(0);
    expect(stdout).toMatch(/✓ C2 골짜기를 내려가는 길/);
    const data = JSON.parse(readFileSync(join(folder, "valley/data.json"), "utf8"));
    expect(data).toMatchObject({ id: "C2", status: "holds" });
    expect(data.data.walks[0].x).toHaveLength(31);
    const page = readFileSync(join(folder, "valley/index.html"), "utf8");
    expect(page).toContain('<html lang="ko">');
    expect(page).toContain("<svg ");
    expect(page).not.toContain("undefined");
    for (const name of ["figure.png", "figure-dark.png"])
      expect([...readFileSync(join(folder, "valley", name)).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(readFileSync(join(folder, "valley/figure.svg"), "utf8")).toMatch(/^<svg /);
  });

  test("a folder with other things in it is left alone; earlier results are replaced", () => {
    mkdirSync(join(folder, "letters"));
    writeFileSync(join(folder, "letters/mother.txt"), "dear");
    const { status, stderr } = osolgilIn(folder, "experiment", "c1", "--out", "letters");
    expect(status).toBe(2);
    expect(stderr).toMatch(/'letters' holds files that are no results of experiments: it has no data\.json/);
    expect(readdirSync(join(folder, "letters"))).toEqual(["mother.txt"]);
    for (let time = 0; time < 2; time++) expect(osolgilIn(folder, "experiment", "d2", "--out", "spread").status).toBe(0);
    expect(osolgilIn(folder, "experiment", "all", "--out", "letters").stderr).toContain("it has no summary.json");
  });

  test("photographs come from the folder that --data names; without them there is no verdict", () => {
    mkdirSync(join(folder, "data/cifar10"), { recursive: true });
    // Records of the binary format: a class, then 3,072 pixels; here of noise that a seeded generator makes.
    const bytes = new Uint8Array(40 * 3073);
    const noise = new Int32Array(bytes.length);
    fillIntegers(randomKey(3), 0, 256, noise);
    for (let i = 0; i < bytes.length; i++) bytes[i] = i % 3073 === 0 ? (i / 3073) % 10 : noise[i]!;
    writeFileSync(join(folder, "data/cifar10/data_batch_1.bin"), bytes);
    for (const id of ["C13", "C14"]) {
      const { status, stdout, stderr } = osolgilIn(folder, "experiment", id, "--quick", "--data", "data", "--out", id, "--json");
      expect([status, stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toMatchObject({ id, status: "holds" });
    }
    const { status, stdout } = osolgilIn(folder, "experiment", "C13", "--data", "nowhere", "--out", "none", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: "C13", status: "no-data" });
    expect(readdirSync(join(folder, "none"))).toEqual([]);
  });

  test("what there is not is named with the nearest", () => {
    const { status, stderr } = osolgilIn(folder, "experiment", "C33");
    expect(status).toBe(2);
    expect(stderr).toContain("there is no experiment 'C33'");
    expect(stderr).toContain("C3");
  });
});
