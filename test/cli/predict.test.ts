/** osolgil evaluate and predict: what a trained model is worth, and what it makes of files. */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeNpy } from "../../src/data/readers/npy.ts";
import { idxBytes } from "../data/idx-bytes.ts";
import { osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;
const osolgil = (...list: string[]) => osolgilIn(folder, ...list);
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** price = 3 rooms + 5 where by the sea, and a word that tells nothing. */
const houses = (rows: number, seed: number) =>
  [
    "rooms,place,price",
    ...Array.from({ length: rows }, (_, i) => {
      const [rooms, sea] = [1 + ((i * seed) % 7), (i * seed) % 3 === 0];
      return `${rooms},${sea ? "sea" : "town"},${3 * rooms + (sea ? 5 : 0)}`;
    }),
  ].join("\n");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-predict-"));
  writeDigits(join(folder, "digits"));
  const digits = {
    data: { kind: "idxFolder", folder: "digits", validation: 50 },
    model: [{ kind: "dense", units: 24 }, "relu", { kind: "dense", units: 4 }],
    optimizer: { kind: "adam", learningRate: 0.01 },
    average: { decay: 0.9 },
    training: { batchSize: 20, epochs: 12 },
    metrics: ["f1"],
  };
  writeFileSync(join(folder, "digits.json"), JSON.stringify(digits));
  writeFileSync(join(folder, "houses.csv"), houses(160, 5));
  const prices = {
    data: {
      kind: "csv",
      file: "houses.csv",
      target: "price",
      task: "regression",
      validation: 20,
      test: 20,
      standardiseTargets: true,
    },
    preprocessing: ["standardise"],
    model: [{ kind: "dense", units: 16 }, "tanh", { kind: "dense", units: 1 }],
    optimizer: { kind: "adam", learningRate: 0.02 },
    training: { batchSize: 16, epochs: 60 },
    metrics: ["meanAbsoluteError"],
  };
  writeFileSync(join(folder, "houses.json"), JSON.stringify(prices));
  for (const name of ["digits", "houses"]) {
    const { status, stderr } = osolgil("train", `${name}.json`, "--json", "--out", `runs/${name}`);
    expect([status, stderr]).toEqual([0, ""]);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("evaluate", () => {
  test("tells the scores of the run on what it held out", () => {
    const ended = linesOf(readFileSync(join(folder, "runs/digits/events.jsonl"), "utf8")).at(-1) as {
      metrics: Record<string, number>;
    };
    // The best weights of the run are its last here, or their scores would differ.
    const [validation, testPart] = linesOf(osolgil("evaluate", "digits", "--json", "--checkpoint", "last").stdout) as {
      examples: number;
      scores: { loss: number; accuracy: number; metrics: { f1: number } };
      confusion: number[][];
    }[];
    expect([validation!.examples, testPart!.examples]).toEqual([50, 60]);
    expect(testPart!.scores).toMatchObject({ loss: ended.metrics.testLoss, accuracy: ended.metrics.testAccuracy });
    expect(validation!.scores.accuracy).toBe(ended.metrics.validationAccuracy);
    const right = testPart!.confusion.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(right / 60).toBeCloseTo(testPart!.scores.accuracy, 12);
    const shown = osolgil("evaluate", "digits");
    expect(shown.stdout).toMatch(/validation +50 .*test +60 .*is \\ taken for/s);
  });

  test("takes another CSV file of the same columns", () => {
    writeFileSync(join(folder, "other.csv"), houses(40, 11));
    const [part] = linesOf(osolgil("evaluate", "houses", "--on", "other.csv", "--json").stdout) as {
      examples: number;
      scores: { metrics: { meanAbsoluteError: number } };
    }[];
    expect(part!.examples).toBe(40);
    // In units of the price, which goes from 3 to 26.
    expect(part!.scores.metrics.meanAbsoluteError).toBeLessThan(1.5);
    expect(osolgil("evaluate", "digits", "--on", "other.csv").stderr).toContain("--on takes a CSV file");
  });
});

describe("report", () => {
  test("is a page with curves, confusion matrix, mistakes and weights of a classifier", () => {
    const { status, stdout } = osolgil("report", "digits");
    expect([status, stdout]).toEqual([0, "runs/digits/report.html\n"]);
    const page = readFileSync(join(folder, "runs/digits/report.html"), "utf8");
    for (const title of ["Loss", "Accuracy", "What is taken for what", "First-layer weights", "run.json"])
      expect(page).toContain(title);
    expect(page).not.toMatch(/undefined|NaN|https?:\/\/(?!www\.w3\.org)/);
  });

  test("of a regression has its metrics and no confusion; of a run without weights its curves alone", () => {
    expect(osolgil("report", "houses", "--out", "houses.html").status).toBe(0);
    const page = readFileSync(join(folder, "houses.html"), "utf8");
    expect(page).toContain("test meanAbsoluteError");
    expect(page).not.toContain("What is taken for what");
    cpSync(join(folder, "runs/digits"), join(folder, "runs/bare"), { recursive: true });
    rmSync(join(folder, "runs/bare/checkpoints"), { recursive: true });
    const events = join(folder, "runs/bare/events.jsonl");
    writeFileSync(
      events,
      readFileSync(events, "utf8")
        .split("\n")
        .filter((line) => !line.includes("checkpoint"))
        .slice(0, 30)
        .join("\n"),
    );
    expect(osolgil("report", "bare").status).toBe(0);
    expect(readFileSync(join(folder, "runs/bare/report.html"), "utf8")).toContain("Accuracy");
    rmSync(join(folder, "runs/bare"), { recursive: true });
  });

  test("of what is no run is refused", () => {
    expect(osolgil("report", "nothing")).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("predict", () => {
  test("a CSV file without the target: values in their own units; a category that was never seen is said", () => {
    writeFileSync(join(folder, "new.csv"), "place,rooms\nsea,2\ntown,6\n");
    const rows = linesOf(osolgil("predict", "houses", "new.csv", "--json").stdout) as { outputs: [number] }[];
    expect(Math.abs(rows[0]!.outputs[0] - 11)).toBeLessThan(2);
    expect(Math.abs(rows[1]!.outputs[0] - 18)).toBeLessThan(2);
    expect(osolgil("predict", "houses", "new.csv").stdout).toMatch(/row +price\n +0 +1\d/);
    const written = osolgil("predict", "houses", "new.csv", "--out", "prices.csv");
    expect(written.status).toBe(0);
    expect(readFileSync(join(folder, "prices.csv"), "utf8")).toMatch(/^price\n1\d\.\d+\n1\d\.\d+\n$/);
    // It is not overwritten.
    expect(osolgil("predict", "houses", "new.csv", "--out", "prices.csv").status).toBe(2);
  });

  test("IDX, .npy and a single picture of the same numbers alike", () => {
    const image = Uint8Array.from({ length: 16 }, (_, i) => (Math.floor(i / 4) === 2 ? 240 : 30));
    writeFileSync(join(folder, "one.idx"), idxBytes("uint8", [1, 4, 4], image));
    writeFileSync(join(folder, "one.npy"), writeNpy({ shape: [1, 16], values: image }));
    const fromIdx = linesOf(osolgil("predict", "digits", "one.idx", "--json").stdout);
    const fromNpy = linesOf(osolgil("predict", "digits", "one.npy", "--json").stdout);
    expect(fromIdx[0]).toMatchObject({ row: 0, class: 2 });
    expect(fromNpy).toEqual(fromIdx);
    copyFileSync(join(folder, "one.idx"), join(folder, "images-idx3-ubyte"));
    expect(linesOf(osolgil("predict", "digits", "images-idx3-ubyte", "--json").stdout)).toEqual(fromIdx);
    const data = new Uint8Array(40 * 40).fill(255);
    for (let x = 8; x < 32; x++) for (let y = 10; y < 16; y++) data[y * 40 + x] = 0;
    writeFileSync(join(folder, "one.png"), encode({ width: 40, height: 40, channels: 1, data }));
    const [row] = linesOf(osolgil("predict", "digits", "one.png", "--json").stdout) as { probabilities: number[] }[];
    expect(row!.probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  });

  test("a file of weights stands for a run", () => {
    copyFileSync(join(folder, "runs/digits/checkpoints/best.safetensors"), join(folder, "kept.safetensors"));
    expect(osolgil("predict", "kept.safetensors", "one.idx", "--json").stdout).toBe(
      osolgil("predict", "digits", "one.idx", "--json").stdout,
    );
  });

  test.each([
    [["predict", "nothing", "one.idx"], "there is no run 'nothing'"],
    [["predict", "digits", "missing.npy"], "'missing.npy' cannot be read"],
    [["predict", "digits", "digits.json"], "must be a .csv, .npy, .png or IDX file"],
    [["predict", "houses", "one.npy"], "the model takes columns"],
    [["predict", "digits", "houses.csv"], "the model was trained on array"],
    [["predict", "houses", "no-place.csv"], "place"],
    [["predict", "digits", "wide.npy"], "examples of [4, 4]"],
    [["predict", "digits", "broken.png"], "cannot be read as a PNG picture"],
    [["predict", "digits", "empty.png"], "there is nothing in the picture"],
    [["predict", "broken.safetensors", "one.idx"], "is damaged"],
    [["evaluate", "digits.json"], "is damaged"],
  ])("%j is refused with exit code 2 and a reason", (list, expected) => {
    writeFileSync(join(folder, "no-place.csv"), "rooms\n3\n");
    writeFileSync(join(folder, "wide.npy"), writeNpy({ shape: [2, 9], values: new Float32Array(18) }));
    const png = encode({ width: 9, height: 9, channels: 1, data: new Uint8Array(81).fill(200) });
    writeFileSync(join(folder, "empty.png"), png);
    writeFileSync(join(folder, "broken.png"), png.subarray(0, png.length - 30));
    const weights = readFileSync(join(folder, "runs/digits/checkpoints/best.safetensors"));
    weights[weights.length - 9]! ^= 4;
    writeFileSync(join(folder, "broken.safetensors"), weights);
    const { status, stdout, stderr } = osolgil(...list);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain("    at ");
  });
});
