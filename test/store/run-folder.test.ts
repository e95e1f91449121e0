import { execFile, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileError } from "../../src/core/errors.ts";
import type { EpochEnded, RunEvent } from "../../src/core/events.ts";
import { writeWhole } from "../../src/store/atomic-file.ts";
import { EventLog } from "../../src/store/event-log.ts";
import { fileFault } from "../../src/store/file-faults.ts";
import { createRunFolder, type RunFolder } from "../../src/store/run-folder.ts";
import { raised } from "../data/raised.ts";

const execute = promisify(execFile);
let root: string;
const open: RunFolder[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "osolgil-run-"));
});
afterEach(() => {
  for (const folder of open.splice(0)) folder.close();
  rmSync(root, { recursive: true });
});

const now = "2026-11-22T23:14:05";
function make(...given: Parameters<typeof createRunFolder>): RunFolder {
  const folder = createRunFolder(...given);
  open.push(folder);
  return folder;
}
const epoch = (loss: number): EpochEnded => ({ type: "epoch.ended", step: 860, epoch: 1, training: { loss }, seconds: 1.5 });
const saved: RunEvent = { type: "checkpoint.saved", step: 860, file: "checkpoints/last.safetensors", bytes: 3 };
const textOf = (...parts: string[]) => readFileSync(join(...parts), "utf8");
/** Every file and folder below, sorted. */
/** What lies in a folder, but for the lock of who writes it. */
const tree = (path: string) =>
  readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|[\\/])lock$/.test(name))
    .sort();

describe("createRunFolder without a path", () => {
  test("names by date and minute, and counts where that is taken", () => {
    const names = Array.from({ length: 11 }, () => make(undefined, { root, now }).path);
    expect(names.slice(0, 3)).toEqual(["", "-02", "-03"].map((end) => join(root, `2026-11-22-2314${end}`)));
    expect(names[10]).toBe(join(root, "2026-11-22-2314-11"));
    expect(names).toEqual([...names].sort()); // by name is by time
  });

  test("passes over a file of that name, and makes the root", () => {
    const deep = join(root, "a", "b");
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "2026-11-22-2314"), "");
    expect(make(undefined, { root: deep, now }).path).toBe(join(deep, "2026-11-22-2314-02"));
    expect(make(undefined, { root: join(root, "c", "d"), now }).path).toBe(join(root, "c", "d", "2026-11-22-2314"));
  });

  test("by default goes to runs/ in the current folder, by the local time", () => {
    const script = `
      import { createRunFolder } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/run-folder.ts"))};
      import { localClock, wallClock } from ${JSON.stringify(join(import.meta.dirname, "../../src/core/clock.ts"))};
      const [before, path, after, world] = [localClock(), createRunFolder(undefined).path, localClock(), wallClock()];
      console.log(JSON.stringify({ before, path, after, world }));`;
    const run = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", script], {
      cwd: root,
      env: { ...process.env, TZ: "Asia/Seoul", NODE_OPTIONS: "" },
      encoding: "utf8",
    });
    expect(run.status, run.stderr).toBe(0);
    const { before, path, after, world } = JSON.parse(run.stdout) as Record<string, string>;
    const named = (clock: string) => join("runs", `${clock.slice(0, 10)}-${clock.slice(11, 16).replace(":", "")}`);
    expect([named(before), named(after)]).toContain(path);
    expect(tree(join(root, path))).toEqual(["events.jsonl"]);
    // Seoul is 9 hours ahead, all year; the two clocks are read within moments of each other.
    const ahead = (Date.parse(`${after}Z`) - Date.parse(world)) / 3_600_000;
    expect(Math.abs(ahead - 9)).toBeLessThan(0.01);
  });

  test("processes that begin at once never share a folder", async () => {
    const script = `
      import { createRunFolder } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/run-folder.ts"))};
      for (let i = 0; i < 25; i++) console.log(createRunFolder(undefined, { root: ".", now: ${JSON.stringify(now)} }).path);`;
    const outputs = await Promise.all(
      Array.from({ length: 4 }, () => execute(process.execPath, ["--input-type=module-typescript", "-e", script], { cwd: root })),
    );
    const paths = outputs.flatMap(({ stdout }) => stdout.trimEnd().split("\n"));
    expect(paths.length).toBe(100);
    expect([...paths].sort()).toEqual(tree(root).filter((path) => !path.includes("events")));
  });
});

describe("createRunFolder with a path", () => {
  test("makes a new folder with its parents, or takes an empty one", () => {
    expect(make(join(root, "a", "b")).path).toBe(join(root, "a", "b"));
    mkdirSync(join(root, "empty"));
    make(join(root, "empty"));
    expect(tree(root)).toEqual(["a", "a/b", "a/b/events.jsonl", "empty", "empty/events.jsonl"].map((name) => join(name)));
  });

  test("refuses a run, other files, a file, nothing", () => {
    const path = join(root, "run");
    make(path);
    const rule = (where: string) => `FileError E_FILE_EXISTS: the folder of a run must be new or empty, and '${where}' is not: `;
    const hint = " | Choose another path, or give none for a new folder named by date and time.";
    expect(raised(() => createRunFolder(path))).toBe(`${rule(path)}it holds a run already${hint}`);
    mkdirSync(join(root, "other"));
    writeFileSync(join(root, "other", "notes.txt"), "");
    expect(raised(() => createRunFolder(join(root, "other")))).toBe(
      `${rule(join(root, "other"))}it holds 'notes.txt' already${hint}`,
    );
    const file = join(root, "other", "notes.txt");
    expect(raised(() => createRunFolder(file))).toBe(`${rule(file)}there is a file of this name${hint}`);
    expect(raised(() => createRunFolder(""))).toMatch(
      /^FileError E_FILE_NAME: the folder of a run must be a path, received an empty/,
    );
    expect(textOf(path, "events.jsonl")).toBe("");
  });

  test("names the path and what to do where it cannot be made", () => {
    writeFileSync(join(root, "file"), "");
    const below = join(root, "file", "run");
    const message = `FileError E_FILE_NOT_A_FOLDER: the folder '${below}' of the run cannot be made: a part of the path is not a folder (ENOTDIR) | Choose another path.`;
    if (process.platform !== "win32") expect(raised(() => createRunFolder(below))).toBe(message); // Windows says ENOENT
    const long = join(root, "x".repeat(300));
    expect(raised(() => createRunFolder(long))).toContain(
      `E_FILE_${process.platform === "win32" ? "" : "NAME_TOO_LONG: the folder"}`,
    );
    expect(raised(() => createRunFolder("a\0b"))).toMatch(
      /^FileError E_FILE_WRITE: the folder 'a\0b' of the run cannot be made: /,
    );
    expect(raised(() => createRunFolder(undefined, { root: join(root, "file") }))).toMatch(
      /^FileError E_FILE_\w+: a folder for the run cannot be made in '.*file': /,
    );
  });

  // Permission bits do not bind root; /proc takes no new folders from anyone.
  test.skipIf(process.platform !== "linux")("is a FileError in /proc (Linux only)", () => {
    expect(raised(() => createRunFolder("/proc/run"))).toMatch(
      /^FileError E_FILE_\w+: the folder '\/proc\/run' of the run cannot be made: /,
    );
    expect(raised(() => createRunFolder(undefined, { root: "/proc", now }))).toContain(
      "a folder for the run cannot be made in '/proc'",
    );
  });
});

describe("RunFolder writes", () => {
  test("the document, readable, in place of the one before", () => {
    const folder = make(join(root, "run"));
    folder.writeDocument({ version: 1 });
    folder.writeDocument({ version: 1, seed: 7, model: ["길"] });
    expect(textOf(folder.path, "run.json")).toBe('{\n  "version": 1,\n  "seed": 7,\n  "model": [\n    "길"\n  ]\n}\n');
    expect(tree(folder.path)).toEqual(["events.jsonl", "run.json"]);
  });

  test("events, each on the disk when appendEvent returns", () => {
    const folder = make(join(root, "run"));
    folder.appendEvent(epoch(0.5));
    const first = '{"type":"epoch.ended","step":860,"epoch":1,"training":{"loss":0.5},"seconds":1.5}\n';
    expect(textOf(folder.path, "events.jsonl")).toBe(first);
    folder.appendEvent(saved);
    expect(textOf(folder.path, "events.jsonl")).toBe(
      `${first}{"type":"checkpoint.saved","step":860,"file":"checkpoints/last.safetensors","bytes":3}\n`,
    );
  });

  test("losses that are not finite as texts, and line breaks inside texts escaped", () => {
    const folder = make(join(root, "run"));
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) folder.appendEvent(epoch(loss));
    folder.appendEvent({ ...saved, file: "a\nb\u2028c" });
    const lines = textOf(folder.path, "events.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).training?.loss)).toEqual(["NaN", "Infinity", "-Infinity", undefined]);
    expect(JSON.parse(lines[3]).file).toBe("a\nb\u2028c");
  });

  test("checkpoints, in place of those before", () => {
    const folder = make(join(root, "run"));
    expect(folder.writeCheckpoint("last.safetensors", new Uint8Array([1, 2, 3]))).toBe("checkpoints/last.safetensors");
    folder.writeCheckpoint("last.safetensors", new Uint8Array([4]));
    folder.writeCheckpoint("epoch-1.safetensors", new Uint8Array(0));
    expect([...readFileSync(join(folder.path, "checkpoints", "last.safetensors"))]).toEqual([4]);
    expect(tree(join(folder.path, "checkpoints"))).toEqual(["epoch-1.safetensors", "last.safetensors"]);
  });

  test("a profile and its trace", () => {
    const folder = make(join(root, "run"));
    expect(folder.writeProfile({ steps: 3 }, new TextEncoder().encode("{}"))).toEqual({
      file: "profile.json",
      trace: "trace.json",
    });
    expect([textOf(folder.path, "profile.json"), textOf(folder.path, "trace.json")]).toEqual(['{\n  "steps": 3\n}\n', "{}"]);
    rmSync(join(folder.path, "trace.json"));
    mkdirSync(join(folder.path, "trace.json", "inside"), { recursive: true });
    expect(raised(() => folder.writeProfile({}, new Uint8Array(1)))).toMatch(
      /^FileError E_FILE_\w+: '.*trace\.json' cannot be written: /,
    );
  });

  test.each(["", ".", "..", "../run.json", "a/b", "a\\b", ".hidden", "-x", "a b", "길"])("no checkpoint named %j", (name) => {
    const folder = make(join(root, "run"));
    expect(raised(() => folder.writeCheckpoint(name, new Uint8Array(1)))).toContain(
      "FileError E_FILE_NAME: a checkpoint's name must be",
    );
    expect(tree(root)).toEqual(["run", join("run", "events.jsonl")]);
  });

  test("nothing after close, which may come twice", () => {
    const folder = make(join(root, "run"));
    folder.close();
    folder.close();
    expect(() => folder.appendEvent(saved)).toThrow(/was closed before an event of type checkpoint.saved/);
  });
});

describe("RunFolder that cannot write", () => {
  test("keeps what was there and leaves no temporary file", () => {
    const folder = make(join(root, "run"));
    mkdirSync(join(folder.path, "run.json", "inside"), { recursive: true }); // a folder cannot be replaced by a file
    expect(raised(() => folder.writeDocument({}))).toMatch(/^FileError E_FILE_\w+: '.*run\.json' cannot be written: /);
    expect(tree(folder.path)).toEqual(["events.jsonl", "run.json", join("run.json", "inside")]);
    writeFileSync(join(folder.path, "checkpoints"), "a file in the way");
    expect(raised(() => folder.writeCheckpoint("a", new Uint8Array(1)))).toMatch(
      /^FileError E_FILE_\w+: '.*checkpoints.a' cannot be written: /,
    );
    expect(textOf(folder.path, "checkpoints")).toBe("a file in the way");
  });

  test.skipIf(process.platform === "win32")("says that its folder was removed (Windows refuses the removal)", () => {
    const folder = make(join(root, "run"));
    rmSync(folder.path, { recursive: true });
    const hint = "Was it removed or renamed? Make it again, or choose another folder.";
    const document = join(folder.path, "run.json");
    expect(raised(() => folder.writeDocument({}))).toBe(
      `FileError E_FILE_MISSING: '${document}' cannot be written: its folder is not there (ENOENT) | ${hint}`,
    );
    expect(raised(() => folder.writeCheckpoint("a", new Uint8Array(1)))).toContain(
      `FileError E_FILE_MISSING: '${join(folder.path, "checkpoints")}' cannot be made: its folder is not there (ENOENT)`,
    );
    const long = make(join(root, "long"));
    expect(raised(() => long.writeCheckpoint("x".repeat(300), new Uint8Array(1)))).toContain(
      "cannot be written: the name is too long",
    );
    expect(tree(join(long.path, "checkpoints"))).toEqual([]);
  });

  test.skipIf(process.platform !== "linux")("says that the disk is full (/dev/full is Linux)", () => {
    const log = new EventLog(openSync("/dev/full", "a"), "runs/a/events.jsonl");
    expect(raised(() => log.append(saved))).toBe(
      "FileError E_FILE_NO_SPACE: 'runs/a/events.jsonl' cannot be written: the disk is full (ENOSPC) | Free some space, or choose another folder.",
    );
    log.close();
  });

  // A limit on file sizes makes the system take a part of a write and refuse the rest, as a disk does that becomes full.
  test.skipIf(process.platform === "win32")("removes the part that was written before the refusal (ulimit is POSIX)", () => {
    const script = `
      import { createRunFolder } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/run-folder.ts"))};
      const folder = createRunFolder("run");
      const codes = [];
      const attempt = (action) => { try { action(); } catch (error) { codes.push(error.name + " " + error.code); } };
      folder.writeCheckpoint("last", new Uint8Array([1]));
      attempt(() => folder.writeCheckpoint("last", new Uint8Array(5000)));
      attempt(() => folder.writeCheckpoint("new", new Uint8Array(5000)));
      attempt(() => folder.writeDocument({ text: "x".repeat(5000) }));
      let written = 0;
      attempt(() => { for (;; written++) folder.appendEvent({ type: "checkpoint.saved", step: written, file: "a", bytes: 1 }); });
      folder.close();
      console.log(JSON.stringify({ codes, written }));`;
    const command = 'ulimit -f 2 && exec "$0" --input-type=module-typescript -e "$1"';
    const run = spawnSync("sh", ["-c", command, process.execPath, script], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: "" },
      encoding: "utf8",
    });
    expect(run.status, run.stderr).toBe(0);
    const { codes, written } = JSON.parse(run.stdout) as { codes: string[]; written: number };
    expect(codes).toEqual(Array(4).fill("FileError E_FILE_TOO_LARGE"));
    expect(tree(join(root, "run"))).toEqual(["checkpoints", join("checkpoints", "last"), "events.jsonl"]);
    expect([...readFileSync(join(root, "run", "checkpoints", "last"))]).toEqual([1]);
    const text = textOf(root, "run", "events.jsonl");
    expect(text.endsWith("\n")).toBe(true);
    expect(written).toBeGreaterThan(5);
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).step),
    ).toEqual(Array.from({ length: written }, (_, i) => i));
  });
});

describe("fileFault", () => {
  test.each([
    ["ENOSPC", "E_FILE_NO_SPACE", "the disk is full (ENOSPC)"],
    ["EDQUOT", "E_FILE_NO_SPACE", "your quota on the disk is used up (EDQUOT)"],
    ["EACCES", "E_FILE_PERMISSION", "there is no permission (EACCES)"],
    ["EPERM", "E_FILE_PERMISSION", "there is no permission (EPERM)"],
    ["EROFS", "E_FILE_READ_ONLY", "the file system is read-only (EROFS)"],
    ["ENOTDIR", "E_FILE_NOT_A_FOLDER", "a part of the path is not a folder (ENOTDIR)"],
    ["EISDIR", "E_FILE_NOT_A_FILE", "there is a folder of this name (EISDIR)"],
    ["ENAMETOOLONG", "E_FILE_NAME_TOO_LONG", "the name is too long (ENAMETOOLONG)"],
    ["ENOENT", "E_FILE_MISSING", "its folder is not there (ENOENT)"],
    ["EMFILE", "E_FILE_TOO_MANY_OPEN", "too many files are open (EMFILE)"],
    ["EIO", "E_FILE_DEVICE", "the disk reports an error (EIO)"],
    ["EWHATEVER", "E_FILE_WRITE", "as node says"],
    [undefined, "E_FILE_WRITE", "as node says"],
  ])("%s is %s", (code, expected, reason) => {
    const cause = Object.assign(new Error("as node says"), { code });
    const error = fileFault("'a' cannot be written", cause);
    expect(error).toBeInstanceOf(FileError);
    expect([error.code, error.message, error.cause]).toEqual([expected, `'a' cannot be written: ${reason}`, cause]);
    expect(error.hint).toMatch(/\.$/);
  });
});

test("a write larger than the system takes at once goes out in pieces", () => {
  const folder = mkdtempSync(join(tmpdir(), "osolgil-pieces-"));
  try {
    const path = join(folder, "file");
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const file = openSync(path, "w");
    writeWhole(file, bytes, 64);
    closeSync(file);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a run that could not begin leaves its folder as it was", () => {
  const parent = mkdtempSync(join(tmpdir(), "osolgil-discard-"));
  try {
    const fresh = createRunFolder(join(parent, "fresh"));
    fresh.writeDocument({});
    fresh.discard();
    expect(existsSync(join(parent, "fresh"))).toBe(false);
    mkdirSync(join(parent, "empty"));
    createRunFolder(join(parent, "empty")).discard();
    expect(readdirSync(join(parent, "empty"))).toEqual([]);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
});
