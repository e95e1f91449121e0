/**
 * Tells people how a study goes: in a terminal what runs and what was best so far, rewritten in place, with a row for each trial that
 * became the best or failed; without one a row for each trial that ends.
 */
import { stripVTControlCharacters } from "node:util";
import { nowMs } from "../../core/clock.ts";
import { shortNames, shortValue } from "../../core/names.ts";
import type { TrialNews } from "../../execute/executor.ts";
import type { OpenedStudy, SearchResult } from "../../execute/search.ts";
import type { Assignment } from "../../search/space.ts";
import type { Study } from "../../search/study.ts";
import type { StudyLine, TrialEnded, TrialReported, TrialStarted } from "../../store/study-log.ts";
import {
  displayWidth,
  formatClock,
  formatDuration,
  type Paint,
  padEnd,
  padStart,
  painter,
  plainText,
  plural,
  type Style,
  shorten,
} from "./format.ts";
import type { ReporterScreen } from "./reporter.ts";
import { formatValue, rangeLines, studyEndLines } from "./study-summary.ts";

const redrawMs = 100;
const narrowest = 20;
const longestBar = 24;
const indent = "  ";

interface Shown {
  readonly number: number;
  readonly parameters: Assignment;
  epoch: number;
  epochs?: number;
  /** The best of its epochs so far. */
  value?: number;
}

const signs: Readonly<Record<TrialEnded["status"], { readonly sign: string; readonly style: Style }>> = {
  completed: { sign: "✓", style: "green" },
  pruned: { sign: "✂", style: "yellow" },
  failed: { sign: "✗", style: "red" },
};

export class StudyReporter {
  readonly #screen: ReporterScreen;
  readonly #paint: Paint;
  #study: Study | undefined;
  #names: ReadonlyMap<string, string> = new Map();
  readonly #running = new Map<number, Shown>();
  #best: { readonly number: number; readonly value: number; readonly parameters: Assignment } | undefined;
  #ended = 0;
  #endedHere = 0;
  #pruned = 0;
  #failed = 0;
  #beganMs = nowMs();
  #drawnMs = Number.NEGATIVE_INFINITY;
  #drawnLines = 0;

  constructor(screen: ReporterScreen) {
    this.#screen = screen;
    this.#paint = painter(screen.color);
  }

  get #width(): number {
    return Math.max(narrowest, this.#screen.columns);
  }

  /** What is searched, before the first trial. */
  onOpen({ study, folder, history, workers, notes }: OpenedStudy): void {
    const { document, objective, trials, stages } = study;
    const keys = Object.keys(study.space);
    const short = shortNames(keys);
    this.#study = study;
    this.#names = new Map(keys.map((key, i) => [key, short[i]!]));
    this.#ended = history.ended.length;
    for (const { status, value, number, parameters } of history.ended) {
      if (status === "pruned") this.#pruned++;
      if (status === "failed") this.#failed++;
      if (status === "completed" && value !== undefined && this.#isBetter(number, value))
        this.#best = { number, value, parameters };
    }
    const over = objective.folds === undefined ? "" : `, mean of ${objective.folds} folds`;
    const line = (label: string, ...parts: string[]) =>
      this.#fit(`${indent}${this.#paint("dim", padEnd(label, 8))}`, 10, parts.map(plainText).join(" · "));
    this.#beganMs = nowMs();
    this.#print([
      "",
      line("study", ...(document.name === undefined ? [] : [document.name]), folder),
      line("seeks", `${objective.goal === "max" ? "largest" : "smallest"} ${objective.metric}${over}`),
      line(
        "plan",
        plural(trials, "trial"),
        ...(stages.length > 1 ? [`${stages.length} stages`] : []),
        document.sampler.kind,
        `seed ${document.seed}`,
        `${workers} at once`,
      ),
      ...rangeLines(study.space, this.#names, this.#width, this.#paint),
      ...(this.#ended > 0
        ? [line("done", `${plural(this.#ended, "trial")} before`, `${history.interrupted.length} to run again`)]
        : []),
      ...notes.map((note) => line("note", note)),
      "",
    ]);
  }

  /** Of equal ones the one of the lower number, as in the ranking at the end. */
  #isBetter(number: number, value: number): boolean {
    if (!Number.isFinite(value)) return false;
    if (!this.#best) return true;
    if (value === this.#best.value) return number < this.#best.number;
    return this.#study?.objective.goal === "max" ? value > this.#best.value : value < this.#best.value;
  }

  onLine(line: StudyLine): void {
    if (line.type === "trial.started") this.#onStarted(line);
    else if (line.type === "trial.reported") this.#onReported(line);
    else if (line.type === "trial.ended") this.#onEnded(line);
    else if (line.type === "stage.ended" && line.next) {
      this.#print([
        "",
        `${indent}${this.#paint("bold", `stage ${line.stage + 1} is over`)}`,
        ...this.#sentences(line.changes),
        "",
      ]);
    }
  }

  #sentences(texts: readonly string[]): string[] {
    return texts.map((text) => this.#fit("    ", 4, plainText(text)));
  }

  onNews(number: number, { epoch, epochs }: TrialNews): void {
    const shown = this.#running.get(number);
    if (shown) Object.assign(shown, { epoch, epochs });
    this.#redraw();
  }

  #onStarted({ number, parameters }: TrialStarted): void {
    this.#running.set(number, { number, parameters, epoch: 0 });
    this.#redraw();
  }

  #onReported({ number, report }: TrialReported): void {
    const shown = this.#running.get(number);
    if (!shown) return;
    shown.epoch = report.epoch;
    const isMax = this.#study?.objective.goal === "max";
    const { value = isMax ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY } = shown;
    if (Number.isFinite(report.value)) shown.value = isMax ? Math.max(value, report.value) : Math.min(value, report.value);
    this.#redraw();
  }

  #onEnded(trial: TrialEnded): void {
    const { number, status, value, parameters } = trial;
    this.#running.delete(number);
    this.#ended++;
    this.#endedHere++;
    if (status === "pruned") this.#pruned++;
    if (status === "failed") this.#failed++;
    const isBest = status === "completed" && value !== undefined && this.#isBetter(number, value);
    if (isBest) this.#best = { number, value, parameters };
    if (isBest || status === "failed" || !this.#screen.isTerminal) this.#print([this.#row(trial, isBest)]);
    else this.#redraw();
  }

  #row({ number, status, value, parameters, reason, seconds }: TrialEnded, isBest: boolean): string {
    const { sign, style } = signs[status];
    const digits = String((this.#study?.trials ?? 1) - 1).length;
    const text = value === undefined ? "-" : formatValue(this.#study!.objective, value);
    const head = `${indent}${padStart(`#${number}`, digits + 1)}  ${this.#paint(style, sign)} ${this.#paint(isBest ? "bold" : [], padStart(text, 8))}${this.#paint("dim", padStart(formatDuration(seconds), 10))}${this.#paint("green", isBest ? "  best" : "      ")}  `;
    const width = indent.length + digits + 1 + 2 + 2 + 8 + 10 + 6 + 2;
    const why = status === "failed" ? plainText(reason?.split("\n").slice(0, 2).join(" ") ?? "") : "";
    const rest = `${this.#values(parameters)}  ${why}`.trimEnd();
    // In a file nothing is cut.
    return this.#screen.isTerminal ? this.#fit(head, width, rest) : (head + rest).trimEnd();
  }

  #values(parameters: Assignment): string {
    const parts = Object.entries(parameters).map(([key, value]) =>
      plainText(`${this.#names.get(key) ?? key} ${shortValue(value)}`),
    );
    return parts.join("  ");
  }

  /** A text after a head of so many columns, cut to the line; colours go where the head itself is cut. */
  #fit(head: string, used: number, text: string): string {
    if (used >= this.#width) return shorten(stripVTControlCharacters(head), this.#width - 1);
    return head + shorten(text, Math.max(1, this.#width - 1 - used));
  }

  #redraw(): void {
    if (!this.#screen.isTerminal || nowMs() - this.#drawnMs < redrawMs) return;
    this.clear();
    this.#draw();
  }

  #print(lines: readonly string[]): void {
    this.clear();
    this.#screen.write(`${lines.join("\n")}\n`);
    this.#draw();
  }

  #draw(): void {
    if (!this.#screen.isTerminal || !this.#study) return;
    const lines = [this.#progress(this.#study), ...this.#bestLine(), ...this.#runningLines()];
    this.#screen.write(lines.join("\n"));
    this.#drawnLines = lines.length;
    this.#drawnMs = nowMs();
  }

  /** Removes what is rewritten in place. */
  clear(): void {
    if (this.#drawnLines === 0) return;
    this.#screen.write(`\r\u001b[K${"\u001b[1A\u001b[K".repeat(this.#drawnLines - 1)}`);
    this.#drawnLines = 0;
  }

  #progress({ trials }: Study): string {
    const share = Math.min(1, this.#ended / trials);
    const seconds = (nowMs() - this.#beganMs) / 1000;
    const rate = this.#endedHere / seconds;
    const texts = [
      `${this.#ended}/${plural(trials, "trial")}`,
      ...(this.#pruned > 0 ? [`${this.#pruned} pruned`] : []),
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
      ...(this.#endedHere > 0
        ? [`${(60 * rate).toFixed(rate < 1 / 6 ? 1 : 0)} a minute`, `${formatClock((trials - this.#ended) / rate)} left`]
        : []),
    ];
    const text = texts.join(" · ");
    const bar = Math.max(0, Math.min(longestBar, this.#width - 1 - displayWidth(text) - 4));
    const filled = Math.round(share * bar);
    const drawn = this.#paint("cyan", "━".repeat(filled)) + this.#paint("dim", "─".repeat(bar - filled));
    return this.#fit(`${indent}${drawn}${bar > 0 ? "  " : ""}`, bar + 4, text);
  }

  #bestLine(): string[] {
    if (!this.#best) return [];
    const { number, value, parameters } = this.#best;
    const text = formatValue(this.#study!.objective, value);
    return [this.#trialLine(number, "best", text, "bold", parameters)];
  }

  #runningLines(): string[] {
    return [...this.#running.values()].map(({ number, epoch, epochs, value, parameters }) => {
      const at = `epoch ${epoch}${epochs === undefined ? "" : `/${epochs}`}`;
      const text = value === undefined ? "" : formatValue(this.#study!.objective, value);
      return this.#trialLine(number, at, text, [], parameters);
    });
  }

  #trialLine(number: number, what: string, value: string, style: Style, parameters: Assignment): string {
    const head = `${indent}${padEnd(`#${number}`, 5)} ${padEnd(what, 15)}`;
    const used = indent.length + 5 + 1 + 15 + 8 + 2;
    return this.#fit(`${this.#paint("dim", head)}${this.#paint(style, padStart(value, 8))}  `, used, this.#values(parameters));
  }

  /** What was found, once the study has ended. */
  onEnd(result: SearchResult): void {
    this.clear();
    if (!this.#study) return;
    const seconds = (nowMs() - this.#beganMs) / 1000;
    const lines = studyEndLines({ study: this.#study, result, names: this.#names, seconds }, this.#width, this.#paint);
    this.#study = undefined; // nothing is rewritten any more
    this.#screen.write(`${lines.join("\n")}\n`);
  }
}
