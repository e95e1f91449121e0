/** A study as a page: what was best, how the best learned, what mattered, and how the ranges went. */
import { shortNames, shortValue } from "../core/names.ts";
import type { Figure } from "../figures/index.ts";
import type { StudySummary } from "../search/planner.ts";
import type { Study } from "../search/study.ts";
import type { EndedTrial } from "../search/trial.ts";
import { escapeHtml, pageOf } from "./page.ts";
import { bestCurves, bestSoFar, importanceBars, parallelTrials, type StudyData, scatters, showScore } from "./study-figures.ts";
import { describeBorder, describeRange, mostFirst } from "./study-words.ts";

export interface StudyReportParts {
  /** Of the folder. */
  readonly name: string;
  readonly study: Study;
  readonly summary: StudySummary;
  /** Those that are over, by number. */
  readonly trials: readonly EndedTrial[];
}

/** A figure as SVG that follows the colours of the page, as wide as is said. */
export type DrawFigure = (figure: Figure, width: number) => string;

/** Pixels of a figure on a page and on a telephone. */
const widths = { wide: 880, narrow: 370 };
const shownTrials = 20;
const shownFailures = 10;

interface Section {
  readonly title: string;
  readonly text?: string;
  readonly body: string;
}

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;
const row = (cells: readonly string[], tag = "td"): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="scroll"><table>${row(head, "th")}${rows.map((cells) => row(cells)).join("")}</table></div>`;

/** The page of a study. */
export function studyReport({ name, study, summary, trials }: StudyReportParts, draw: DrawFigure): string {
  const keys = [...new Set(summary.stages.flatMap(({ space }) => Object.keys(space)))];
  const short = shortNames(keys);
  const names = new Map(keys.map((key, i) => [key, short[i]!]));
  const data: StudyData = {
    objective: study.objective,
    spaces: summary.stages.map(({ space }) => space),
    trials,
    ranking: summary.ranking,
    names,
  };
  /** Drawn twice, since letters should be as large on a telephone. */
  const both = (figureFor: (columns: number) => Figure | undefined): string => {
    const [wide, narrow] = [figureFor(4), figureFor(2)];
    if (!wide || !narrow) return "";
    return `<figure><div class="wide">${draw(wide, widths.wide)}</div><div class="narrow">${draw(narrow, widths.narrow)}</div></figure>`;
  };
  const sections = [
    ...figureSections(data, summary, both),
    ...stageSection(study, summary, names),
    ...trialSections(study, summary, trials, names),
  ];
  const parts = sections.map(
    ({ title, text, body }) => `<h2>${escapeHtml(title)}</h2>\n${text === undefined ? "" : `${paragraph(text)}\n`}${body}`,
  );
  const title = study.document.name ?? name;
  return pageOf(
    title,
    "en",
    `<p class="id">study</p>\n<h1>${escapeHtml(title)}</h1>\n${overview(name, study, summary, trials, names)}\n${parts.join("\n")}
<h2>Document</h2>\n<details><summary>study.json</summary><pre>${escapeHtml(JSON.stringify(study.document, null, 2))}</pre></details>`,
  );
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

function overview(
  name: string,
  { document, objective, trials: planned }: Study,
  { best, counts }: StudySummary,
  trials: readonly EndedTrial[],
  names: ReadonlyMap<string, string>,
): string {
  const over = objective.folds === undefined ? "over the validation data" : `mean of ${objective.folds} folds`;
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const steps = trials.reduce((sum, trial) => sum + trial.steps, 0);
  const rows: [string, string][] = [
    ["seeks", `${objective.goal === "max" ? "largest" : "smallest"} ${objective.metric}, ${over}`],
    [
      "trials",
      `${trials.length} of ${planned}: ${counts.completed} completed, ${counts.pruned} given up, ${counts.failed} failed`,
    ],
    ["tried by", `${document.sampler.kind}, seed ${document.seed}`],
    ["took", `${count(steps, "step")}, ${seconds.toFixed(0)} s of training in all trials together`],
    ["folder", name],
  ];
  if (best) {
    const values = Object.entries(best.parameters).map(([key, value]) => `${names.get(key) ?? key} ${shortValue(value)}`);
    rows.unshift(["best", `${showScore(objective, best.value)}, trial #${best.number}: ${values.join(", ")}`]);
  }
  return `<table>${rows.map(([head, value]) => `<tr><th>${escapeHtml(head)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

function figureSections(
  data: StudyData,
  { borders, importance }: StudySummary,
  both: (figureFor: (columns: number) => Figure | undefined) => string,
): Section[] {
  if (!data.trials.some(({ value }) => Number.isFinite(value))) return [];
  const sections: Section[] = [
    {
      title: "Best so far",
      text: "Each point is a trial, in the order of their numbers; the line is the best up to there.",
      body: both(() => bestSoFar(data)),
    },
  ];
  if (data.ranking.length > 0) {
    sections.push({
      title: `The best ${data.ranking.length > 1 ? count(Math.min(20, data.ranking.length), "trial") : "trial"}`,
      text: "How each of them learned, best first.",
      body: both((columns) => bestCurves(data, columns === 4 ? 5 : columns)),
    });
  }
  const lines = both((columns) => parallelTrials(data, columns > 2));
  if (lines !== "") {
    sections.push({
      title: "All trials at once",
      text: "Each line is a trial: across its values, to what it reached. The better it is, the stronger its colour.",
      body: lines,
    });
  }
  sections.push({
    title: "Value by value",
    text: "What the trials reached over each of their values, on the scale on which it was searched.",
    body: both((columns) => scatters(data, columns === 4 ? 3 : 1)),
  });
  const atBorder = borders.map((border) => paragraph(`${describeBorder(border, data.names.get(border.dimension))}.`)).join("");
  if (importance.length > 1) {
    sections.push({
      title: "What mattered",
      text: "How much of the differences between trials each dimension accounts for by itself; what is left is their interplay.",
      body: both(() => importanceBars(mostFirst(importance), data.names)),
    });
  }
  if (atBorder !== "") sections.push({ title: "At the border", body: atBorder });
  return sections;
}

function stageSection(
  { stages: planned }: Study,
  { stages, ended }: StudySummary,
  names: ReadonlyMap<string, string>,
): Section[] {
  const keys = [...new Set(stages.flatMap(({ space }) => Object.keys(space)))];
  const head = ["dimension", ...stages.map(({ stage }) => (planned.length > 1 ? `stage ${stage + 1}` : "range"))];
  const rows = keys.map((key) => [
    names.get(key) ?? key,
    ...stages.map(({ space }) => (space[key] ? describeRange(space[key]) : "-")),
  ]);
  const changes = ended.flatMap(({ changes: sentences, stage }) =>
    sentences.length > 0
      ? [`<p>After stage ${stage + 1}:</p><ul>${sentences.map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul>`]
      : [],
  );
  return [{ title: planned.length > 1 ? "Stages" : "Ranges", body: `${table(head, rows)}${changes.join("")}` }];
}

function trialSections(
  { objective }: Study,
  { ranking }: StudySummary,
  trials: readonly EndedTrial[],
  names: ReadonlyMap<string, string>,
): Section[] {
  const keys = [...names.keys()];
  const sections: Section[] = [];
  if (ranking.length > 0) {
    const rows = ranking
      .slice(0, shownTrials)
      .map(({ number, value, parameters, steps }) => [
        `#${number}`,
        showScore(objective, value),
        ...keys.map((key) => (parameters[key] === undefined ? "" : shortValue(parameters[key]))),
        String(steps),
      ]);
    sections.push({
      title: "Values of the best",
      body: table(["trial", objective.metric, ...keys.map((key) => names.get(key)!), "steps"], rows),
    });
  }
  const failed = trials.filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const rows = failed.slice(0, shownFailures).map(({ number, code = "", reason = "" }) => [`#${number}`, code, reason]);
    sections.push({ title: `${count(failed.length, "trial")} failed`, body: table(["trial", "code", "reason"], rows) });
  }
  return sections;
}
