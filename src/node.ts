/** What Osolgil adds in Node: data sets and documents from the disk, runs in a thread of their own, run folders, figures as PNG. */
export { startThreads, type Threads } from "./execute/compute-threads.ts";
export type { CheckpointFile, ResumeData, RunProfile } from "./execute/messages.ts";
export { type RunHandlers, runInThread } from "./execute/trainer-thread.ts";
export { documentFromCsv } from "./files/csv-document.ts";
export { type DataPlaces, loadDataset } from "./files/data-files.ts";
export { loadDocument } from "./files/load-document.ts";
export * from "./index.ts";
export { type PngOptions, renderPng } from "./pictures/render-png.ts";
export { createRunFolder, type RunFolder, type RunFolderPlaces } from "./store/run-folder.ts";
