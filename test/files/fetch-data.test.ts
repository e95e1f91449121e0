/** Downloads from a server of the test's own. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataSource, dataSources } from "../../src/data/sources.ts";
import { cacheFolder, fetchData } from "../../src/files/fetch-data.ts";

let root: string;
let server: Server;
let mirror: string;
let served: Map<string, Uint8Array>;
/** Bytes after which the server hangs up; and what was asked for. */
let breakAfter: number;
let asked: string[];
let knowsRanges: boolean;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "osolgil-fetch-"));
  [served, breakAfter, asked, knowsRanges] = [new Map(), Number.POSITIVE_INFINITY, [], true];
  server = createServer((request, response) => {
    const bytes = served.get(request.url!.slice(1));
    asked.push(`${request.url} ${request.headers.range ?? ""}`.trim());
    if (!bytes) return void response.writeHead(404).end();
    const from = knowsRanges ? Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    if (from >= bytes.length) return void response.writeHead(416).end();
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length });
    if (rest.length <= breakAfter) return void response.end(rest);
    response.write(rest.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 20));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.close();
  rmSync(root, { recursive: true, force: true });
});

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const numbers = (count: number) => Uint8Array.from({ length: count }, (_, i) => (i * 7) % 251);
function sourceOf(files: Readonly<Record<string, Uint8Array>>): DataSource {
  for (const [name, bytes] of Object.entries(files)) served.set(name, bytes);
  return {
    name: "digits",
    address: "http://127.0.0.1:9/",
    source: "this test",
    files: Object.entries(files).map(([name, bytes]) => ({ name, md5: md5(bytes) })),
  };
}

test("files are downloaded once, checked, and found in a folder of the set's name", async () => {
  const source = sourceOf({ a: numbers(1000), b: numbers(10) });
  const told: string[] = [];
  const folder = await fetchData(source, { root, mirror, tell: (file, done, total) => told.push(`${file} ${done}/${total}`) });
  expect(folder).toBe(join(root, "digits"));
  expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
  expect(Uint8Array.from(readFileSync(join(folder, "a")))).toEqual(numbers(1000));
  expect(told[told.length - 1]).toBe("b 10/10");
  await fetchData(source, { root, mirror });
  expect(asked).toEqual(["/a", "/b"]);
});

test("a download that breaks off says so, and goes on where it broke off", async () => {
  const source = sourceOf({ a: numbers(200_000) });
  breakAfter = 90_000;
  await expect(fetchData(source, { root, mirror })).rejects.toMatchObject({
    code: "E_FETCH",
    hint: expect.stringContaining("goes on"),
  });
  expect(readdirSync(join(root, "digits"))).toEqual(["a.part"]);
  const begun = readFileSync(join(root, "digits/a.part")).length;
  expect(begun).toBeGreaterThan(0);
  breakAfter = Number.POSITIVE_INFINITY;
  await fetchData(source, { root, mirror });
  expect(asked[1]).toBe(`/a bytes=${begun}-`);
  expect(Uint8Array.from(readFileSync(join(root, "digits/a")))).toEqual(numbers(200_000));
});

test("a server without ranges sends it anew; one that was whole already is not sent again", async () => {
  const source = sourceOf({ a: numbers(5000) });
  await fetchData(source, { root, mirror });
  rmSync(join(root, "digits/a"));
  writeFileSync(join(root, "digits/a.part"), numbers(70));
  knowsRanges = false;
  await fetchData(source, { root, mirror });
  expect(Uint8Array.from(readFileSync(join(root, "digits/a")))).toEqual(numbers(5000));
  knowsRanges = true;
  rmSync(join(root, "digits/a"));
  writeFileSync(join(root, "digits/a.part"), numbers(5000));
  await fetchData(source, { root, mirror });
  expect(existsSync(join(root, "digits/a"))).toBe(true);
});

test("another file is refused by its checksum, and removed", async () => {
  const source = sourceOf({ a: numbers(100) });
  served.set("a", numbers(101));
  await expect(fetchData(source, { root, mirror })).rejects.toMatchObject({ code: "E_FETCH_CHECKSUM" });
  expect(readdirSync(join(root, "digits"))).toEqual([]);
});

test("archives are unpacked: the members alone", async () => {
  const tar = gzipSync(
    createTar([
      { name: "set/one.bin", data: numbers(3073) },
      { name: "set/readme.html", data: "no" },
    ]),
  );
  served.set("set.tar.gz", tar);
  const file = { name: "set.tar.gz", md5: md5(tar), members: ["one.bin"] };
  const folder = await fetchData({ name: "set", address: mirror, source: "this test", files: [file] }, { root });
  expect(readdirSync(folder)).toEqual(["one.bin"]);
  expect(Uint8Array.from(readFileSync(join(folder, "one.bin")))).toEqual(numbers(3073));
  const missing = { name: "set", address: mirror, source: "this test", files: [{ ...file, members: ["two.bin"] }] };
  await expect(fetchData(missing, { root: join(root, "other") })).rejects.toMatchObject({ code: "E_FETCH_ARCHIVE" });
});

test("a server that is not there, or has no such file, is named", async () => {
  const source = sourceOf({ a: numbers(10) });
  await expect(fetchData(source, { root })).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining("http://127.0.0.1:9/a"),
  });
  served.clear();
  await expect(fetchData(source, { root, mirror })).rejects.toThrow("404");
});

test("the sources have an address and a checksum for each file, and one folder each", () => {
  for (const { address, files, source } of dataSources) {
    expect(address).toMatch(/^https?:\/\/.*\/$/);
    expect(source.length).toBeGreaterThan(10);
    for (const file of files) expect(file.md5).toMatch(/^[0-9a-f]{32}$/);
  }
  expect(new Set(dataSources.map(({ name }) => name)).size).toBe(dataSources.length);
  expect(cacheFolder({ OSOLGIL_CACHE: "/x" })).toBe(join("/x", "data"));
});
