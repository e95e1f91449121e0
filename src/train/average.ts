/** Averages over examples of what steps measured. */
import type { Scores } from "../core/events.ts";

/** Sums of loss, right answers and examples, as a checkpoint holds them. */
export type AverageState = readonly [loss: number, correct: number, rows: number];

export class Average {
  private loss = 0;
  private correct = 0;
  private rows = 0;
  private readonly counts: boolean;

  constructor(countsCorrect: boolean) {
    this.counts = countsCorrect;
  }

  get state(): AverageState {
    return [this.loss, this.correct, this.rows];
  }
  set state([loss, correct, rows]: AverageState) {
    [this.loss, this.correct, this.rows] = [loss, correct, rows];
  }

  add(step: { loss: number; correct: number; rows: number }): void {
    this.loss += step.loss * step.rows;
    this.correct += step.correct;
    this.rows += step.rows;
  }

  /** The averages so far; starts anew. */
  take(): Scores {
    const scores = { loss: this.loss / this.rows, ...(this.counts && { accuracy: this.correct / this.rows }) };
    this.loss = this.correct = this.rows = 0;
    return scores;
  }
}
