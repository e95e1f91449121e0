/** Going on with a run where an earlier part of it ended: what its folder holds, and whether it can. */
import { FileError, OptionError, OsolgilError } from "../core/errors.ts";
import type { RunEnded, RunEvent } from "../core/events.ts";
import { resolveRun } from "../document/resolve.ts";
import type { Run } from "../document/run-document.ts";
import type { ResumeData } from "../execute/messages.ts";
import { lockFolder } from "../store/lock.ts";
import { endsOf, readCheckpoint, readEvents, readRunDocument, reopenRun } from "../store/open-run.ts";
import type { RunFolder } from "../store/run-folder.ts";
import { type Checkpoint, decodeCheckpoint } from "../train/checkpoint.ts";
import type { TrainingState } from "../train/resume.ts";
import { previousCheckpoint } from "./recorder.ts";

export type Resumed =
  | { readonly isOver: true; readonly events: readonly RunEvent[]; readonly ended: RunEnded }
  | {
      readonly isOver: false;
      readonly run: Run;
      readonly folder: RunFolder;
      /** Those that stay: what came after the checkpoint is dropped. */
      readonly events: readonly RunEvent[];
      readonly resume: ResumeData;
      /** What a person should know: files that were damaged, and what was used in their place. */
      readonly notes: readonly string[];
    };

interface Found {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly checkpoint: Checkpoint;
}

/** The newest whole checkpoint; the damaged ones on the way are noted. */
function findCheckpoint(path: string, force: boolean, notes: string[]): Found | undefined {
  const damaged: OsolgilError[] = [];
  for (const name of ["last.safetensors", previousCheckpoint]) {
    const bytes = readCheckpoint(path, name);
    if (!bytes) continue;
    try {
      const found = { name, bytes, checkpoint: decodeCheckpoint(bytes, `checkpoints/${name}`) };
      if (damaged.length > 0) notes.push(`goes on from checkpoints/${name}`);
      return found;
    } catch (error) {
      if (!(error instanceof OsolgilError)) throw error;
      damaged.push(error);
      notes.push(error.message);
    }
  }
  if (damaged.length === 0) return undefined;
  if (force) {
    notes.push("starts anew from run.json");
    return undefined;
  }
  throw new FileError("E_RUN_CHECKPOINTS", {
    message: `no checkpoint in '${path}' can be used: ${damaged.map(({ message }) => message).join("; ")}`,
    hint: "Bring one back, or use --force to start the run anew from its run.json.",
  });
}

function findBest(path: string, state: TrainingState | undefined, notes: string[]): Uint8Array | undefined {
  if (!state?.monitor.best) return undefined;
  const bytes = readCheckpoint(path, "best.safetensors");
  try {
    if (bytes) {
      decodeCheckpoint(bytes, "checkpoints/best.safetensors");
      return bytes;
    }
    notes.push("checkpoints/best.safetensors is gone: the best weights are those that will be better than its score");
  } catch (error) {
    if (!(error instanceof OsolgilError)) throw error;
    notes.push(`${error.message}; the best weights are those that will be better than its score`);
  }
  return undefined;
}

/** Whether an event came before the checkpoint was taken. */
function isBefore(event: RunEvent, state: TrainingState | undefined): boolean {
  if (event.type === "run.started") return state !== undefined;
  if (!state || event.type === "run.ended" || event.step > state.step) return false;
  return event.type !== "epoch.ended" || event.epoch <= state.closedEpochs;
}

/**
 * Opens a run's folder to go on in it; its lock is held from here on.
 *
 * @param force  goes on, or starts anew, although something is not as it was
 * @throws FileError | DocumentError  there is no run, another process writes it, or nothing in it can be gone on from
 */
export function openResumed(path: string, force: boolean): Resumed {
  const document = readRunDocument(path);
  const unlock = lockFolder(path);
  try {
    const all = readEvents(path);
    const { ended } = endsOf(all);
    if (ended?.status === "completed") {
      unlock();
      return { isOver: true, events: all, ended };
    }
    const run = resolveRun(document, `'${path}/run.json'`);
    const notes: string[] = [];
    const found = findCheckpoint(path, force, notes);
    const state = found && (JSON.parse(found.checkpoint.metadata.state!) as TrainingState);
    const best = findBest(path, state, notes);
    const { folder, events } = reopenRun(path, unlock, (event) => isBefore(event, state));
    const seconds = events.reduce((latest, event) => ("seconds" in event ? Math.max(latest, event.seconds) : latest), 0);
    const resume: ResumeData = {
      seconds,
      force,
      ...(found && { checkpoint: found.bytes, from: `checkpoints/${found.name}` }),
      ...(best && { best }),
    };
    return { isOver: false, run, folder, events, resume, notes };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** What changes a document cannot come with --resume: the document of the run is in its folder. */
export function refuseChanges(given: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new OptionError("E_RESUME_OPTION", {
    message: `--resume goes on with the run's own document, and takes no ${name}`,
    hint: "Leave it out, or start a new run.",
  });
}
