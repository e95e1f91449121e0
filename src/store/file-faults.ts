/**
 * What the system says when a file cannot be written, in the words of a person and with a stable code.
 */
import { FileError } from "../core/errors.ts";

interface Fault {
  readonly code: string;
  readonly because: string;
  readonly hint: string;
}

const elsewhere = "or choose another folder";

const FULL: Fault = { code: "E_FILE_NO_SPACE", because: "the disk is full", hint: `Free some space, ${elsewhere}.` };
const FORBIDDEN: Fault = {
  code: "E_FILE_PERMISSION",
  because: "there is no permission",
  hint: `Give yourself the right to write there, ${elsewhere}.`,
};
const TOO_MANY: Fault = {
  code: "E_FILE_TOO_MANY_OPEN",
  because: "too many files are open",
  hint: "Run fewer things at once, or raise the limit (ulimit -n).",
};
const OTHER: Fault = { code: "E_FILE_WRITE", because: "", hint: `Check the disk, ${elsewhere}.` };

const FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["ENOSPC", FULL],
  ["EDQUOT", { ...FULL, because: "your quota on the disk is used up" }],
  ["EFBIG", { ...FULL, code: "E_FILE_TOO_LARGE", because: "the file would be larger than allowed here (see ulimit -f)" }],
  ["EACCES", FORBIDDEN],
  ["EPERM", FORBIDDEN],
  ["EROFS", { code: "E_FILE_READ_ONLY", because: "the file system is read-only", hint: "Choose another folder." }],
  ["ENOTDIR", { code: "E_FILE_NOT_A_FOLDER", because: "a part of the path is not a folder", hint: "Choose another path." }],
  [
    "EISDIR",
    { code: "E_FILE_NOT_A_FILE", because: "there is a folder of this name", hint: "Move it away, or choose another path." },
  ],
  ["ENAMETOOLONG", { code: "E_FILE_NAME_TOO_LONG", because: "the name is too long", hint: "Choose a shorter one." }],
  [
    "ENOENT",
    {
      code: "E_FILE_MISSING",
      because: "its folder is not there",
      hint: `Was it removed or renamed? Make it again, ${elsewhere}.`,
    },
  ],
  ["EEXIST", { code: "E_FILE_EXISTS", because: "it exists already", hint: "Choose a new name." }],
  ["ELOOP", { code: "E_FILE_NOT_A_FOLDER", because: "its links lead in a circle", hint: "Choose another path." }],
  ["EMFILE", TOO_MANY],
  ["ENFILE", TOO_MANY],
  ["EIO", { ...OTHER, code: "E_FILE_DEVICE", because: "the disk reports an error" }],
]);

/**
 * The error to raise for one of the system's.
 *
 * @param what   the thing and what failed, with its path: "'runs/a/run.json' cannot be written"
 * @param cause  as thrown by node:fs
 * @example throw fileFault(`'${path}' cannot be written`, error) // FileError E_FILE_NO_SPACE: ... the disk is full (ENOSPC)
 */
export function fileFault(what: string, cause: unknown): FileError {
  const name = systemCode(cause);
  const { code, because, hint } = FAULTS.get(name ?? "") ?? OTHER;
  const reason = because === "" ? (cause instanceof Error ? cause.message : String(cause)) : `${because} (${name})`;
  return new FileError(code, { message: `${what}: ${reason}`, hint, cause });
}

/** "ENOSPC" and the like, where the system gave one. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}
