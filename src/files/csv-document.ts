/** Run documents for CSV files, from the disk. */
import { type MadeDocument, makeDocument } from "../document/from-csv.ts";
import { readDataFile } from "./data-files.ts";

/** Whether a path names a table to make a document for, and not a document. */
export const isTablePath = (path: string): boolean => /\.(?:csv|tsv)(?:\.gz)?$/i.test(path);

/**
 * A run document for a CSV file, which may be compressed.
 *
 * @param target  the column to predict; the last one where it is left out
 * @throws FileError  the file is not there or cannot be read
 * @throws DataError  it is no table, or nothing can be learned from it
 */
export function documentFromCsv(path: string, target?: string): MadeDocument {
  return makeDocument(readDataFile(path), { file: path, target });
}
