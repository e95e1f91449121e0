/** Checks: each looks for one fault in the events of a run. */
import type { RunEvent, RunStarted } from "../../core/events.ts";
import type { Finding } from "../../core/findings.ts";
import type { Text } from "../../core/language.ts";
import type { ResolvedDocument } from "../../document/run-document.ts";

/** The run that is watched. */
export interface WatchedRun {
  readonly document: ResolvedDocument;
  readonly started: Omit<RunStarted, "type">;
}

/** What a check has found, without its code. */
export type Found = Omit<Finding, "code">;

/** A fault for people who meet it for the first time. */
export interface CheckText {
  readonly name: Text;
  /** What is looked for, why it is bad, and what to do. */
  readonly explanation: Text;
}

/** What looks for one fault in the events of a run. */
export interface CheckDefinition {
  /** What the fault is called, in findings and for `osolgil explain`. */
  readonly code: string;
  /** Where the thresholds are from. */
  readonly source: string;
  /** What it takes to be found, by name, with what it is measured in as its docstring says. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Faults that come of this one: where it is found, they are not told again. */
  readonly explains?: readonly string[];
  /**
   * Begins to watch a run. What comes back takes the events in their order and says what it has found; the Doctor tells it once. It
   * depends on these events alone.
   */
  watch(run: WatchedRun): (event: RunEvent) => Found | undefined;
}

export const defineCheck = (definition: CheckDefinition): CheckDefinition => definition;

/** 0.0012 -> "0.0012", 12345 -> "1.23e+4": three digits. */
export function short(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(2).replace(/\.?0+e/, "e");
}

/** A share as people read it: "37 %". */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** The change of the learning rate by a factor, to two digits. */
export function otherLearningRate({ document }: WatchedRun, factor: number): { path: string; value: number } | undefined {
  const { learningRate } = document.optimizer;
  if (typeof learningRate !== "number") return undefined;
  return { path: "optimizer.learningRate", value: Number((learningRate * factor).toPrecision(2)) };
}
