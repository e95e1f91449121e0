/** What a doctor finds in a run: a fault, how bad it is, what shows it, and what to do. */

/** note: worth knowing. warning: the result will be worse than it could be. error: the run is lost. */
export type Severity = "note" | "warning" | "error";

/** How bad it is, in a character. */
export const severitySigns: Readonly<Record<Severity, string>> = { error: "✗", warning: "!", note: "·" };

/** A value of the run document that would mend it. */
export interface Change {
  /** As `--set` takes it: "optimizer.learningRate". */
  readonly path: string;
  readonly value: unknown;
}

/** A fault, with all that a person needs to mend it. */
export interface Finding {
  /** The same for the same fault: what `osolgil explain` takes. */
  readonly code: string;
  readonly severity: Severity;
  /** What was seen, with its numbers. */
  readonly message: string;
  /** The same numbers, and the thresholds they were held against, by name. */
  readonly evidence: Readonly<Record<string, number>>;
  /** What it most likely comes from. */
  readonly cause: string;
  /** What to do. */
  readonly advice: string;
  /** The same as changes to the run document, where it can be said so. */
  readonly changes?: readonly Change[];
  /** Where in the model, where it is not everywhere. */
  readonly layer?: string;
}

/** Changes as they are typed: `--set optimizer.learningRate=0.001`. */
export const changesAsOptions = (changes: readonly Change[] = []): string =>
  changes
    .map(({ path, value }) => `--set ${path}=${quoted(typeof value === "string" ? value : JSON.stringify(value))}`)
    .join(" ");

const quoted = (text: string): string => (/^[\w.+-]+$/.test(text) ? text : `'${text}'`);
