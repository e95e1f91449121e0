import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-graph-"));
  writeDigits(join(folder, "digits"));
  const data = { kind: "idxFolder", folder: "digits", validation: 10 };
  const model = [{ kind: "dense", units: 5 }, "batchNorm", "relu", { kind: "dense", units: 4 }];
  writeFileSync(join(folder, "run.json"), JSON.stringify({ data, model }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const osolgil = (...list: string[]) => osolgilIn(folder, ...list);

test("the model as text and as a picture, a line and a box for each node", () => {
  const { status, stdout, stderr } = osolgil("graph", "run.json", "--out", "model.svg");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\s+node\s+from\s+shape\s+value\s+gradient$/m);
  expect(stdout).toMatch(/^\s+relu1\s+\(batchNorm1\)\s+\[2, 5\]/m);
  expect(stdout).toMatch(/^\s+loss\s+\(dense2, targets\)\s+\[\]\s+\S+\s+1$/m);
  const svg = readFileSync(join(folder, "model.svg"), "utf8");
  expect(svg).toMatch(/^<svg /);
  for (const name of ["dense1.weight", "batchNorm1", "loss"]) expect(svg).toContain(name);
});

test("a layer with all its numbers as JSON", () => {
  const { status, stdout } = osolgil("graph", "run.json", "--layer", "batchNorm1", "--json");
  expect(status).toBe(0);
  const nodes = JSON.parse(stdout);
  const root = nodes.find(({ label }: { label: string }) => label === "√");
  expect(root).toMatchObject({ role: "operation", shape: [5] });
  expect(root.value).toHaveLength(5);
  expect(root.gradient).toHaveLength(5);
});

test("what cannot be shown is said", () => {
  expect(osolgil("graph", "run.json", "--layer", "dens1")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("Did you mean 'dense1'?"),
  });
  expect(osolgil("graph", "run.json", "--out", "model.png")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(".svg"),
  });
});
