/** Reads study documents, whose run may lie in a file of its own. */
import { dirname, resolve } from "node:path";
import { isPlainObject } from "../core/objects.ts";
import { loadDocument } from "./load-document.ts";

/**
 * The study document in a file, as it was written; a `run` that is a path, from the study's file on, is replaced by what is in there.
 *
 * @throws FileError | DocumentError  as `loadDocument`, for the study or its run
 */
export async function loadStudy(path: string): Promise<unknown> {
  const document = await loadDocument(path, "study");
  if (!isPlainObject(document) || typeof document.run !== "string") return document;
  return { ...document, run: await loadDocument(resolve(dirname(path), document.run)) };
}
