/** What Osolgil adds in Node: data sets and documents from the disk, runs in a thread of their own, searches, folders of runs and studies, figures as PNG. */
export { createTableMemory } from "./engine/wasm/table-memory.ts";
export { startThreads, type Threads } from "./execute/compute-threads.ts";
export type { Executor, PruneReason, TrialHandlers, TrialNews, TrialOrder, TrialOutcome } from "./execute/executor.ts";
export type { CheckpointFile, ResumeData, RunProfile } from "./execute/messages.ts";
export type { StudyResult, StudyWatch } from "./execute/run-study.ts";
export { type OpenedStudy, resumeSearch, type SearchOptions, type SearchResult, search } from "./execute/search.ts";
export { type RunHandlers, runInThread } from "./execute/trainer-thread.ts";
export { TrialPool, type TrialPoolOptions } from "./execute/trial-pool.ts";
export { documentFromCsv } from "./files/csv-document.ts";
export { type DataPlaces, loadDataset } from "./files/data-files.ts";
export { loadDocument } from "./files/load-document.ts";
export { loadStudy } from "./files/load-study.ts";
export * from "./index.ts";
export { type PngOptions, renderPng } from "./pictures/render-png.ts";
export type { FolderPlaces } from "./store/make-folder.ts";
export { createRunFolder, type RunFolder, type RunFolderPlaces } from "./store/run-folder.ts";
export { readStudy, type StoredStudy } from "./store/study-folder.ts";
export {
  historyOf,
  type InterruptedTrial,
  type StudyEnded,
  type StudyHistory,
  type StudyLine,
  type StudyStarted,
  type TrialEnded,
  type TrialReported,
  type TrialStarted,
} from "./store/study-log.ts";
