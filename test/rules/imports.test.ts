import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  allowedImports,
  findBreaches,
  findCycles,
  findNodeBehindBrowser,
  importsOf,
  longestFile,
  type Sources,
} from "./imports.ts";

const root = join(import.meta.dirname, "../../src");

function readSources(): Sources {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  return new Map(names.filter((name) => name.endsWith(".ts")).map((name) => [name, readFileSync(join(root, name), "utf8")]));
}

const made = (files: Record<string, string>): Sources => new Map(Object.entries(files));

describe("the sources", () => {
  test("import only what their room may import, stay browser-safe and short", () => {
    expect(findBreaches(readSources())).toEqual([]);
  });

  test("have no import cycles", () => {
    expect(findCycles(readSources())).toEqual([]);
  });

  test("reach no node: module from a browser room, however far", () => {
    expect(findNodeBehindBrowser(readSources())).toEqual([]);
  });
});

describe("the table", () => {
  test("names only rooms that it has itself, and allows no two rooms to import each other", () => {
    for (const [room, allowed] of Object.entries(allowedImports)) {
      for (const other of allowed.filter((name) => name !== "*")) {
        expect(Object.keys(allowedImports)).toContain(other);
        expect(allowedImports[other], `${other} and ${room}`).not.toContain(room);
      }
    }
  });
});

describe("importsOf", () => {
  test.each([
    ['import { a } from "./a.ts";', ["./a.ts"]],
    ['import type { A } from "./a.ts";', ["./a.ts"]],
    ['import "./a.ts";', ["./a.ts"]],
    ['import * as fs from "node:fs";', ["node:fs"]],
    ['import {\n  a,\n  type B,\n} from\n  "./a.ts";', ["./a.ts"]],
    ['export { a } from "./a.ts";\nexport * from "./b.ts";', ["./a.ts", "./b.ts"]],
    ['const a = await import("./a.ts");', ["./a.ts"]],
    ['type A = import("./a.ts").A;', ["./a.ts"]],
    ['new Worker(new URL("./worker.ts", import.meta.url));', ["./worker.ts"]],
    ['// import "./a.ts";\n/* import "./b.ts"; */', []],
    ['const text = "// no comment";\nimport "./a.ts";', ["./a.ts"]],
    ['export const from = "./a.ts";', []],
  ])("%j", (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });
});

describe("a broken rule is found", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["a room above", { "core/a.ts": 'import "../graph/b.ts";' }, /core\/a\.ts: imports graph\/b\.ts; core may import nothing/],
    ["a room beside", { "nn/a.ts": 'import type { B } from "../optim/b.ts";' }, /nn\/a\.ts: imports optim\/b\.ts/],
    ["a node: module in a browser room", { "train/a.ts": 'import fs from "node:fs";' }, /may not import node:fs/],
    ["a node: module in the index", { "index.ts": 'export * from "node:fs";' }, /index\.ts: runs in a browser/],
    ["a file outside src", { "cli/a.ts": 'import "../../test/b.ts";' }, /outside src/],
    ["an unknown room", { "attic/a.ts": "" }, /'attic' has no entry/],
    ["a file too long", { "core/a.ts": "\n".repeat(longestFile + 1) }, /more than 450/],
  ])("%s", (_, files, expected) => {
    expect(findBreaches(made(files))).toEqual([expect.stringMatching(expected)]);
  });

  test("what is allowed is not reported", () => {
    const files = {
      "core/a.ts": 'import "./b.ts";',
      "nn/layers/a.ts": 'import "../../core/a.ts"; import "../model.ts";',
      "files/a.ts": 'import "node:fs";',
      "node.ts": 'import "node:fs"; import "./cli/a.ts";',
      "core/long.ts": "\n".repeat(longestFile),
    };
    expect(findBreaches(made(files))).toEqual([]);
  });

  test("cycles, of one file, two files and three", () => {
    expect(findCycles(made({ "core/a.ts": 'import "./a.ts";' }))).toEqual(["core/a.ts -> core/a.ts"]);
    expect(findCycles(made({ "core/a.ts": 'import "./b.ts";', "core/b.ts": 'import "./a.ts";' }))).toHaveLength(1);
    const three = { "core/x.ts": 'import "./a.ts";', "core/a.ts": 'import "./b.ts";', "core/b.ts": 'import "../core/x.ts";' };
    expect(findCycles(made(three))).toEqual(["core/x.ts -> core/a.ts -> core/b.ts -> core/x.ts"]);
    expect(findCycles(made({ "core/a.ts": 'import "./b.ts";', "core/b.ts": "" }))).toEqual([]);
  });

  test("a node: module behind two files", () => {
    const files = { "index.ts": 'import "./cli/a.ts";', "cli/a.ts": 'import "./b.ts";', "cli/b.ts": 'import "node:os";' };
    expect(findNodeBehindBrowser(made(files))).toEqual(["index.ts -> cli/a.ts -> cli/b.ts -> node:os"]);
  });
});
