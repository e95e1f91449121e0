/** Makes the folders of runs and studies: new or empty, locked, with a log that has been begun. */
import { mkdirSync, openSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { localClock } from "../core/clock.ts";
import { FileError } from "../core/errors.ts";
import { removeQuietly } from "./atomic-file.ts";
import { EventLog } from "./event-log.ts";
import { fileFault, systemCode } from "./file-faults.ts";
import { isLocked, lockFolder } from "./lock.ts";

/** Where a new folder is made. */
export interface FolderPlaces {
  /** New folders are made here. */
  readonly root?: string;
  /** "YYYY-MM-DDTHH:MM:SS", local time; default the clock of this machine. */
  readonly now?: string;
}

/** What a folder is of, and the files by which it is known. */
export interface FolderKind {
  readonly what: "run" | "study";
  /** Where folders without a path are made. */
  readonly root: string;
  readonly document: string;
  readonly log: string;
}

/** A folder that was made, and is held by this process. */
export interface MadeFolder {
  readonly path: string;
  readonly log: EventLog;
  readonly isNew: boolean;
  /** Gives back the lock. */
  readonly unlock: () => void;
}

/** Folders that may be made in the same minute under one root. */
const MOST_PER_MINUTE = 9999;

/**
 * Makes a folder: at the path, or under the root, named by date and minute.
 *
 * @throws FileError  E_FILE_EXISTS: there is something at the path; others: the folder cannot be made, and what to do
 */
export function makeFolder(kind: FolderKind, path: string | undefined, places: FolderPlaces = {}): MadeFolder {
  if (path === undefined) return openNew(kind, makeNamed(kind, places.root ?? kind.root, places.now ?? localClock()), true);
  if (path === "") {
    throw new FileError("E_FILE_NAME", {
      message: `the folder of a ${kind.what} must be a path, received an empty text`,
      hint: "Give a new folder, or none at all for one named by date and time.",
    });
  }
  return openNew(kind, path, makeGiven(kind, path));
}

/** Returns whether the folder is new. */
function makeGiven(kind: FolderKind, path: string): boolean {
  let isNew: boolean;
  let inside: readonly string[];
  try {
    isNew = makeWithParents(path);
    inside = readdirSync(path);
  } catch (error) {
    if (isFile(path)) throw taken(kind, path, "there is a file of this name", error);
    throw fileFault(`the folder '${path}' of the ${kind.what} cannot be made`, error);
  }
  if (isLeftover(kind, path, inside)) return isNew;
  throw taken(kind, path, `it holds ${inside.includes(kind.log) ? `a ${kind.what}` : `'${inside[0]}'`} already`);
}

/** Whether all that is there was left by a process that was killed before it had begun; the log without a line is removed. */
function isLeftover({ document, log: name }: FolderKind, path: string, inside: readonly string[]): boolean {
  const log = join(path, name);
  const isEmpty = (one: string) => one === name && statSync(log).size === 0;
  if (!inside.every((one) => one === "lock" || one === `${document}.partial` || isEmpty(one)) || isLocked(path)) return false;
  removeQuietly(log);
  return true;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // asked only to explain another error
  }
}

function taken({ what }: FolderKind, path: string, because: string, cause?: unknown): FileError {
  return new FileError("E_FILE_EXISTS", {
    message: `the folder of a ${what} must be new or empty, and '${path}' is not: ${because}`,
    hint: "Choose another path, or give none for a new folder named by date and time.",
    cause,
  });
}

function makeNamed({ what }: FolderKind, root: string, now: string): string {
  const name = `${now.slice(0, 10)}-${now.slice(11, 13)}${now.slice(14, 16)}`;
  try {
    makeWithParents(root);
    for (let count = 1; count <= MOST_PER_MINUTE; count++) {
      const path = join(root, count === 1 ? name : `${name}-${String(count).padStart(2, "0")}`);
      if (makeUnlessThere(path)) return path;
    }
  } catch (error) {
    throw fileFault(`a folder for the ${what} cannot be made in '${root}'`, error);
  }
  throw new FileError("E_FILE_EXISTS", {
    message: `'${root}' has ${MOST_PER_MINUTE} folders named ${name} already`,
    hint: `Wait a minute, or choose another folder for the ${what}.`,
  });
}

/**
 * Returns whether the folder is new. Not mkdirSync's `recursive`: in Node 24 it never returns where a folder exists and says ENOENT
 * to whoever makes one in it, as /proc does.
 */
function makeWithParents(path: string): boolean {
  try {
    return makeUnlessThere(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== "ENOENT" || parent === path) throw error;
    makeWithParents(parent);
    return makeUnlessThere(path);
  }
}

/** One call that makes it or finds it made, so that two never share a folder. */
export function makeUnlessThere(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function openNew(kind: FolderKind, path: string, isNew: boolean): MadeFolder {
  const file = join(path, kind.log);
  let unlock = () => {};
  try {
    unlock = lockFolder(path, kind.what);
    return { path, log: new EventLog(openSync(file, "ax"), file), isNew, unlock };
  } catch (error) {
    unlock();
    if (error instanceof FileError) throw error;
    if (isNew) removeIfEmpty(path);
    // Another began in the same empty folder at the same moment.
    if (systemCode(error) === "EEXIST") throw taken(kind, path, `it holds a ${kind.what} already`, error);
    throw fileFault(`'${file}' cannot be written`, error);
  }
}

export function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // The error that led here is the one to report.
  }
}
