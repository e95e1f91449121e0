/**
 * Osolgil: trains neural networks. This entry runs in browsers as well as in Node; `osolgil/node` adds what needs files.
 */
export { startWebThreads, type WebThreadOptions, type WebThreads } from "./browser/web-threads.ts";
export type { Problem } from "./core/errors.ts";
export {
  DataError,
  DocumentError,
  describeError,
  EngineError,
  FileError,
  OptionError,
  OsolgilError,
  ShapeError,
  TrainingError,
} from "./core/errors.ts";
export type * from "./core/events.ts";
export type * from "./data/dataset.ts";
export { type Cell, type Column, type ColumnKinds, type Frame, frameOf } from "./data/frame.ts";
export { Preparation, type StoredPreparation } from "./data/preparation.ts";
export { type DataChoices, type PreparedData, prepareData } from "./data/prepare.ts";
export { type CsvOptions, readCsv } from "./data/readers/csv-columns.ts";
export { type NpyArray, readNpy, writeNpy } from "./data/readers/npy.ts";
export { kFolds, type RowParts, type RowSplit, type SplitOptions, splitParts } from "./data/split.ts";
export { editDocument } from "./document/edit.ts";
export { type MadeDocument, makeDocument } from "./document/from-csv.ts";
export { mainJob } from "./document/main-job.ts";
export { resolveRun } from "./document/resolve.ts";
export { defineRun, type ResolvedDocument, type Run, type RunDocument } from "./document/run-document.ts";
export type { CompileOptions, Engine, Executable, MemoryReport, Numerics, Probe } from "./engine/engine.ts";
export { referenceEngine } from "./engine/reference/reference-engine.ts";
export { probeThreads, type ThreadTeam, type ThreadWork } from "./engine/threads.ts";
export { wasmEngine } from "./engine/wasm/wasm-engine.ts";
export * as graph from "./graph/index.ts";
export { checkGradients, type GradientCheck, type ParameterCheck } from "./train/gradient-check.ts";
export { type KernelTiming, type ProfileSummary, summarizeProfile, type Timing } from "./train/profile-summary.ts";
export { chromeTrace } from "./train/profile-trace.ts";
export { ProfiledSession, type ProfiledStep, type ProfiledSteps } from "./train/profiled-session.ts";
export { decodeSafetensors, encodeSafetensors } from "./train/safetensors.ts";
export { Session, type SessionOptions } from "./train/session.ts";
export { type TrainControl, train } from "./train/train.ts";
