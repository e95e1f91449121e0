/** Runs that are stopped or killed, and go on: what the folder holds at the end is the same to the byte. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunEnded } from "../../src/core/events.ts";
import { fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import { eventsOf, main, osolgilIn, writeDigits } from "../support/digits.ts";
import { sampled } from "../support/long.ts";

const document = {
  data: { kind: "idxFolder", folder: "digits", validation: 50 },
  augmentation: [{ kind: "shift", pixels: 1 }, "flip", { kind: "cutout", size: 1 }],
  model: [
    { kind: "dense", units: 30 },
    "batchNorm",
    { kind: "residual", survival: 0.7, layers: [{ kind: "dense", units: 30 }, "relu"] },
    { kind: "dropout", rate: 0.2 },
    { kind: "dense", units: 4 },
  ],
  optimizer: { kind: "adam", learningRate: 0.0005 },
  schedule: { kind: "onPlateau", patience: 1, factor: 0.9, warmup: 10 },
  average: { decay: 0.99 },
  clip: { norm: 1 },
  training: { batchSize: 8, accumulate: 2, epochs: 800 },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-resume-"));
  writeDigits(join(folder, "digits"));
  writeFileSync(join(folder, "run.json"), JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const osolgil = (...list: string[]) => osolgilIn(folder, ...list);
const file = (run: string, name: string) => join(folder, run, name);
const bytes = (run: string, name = "last.safetensors") => readFileSync(file(run, `checkpoints/${name}`)).toString("latin1");
const often = ["--checkpoint-every", "20ms"] as const;

/**
 * Starts a run, or goes on with it, and ends the process after some milliseconds, or once something has come true. Returns whether the
 * run came to its end before.
 */
async function runAndKill(run: string, after: number | (() => boolean), signal: "SIGKILL" | "SIGINT"): Promise<boolean> {
  const start = existsSync(file(run, "run.json")) ? ["--resume", run] : ["run.json", "--out", run];
  const child = spawn(process.execPath, [main, "train", ...start, ...often, "--json"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const began = performance.now();
  const isTime = typeof after === "number" ? () => performance.now() - began > after : after;
  const timer = setInterval(() => {
    if (!isTime()) return;
    child.kill(signal);
    clearInterval(timer);
  }, 5);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(timer);
  if (errors !== "") throw new Error(errors);
  return code === 0;
}

describe("a run that is killed", () => {
  // One run without a stop, for all of these to be held against; and how long it takes.
  let wholeMs = 0;
  beforeAll(() => {
    const began = performance.now();
    const { status, stderr } = osolgil("train", "run.json", "--out", "whole", "--json");
    wholeMs = performance.now() - began;
    expect([status, stderr]).toEqual([0, ""]);
  }, 60_000);

  const kills = sampled(5, 100);
  test(`${kills} times at any moment ends with the same checkpoints to the byte`, { timeout: 900_000 }, async () => {
    // Parts of a whole run, and of half of that after each run that came to its end before.
    const delays = new Float32Array(kills);
    fillUniform(foldIn(randomKey(5), "delays"), delays, 0.1, 1);
    for (let killed = 0, run = 0, most = wholeMs; killed < kills; run++) {
      const name = `killed${run}`;
      while (killed < kills && !(await runAndKill(name, most * delays[killed]!, "SIGKILL"))) killed++;
      most /= 2;
      if (existsSync(file(name, "run.json"))) expect(osolgil("train", "--resume", name, "--json").status).toBe(0);
      else expect(osolgil("train", "run.json", "--out", name, "--json").status).toBe(0);
      for (const checkpoint of ["last.safetensors", "best.safetensors"])
        expect(bytes(name, checkpoint) === bytes("whole", checkpoint), `${name}, ${checkpoint}`).toBe(true);
      const told = (from: string) =>
        eventsOf(readFileSync(file(from, "events.jsonl"), "utf8")).flatMap((event) =>
          event.type === "epoch.ended" ? [{ ...event, seconds: 0 }] : [],
        );
      expect(told(name)).toEqual(told("whole"));
      expect(readdirSync(join(folder, name)).sort()).toEqual(["checkpoints", "events.jsonl", "run.json"]);
    }
  });

  test("by Ctrl-C has a checkpoint of its last step, and goes on from there", async () => {
    await runAndKill("stopped", () => existsSync(file("stopped", "checkpoints/last.safetensors")), "SIGINT");
    const stopped = eventsOf(readFileSync(file("stopped", "events.jsonl"), "utf8")).at(-1) as RunEnded;
    expect(stopped).toMatchObject({ type: "run.ended", status: "stopped", code: "stopRequested" });
    const { status, stdout } = osolgil("train", "--resume", "stopped", "--json");
    expect(status).toBe(0);
    expect(eventsOf(stdout)[0]).toMatchObject({ type: "run.resumed", step: stopped.step });
    expect(bytes("stopped") === bytes("whole")).toBe(true);
  });

  test("and whose newest checkpoint is damaged goes on from the one before, and says so", async () => {
    await runAndKill("damaged", () => existsSync(file("damaged", "checkpoints/previous.safetensors")), "SIGKILL");
    const path = file("damaged", "checkpoints/last.safetensors");
    const content = readFileSync(path);
    content[content.length - 5]! ^= 1;
    writeFileSync(path, content);
    const { status, stderr } = osolgil("train", "--resume", "damaged", "--json");
    expect(status).toBe(0);
    expect(stderr).toMatch(/checkpoints\/last\.safetensors' is damaged: its checksum/);
    expect(stderr).toContain("goes on from checkpoints/previous.safetensors");
    expect(bytes("damaged") === bytes("whole")).toBe(true);
  });
});

describe("--resume", () => {
  const short = ["--set", "training.epochs=3"] as const;
  beforeAll(() => {
    expect(osolgil("train", "run.json", "--out", "done", "--json", ...short).status).toBe(0);
  });

  test("of a completed run tells its end again, and changes nothing", () => {
    const before = bytes("done");
    const { status, stdout } = osolgil("train", "--resume", "done", "--json");
    expect(status).toBe(0);
    expect(eventsOf(stdout)).toEqual([eventsOf(readFileSync(file("done", "events.jsonl"), "utf8")).at(-1)]);
    expect(bytes("done")).toBe(before);
    expect(osolgil("train", "--resume", "done").stdout).toContain("completed");
  });

  test("of a run without a checkpoint starts from its document; half a line in its events is left out", () => {
    expect(osolgil("train", "run.json", "--out", "bare", "--json", ...short).status).toBe(0);
    rmSync(file("bare", "checkpoints"), { recursive: true });
    const events = readFileSync(file("bare", "events.jsonl"), "utf8").trim().split("\n").slice(0, 5).join("\n");
    writeFileSync(file("bare", "events.jsonl"), `${events}\n{"type":"train.prog`);
    const { status, stdout } = osolgil("train", "--resume", "bare", "--json");
    expect(status).toBe(0);
    expect(eventsOf(stdout)[0]).toMatchObject({ type: "run.resumed", step: 0 });
    expect(bytes("bare")).toBe(bytes("done"));
  });

  test("is refused while a living process writes the run, and not when it is dead", () => {
    const cut = () => {
      const lines = readFileSync(file("held", "events.jsonl"), "utf8").trim().split("\n");
      writeFileSync(file("held", "events.jsonl"), `${lines.slice(0, -1).join("\n")}\n`);
    };
    expect(osolgil("train", "run.json", "--out", "held", "--json", ...short).status).toBe(0);
    cut();
    writeFileSync(file("held", "lock"), JSON.stringify({ pid: process.pid, host: hostname() }));
    const refused = osolgil("train", "--resume", "held", "--json");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(new RegExp(`^error the run in 'held' is being written by process ${process.pid}`));
    // A number that was used again: another start.
    writeFileSync(file("held", "lock"), JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
    const takenOver = osolgil("train", "--resume", "held", "--json");
    expect(takenOver.status).toBe(existsSync("/proc/self/stat") ? 0 : 2);
  });

  test.each([
    [["--resume", "nowhere"], "'nowhere' holds no run: it has no run.json"],
    [["--resume", "done", "run.json"], "--resume goes on with the run's own document"],
    [["--resume", "done", "--epochs", "9"], "and takes no --epochs"],
    [["--resume", "done", "--set", "seed=2"], "and takes no --set"],
    [["run.json", "--checkpoint-every", "0"], "It is a time in seconds above 0"],
  ])("%j is refused with exit code 2", (list, expected) => {
    const { status, stdout, stderr } = osolgil("train", ...list);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(expected);
  });

  test("of changed data or a changed document is refused with the reason, or forced", () => {
    expect(osolgil("train", "run.json", "--out", "changed", "--json", ...short).status).toBe(0);
    const lines = readFileSync(file("changed", "events.jsonl"), "utf8").trim().split("\n");
    writeFileSync(file("changed", "events.jsonl"), `${lines.slice(0, -1).join("\n")}\n`);
    const path = file("changed", "run.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"epochs": 3', '"epochs": 4'));
    const refused = osolgil("train", "--resume", "changed", "--json");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("the run document has changed");
    expect(existsSync(file("changed", "lock"))).toBe(false);
    const forced = osolgil("train", "--resume", "changed", "--json", "--force");
    expect(forced.status).toBe(0);
    expect(eventsOf(forced.stdout).at(-1)).toMatchObject({ epoch: 4 });

    const images = join(folder, "digits/train-images-idx3-ubyte");
    copyFileSync(images, `${images}.before`);
    const data = readFileSync(images);
    data[data.length - 1]! ^= 1;
    writeFileSync(images, data);
    const held = readFileSync(file("changed", "events.jsonl"), "utf8").trim().split("\n");
    writeFileSync(file("changed", "events.jsonl"), `${held.slice(0, -1).join("\n")}\n`);
    const other = osolgil("train", "--resume", "changed", "--json");
    copyFileSync(`${images}.before`, images);
    rmSync(`${images}.before`);
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("the data have changed");
  });

  test("of a folder whose checkpoints are all damaged is refused, or starts anew", () => {
    expect(osolgil("train", "run.json", "--out", "lost", "--json", ...short).status).toBe(0);
    writeFileSync(file("lost", "events.jsonl"), "");
    for (const name of ["last.safetensors", "previous.safetensors"]) appendFileSync(file("lost", `checkpoints/${name}`), "x");
    const refused = osolgil("train", "--resume", "lost", "--json");
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/error no checkpoint in 'lost' can be used: .*last.*damaged.*previous.*damaged/s);
    expect(osolgil("train", "--resume", "lost", "--json", "--force").status).toBe(0);
    expect(bytes("lost")).toBe(bytes("done"));
  });
});
