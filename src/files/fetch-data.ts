/**
 * Downloads published data sets into the cache folder, for `osolgil data fetch`.
 *
 * Choice   A download that breaks off leaves NAME.part, from where the next one goes on (HTTP ranges); under its own name a file is
 *          always whole and of the right checksum.
 */
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { parseTar } from "nanotar";
import { DataError, FileError } from "../core/errors.ts";
import { DECOMPRESSED_LIMIT_BYTES } from "../data/readers/gzip.ts";
import type { DataSource, SourceFile } from "../data/sources.ts";
import { gunzipWithin } from "./gunzip.ts";

/** Where downloaded data sets lie, one folder each. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment.OSOLGIL_CACHE ?? join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "osolgil"), "data");
}

export interface FetchOptions {
  /** Default: the cache folder. */
  readonly root?: string;
  /** Address in place of the source's. */
  readonly mirror?: string;
  /** Takes how far a file is: bytes here, bytes in all where the server tells. */
  tell?(file: string, done: number, total: number | undefined): void;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Downloads what is not there yet.
 *
 * @returns the folder of the data set
 * @throws FileError  E_FETCH: the server cannot be reached, refuses, or breaks off: what came stays for the next try
 * @throws DataError  E_FETCH_CHECKSUM: what came is not the published file; it is removed
 */
export async function fetchData(source: DataSource, options: FetchOptions = {}): Promise<string> {
  const { root = cacheFolder(), mirror = source.address, tell = () => {} } = options;
  const folder = join(root, source.name);
  mkdirSync(folder, { recursive: true });
  for (const file of source.files) {
    const wanted = file.members ?? [file.name];
    if (wanted.every((name) => isThere(join(folder, name)))) continue;
    const address = `${mirror.replace(/\/?$/, "/")}${file.name}`;
    const part = join(folder, `${file.name}.part`);
    await download(address, part, (done, total) => tell(file.name, done, total));
    verify(part, file, address);
    if (file.members) unpack(part, folder, file);
    else renameSync(part, join(folder, file.name));
  }
  return folder;
}

async function download(address: string, part: string, tell: (done: number, total: number | undefined) => void): Promise<void> {
  const before = sizeOf(part);
  try {
    const response = await fetch(address, before > 0 ? { headers: { range: `bytes=${before}-` } } : {});
    // All of it is here already, or the server does not know ranges and sends it anew.
    if (response.status === 416) return;
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    if (before > 0 && response.status !== 206) rmSync(part);
    let done = response.status === 206 ? before : 0;
    const length = response.headers.get("content-length");
    const total = length === null ? undefined : done + Number(length);
    for await (const chunk of response.body) {
      appendFileSync(part, chunk);
      done += chunk.length;
      tell(done, total);
    }
    if (total !== undefined && done < total) throw new Error(`it broke off after ${done} of ${total} bytes`);
  } catch (error) {
    const cause = (error as { cause?: { message?: string } }).cause?.message;
    throw new FileError("E_FETCH", {
      message: `'${address}' cannot be downloaded: ${(error as Error).message}${cause ? ` (${cause})` : ""}`,
      hint: "Try again: it goes on where it broke off. Or name another server by --mirror.",
      cause: error,
    });
  }
}

function verify(part: string, { md5, name }: SourceFile, address: string): void {
  const found = createHash("md5").update(readFileSync(part)).digest("hex");
  if (found === md5) return;
  rmSync(part);
  throw new DataError("E_FETCH_CHECKSUM", {
    message: `'${address}' is not the published ${name}: its checksum is ${found}, and should be ${md5}`,
    hint: "It was removed. The server has another file, or the download was damaged: try again, or another --mirror.",
  });
}

function unpack(part: string, folder: string, { name, members = [] }: SourceFile): void {
  const entries = parseTar(gunzipWithin(readFileSync(part), name, DECOMPRESSED_LIMIT_BYTES));
  for (const member of members) {
    const entry = entries.find((one) => basename(one.name) === member && one.data);
    if (!entry?.data) throw new DataError("E_FETCH_ARCHIVE", { message: `archive ${name} has no ${member}` });
    const partial = join(folder, `${member}.part`);
    rmSync(partial, { force: true });
    appendFileSync(partial, entry.data);
    renameSync(partial, join(folder, member));
  }
  rmSync(part);
}
