import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-report-"));
  writeDigits(join(folder, "digits"));
  // Equal weights in both layers: units that stay copies of each other.
  const equal = (units: number) => ({ kind: "dense", units, initializer: { kind: "constant", value: 0.1 } });
  const document = {
    data: { kind: "idxFolder", folder: "digits", validation: 50 },
    model: [equal(6), "relu", equal(4)],
    training: { batchSize: 25, epochs: 6 },
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const osolgil = (...list: string[]) => osolgilIn(folder, ...list);

test("a run ends with its page, which shows what was seen inside the model and what was found", () => {
  const { status, stdout, stderr } = osolgil("train", "run.json", "--out", "run");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(join("run", "report.html"));
  expect(stdout).toContain("✗ symmetricUnits: ");
  const page = readFileSync(join(folder, "run/report.html"), "utf8");
  for (const title of ["Loss", "Accuracy", "Updates against weights", "Activations", "What is taken for what"])
    expect(page).toContain(`<h2>${title}</h2>`);
  expect(page).toContain("symmetricUnits");
  expect(page).not.toMatch(/undefined|NaN/);
  const events = eventsOf(readFileSync(join(folder, "run/events.jsonl"), "utf8"));
  expect(events.find(({ type }) => type === "finding.made")).toMatchObject({
    code: "symmetricUnits",
    severity: "error",
    layer: "relu1",
  });
});

test("the page in Korean", () => {
  const { status, stdout } = osolgil("report", "run", "--lang", "ko", "--out", "seite.html");
  expect([status, stdout]).toEqual([0, "seite.html\n"]);
  const page = readFileSync(join(folder, "seite.html"), "utf8");
  expect(page).toContain('<html lang="ko">');
  for (const title of ["손실", "활성화값", "진단에서 찾은 것"]) expect(page).toContain(`<h2>${title}</h2>`);
  expect(page).toContain("똑같은 뉴런");
});

test("no page where none is wanted", () => {
  for (const [out, ...more] of [
    ["json", "--json"],
    ["bare", "--no-report"],
  ] as const) {
    expect(osolgil("train", "run.json", "--epochs", "1", "--out", out, ...more).status).toBe(0);
    expect(existsSync(join(folder, out, "report.html"))).toBe(false);
  }
});

test("what a finding means, in either language; a code that is none is named with the nearest", () => {
  expect(osolgil("explain", "symmetricUnits", "--lang", "en").stdout).toContain("Symmetric units");
  expect(osolgil("explain", "symmetricUnits", "--lang", "ko").stdout).toContain("똑같은 뉴런");
  expect(osolgil("explain").stdout.trim().split("\n").length).toBeGreaterThan(20);
  expect(osolgil("explain", "symetricUnits")).toMatchObject({ status: 2, stderr: expect.stringContaining("'symmetricUnits'") });
});
