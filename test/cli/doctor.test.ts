/** osolgil doctor from outside: tables, what does not fit, and what programs read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fillIntegers, randomKey } from "../../src/core/random.ts";
import { osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-doctor-"));
  writeDigits(join(folder, "digits"));
  const numbers = new Int32Array(400);
  fillIntegers(randomKey(4), 0, 1000, numbers);
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${numbers[2 * i]},7,${numbers[2 * i + 1]},${numbers[2 * i]! > 500 ? "a" : "b"}`,
  );
  writeFileSync(join(folder, "table.csv"), ["x,same,y,class", ...rows, ...rows.slice(100)].join("\n"));
  const document = {
    data: { kind: "idxFolder", folder: "digits" },
    model: [{ kind: "dense", units: 16 }, "relu", { kind: "dense", units: 4 }],
    optimizer: { kind: "adam", learningRate: 0.003 },
  };
  const zero = (layer: unknown) => (typeof layer === "object" ? { ...layer, initializer: "zeros" } : layer);
  for (const [name, one] of [
    ["digits.json", document],
    ["zeros.json", { ...document, model: document.model.map(zero) }],
    ["misfit.json", { ...document, model: [{ kind: "dense", units: 3 }] }],
  ] as const)
    writeFileSync(join(folder, name), JSON.stringify(one));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a sound run: four lines, nothing against it, and the curve as a figure", () => {
  const { status, stdout } = osolgilIn(folder, "doctor", "digits.json", "--out", "found");
  expect(status).toBe(0);
  for (const line of ["✓ the data", "✓ the first loss", "✓ twenty examples by heart", "✓ learning rates"])
    expect(stdout).toContain(line);
  expect(stdout).toContain("Nothing speaks against training this.");
  expect(readFileSync(join(folder, "found/range-test.svg"), "utf8")).toMatch(/^<svg .*suggested: /s);
});

test("a table that nobody has written a document for", () => {
  const { status, stdout } = osolgilIn(folder, "doctor", "table.csv", "--target", "class");
  expect(status).toBe(0);
  expect(stdout).toMatch(/! the data/);
  expect(stdout.replace(/\s+/g, " ")).toMatch(/of 45 test examples \([\d.]+ %\) are also among those learned from/);
  expect(stdout).toContain("constantFeatures: 1 of 3 features");
  expect(stdout).toMatch(/things? needs? a look; `osolgil explain sharedRows` says/);
});

test("--json is one line: what was tried, and what was found", () => {
  const { status, stdout } = osolgilIn(folder, "doctor", "zeros.json", "--json");
  // An error: not even twenty examples.
  expect(status).toBe(1);
  expect(stdout.trim().split("\n")).toHaveLength(1);
  const { examinations, findings } = JSON.parse(stdout);
  expect(examinations.map(({ name }: { name: string }) => name)).toEqual(["data", "firstLoss", "tinySet", "rangeTest"]);
  for (const { result } of examinations) expect(result).toMatch(/\S/);
  const { rates, losses } = examinations[3].curve;
  expect(rates).toHaveLength(losses.length);
  expect(findings).toMatchObject(
    [
      { code: "cannotOverfit", severity: "error", evidence: { steps: 400 }, cause: /.+/, advice: /.+/ },
      { code: "noLearningRate", severity: "warning" },
    ].map((one) => ({ ...one, message: expect.any(String), cause: expect.any(String), advice: expect.any(String) })),
  );
});

test("a model that does not fit its data is a finding of each examination, with the reason", () => {
  const { status, stdout } = osolgilIn(folder, "doctor", "misfit.json");
  expect(status).toBe(1);
  expect(stdout).toMatch(/could not be tried/);
  expect(stdout.replace(/\s+/g, " ")).toContain("dense 'dense1' is the last layer and gives [3] for an example");
});

test("what is no document, no table and no number is refused with the rule", () => {
  const said = (...list: string[]) => {
    const { status, stderr } = osolgilIn(folder, "doctor", ...list);
    expect(status, stderr).toBe(2);
    return stderr;
  };
  expect(said("nowhere.json")).toMatch(/nowhere\.json/);
  expect(said("nowhere.csv")).toMatch(/nowhere\.csv/);
  expect(said("digits.json", "--set", "optimizer.learningRate=-1")).toMatch(/learningRate/);
  expect(said("digits.json", "--target", "class")).toMatch(/--target names a column of a \.csv file/);
  // NaN in a table of numbers: NPY, version 1, float64.
  const values = Float64Array.from({ length: 8 }, (_, i) => (i === 5 ? Number.NaN : i));
  const head = `{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }`;
  const bytes = new Uint8Array(128 + values.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(`${head.padEnd(117)}\n`), 10);
  bytes.set(new Uint8Array(values.buffer), 128);
  writeFileSync(join(folder, "inputs.npy"), bytes);
  writeFileSync(join(folder, "targets.npy"), bytes);
  const document = { data: { kind: "npy", inputs: "inputs.npy", targets: "targets.npy" }, model: [{ kind: "dense", units: 2 }] };
  writeFileSync(join(folder, "npy.json"), JSON.stringify(document));
  expect(said("npy.json")).toMatch(/NaN in row 2, value 1/);
});
