/**
 * Osolgil: trains neural networks. This entry runs in browsers as well as in Node; `osolgil/node` adds what needs files.
 *
 * Layers, activations, losses and optimizers stand here by their names; other parts in the namespaces `initializers`, `penalties`,
 * `constraints`, `schedules`, `metrics`, `preprocessing` and `augmentations`.
 *
 * @packageDocumentation
 */
export { startWebThreads, type WebThreadOptions, type WebThreads } from "./browser/web-threads.ts";
export type { Choice, Chooser, ComponentInput, OptionInput } from "./core/choice.ts";
export {
  DataError,
  DocumentError,
  describeError,
  EngineError,
  type ErrorDetail,
  FileError,
  OptionError,
  OsolgilError,
  type Problem,
  ShapeError,
  TrainingError,
} from "./core/errors.ts";
export type * from "./core/events.ts";
export type { Change, Finding, Severity } from "./core/findings.ts";
export type { Language, Text } from "./core/language.ts";
export type {
  BooleanSpec,
  ComponentSpec,
  LayersSpec,
  NumberSpec,
  NumbersSpec,
  OptionSpec,
  OptionSpecs,
  OptionValues,
  TextSpec,
  TextsSpec,
  ValueOf,
  WordOrIntegerSpec,
} from "./core/options.ts";
export { type RandomKey, randomKey } from "./core/random.ts";
export type { Definition, Registry } from "./core/registry.ts";
export { type AugmentationDefinition, defineAugmentation, type ImageShape } from "./data/augmentations/define.ts";
export * as augmentations from "./data/augmentations/definitions.ts";
export type { BatchOrder } from "./data/batches.ts";
export type {
  DataFile,
  Dataset,
  DatasetDefinition,
  ExampleSet,
  FileContent,
  RawDataset,
  RawExampleSet,
  RawTable,
  Table,
  Task,
} from "./data/dataset.ts";
export { type Fold, foldOf, kFolds } from "./data/folds.ts";
export type {
  CategoryColumn,
  Column,
  ColumnKinds,
  EncodedColumn,
  EncodingOptions,
  Frame,
  FrameEncoding,
  NumberColumn,
  RowReader,
  TextColumn,
} from "./data/frame.ts";
export {
  type InputForm,
  Preparation,
  type PreparationParts,
  type StoredArray,
  type StoredPreparation,
  type TargetScaling,
} from "./data/preparation.ts";
export { type DataChoices, type PreparedData, prepareData } from "./data/prepare.ts";
export {
  definePreprocessing,
  type Examples as PreprocessingExamples,
  type Fitted,
  type PreprocessingDefinition,
  type PreprocessingState,
} from "./data/preprocessing/define.ts";
export * as preprocessing from "./data/preprocessing/definitions.ts";
export { type CsvOptions, readCsv } from "./data/readers/csv-columns.ts";
export { type NpyArray, readNpy, writeNpy } from "./data/readers/npy.ts";
export { type Cell, frameOf } from "./data/records.ts";
export { restorePreparation } from "./data/restore-preparation.ts";
export type { FittedStep } from "./data/rows.ts";
export { type DivideAnew, type RowParts, type RowSplit, type SplitOptions, splitParts } from "./data/split.ts";
export { type CheckDefinition, checks, type Found, type WatchedRun } from "./doctor/checks/index.ts";
export { type ExaminationDefinition, type Examined, examinations } from "./doctor/examinations/index.ts";
export type { DataFacts, Examiner, FirstLook, GradientFinding, Overfit, Spread, Sweep } from "./doctor/examiner.ts";
export { type Explanation, explanationOf, findingCodes } from "./doctor/explain.ts";
export { Doctor, watched } from "./doctor/watch.ts";
export { editDocument, setInDocument } from "./document/edit.ts";
export { type MadeDocument, makeDocument, type TableChoices } from "./document/from-csv.ts";
export { mainJob } from "./document/main-job.ts";
export type { Parts } from "./document/parts.ts";
export { allParts, resolveRun } from "./document/resolve.ts";
export * from "./document/run-document.ts";
export type {
  CompileOptions,
  Engine,
  Executable,
  MemoryReport,
  Numerics,
  Probe,
  TableMemory,
  TableValues,
} from "./engine/engine.ts";
export type { Profile, ProfiledKernel, ProfiledRun, ProfileMarks, Profiler, ProfileSample } from "./engine/profile.ts";
export { referenceEngine } from "./engine/reference/reference-engine.ts";
export { probeThreads, type SharedWork, type Sharing, type ThreadTeam, type ThreadWork } from "./engine/threads.ts";
export { wasmProfiler } from "./engine/wasm/describe.ts";
export { wasmEngine } from "./engine/wasm/wasm-engine.ts";
export * as graph from "./graph/index.ts";
export type { Examples, Nested, Numbers, ShapedArray, Targets } from "./library/arrays.ts";
export { type FitOptions, fit, openSession } from "./library/fit.ts";
export { type LoadOptions, loadModel } from "./library/load-model.ts";
export { type ModelParts, type Prediction, TrainedModel } from "./library/trained-model.ts";
export { Training } from "./library/training.ts";
export { type ActivationDefinition, defineActivation } from "./nn/activations/define.ts";
export * from "./nn/activations/definitions.ts";
export { defineInitializer, type Fan, type InitializerDefinition } from "./nn/initializers/define.ts";
export * as initializers from "./nn/initializers/definitions.ts";
export {
  type ChosenInitializer,
  type ChosenLayer,
  defineLayer,
  type LayerContext,
  type LayerDefinition,
  type LayerExtras,
  type Mode,
} from "./nn/layers/define.ts";
export * from "./nn/layers/definitions.ts";
export { defineLoss, type LossDefinition, type TargetKind } from "./nn/losses/define.ts";
export * from "./nn/losses/definitions.ts";
export { defineMetric, type MetricDefinition, type Predicted } from "./nn/metrics/define.ts";
export * as metrics from "./nn/metrics/definitions.ts";
export type { Model, ModelParameter, ModelState, Traces } from "./nn/model.ts";
export { type ConstraintDefinition, defineConstraint } from "./optim/constraints/define.ts";
export * as constraints from "./optim/constraints/definitions.ts";
export { defineOptimizer, type OptimizerDefinition, type ParameterFacts } from "./optim/optimizers/define.ts";
export * from "./optim/optimizers/definitions.ts";
export { definePenalty, type PenaltyDefinition } from "./optim/penalties/define.ts";
export * as penalties from "./optim/penalties/definitions.ts";
export {
  defineSchedule,
  type Goal,
  type Progress,
  type ScheduleDefinition,
  type ScheduleExtras,
} from "./optim/schedules/define.ts";
export * as schedules from "./optim/schedules/definitions.ts";
export type { WeightRule } from "./optim/weight-rule.ts";
export type { Importance } from "./search/importance.ts";
export type { Border } from "./search/narrow.ts";
export {
  type Moment,
  type PlannedTrial,
  type StageEnded,
  type StageState,
  type StudyEvent,
  StudyPlanner,
  type StudyStopped,
  type StudySummary,
  type Verdict,
} from "./search/planner.ts";
export { definePruner, type PrunerContext, type PrunerDefinition } from "./search/pruners/define.ts";
export * as pruners from "./search/pruners/definitions.ts";
export { objectiveValue, type RankedTrial } from "./search/ranking.ts";
export { resolveStudy } from "./search/resolve-study.ts";
export { defineSampler, type SamplerContext, type SamplerDefinition } from "./search/samplers/define.ts";
export * as samplers from "./search/samplers/definitions.ts";
export type * from "./search/space.ts";
export * from "./search/study.ts";
export type { EndedTrial, RunningTrial, TrialReport } from "./search/trial.ts";
export { bestDocument } from "./search/trial-document.ts";
export { type Checkpoint, type CheckpointMetadata, decodeCheckpoint } from "./train/checkpoint.ts";
export type { Evaluation, Judged, Predictions } from "./train/evaluation.ts";
export { examinerOf } from "./train/examiner.ts";
export { checkGradients, type GradientCheck, type GradientCheckOptions, type ParameterCheck } from "./train/gradient-check.ts";
export type { Probe as ModelProbe } from "./train/probe.ts";
export { type KernelTiming, type ProfileSummary, summarizeProfile, type Timing } from "./train/profile-summary.ts";
export { chromeTrace } from "./train/profile-trace.ts";
export { ProfiledSession, type ProfiledStep, type ProfiledSteps } from "./train/profiled-session.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type SafetensorsContent,
  type StoredTensor,
} from "./train/safetensors.ts";
export { Session, type SessionOptions, type StepResult } from "./train/session.ts";
export { type ResumeFrom, type TrainControl, Trainer, train } from "./train/train.ts";
