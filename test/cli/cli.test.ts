/** The command line from outside: what it prints, what it leaves behind, and with which code it ends. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunEnded } from "../../src/core/events.ts";
import { decodeSafetensors } from "../../src/train/safetensors.ts";
import { eventsOf, main, osolgilIn, writeDigits } from "../support/digits.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-cli-"));
  writeDigits(join(folder, "digits"));
  const document = {
    data: { kind: "idxFolder", folder: "digits", validation: 50 },
    model: [{ kind: "dense", units: 9 }, "relu", { kind: "dense", units: 4 }],
    training: { batchSize: 32, epochs: 4 },
  };
  writeFileSync(join(folder, "run.json"), JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const osolgil = (...list: string[]) => osolgilIn(folder, ...list);

test("--json prints one event a line and nothing else, and the run's folder holds the same", () => {
  const { status, stdout, stderr } = osolgil("train", "run.json", "--json", "--out", "first");
  expect([status, stderr]).toEqual([0, ""]);
  const events = eventsOf(stdout);
  expect(events[0]).toMatchObject({
    type: "run.started",
    data: "idxFolder",
    model: "16-9-4",
    examples: { training: 250, validation: 50, test: 60 },
  });
  const ended = events[events.length - 1] as RunEnded;
  expect(ended).toMatchObject({ type: "run.ended", status: "completed", step: 32, epoch: 4, folder: "first" });
  for (const name of [
    "testAccuracy",
    "testLoss",
    "validationLoss",
    "trainSeconds",
    "stepsPerSecond",
    "firstStepSeconds",
  ] as const) {
    expect(ended.metrics[name]).toBeGreaterThan(0);
  }
  expect(eventsOf(readFileSync(join(folder, "first/events.jsonl"), "utf8"))).toEqual(events);
  const document = JSON.parse(readFileSync(join(folder, "first/run.json"), "utf8"));
  expect(document).toMatchObject({ format: "osolgil.run/1", optimizer: { kind: "adam", learningRate: 0.001 } });
  expect(["fused", "portable"]).toContain(document.numerics);
  const { tensors } = decodeSafetensors(readFileSync(join(folder, "first/checkpoints/last.safetensors")), "last");
  expect([...tensors.keys()].slice(0, 5)).toEqual([
    "dense1.weight",
    "dense1.bias",
    "dense2.weight",
    "dense2.bias",
    "dense1.weight/firstMoment",
  ]);
  expect(tensors.get("dense1.weight")!.shape).toEqual([16, 9]);
});

test("the document that a run stores gives the same weights to the byte", () => {
  for (const [document, out] of [
    ["run.json", "a"],
    ["a/run.json", "b"],
  ] as const)
    expect(osolgil("train", document, "--json", "--out", out).status).toBe(0);
  const bytes = (name: string) => readFileSync(join(folder, name, "checkpoints/last.safetensors")).toString("hex");
  expect(bytes("a")).toBe(bytes("b"));
  expect(osolgil("train", "run.json", "--json", "--out", "c", "--seed", "2").status).toBe(0);
  expect(bytes("c")).not.toBe(bytes("a"));
});

test("--profile tells where a step goes, leaves two files, and changes no bit", () => {
  const args = ["--epochs", "20", "--set", "training.batchSize=25"];
  const { status, stdout, stderr } = osolgil("train", "run.json", "--profile", "--out", "profiled", ...args);
  expect([status, stderr]).toEqual([0, ""]);
  // 20 epochs of 10 steps: the second half is measured; of it the steps on as many threads as most.
  expect(stdout).toMatch(/where a step goes · \d+ steps from step 1\d\d/);
  for (const text of ["-> dense1.weight", "batch, keys and scalars", "a step "]) expect(stdout).toContain(text);
  for (const name of ["profile.json", "trace.json"]) expect(stdout).toContain(join("profiled", name));
  expect(osolgil("train", "run.json", "--json", "--out", "unprofiled", ...args).status).toBe(0);
  const bytes = (name: string) => readFileSync(join(folder, name, "checkpoints/last.safetensors")).toString("hex");
  expect(bytes("profiled")).toBe(bytes("unprofiled"));
  expect(readdirSync(join(folder, "unprofiled")).sort()).toEqual(["checkpoints", "events.jsonl", "run.json"]);
});

test("--profile --json prints events alone, of which one names the files", () => {
  const { status, stdout, stderr } = osolgil("train", "run.json", "--profile", "--json", "--out", "profiledJson");
  expect([status, stderr]).toEqual([0, ""]);
  const events = eventsOf(stdout);
  const saved = events.find(({ type }) => type === "profile.saved");
  expect(saved).toEqual({
    type: "profile.saved",
    step: 32,
    steps: expect.any(Number),
    file: "profile.json",
    trace: "trace.json",
  });
  expect(eventsOf(readFileSync(join(folder, "profiledJson/events.jsonl"), "utf8"))).toEqual(events);
  expect(events.at(-1)!.type).toBe("run.ended");
  const profile = JSON.parse(readFileSync(join(folder, "profiledJson/profile.json"), "utf8"));
  expect(profile).toMatchObject({
    format: "osolgil.profile/1",
    program: "train.32",
    firstStep: 17,
    peakGflops: expect.any(Number),
  });
  // 8 steps in an epoch; the last of them has a smaller batch.
  expect(profile.steps).toBe(14);
  const trace = JSON.parse(readFileSync(join(folder, "profiledJson/trace.json"), "utf8"));
  expect(trace.traceEvents.filter(({ name }: { name: string }) => name.startsWith("step "))).toHaveLength(14);
});

test("--profile of a run that is stopped before anything was measured says so", async () => {
  // Steps of some 10 ms: the warm-up takes seconds, and the stop comes with the first event.
  const slow = ["--set", "training.batchSize=250", "--set", "model.dense1.units=20000"];
  const list = ["train", "run.json", "--profile", "--json", "--out", "stoppedEarly", "--epochs", "1000000", ...slow];
  const child = spawn(process.execPath, [main, ...list], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.on("data", (chunk) => {
    if (stdout === "") child.kill("SIGINT");
    stdout += chunk;
  });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(130);
  expect(stderr).toBe("warning: the run ended before a step was measured for --profile\n");
  expect(eventsOf(stdout).at(-1)).toMatchObject({ type: "run.ended", status: "stopped" });
  expect(readdirSync(join(folder, "stoppedEarly")).sort()).toEqual(["checkpoints", "events.jsonl", "run.json"]);
});

test("options change the document", () => {
  const { stdout } = osolgil(
    "train",
    "run.json",
    "--json",
    "--iterations",
    "5",
    "--numerics",
    "portable",
    "--seed",
    "7",
    "--set",
    "optimizer=sgd",
    "--set",
    "optimizer.learningRate=0.2",
    "--set",
    "model.dense1.units=5",
  );
  const events = eventsOf(stdout);
  expect(events[0]).toMatchObject({ steps: 5, numerics: "portable", seed: 7, model: "16-5-4" });
  const { folder: out } = events[events.length - 1] as RunEnded;
  expect(out).toMatch(/^runs[/\\]\d{4}-\d\d-\d\d-\d{4}/);
  const document = JSON.parse(readFileSync(join(folder, out!, "run.json"), "utf8"));
  expect(document).toMatchObject({ optimizer: { kind: "sgd", learningRate: 0.2 }, training: { iterations: 5 } });
});

test("people get a table, results and a curve", () => {
  const { status, stdout } = osolgil("train", "run.json", "--out", "people");
  expect(status).toBe(0);
  for (const text of ["16-9-4", "4/4", "completed", "training", "validation", "test", "loss by epoch", "people"])
    expect(stdout).toContain(text);
  // No colours and no rewriting where nobody looks.
  expect(stdout).not.toContain("\u001b");
});

test("a TypeScript file is a document too", () => {
  writeFileSync(
    join(folder, "run.ts"),
    'const units: number = 4;\nexport default { data: { kind: "idxFolder", folder: "digits" }, model: [{ kind: "dense", units }], training: { epochs: 1 } };\n',
  );
  const { status, stdout } = osolgil("train", "run.ts", "--json", "--out", "typescript");
  expect(status).toBe(0);
  expect(eventsOf(stdout)[0]).toMatchObject({ model: "16-4" });
});

test("a loss that is no number: exit code 1, and the reason is an event", () => {
  const { status, stdout } = osolgil(
    "train",
    "run.json",
    "--json",
    "--out",
    "nan",
    "--set",
    "optimizer=sgd",
    "--set",
    "optimizer.learningRate=1e30",
  );
  expect(status).toBe(1);
  const events = eventsOf(stdout);
  expect(events[events.length - 1]).toMatchObject({ type: "run.ended", status: "failed", code: "nonFiniteLoss" });
  expect(existsSync(join(folder, "nan/checkpoints"))).toBe(false);
});

test("Ctrl-C ends after the step at hand, with a checkpoint", async () => {
  const child = spawn(process.execPath, [main, "train", "run.json", "--json", "--out", "stopped", "--epochs", "1000000"], {
    cwd: folder,
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    if (!stdout.includes("epoch.ended") && String(chunk).includes("epoch.ended")) child.kill("SIGINT");
    stdout += chunk;
  });
  const code = await new Promise((resolve) => child.on("exit", resolve));
  expect(code).toBe(130);
  const events = eventsOf(stdout);
  expect(events[events.length - 1]).toMatchObject({ type: "run.ended", status: "stopped", code: "stopRequested" });
  expect(readdirSync(join(folder, "stopped/checkpoints"))).toContain("last.safetensors");
});

test.each([
  [["train", "missing.json"], "the run document 'missing.json' does not exist"],
  [["train", "run.json", "--set", "optimizer.lerningRate=1"], "optimizer 'adam' has no option 'lerningRate'"],
  [["train", "run.json", "--set", "data.folder=nowhere"], "folder must be a folder"],
  [["train", "run.json", "--set", "model[1].units=3"], "model[1].units: layer 'relu' has no option 'units'"],
  [["train", "run.json", "--set", "data.validation=400"], "400"],
  [["train", "run.json", "--epochs", "0"], "It is a whole number >= 1"],
  [["train", "run.json", "--epoch", "1"], "unknown option '--epoch'"],
  [["train", "run.json", "--numerics", "fast"], "numerics must be one of auto, fused, portable"],
  [["train", "run.json", "--out", "digits"], "the folder of a run must be new or empty"],
  [["train", "run.json", "--set", "model.dense2.units=3"], "is the last layer and gives [3] for an example"],
  [["trian"], "unknown command 'trian'"],
  [["check", "run.json", "--rows", "x"], "It is a whole number >= 1"],
])("%j is refused with exit code 2", (list, expected) => {
  const before = readdirSync(folder);
  const { status, stdout, stderr } = osolgil(...list);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(expected);
  expect(stderr).not.toContain("    at ");
  // Nothing half-made is left.
  expect(readdirSync(folder)).toEqual(before);
});

test("files that are not documents say where they break", () => {
  writeFileSync(join(folder, "broken.json"), '{\n  "data": "mnist",\n  oops\n}');
  writeFileSync(join(folder, "broken.ts"), "export default {");
  writeFileSync(join(folder, "empty.ts"), "export const x = 1;");
  expect(osolgil("train", "broken.json").stderr).toMatch(/'broken.json' is not JSON at line 3, column 3/);
  expect(osolgil("train", "broken.ts").stderr).toContain("'broken.ts' cannot be loaded");
  expect(osolgil("train", "empty.ts").stderr).toContain("'empty.ts' has no default export");
  expect(osolgil("train", ".").stderr).toContain("'.' is not a file");
});

test("a data file that is cut short is named", () => {
  writeDigits(join(folder, "cut"));
  const path = join(folder, "cut", "train-images-idx3-ubyte");
  writeFileSync(path, readFileSync(path).subarray(0, 1000));
  const { status, stderr } = osolgil("train", "run.json", "--set", "data.folder=cut");
  expect(status).toBe(2);
  expect(stderr).toContain("train-images-idx3-ubyte");
});

test("check finds the gradient right", () => {
  const { status, stdout } = osolgil("check", "run.json");
  expect(status).toBe(0);
  expect(stdout).toContain("The gradient is right.");
  expect(JSON.parse(osolgil("check", "run.json", "--json").stdout)).toMatchObject({ verdict: "good", rows: 8 });
});

test("info tells what can run here, and its peak", () => {
  const { status, stdout } = osolgil("info", "--json");
  expect(status).toBe(0);
  const info = JSON.parse(stdout);
  expect(info.engines.map(({ engine }: { engine: string }) => engine)).toEqual(["wasm", "reference"]);
  expect(info.engines[0].available).toBe(true);
  for (const profile of info.engines[0].numerics) expect(info.peakGflops[profile]).toBeGreaterThan(0);
  expect(osolgil("info").stdout).toContain("engine wasm");
});

test("--help names every part that a document can name", () => {
  const { status, stdout } = osolgil("train", "--help");
  expect(status).toBe(0);
  for (const text of [
    "--set",
    "mnist",
    "dense",
    "units: an integer in [1, 1000000]",
    "softmaxCrossEntropy",
    "momentum",
    "decay: a number in [0, 1), default 0.9",
  ]) {
    expect(stdout).toContain(text);
  }
});

test("a reader that has seen enough stops the run, whose folder is complete", () => {
  const command = `"${process.execPath}" "${main}" train run.json --json --out pipe --epochs 1000000 | head -n 1; exit \${PIPESTATUS[0]}`;
  const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  expect([status, stderr]).toEqual([130, ""]);
  const events = eventsOf(readFileSync(join(folder, "pipe/events.jsonl"), "utf8"));
  expect(events[events.length - 1]).toMatchObject({ type: "run.ended", status: "stopped" });
  expect(existsSync(join(folder, "pipe/checkpoints/last.safetensors"))).toBe(true);
});

test("an output that cannot be written ends the run with one message and exit code 1", (context) => {
  if (!existsSync("/dev/full")) return context.skip("this system has no /dev/full");
  for (const json of ["--json", ""]) {
    const out = `full${json}`;
    const command = `"${process.execPath}" "${main}" train run.json ${json} --out ${out} > /dev/full`;
    const { status, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", timeout: 60_000 });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error standard output cannot be written: the disk is full \(ENOSPC\)/);
    expect(stderr).not.toContain("    at ");
    expect(readFileSync(join(folder, out, "events.jsonl"), "utf8")).toContain("run.ended");
  }
});

test("a checkpoint that cannot be written fails the run, whose scores are still told", () => {
  // A file size limit below the checkpoint and above everything else stands for a full disk.
  const command = `ulimit -f 12; trap '' XFSZ; "${process.execPath}" "${main}" train run.json --json --out limited --epochs 2 --set model.dense1.units=300`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  expect(status).toBe(1);
  const ended = eventsOf(stdout).at(-1) as RunEnded;
  expect(ended).toMatchObject({ type: "run.ended", status: "failed", step: 16, folder: "limited" });
  expect(ended.reason).toMatch(/(last|best)\.safetensors/);
  expect(ended.metrics.testAccuracy).toBeGreaterThan(0);
  expect(stderr).toMatch(/^error .*(last|best)\.safetensors/);
  expect(readdirSync(join(folder, "limited/checkpoints"))).toEqual([]);
});

test("a trace that cannot be written fails the run, whose table is still shown", () => {
  // 40 kB (ulimit counts 1,024 bytes): less than the trace, more than all else.
  const command = `ulimit -f 40; trap '' XFSZ; "${process.execPath}" "${main}" train run.json --profile --out limitedTrace --epochs 1 --set training.batchSize=1`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8", timeout: 60_000 });
  expect(status).toBe(1);
  expect(stdout).toMatch(/failed.*trace\.json.*where a step goes/s);
  expect(stderr).toContain("Free some space");
  const files = readdirSync(join(folder, "limitedTrace")).sort();
  expect(files).toEqual(["checkpoints", "events.jsonl", "profile.json", "run.json"]);
});

test("a folder that cannot be made leaves nothing, and training has not begun", () => {
  writeFileSync(join(folder, "file"), "");
  const { status, stdout, stderr } = osolgil("train", "run.json", "--json", "--out", "file/run");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error /);
});

test("an update that breaks the weights at the very end fails the run", () => {
  const { status, stdout } = osolgil(
    "train",
    "run.json",
    "--json",
    "--out",
    "last",
    "--iterations",
    "1",
    "--set",
    "optimizer.learningRate=1e38",
  );
  expect(status).toBe(1);
  expect(eventsOf(stdout).at(-1)).toMatchObject({ status: "failed", code: "nonFiniteLoss", step: 1 });
  expect(existsSync(join(folder, "last/checkpoints"))).toBe(false);
});

test.each([
  ["throw null;", "cannot be loaded: null"],
  ["await new Promise(() => {});", "never finished loading"],
  ["export default new Promise(() => {});", "never finished loading"],
])("a document that does %s is refused with exit code 2", (text, expected) => {
  writeFileSync(join(folder, "strange.ts"), `${text}\nexport {};\n`);
  const { status, stderr } = osolgil("train", "strange.ts");
  expect(status).toBe(2);
  expect(stderr).toContain(expected);
  expect(stderr).not.toContain("    at ");
});

test("a .csv file is trained by a document that is made for it and shown", () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${(i * 7) % 13},${i % 3 === 0 ? "yes" : "no"}`);
  writeFileSync(join(folder, "table.csv"), `id,x,answer\n${rows.join("\n")}\n`);
  const { status, stdout, stderr } = osolgil("train", "table.csv", "--out", "table", "--epochs", "2");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("table.csv: 60 rows, 1 column to predict 'answer' from, 2 classes");
  expect(stdout).toContain("column 'id' is ignored: it counts the rows");
  const shown = JSON.parse(stdout.slice(stdout.indexOf("\n{\n"), stdout.indexOf("\n}\n") + 2));
  expect(shown).toMatchObject({ data: { kind: "csv", file: "table.csv", target: "answer" }, training: { epochs: 2 } });
  const stored = JSON.parse(readFileSync(join(folder, "table/run.json"), "utf8"));
  expect(stored).toMatchObject({ data: { target: ["answer"], stratify: true }, preprocessing: [{ kind: "standardise" }] });

  const numbers = osolgil("train", "table.csv", "--target", "x", "--out", "numbers", "--epochs", "1", "--json");
  expect([numbers.status, numbers.stderr]).toEqual([0, ""]);
  expect(eventsOf(numbers.stdout)[0]).toMatchObject({ type: "run.started", data: "table.csv" });
});

test("--target without a .csv file, or of a column that is not there, is refused", () => {
  expect(osolgil("train", "run.json", "--target", "x")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("--target names a column of a .csv file, and 'run.json' is none"),
  });
  writeFileSync(join(folder, "small.csv"), "x,y\n1,2\n2,4\n");
  expect(osolgil("train", "small.csv", "--target", "z").stderr).toContain("small.csv has no column 'z'");
  expect(osolgil("train", "none.csv").stderr).toContain("does not exist");
});
