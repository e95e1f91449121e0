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
import { join } from "node:path";
import { FileError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import { showValue } from "../core/names.ts";
import { removeQuietly, syncFolder, writeAtomically, writeJson } from "./atomic-file.ts";
import type { EventLog } from "./event-log.ts";
import { fileFault } from "./file-faults.ts";
import { type FolderKind, type FolderPlaces, makeFolder, makeUnlessThere, removeIfEmpty } from "./make-folder.ts";

/** Where a run's folder is made: new ones under `root`, default "runs". */
export type RunFolderPlaces = FolderPlaces;

const kind: FolderKind = { what: "run", root: "runs", document: "run.json", log: "events.jsonl" };

/**
 * Makes the folder of a new run.
 *
 * @param path  a folder that does not exist or is empty; without it, a new one under the root, named by date and minute, and
 *              a counter where that is taken: 2026-11-22-2314, 2026-11-22-2314-02, ...
 * @throws FileError  E_FILE_EXISTS: there is something at the path; others: the folder cannot be made, and what to do
 * @example createRunFolder(undefined, { now: "2026-11-22T23:14:00" }).path; // "runs/2026-11-22-2314"
 */
export function createRunFolder(path: string | undefined, places: RunFolderPlaces = {}): RunFolder {
  const { path: made, log, isNew, unlock } = makeFolder(kind, path, places);
  return new RunFolder(made, log, isNew, unlock);
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
    writeJson(join(this.path, "run.json"), json);
  }

  /**
   * Writes profile.json and trace.json.
   *
   * @returns  their paths inside the folder, as in the event profile.saved
   * @throws FileError  one of them cannot be written
   */
  writeProfile(summary: unknown, trace: Uint8Array): { readonly file: string; readonly trace: string } {
    const names = { file: "profile.json", trace: "trace.json" };
    writeJson(join(this.path, names.file), summary);
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
