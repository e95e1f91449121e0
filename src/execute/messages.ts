/** What the trainer's thread and the thread that started it say to each other. */
import {
  DataError,
  DocumentError,
  EngineError,
  FileError,
  OptionError,
  OsolgilError,
  ShapeError,
  TrainingError,
} from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { ResolvedDocument } from "../document/run-document.ts";
import type { ProfileSummary } from "../train/profile-summary.ts";
import type { ResumeFrom } from "../train/train.ts";
import type { TeamParts } from "./compute-threads.ts";

export interface TrainerData {
  readonly document: ResolvedDocument;
  /** Two int32: not 0 asks the trainer to stop after the step at hand; files of checkpoints that were dealt with. */
  readonly signals: SharedArrayBuffer;
  /** Seconds between checkpoints within an epoch. */
  readonly checkpointEverySeconds: number;
  /** Where an earlier part of the run ended. */
  readonly resume: ResumeData | undefined;
  readonly processStartMs: number;
  /** Threads to work with, besides the trainer's own. */
  readonly team: TeamParts | undefined;
  /** Whether to measure where the time of a step goes. */
  readonly profile: boolean;
}

/** `ResumeFrom`, with checkpoints as the bytes of their files. */
export interface ResumeData extends Omit<ResumeFrom, "checkpoint" | "best"> {
  readonly checkpoint?: Uint8Array;
  readonly best?: Uint8Array;
}

/** Places in `TrainerData.signals`. */
export const signalPlaces = { stop: 0, written: 1 } as const;

/** What a checkpoint's file is called: the state of the run, or its best weights so far. */
export type CheckpointFile = "last.safetensors" | "best.safetensors";

export interface ErrorMessage {
  readonly type: "error";
  readonly name: string;
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export type TrainerMessage =
  | { readonly type: "event"; readonly event: RunEvent }
  | { readonly type: "checkpoint"; readonly file: CheckpointFile; readonly step: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "profile"; readonly step: number; readonly profile: RunProfile }
  | ErrorMessage;

/** Where the time of a step went. */
export interface RunProfile {
  readonly summary: ProfileSummary;
  /** In the Trace Event Format. */
  readonly trace: Uint8Array<ArrayBuffer>;
}

const errorClasses = { ShapeError, OptionError, DataError, DocumentError, FileError, EngineError, TrainingError, OsolgilError };

export function toErrorMessage(error: unknown): ErrorMessage {
  const known = error instanceof OsolgilError ? error : undefined;
  const plain = error instanceof Error ? error : new Error(String(error));
  return { type: "error", name: plain.name, code: known?.code, message: plain.message, hint: known?.hint, stack: plain.stack };
}

/** The error as it was thrown, its class and code included. */
export function fromErrorMessage({ name, code, message, hint, stack }: ErrorMessage): Error {
  const Class = errorClasses[name as keyof typeof errorClasses];
  const error = Class && code !== undefined ? new Class(code, { message, hint }) : new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
