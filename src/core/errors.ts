/**
 * Errors as part of the product: a class for the kind of mistake, a stable code for programs, a message that says who,
 * which rule and what came, and a hint that says what to do next.
 */

export interface ErrorDetail {
  /** Who, what was expected, what came. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The base of every error that Osolgil raises on purpose. Anything else that escapes is a fault of ours. */
export class OsolgilError extends Error {
  /** Stable across versions, such as `E_SHAPE_MATMUL`. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, detail: ErrorDetail) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = detail.hint;
  }
}

/** Shapes that do not fit together; raised while a graph is built, never while it runs. */
export class ShapeError extends OsolgilError {}
/** An option that is unknown, missing, of the wrong kind or out of its range. */
export class OptionError extends OsolgilError {}
/** Data that cannot be what they are said to be. */
export class DataError extends OsolgilError {}
/** A document that cannot be understood; lists every mistake, not only the first. */
export class DocumentError extends OsolgilError {
  /** The mistakes one by one, where they were gathered. */
  readonly problems: readonly Problem[];

  constructor(code: string, detail: ErrorDetail, problems: readonly Problem[] = []) {
    super(code, detail);
    this.problems = problems;
  }
}
/** A file or folder that cannot be read or written. */
export class FileError extends OsolgilError {}
/** An engine that is not available here, or cannot run this plan. */
export class EngineError extends OsolgilError {}
/** Training that cannot go on. */
export class TrainingError extends OsolgilError {}

/** One mistake in a document: where, what was expected, what came, and the nearest valid name. */
export interface Problem {
  /** Path in the document, such as `model.layers[2].units`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The text of an error for a person: message, hint, and the chain of causes that are not ours. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof OsolgilError && error.hint !== undefined ? `\n  ${error.hint}` : "";
  const code = error instanceof OsolgilError ? ` [${error.code}]` : "";
  return `${error.message}${code}${hint}`;
}
