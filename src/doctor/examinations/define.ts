/** Examinations: what is tried out before a run. */
import type { Finding } from "../../core/findings.ts";
import type { Text } from "../../core/language.ts";
import type { Examiner } from "../examiner.ts";

/** What came out of an examination. */
export interface Examined {
  /** In a line: what was measured. */
  readonly result: string;
  readonly findings: readonly Finding[];
  /** A curve to be drawn. */
  readonly curve?: {
    readonly rates: readonly number[];
    readonly losses: readonly number[];
    readonly smoothed: readonly number[];
    readonly suggestion?: number;
  };
}

/** Something that is tried out before a run. */
export interface ExaminationDefinition {
  readonly name: string;
  /** What is being tried, in a few words. */
  readonly title: Text;
  readonly source: string;
  /** The codes that its findings may have, each with what `osolgil explain` says. */
  readonly codes: Readonly<Record<string, { readonly name: Text; readonly explanation: Text }>>;
  /** What came out; undefined where there is nothing to try in this run. */
  examine(examiner: Examiner): Examined | undefined;
}

export const defineExamination = (definition: ExaminationDefinition): ExaminationDefinition => definition;
