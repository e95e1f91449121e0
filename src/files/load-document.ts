/** Reads documents of runs and studies: JSON files, and TypeScript or JavaScript files that export one. */
import { readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DocumentError, FileError } from "../core/errors.ts";

const largestBytes = 16 * 1024 * 1024;
const moduleExtensions = [".ts", ".mts", ".js", ".mjs"];

function readText(path: string, what: "run" | "study"): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile())
      throw new FileError("E_FILE_DOCUMENT", {
        message: `'${path}' is not a file`,
        hint: `Name the document itself: ${what}.json or ${what}.ts.`,
      });
    if (stats.size > largestBytes) {
      throw new FileError("E_FILE_DOCUMENT", {
        message: `'${path}' has ${stats.size} bytes; a ${what} document has at most ${largestBytes}`,
      });
    }
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    const code = (cause as { code?: string }).code;
    const why =
      code === "ENOENT" ? "does not exist" : code === "EACCES" ? "may not be read" : `cannot be read (${code ?? String(cause)})`;
    throw new FileError("E_FILE_DOCUMENT", {
      message: `the ${what} document '${path}' ${why}`,
      hint: `Give the path of a .json or .ts file${what === "run" ? ", or none for the main job" : ""}.`,
      cause,
    });
  }
}

/** Line and column of an offset, from 1. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${before[before.length - 1]!.length + 1}`;
}

/** Where JSON.parse stopped: engines tell it in their messages. */
function jsonPlace(text: string, message: string): string {
  const position = /position (\d+)/.exec(message);
  if (position) return ` at ${placeOf(text, Number(position[1]))}`;
  return /end of JSON|Unexpected end/.test(message) ? " at its end" : "";
}

/**
 * The document in a file, as it was written; nothing is checked but that it can be read.
 *
 * @param what  what it is of, for messages
 * @throws FileError      the file is not there, or cannot be read
 * @throws DocumentError  it is not JSON, or exports no document
 */
export async function loadDocument(path: string, what: "run" | "study" = "run"): Promise<unknown> {
  const text = readText(path, what);
  if (!moduleExtensions.includes(extname(path))) {
    try {
      return JSON.parse(text.replace(/^\uFEFF/, ""));
    } catch (cause) {
      const message = (cause as Error).message;
      throw new DocumentError("E_DOCUMENT_JSON", {
        message: `'${path}' is not JSON${jsonPlace(text, message)}: ${message}`,
        cause,
      });
    }
  }
  let exports: Record<string, unknown>;
  try {
    exports = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new DocumentError("E_DOCUMENT_MODULE", {
      message: `'${path}' cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: /'osolgil'/.test(String(cause))
        ? "Run: npm install osolgil. Or leave out defineRun: a plain object will do."
        : undefined,
      cause,
    });
  }
  if (exports.default === undefined) {
    throw new DocumentError("E_DOCUMENT_MODULE", {
      message: `'${path}' has no default export`,
      hint:
        what === "run"
          ? 'End it with: export default defineRun({ data: "mnist", model: [...] });'
          : "End it with: export default defineStudy({ run: {...}, space: {...} });",
    });
  }
  return exports.default;
}
