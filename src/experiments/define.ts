/** Experiments: what the lecture claims, tried on real data, with the figure that shows it. */
import type { Language, Text } from "../core/language.ts";
import type { Figure } from "../figures/index.ts";
import type { Lab } from "./lab.ts";

export type { Language, Text };

/** What the lecture says that the figure shows, and whether it came out so. */
export interface Claim {
  readonly text: Text;
  readonly holds: boolean;
  /** The numbers that it was held against. */
  readonly measured: string;
}

export interface Outcome {
  /** What was run, as run documents where it was runs. */
  readonly settings: readonly unknown[];
  /** What is told of the result in a few numbers. */
  readonly numbers: Readonly<Record<string, number | readonly number[]>>;
  /** All that the figure is drawn from, as JSON. */
  readonly data: unknown;
  readonly claims: readonly Claim[];
  /** What the book's own scripts gave for the same, on the same data. */
  readonly book?: {
    readonly rows: readonly { readonly name: string; readonly ours: readonly number[]; readonly book: readonly number[] }[];
    /** Why the two differ, where they do. */
    readonly note?: Text;
  };
  figure(language: Language): Figure;
}

export interface Experiment {
  /** As the lecture's digest counts: "C3". */
  readonly id: string;
  readonly name: Text;
  readonly question: Text;
  /** What it teaches. */
  readonly lesson: Text;
  /** Data sets that it cannot do without. */
  readonly needs: readonly string[];
  run(lab: Lab): Outcome | Promise<Outcome>;
}

export const defineExperiment = (experiment: Experiment): Experiment => experiment;

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** "0.196, 0.204, 0.211" */
export const listed = (values: readonly number[], digits = 3): string => values.map((x) => x.toFixed(digits)).join(", ");
