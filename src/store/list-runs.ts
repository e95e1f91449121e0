/** The runs in a folder: what each was, and how it ended. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { FileError } from "../core/errors.ts";
import type { RunEnded, RunStarted } from "../core/events.ts";
import { suggestName } from "../core/names.ts";
import { fileFault } from "./file-faults.ts";
import { isLocked } from "./lock.ts";
import { endsOf, readEvents, readRunDocument } from "./open-run.ts";

/** Where a run stands: as it ended, or under way, or broken off without an end. */
export type RunState = RunEnded["status"] | "running" | "interrupted";

export interface RunSummary {
  /** Name of its folder. */
  readonly name: string;
  readonly path: string;
  readonly state: RunState;
  /** Absent where it was killed before its first event. */
  readonly started?: RunStarted;
  readonly ended?: RunEnded;
  /** Steps and epochs that were done. */
  readonly step: number;
  readonly epoch: number;
}

const isThere = (path: string): boolean => {
  try {
    statSync(path);
    return true;
  } catch {
    return false; // whether it cannot be found or cannot be reached, it is no run to us
  }
};

const isRun = (path: string): boolean => isThere(join(path, "run.json"));

/** @throws FileError  it is no run, or cannot be read */
export function summarizeRun(path: string): RunSummary {
  if (!isRun(path)) readRunDocument(path);
  const events = readEvents(path);
  const { started, ended } = endsOf(events);
  const last = events.findLast((event) => "epoch" in event);
  const { step, epoch } = last && "epoch" in last ? last : { step: 0, epoch: 0 };
  const state = ended ? ended.status : isLocked(path) ? "running" : "interrupted";
  return { name: basename(path), path, state, step, epoch, ...(started && { started }), ...(ended && { ended }) };
}

/** The runs in a folder, oldest first; none where the folder is not there. @throws FileError it cannot be read */
export function listRuns(root: string): RunSummary[] {
  if (!isThere(root)) return [];
  let names: string[];
  try {
    names = readdirSync(root);
  } catch (error) {
    throw fileFault(`the folder '${root}' cannot be read`, error);
  }
  const runs = names.map((name) => join(root, name)).filter(isRun);
  const time = ({ started, name }: RunSummary) => started?.at ?? name;
  return runs.map(summarizeRun).sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

/**
 * The folder of a run by its path, or by its name in a folder of runs.
 *
 * @throws FileError  E_RUN_MISSING: there is none; names the nearest
 */
export function findRun(given: string, root: string): string {
  for (const path of [given, join(root, given)]) if (isRun(path)) return path;
  const names = isThere(root) ? readdirSync(root).filter((name) => isRun(join(root, name))) : [];
  throw new FileError("E_RUN_MISSING", {
    message: `there is no run '${given}', as a path or in '${root}'`,
    hint: names.length > 0 ? suggestName(given, names.slice(-20)) : `'${root}' holds no runs.`,
  });
}

/** Removes a run's folder with all that is in it. @throws FileError it is being written, or cannot be removed */
export function removeRun(path: string): void {
  if (isLocked(path)) {
    throw new FileError("E_RUN_LOCKED", { message: `the run in '${path}' is being written`, hint: "End it first." });
  }
  try {
    rmSync(path, { recursive: true });
  } catch (error) {
    throw fileFault(`'${path}' cannot be removed`, error);
  }
}
