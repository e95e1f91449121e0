/**
 * The folder of a study, which is the truth about it.
 *
 * Layout   study.json    the study document, complete or absent
 *          trials.jsonl  what happened, one line each, in order; nothing is ever taken out
 *          best.json     the run document with what was best; complete or absent
 *          lock          the process that writes the folder, while it does
 */
import { closeSync, ftruncateSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../core/errors.ts";
import { isPlainObject } from "../core/objects.ts";
import { removeQuietly, writeJson } from "./atomic-file.ts";
import { EventLog } from "./event-log.ts";
import { fileFault, systemCode } from "./file-faults.ts";
import { lockFolder } from "./lock.ts";
import { type FolderKind, type FolderPlaces, makeFolder, removeIfEmpty } from "./make-folder.ts";
import type { StudyLine } from "./study-log.ts";

const kind: FolderKind = { what: "study", root: "studies", document: "study.json", log: "trials.jsonl" };

/** Where folders of studies are made and looked for by name. */
export const studiesRoot = kind.root;

/** A study's folder while the study writes it. */
export class StudyFolder {
  readonly path: string;
  readonly #log: EventLog;
  readonly #unlock: () => void;
  readonly #isNew: boolean;

  constructor(path: string, log: EventLog, unlock: () => void, isNew = false) {
    this.path = path;
    this.#log = log;
    this.#unlock = unlock;
    this.#isNew = isNew;
  }

  /**
   * Adds a line to trials.jsonl before it returns; the end of a trial outlives a crash of the machine, with all before it.
   *
   * @throws FileError  it cannot be written; no part of the line remains
   */
  append(line: StudyLine): void {
    this.#log.append(line);
    if (line.type.endsWith(".ended")) this.#log.sync();
  }

  /** Writes study.json, in place of the one before. @throws FileError */
  writeDocument(json: unknown): void {
    writeJson(join(this.path, kind.document), json);
  }

  /** Writes best.json, in place of the one before; returns its path. @throws FileError */
  writeBest(json: unknown): string {
    const path = join(this.path, "best.json");
    writeJson(path, json);
    return path;
  }

  /** Takes back what was made: for a study that could not begin. */
  discard(): void {
    this.close();
    for (const name of [kind.log, kind.document]) removeQuietly(join(this.path, name));
    if (this.#isNew) removeIfEmpty(this.path);
  }

  /** Closes the log and gives back the lock; more than once is allowed. */
  close(): void {
    this.#unlock();
    this.#log.close();
  }
}

/**
 * Makes the folder of a new study.
 *
 * @param path      a folder that does not exist or is empty; without it, a new one under studies/, named by date and minute
 * @param document  the study document, with everything written out
 * @throws FileError  E_FILE_EXISTS: there is something at the path; others: it cannot be made or written
 */
export function createStudyFolder(path: string | undefined, document: unknown, places: FolderPlaces = {}): StudyFolder {
  let made: ReturnType<typeof makeFolder>;
  try {
    made = makeFolder(kind, path, places);
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== "E_FILE_EXISTS" || path === undefined || !isStudy(path)) throw error;
    throw new FileError("E_FILE_EXISTS", {
      message: error.message,
      hint: `To go on with it: osolgil search --resume ${path}. Or choose another path.`,
      cause: error,
    });
  }
  const folder = new StudyFolder(made.path, made.log, made.unlock, made.isNew);
  try {
    folder.writeDocument(document);
  } catch (error) {
    folder.discard();
    throw error;
  }
  return folder;
}

/** Whether a path is the folder of a study. */
export function isStudy(path: string): boolean {
  return statSync(join(path, kind.document), { throwIfNoEntry: false })?.isFile() === true;
}

/** The folder of a study by its path, or by its name among the studies; undefined where there is none. */
export function findStudy(given: string): string | undefined {
  return [given, join(kind.root, given)].find(isStudy);
}

/** What a study's folder holds. */
export interface StoredStudy {
  readonly document: unknown;
  readonly lines: readonly StudyLine[];
}

/**
 * What the folder of a study holds, whether it is being written or not.
 *
 * @throws FileError  E_STUDY_MISSING: no study is there; E_STUDY_DOCUMENT: its document is not JSON
 */
export function readStudy(path: string): StoredStudy {
  return { document: readDocument(path), lines: readLog(path).lines };
}

function readDocument(path: string): unknown {
  const file = join(path, kind.document);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT" && systemCode(error) !== "ENOTDIR") throw fileFault(`'${file}' cannot be read`, error);
    throw new FileError("E_STUDY_MISSING", {
      message: `'${path}' holds no study: it has no study.json`,
      hint: "Give the folder of a study, as its last line names it.",
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileError("E_STUDY_DOCUMENT", {
      message: `'${file}' must be JSON: ${(error as Error).message}`,
      hint: "It was changed or damaged since the study wrote it.",
      cause: error,
    });
  }
}

/** The lines that are whole, and after how many bytes the last of them ends: what comes then was being written at a crash. */
function readLog(path: string): { readonly lines: StudyLine[]; readonly wholeBytes: number; readonly damaged: number } {
  const file = join(path, kind.log);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { lines: [], wholeBytes: 0, damaged: 0 };
    throw fileFault(`'${file}' cannot be read`, error);
  }
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const texts = new TextDecoder().decode(bytes.subarray(0, wholeBytes)).split("\n").slice(0, -1);
  const lines = texts.flatMap((text) => {
    try {
      const line: unknown = JSON.parse(text);
      return isPlainObject(line) && typeof line.type === "string" ? [line as unknown as StudyLine] : [];
    } catch {
      return [];
    }
  });
  return { lines, wholeBytes, damaged: texts.length - lines.length };
}

/**
 * Opens the folder of a study to go on in it; a line that was being written when its process died is cut off.
 *
 * @throws FileError  there is no study, or another process writes it
 */
export function reopenStudy(path: string): StoredStudy & { readonly folder: StudyFolder; readonly notes: readonly string[] } {
  const document = readDocument(path);
  const unlock = lockFolder(path, kind.what);
  const file = join(path, kind.log);
  try {
    const { lines, wholeBytes, damaged } = readLog(path);
    const log = openSync(file, "a");
    try {
      ftruncateSync(log, wholeBytes);
    } catch (error) {
      closeSync(log);
      throw error;
    }
    const notes = damaged === 0 ? [] : [`${damaged} damaged lines of '${file}' are left out: their trials may run again`];
    return { document, lines, notes, folder: new StudyFolder(path, new EventLog(log, file), unlock) };
  } catch (error) {
    unlock();
    throw error instanceof FileError ? error : fileFault(`'${file}' cannot be written`, error);
  }
}
