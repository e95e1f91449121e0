/**
 * Writes a file so that under its name there is always the whole of the old content or the whole of the new, after a crash of
 * the machine too: temporary file in the same folder, sync, rename, sync of the folder.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fileFault, systemCode } from "./file-faults.ts";

/**
 * @param options.keepAs  the name under which the content before stays; for a moment there may be that one alone
 * @throws FileError  the file could not be written; what was there before is still there, and nothing else
 * @example writeAtomically("runs/a/run.json", new TextEncoder().encode(text))
 */
export function writeAtomically(path: string, bytes: Uint8Array, options: { readonly keepAs?: string } = {}): void {
  const temporary = `${path}.partial`;
  try {
    writeAndSync(temporary, bytes);
    if (options.keepAs !== undefined) renameIfThere(path, options.keepAs);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    removeQuietly(temporary);
    throw fileFault(`'${path}' cannot be written`, error);
  }
}

/** Writes JSON as people read it, atomically. @throws FileError as `writeAtomically` */
export function writeJson(path: string, json: unknown): void {
  writeAtomically(path, new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`));
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

function writeAndSync(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    writeWhole(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A write takes less than 2 GiB at once. */
const LARGEST_WRITE_BYTES = 256 * 1024 * 1024;

/** A single write, unless there is more than a write can take, or the system takes less than it was given. */
export function writeWhole(file: number, bytes: Uint8Array, largestWriteBytes = LARGEST_WRITE_BYTES): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at, Math.min(bytes.length - at, largestWriteBytes));
}

/** Makes new names in a folder last. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return; // folders cannot be opened there, and their entries are journalled
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } catch (error) {
    // Some network and user-space file systems have no such thing; the file itself is already synced.
    if (!["EINVAL", "ENOTSUP", "ENOSYS"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    closeSync(folder);
  }
}

/** Removes what may not be there; an error on the way must not hide the one being reported. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself is gone or unreachable, and the temporary file with it.
  }
}
