/**
 * The lock of a folder of a run or study: one process writes it at a time. A lock left by a process that is dead is taken over.
 *
 * Choice   A process is known by its number and, where /proc tells it, by when it started: numbers are used again.
 */
import { closeSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { sharedNowMs } from "../core/clock.ts";
import { FileError } from "../core/errors.ts";
import { removeQuietly } from "./atomic-file.ts";
import { fileFault, systemCode } from "./file-faults.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Clock ticks since the machine started; absent where the system does not tell. */
  readonly started?: string;
}

/** A lock without content is being written; after this it was left so. */
const beingWrittenMs = 5000;
/** How long a process may take to end. */
const endingMs = 1000;

/** A process that was killed is there until its parent takes notice. */
const ended = "ended";

/** When a process started, or `ended`. */
function startOf(pid: number): string | undefined {
  try {
    // The name, in parentheses, may hold blanks; after it come the state and, as the 20th field, the start (proc_pid_stat(5)).
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").pop()!.split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? ended : fields[19];
  } catch {
    return undefined; // no /proc here, or no such process
  }
}

function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === "ESRCH") return false;
  }
  const now = startOf(pid);
  if (now === ended) return false;
  return started === undefined || now === undefined || now === started;
}

function readHolder(path: string): { readonly text: string; readonly holder: Holder | undefined } {
  const text = readFileSync(path, "utf8");
  try {
    const holder = JSON.parse(text) as Holder;
    return { text, holder: Number.isSafeInteger(holder.pid) && typeof holder.host === "string" ? holder : undefined };
  } catch {
    return { text, holder: undefined };
  }
}

function locked(folder: string, what: string, holder: Holder | undefined): FileError {
  const who = holder
    ? `process ${holder.pid}${holder.host === hostname() ? "" : ` on '${holder.host}'`}`
    : "a process that just began";
  return new FileError("E_RUN_LOCKED", {
    message: `the ${what} in '${folder}' is being written by ${who}`,
    hint: `Wait until it has ended, or end it. If it is gone for certain, remove '${folder}/lock'.`,
  });
}

/**
 * Takes the lock of a folder.
 *
 * @returns what gives it back
 * @throws FileError  E_RUN_LOCKED: a living process has it; others: it cannot be written
 */
export function lockFolder(folder: string, what: "run" | "study" = "run"): () => void {
  const path = `${folder}/lock`;
  const own: Holder = { pid: process.pid, host: hostname(), ...startField() };
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, "wx");
      try {
        writeSync(file, JSON.stringify(own));
      } finally {
        closeSync(file);
      }
      return () => removeQuietly(path);
    } catch (error) {
      if (systemCode(error) !== "EEXIST" || attempt > 3) throw fileFault(`'${path}' cannot be written`, error);
    }
    removeDead(folder, what, path);
  }
}

function startField(): Partial<Holder> {
  const started = startOf(process.pid);
  return started === undefined ? {} : { started };
}

/** A process that was just killed takes a moment to end. */
function waitForEnd(holder: Holder | undefined): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < endingMs && holder && holder.host === hostname() && isAlive(holder); waited += 50) {
    Atomics.wait(clock, 0, 0, 50);
  }
}

/** Takes a dead process's lock away; whoever else does so at the same moment finds another content, and leaves it. */
function removeDead(folder: string, what: string, path: string): void {
  try {
    const { text, holder } = readHolder(path);
    waitForEnd(holder);
    if (holder ? isAlive(holder) : sharedNowMs() - statSync(path).mtimeMs < beingWrittenMs) throw locked(folder, what, holder);
    const aside = `${path}.${process.pid}`;
    renameSync(path, aside);
    const taken = readHolder(aside);
    if (taken.text !== text) {
      renameSync(aside, path);
      throw locked(folder, what, taken.holder);
    }
    removeQuietly(aside);
  } catch (error) {
    if (error instanceof FileError) throw error;
    // Its holder has just given it back.
    if (systemCode(error) !== "ENOENT") throw fileFault(`'${path}' cannot be read`, error);
  }
}

/** Whether a living process writes the folder. */
export function isLocked(folder: string): boolean {
  try {
    const { holder } = readHolder(`${folder}/lock`);
    return holder !== undefined && isAlive(holder);
  } catch {
    return false;
  }
}
