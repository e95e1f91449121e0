/** A search in Node: the study's folder, processes that train its trials, and what came of it. */
import { availableParallelism } from "node:os";
import { namesAlone } from "../core/choice.ts";
import { FileError, OptionError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";
import { isPlainObject } from "../core/objects.ts";
import { resolveStudy } from "../search/resolve-study.ts";
import type { Study } from "../search/study.ts";
import { createStudyFolder, reopenStudy, type StudyFolder } from "../store/study-folder.ts";
import { historyOf, type StudyHistory } from "../store/study-log.ts";
import type { Executor } from "./executor.ts";
import { type StudyResult, StudyRun, type StudyWatch } from "./run-study.ts";
import { checkWorkers, TrialPool } from "./trial-pool.ts";

/** How a search goes, and who is told. */
export interface SearchOptions extends StudyWatch {
  /** Trials in all, in place of what the document says; of a study without stages. */
  readonly trials?: number;
  /** How many run at once, each in a process with one thread; default one for each core. They change no result of a sampler that does not learn. */
  readonly workers?: number;
  /** Folder that holds mnist/, cifar10/, ... for the trials; else the environment's OSOLGIL_DATA. */
  readonly data?: string;
  /** Where trials run; default processes of this machine. It is closed at the end. */
  readonly executor?: Executor;
  /** Called once the study's folder is open, before the first trial. */
  onOpen?(opened: OpenedStudy): void;
}

/** A study whose folder is open. */
export interface OpenedStudy {
  readonly study: Study;
  readonly folder: string;
  /** What was recorded before. */
  readonly history: StudyHistory;
  readonly workers: number;
  /** What a person should know of the folder. */
  readonly notes: readonly string[];
}

/** What a search has found. */
export interface SearchResult extends StudyResult {
  /** The study's folder. */
  readonly folder: string;
}

const nothingYet: StudyHistory = { ended: [], interrupted: [], stages: new Set() };

/** The document with the number of its trials changed. */
function withTrials(document: unknown, trials: number | undefined): unknown {
  if (trials === undefined || !isPlainObject(document)) return document;
  const { stages } = document;
  if (!Array.isArray(stages)) return { ...document, trials };
  if (stages.length > 1) {
    throw new OptionError("E_STUDY_TRIALS", {
      message: `the trials of a study with ${stages.length} stages cannot be set to ${trials} in all`,
      hint: "Set them in each of its stages.",
    });
  }
  return { ...document, trials, stages: stages.map((stage) => ({ ...stage, trials })) };
}

/**
 * Searches: runs the trials of a study, and writes what happens into its folder.
 *
 * @param document  a study document; its parts are those that Osolgil brings, since processes know them by name
 * @param options   `out`: the study's folder, new or empty; default a new one under studies/. `seed`: in place of the document's
 * @throws DocumentError  the document is wrong, with each mistake
 * @throws FileError      the folder cannot be made, or not be written any more; what was recorded stays
 * @example
 * const { ended, best, folder } = await search(
 *   {
 *     run: { data: { kind: "mnist", first: 300, validation: 100 }, model: [{ kind: "dense", units: 10 }], training: { epochs: 2 } },
 *     space: { "optimizer.learningRate": { type: "float", min: 1e-4, max: 0.1, scale: "log" } },
 *     trials: 3,
 *   },
 *   { out: "studies/first", workers: 1 },
 * );
 * ended.status; // "completed"
 * ended.trials; // { "completed": 3, "pruned": 0, "failed": 0 }
 * folder; // "studies/first"
 * best; // "studies/first/best.json"
 */
export async function search(
  document: unknown,
  options: SearchOptions & { readonly out?: string; readonly seed?: number } = {},
): Promise<SearchResult> {
  const { out, seed, trials, ...rest } = options;
  // Before there is a folder.
  if (rest.workers !== undefined) checkWorkers(rest.workers);
  const plain = namesAlone(document);
  const seeded = seed !== undefined && isPlainObject(plain) ? { ...plain, seed } : plain;
  const study = resolveStudy(withTrials(seeded, trials));
  const folder = createStudyFolder(out, study.document);
  return run(study, folder, nothingYet, [], rest);
}

/**
 * Goes on with the study in a folder, where it was stopped or killed: trials that had begun are run again, none twice.
 *
 * @param options  `document`: what the study is believed to be; `trials`: more than before, for a study without stages
 * @throws FileError      there is no study, or another process writes it
 * @throws OptionError    E_STUDY_TRIALS: more trials than `trials` have begun
 * @throws FileError      E_STUDY_OTHER: the folder holds another study than `document`
 */
export async function resumeSearch(
  path: string,
  options: SearchOptions & { readonly document?: unknown } = {},
): Promise<SearchResult> {
  const { document, trials, ...rest } = options;
  const { document: stored, lines, folder, notes } = reopenStudy(path);
  const history = historyOf(lines);
  let study: Study;
  try {
    refuseFewer(path, history, trials);
    study = resolveStudy(withTrials(stored, trials), `'${path}/study.json'`);
    if (document !== undefined)
      refuseOther(path, study.document, resolveStudy(withTrials(namesAlone(document), trials)).document);
    if (trials !== undefined) folder.writeDocument(study.document);
  } catch (error) {
    folder.close();
    throw error;
  }
  return run(study, folder, history, notes, rest);
}

/** A study cannot end before what it has done. */
function refuseFewer(path: string, { ended, interrupted }: StudyHistory, trials: number | undefined): void {
  const begun = ended.length + interrupted.length;
  if (trials === undefined || trials >= begun) return;
  throw new OptionError("E_STUDY_TRIALS", {
    message: `the study in '${path}' has begun ${begun} trials, and cannot end with ${trials}`,
    hint: `Ask for ${begun} or more, or leave the number out.`,
  });
}

async function run(
  study: Study,
  folder: StudyFolder,
  history: StudyHistory,
  notes: readonly string[],
  { workers, data, executor: given, onOpen, ...watch }: Omit<SearchOptions, "trials">,
): Promise<SearchResult> {
  let executor: Executor | undefined;
  try {
    const environment = data === undefined ? process.env : { ...process.env, OSOLGIL_DATA: data };
    const left = Math.max(1, study.trials - history.ended.length);
    executor = given ?? new TrialPool({ workers: Math.min(workers ?? availableParallelism(), left), environment });
    onOpen?.({ study, folder: folder.path, history, workers: executor.slots, notes });
    const result = await new StudyRun(study, folder, executor, history, watch).run();
    return { ...result, folder: folder.path };
  } finally {
    await executor?.close();
    folder.close();
  }
}

/** The first place at which two documents differ. */
function differenceOf(a: unknown, b: unknown, path: string): { path: string; a: unknown; b: unknown } | undefined {
  if (Object.is(a, b)) return undefined;
  const isList = Array.isArray(a) && Array.isArray(b);
  if (!isList && !(isPlainObject(a) && isPlainObject(b))) return { path, a, b };
  const [left, right] = [a, b] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const at = isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const found = differenceOf(left[key], right[key], at);
    if (found) return found;
  }
  return undefined;
}

function refuseOther(folder: string, stored: unknown, given: unknown): void {
  const json = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
  const difference = differenceOf(json(stored), json(given), "");
  if (!difference) return;
  const { path, a, b } = difference;
  throw new FileError("E_STUDY_OTHER", {
    message: `the study in '${folder}' is another: ${path} is ${showValue(a)} there, and ${showValue(b)} in what was given`,
    hint: "Go on with the folder alone, or start the other study in a folder of its own.",
  });
}
