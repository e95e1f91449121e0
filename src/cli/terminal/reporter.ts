/**
 * Tells people how training goes, from its events: a few lines at the start, a row for each epoch, one line that is rewritten in
 * place where there is a terminal, results and a curve at the end.
 */

import { join } from "node:path";
import type { EpochEnded, ProfileSaved, RunEvent, RunResumed, RunStarted, TrainProgress } from "../../core/events.ts";
import type { ProfileSummary } from "../../train/profile-summary.ts";
import type { CurvePoint } from "./curve.ts";
import { EpochTable } from "./epoch-table.ts";
import { findingLines } from "./finding-lines.ts";
import { type Paint, painter, wrap } from "./format.ts";
import { profileLines } from "./profile-table.ts";
import { progressLine } from "./progress-line.ts";
import { endLines, labelledPath, startLines } from "./summary.ts";

/** Where the text goes; `columns` is read each time, so it may follow the terminal's size. */
export interface ReporterScreen {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly color: boolean;
  write(text: string): void;
}

/** Points of a curve that are kept; neighbours are averaged beyond. */
const MOST_POINTS = 2048;
const MOST_ROWS = 40;
const NARROWEST = 20;
const REDRAW_SECONDS = 0.05;
/** To the start of the line, and erase to its end. */
const ERASE = "\r\u001b[K";

export class TerminalReporter {
  readonly #screen: ReporterScreen;
  readonly #paint: Paint;
  readonly #table = new EpochTable();
  #started: RunStarted | undefined;
  #latest: TrainProgress | undefined;
  /** The first news: times are measured from here, so that compiling does not count. */
  #first: TrainProgress | undefined;
  #step = 0;
  #epoch = 1;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #hasLine = false;
  #training: CurvePoint[] = [];
  #perPoint = 1;
  readonly #pending: CurvePoint[] = [];
  readonly #epochTraining: CurvePoint[] = [];
  readonly #validation: CurvePoint[] = [];
  #best: { epoch: number; loss: number } | undefined;
  #profile: ProfileSummary | undefined;
  #profileSaved: ProfileSaved | undefined;

  constructor(screen: ReporterScreen) {
    this.#screen = screen;
    this.#paint = painter(screen.color);
  }

  /** Takes the next event of the run. */
  onEvent(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        this.#started = event;
        this.#print(startLines(event, this.#width, this.#paint));
        break;
      case "run.resumed":
        this.#onResumed(event);
        break;
      case "train.progress":
        this.#onProgress(event);
        break;
      case "epoch.ended":
        this.#onEpoch(event);
        break;
      case "finding.made":
        this.#print(findingLines(event, this.#width, this.#paint));
        break;
      case "profile.saved":
        this.#profileSaved = event;
        break;
      case "run.ended": {
        this.#started = undefined; // no progress line any more
        const history = { training: this.#trainingCurve(), validation: this.#validation, best: this.#best };
        this.#print([...endLines(event, history, this.#width, this.#paint), ...this.#profileLines(event.folder)]);
        break;
      }
    }
  }

  /** Takes what is to be told at the end of the run. */
  onProfile(summary: ProfileSummary): void {
    this.#profile = summary;
  }

  /** Tells where the page of the run lies. */
  onReport(file: string): void {
    this.#print([...labelledPath("report", file, this.#width, this.#paint), ""]);
  }

  #profileLines(folder: string | undefined): string[] {
    if (!this.#profile) return [];
    const lines = profileLines(this.#profile, this.#width, this.#paint);
    const saved = this.#profileSaved;
    if (!saved || folder === undefined) return [...lines, ""];
    const files = [["profile", saved.file] as const, ["trace", saved.trace] as const];
    const paths = files.map(([label, file]) => labelledPath(label, join(folder, file), this.#width, this.#paint));
    const hint = wrap("The trace opens in ui.perfetto.dev and in chrome://tracing.", this.#width - 2);
    return [...lines, "", ...paths.flat(), ...hint.map((line) => `  ${this.#paint("dim", line)}`), ""];
  }

  /** Removes the progress line, for whoever writes to the same terminal next. */
  clear(): void {
    if (this.#hasLine) this.#screen.write(ERASE);
    this.#hasLine = false;
  }

  get #width(): number {
    return Math.max(NARROWEST, this.#screen.columns);
  }

  #onResumed(event: RunResumed): void {
    if (!this.#started) this.#print(startLines({ ...event, type: "run.started" }, this.#width, this.#paint));
    this.#started = { ...event, type: "run.started" };
    // Times are measured from here: what lies between is no time of training.
    this.#latest = this.#first = undefined;
    const where = event.step === 0 ? "starts anew" : `goes on after step ${event.step}, in epoch ${event.epoch}`;
    this.#print([`  ${this.#paint("dim", event.from === undefined ? where : `${where}, from ${event.from}`)}`]);
  }

  #onProgress(event: TrainProgress): void {
    this.#latest = event;
    this.#first ??= event;
    this.#step = event.step;
    this.#epoch = event.epoch;
    this.#addPoint({ x: event.step / (this.#started?.stepsPerEpoch ?? 1), y: event.scores.loss });
    if (Math.abs(event.seconds - this.#drawnAt) < REDRAW_SECONDS) return;
    this.#drawnAt = event.seconds;
    this.#drawLine();
  }

  #onEpoch(event: EpochEnded): void {
    const epochs = this.#started?.epochs ?? event.epoch;
    const x = event.step / (this.#started?.stepsPerEpoch ?? 1);
    this.#epochTraining.push({ x, y: event.training.loss });
    let isBest = false;
    if (event.validation) {
      const { loss } = event.validation;
      this.#validation.push({ x, y: loss });
      isBest = Number.isFinite(loss) && loss < (this.#best?.loss ?? Number.POSITIVE_INFINITY);
      if (isBest) this.#best = { epoch: event.epoch, loss };
    }
    this.#step = event.step;
    this.#epoch = Math.min(event.epoch + 1, epochs);
    const every = rowsEvery(epochs);
    if (event.epoch % every !== 0 && event.epoch !== 1 && event.epoch !== epochs) return;
    this.#print(this.#table.lines(event, { epochs, width: this.#width, isBest, paint: this.#paint }));
  }

  #print(lines: readonly string[]): void {
    this.clear();
    this.#screen.write(`${lines.join("\n")}\n`);
    this.#drawLine();
  }

  #drawLine(): void {
    if (!this.#screen.isTerminal || !this.#started) return;
    const { steps, epochs } = this.#started;
    const state = {
      step: this.#step,
      steps,
      epoch: this.#epoch,
      epochs,
      latest: this.#latest,
      secondsLeft: this.#secondsLeft(steps),
    };
    // One column stays free: some terminals break the line once the last one is written.
    const line = progressLine(state, this.#width - 1, this.#paint);
    this.#screen.write(this.#hasLine ? ERASE + line : line);
    this.#hasLine = true;
  }

  /** By the time that steps took so far, with evaluations; by the rate of training alone until there is more to go by. */
  #secondsLeft(steps: number): number {
    if (!this.#latest || !this.#first) return Number.NaN;
    const left = steps - this.#step;
    const done = this.#latest.step - this.#first.step;
    return done > 0 ? ((this.#latest.seconds - this.#first.seconds) / done) * left : left / this.#latest.stepsPerSecond;
  }

  #addPoint(point: CurvePoint): void {
    this.#pending.push(point);
    if (this.#pending.length < this.#perPoint) return;
    this.#training.push(averageOf(this.#pending.splice(0)));
    if (this.#training.length < MOST_POINTS) return;
    this.#training = Array.from({ length: MOST_POINTS / 2 }, (_, i) => averageOf(this.#training.slice(2 * i, 2 * i + 2)));
    this.#perPoint *= 2;
  }

  /** From the news on the way; from the epochs where those are more. */
  #trainingCurve(): readonly CurvePoint[] {
    const onTheWay = this.#pending.length > 0 ? [...this.#training, averageOf(this.#pending)] : this.#training;
    return onTheWay.length >= this.#epochTraining.length ? onTheWay : this.#epochTraining;
  }
}

/** Of many epochs every 2nd, 5th, 10th, 20th, ... has a row: about as many rows as a screen has lines. */
function rowsEvery(epochs: number): number {
  let every = 1;
  for (let i = 0; epochs / every > MOST_ROWS; i++) every *= [2, 2.5, 2][i % 3]!;
  return every;
}

function averageOf(points: readonly CurvePoint[]): CurvePoint {
  const sum = (of: (point: CurvePoint) => number): number => points.reduce((total, point) => total + of(point), 0);
  return { x: sum(({ x }) => x) / points.length, y: sum(({ y }) => y) / points.length };
}
