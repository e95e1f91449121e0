/**
 * The folder of a run, which is the truth about it.
 *
 * Layout   run.json           the document, complete or absent
 *          events.jsonl       one event a line, in order
 *          checkpoints/NAME   each complete or absent; the folder appears with the first of them
 *          lock               the process that writes the folder, while it does
 *          profile.json       where the time of a step went, where that was asked for; complete or absent
 *          trace.json         the same for a few steps, in the Trace Event Format
 */
import { mkdirSync, openSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { localClock } from "../core/clock.ts";
import { FileError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { showValue } from "../core/names.ts";
import { removeQuietly, syncFolder, writeAtomically } from "./atomic-file.ts";
import { EventLog } from "./event-log.ts";
import { fileFault, systemCode } from "./file-faults.ts";
import { isLocked, lockFolder } from "./lock.ts";

/** Where a run's folder is made. */
export interface RunFolderPlaces {
  /** New folders are made here; default "runs". */
  readonly root?: string;
  /** "YYYY-MM-DDTHH:MM:SS", local time; default the clock of this machine. */
  readonly now?: string;
}

/** Runs that may begin in the same minute under one root. */
const MOST_PER_MINUTE = 9999;

/**
 * Makes the folder of a new run.
 *
 * @param path  a folder that does not exist or is empty; without it, a new one under the root, named by date and minute, and
 *              a counter where that is taken: 2026-11-22-2314, 2026-11-22-2314-02, ...
 * @throws FileError  E_FILE_EXISTS: there is something at the path; others: the folder cannot be made, and what to do
 * @example createRunFolder(undefined, { now: "2026-11-22T23:14:00" }).path; // "runs/2026-11-22-2314"
 */
export function createRunFolder(path: string | undefined, places: RunFolderPlaces = {}): RunFolder {
  if (path === undefined) return openNew(makeNamed(places.root ?? "runs", places.now ?? localClock()), true);
  if (path === "") {
    throw new FileError("E_FILE_NAME", {
      message: "the folder of a run must be a path, received an empty text",
      hint: "Give a new folder, or none at all for one named by date and time.",
    });
  }
  return openNew(path, makeGiven(path));
}

/** Returns whether the folder is new. */
function makeGiven(path: string): boolean {
  let isNew: boolean;
  let inside: readonly string[];
  try {
    isNew = makeWithParents(path);
    inside = readdirSync(path);
  } catch (error) {
    if (isFile(path)) throw taken(path, "there is a file of this name", error);
    throw fileFault(`the folder '${path}' of the run cannot be made`, error);
  }
  if (isLeftover(path, inside)) return isNew;
  throw taken(path, `it holds ${inside.includes("events.jsonl") ? "a run" : `'${inside[0]}'`} already`);
}

/** Whether all that is there was left by a run that was killed before it had begun; the stream without events is removed. */
function isLeftover(path: string, inside: readonly string[]): boolean {
  const events = join(path, "events.jsonl");
  const isEmpty = (name: string) => name === "events.jsonl" && statSync(events).size === 0;
  if (!inside.every((name) => name === "lock" || name === "run.json.partial" || isEmpty(name)) || isLocked(path)) return false;
  removeQuietly(events);
  return true;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // asked only to explain another error
  }
}

function taken(path: string, because: string, cause?: unknown): FileError {
  return new FileError("E_FILE_EXISTS", {
    message: `the folder of a run must be new or empty, and '${path}' is not: ${because}`,
    hint: "Choose another path, or give none for a new folder named by date and time.",
    cause,
  });
}

function makeNamed(root: string, now: string): string {
  const name = `${now.slice(0, 10)}-${now.slice(11, 13)}${now.slice(14, 16)}`;
  try {
    makeWithParents(root);
    for (let count = 1; count <= MOST_PER_MINUTE; count++) {
      const path = join(root, count === 1 ? name : `${name}-${String(count).padStart(2, "0")}`);
      if (makeUnlessThere(path)) return path;
    }
  } catch (error) {
    throw fileFault(`a folder for the run cannot be made in '${root}'`, error);
  }
  throw new FileError("E_FILE_EXISTS", {
    message: `'${root}' has ${MOST_PER_MINUTE} runs named ${name} already`,
    hint: "Wait a minute, or choose another folder for the run.",
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

/** One call that makes it or finds it made, so that two runs never share a folder. */
function makeUnlessThere(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

function openNew(path: string, isNew: boolean): RunFolder {
  const events = join(path, "events.jsonl");
  let unlock = () => {};
  try {
    unlock = lockFolder(path);
    return new RunFolder(path, new EventLog(openSync(events, "ax"), events), isNew, unlock);
  } catch (error) {
    unlock();
    if (error instanceof FileError) throw error;
    if (isNew) removeIfEmpty(path);
    // Another run began in the same empty folder at the same moment.
    if (systemCode(error) === "EEXIST") throw taken(path, "it holds a run already", error);
    throw fileFault(`'${events}' cannot be written`, error);
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // The error that led here is the one to report.
  }
}

/** A run's folder while the run writes it; from `createRunFolder`. */
export class RunFolder {
  /** As given, or the root joined with the name. */
  readonly path: string;
  readonly #events: EventLog;
  #hasCheckpoints = false;

  readonly #isNew: boolean;
  readonly #unlock: () => void;

  /** @param unlock  gives back the lock of the folder, which the caller has taken */
  constructor(path: string, events: EventLog, isNew: boolean, unlock: () => void) {
    this.path = path;
    this.#isNew = isNew;
    this.#unlock = unlock;
    this.#events = events;
  }

  /**
   * Writes run.json, in place of the one before.
   *
   * @throws FileError  it cannot be written; the one before is still there
   */
  writeDocument(json: unknown): void {
    this.#writeJson("run.json", json);
  }

  #writeJson(name: string, json: unknown): void {
    writeAtomically(join(this.path, name), new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`));
  }

  /**
   * Writes profile.json and trace.json.
   *
   * @returns  their paths inside the folder, as in the event profile.saved
   * @throws FileError  one of them cannot be written
   */
  writeProfile(summary: unknown, trace: Uint8Array): { readonly file: string; readonly trace: string } {
    const names = { file: "profile.json", trace: "trace.json" };
    this.#writeJson(names.file, summary);
    writeAtomically(join(this.path, names.trace), trace);
    return names;
  }

  /** Takes back what was made: for a run that could not begin. Checkpoints are no part of it. */
  discard(): void {
    this.close();
    for (const name of ["events.jsonl", "run.json"]) removeQuietly(join(this.path, name));
    if (this.#isNew) removeIfEmpty(this.path);
  }

  /**
   * Adds a line to events.jsonl before it returns. Numbers that are not finite become texts, see event-log.ts.
   *
   * @throws FileError  it cannot be written; no part of the line remains
   */
  appendEvent(event: RunEvent): void {
    this.#events.append(event);
  }

  /**
   * Writes checkpoints/NAME, in place of the one before.
   *
   * @param name  letters, digits, ".", "-" and "_"; the first is none of "." and "-"
   * @param keepAs  the name under which the one before stays
   * @returns     its path inside the folder, as in the event checkpoint.saved: "checkpoints/NAME"
   * @throws FileError  it cannot be written; the one before is still there
   * @example createRunFolder("run").writeCheckpoint("last.safetensors", new Uint8Array(3)); // "checkpoints/last.safetensors"
   */
  writeCheckpoint(name: string, bytes: Uint8Array, keepAs?: string): string {
    if (!/^\w[\w.-]*$/.test(name)) {
      throw new FileError("E_FILE_NAME", {
        message: `a checkpoint's name must be letters, digits, '.', '-' and '_', the first of them not '.' or '-'; received ${showValue(name)}`,
        hint: "For instance last.safetensors.",
      });
    }
    const folder = join(this.path, "checkpoints");
    if (!this.#hasCheckpoints) {
      try {
        if (makeUnlessThere(folder)) syncFolder(this.path);
      } catch (error) {
        throw fileFault(`'${folder}' cannot be made`, error);
      }
      this.#hasCheckpoints = true;
    }
    writeAtomically(join(folder, name), bytes, keepAs === undefined ? {} : { keepAs: join(folder, keepAs) });
    return `checkpoints/${name}`;
  }

  /** Closes the files and gives back the lock; more than once is allowed. */
  close(): void {
    this.#unlock();
    this.#events.close();
  }
}
