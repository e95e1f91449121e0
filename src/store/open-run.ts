/** A run's folder that is there already: what it holds, and how a run goes on in it. */
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../core/errors.ts";
import type { RunEnded, RunEvent, RunStarted } from "../core/events.ts";
import { isPlainObject } from "../core/objects.ts";
import { writeAtomically } from "./atomic-file.ts";
import { EventLog, eventLine } from "./event-log.ts";
import { fileFault, systemCode } from "./file-faults.ts";
import { RunFolder } from "./run-folder.ts";

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw fileFault(`'${path}' cannot be read`, error);
  }
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * The run document of a folder, as JSON.
 *
 * @throws FileError  E_RUN_MISSING: no run is there; E_RUN_DOCUMENT: its document is not JSON
 */
export function readRunDocument(path: string): unknown {
  const file = join(path, "run.json");
  const bytes = readIfThere(file);
  if (!bytes) {
    throw new FileError("E_RUN_MISSING", {
      message: `'${path}' holds no run: it has no run.json`,
      hint: "Give the folder of a run, as its first line names it. A run that ended before it had one can be started anew.",
    });
  }
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    throw new FileError("E_RUN_DOCUMENT", {
      message: `'${file}' must be JSON: ${(error as Error).message}`,
      hint: "It was changed or damaged since the run wrote it.",
      cause: error,
    });
  }
}

/** The events of a run in their order. A line that is not whole, as the last may be after a crash, is left out. */
export function readEvents(path: string): RunEvent[] {
  const bytes = readIfThere(join(path, "events.jsonl"));
  if (!bytes) return [];
  return textOf(bytes)
    .split("\n")
    .flatMap((line) => {
      try {
        const event: unknown = JSON.parse(line);
        return isPlainObject(event) && typeof event.type === "string" ? [event as unknown as RunEvent] : [];
      } catch {
        return [];
      }
    });
}

/** The first event of a run, and the last where it has ended. */
export function endsOf(events: readonly RunEvent[]): { started: RunStarted | undefined; ended: RunEnded | undefined } {
  const started = events.find((event) => event.type === "run.started");
  const last = events[events.length - 1];
  return { started, ended: last?.type === "run.ended" ? last : undefined };
}

/** The bytes of a checkpoint of a run; undefined where it has none of this name. @throws FileError it cannot be read */
export function readCheckpoint(path: string, name: string): Uint8Array | undefined {
  return readIfThere(join(path, "checkpoints", name));
}

/**
 * Takes events out of a run's stream and opens it for those to come.
 *
 * @param unlock  what `lockFolder` gave
 * @param keep    which events stay
 * @returns       the folder, and the events that stayed
 */
export function reopenRun(
  path: string,
  unlock: () => void,
  keep: (event: RunEvent) => boolean,
): { readonly folder: RunFolder; readonly events: readonly RunEvent[] } {
  const file = join(path, "events.jsonl");
  const events = readEvents(path).filter(keep);
  writeAtomically(file, new TextEncoder().encode(events.map(eventLine).join("")));
  try {
    return { folder: new RunFolder(path, new EventLog(openSync(file, "a"), file), false, unlock), events };
  } catch (error) {
    throw fileFault(`'${file}' cannot be written`, error);
  }
}
