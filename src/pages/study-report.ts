/** A study as a page: what was best, how the best learned, what mattered, and how the ranges went. */
import type { Language } from "../core/language.ts";
import { shortNames, shortValue } from "../core/names.ts";
import type { Figure } from "../figures/index.ts";
import type { StudySummary } from "../search/planner.ts";
import type { Study } from "../search/study.ts";
import type { EndedTrial } from "../search/trial.ts";
import { escapeHtml, pageOf } from "./page.ts";
import { bestCurves, bestSoFar, importanceBars, parallelTrials, type StudyData, scatters, showScore } from "./study-figures.ts";
import { describeBorder, describeRange, mostFirst, type StudyWords, studyWords } from "./study-words.ts";

export interface StudyReportParts {
  /** Of the folder. */
  readonly name: string;
  readonly language: Language;
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
export function studyReport(parts: StudyReportParts, draw: DrawFigure): string {
  const { name, language, study, summary, trials } = parts;
  const say = studyWords(language);
  const keys = [...new Set(summary.stages.flatMap(({ space }) => Object.keys(space)))];
  const short = shortNames(keys);
  const names = new Map(keys.map((key, i) => [key, short[i]!]));
  const data: StudyData = {
    objective: study.objective,
    spaces: summary.stages.map(({ space }) => space),
    trials,
    ranking: summary.ranking,
    names,
    say,
  };
  /** Drawn twice, since letters should be as large on a telephone. */
  const both = (figureFor: (columns: number) => Figure | undefined): string => {
    const [wide, narrow] = [figureFor(4), figureFor(2)];
    if (!wide || !narrow) return "";
    return `<figure><div class="wide">${draw(wide, widths.wide)}</div><div class="narrow">${draw(narrow, widths.narrow)}</div></figure>`;
  };
  const sections = [
    ...figureSections(data, summary, language, both),
    ...stageSection(study, summary, names, language),
    ...trialSections(data, summary),
  ];
  const body = sections.map(
    ({ title, text, body }) => `<h2>${escapeHtml(title)}</h2>\n${text === undefined ? "" : `${paragraph(text)}\n`}${body}`,
  );
  const title = study.document.name ?? name;
  return pageOf(
    title,
    language,
    `<p class="id">${say.study}</p>\n<h1>${escapeHtml(title)}</h1>\n${overview(parts, names, say)}\n${body.join("\n")}
<h2>${say.document}</h2>\n<details><summary>study.json</summary><pre>${escapeHtml(JSON.stringify(study.document, null, 2))}</pre></details>`,
  );
}

function overview(
  { name, study, summary, trials }: StudyReportParts,
  names: ReadonlyMap<string, string>,
  say: StudyWords,
): string {
  const { document, objective, trials: planned } = study;
  const { best, counts } = summary;
  const over = objective.folds === undefined ? say.validationData : say.folds(objective.folds);
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const steps = trials.reduce((sum, trial) => sum + trial.steps, 0);
  const rows: [string, string][] = [
    [say.seeks, `${objective.goal === "max" ? say.largest : say.smallest} ${objective.metric}, ${over}`],
    [say.trials, say.trialsOf(trials.length, planned, counts.completed, counts.pruned, counts.failed)],
    [say.triedBy, say.sampler(document.sampler.kind, document.seed)],
    [say.took, say.tookText(steps, seconds)],
    [say.folder, name],
  ];
  if (best) {
    const values = Object.entries(best.parameters).map(([key, value]) => `${names.get(key) ?? key} ${shortValue(value)}`);
    rows.unshift([say.best, `${showScore(objective, best.value)}, ${say.trial} #${best.number}: ${values.join(", ")}`]);
  }
  return `<table>${rows.map(([head, value]) => `<tr><th>${escapeHtml(head)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

function figureSections(
  data: StudyData,
  { borders, importance }: StudySummary,
  language: Language,
  both: (figureFor: (columns: number) => Figure | undefined) => string,
): Section[] {
  const { say } = data;
  if (!data.trials.some(({ value }) => Number.isFinite(value))) return [];
  const sections: Section[] = [
    {
      title: say.bestSoFar,
      text: say.bestSoFarText,
      body: both(() => bestSoFar(data)),
    },
  ];
  if (data.ranking.length > 0) {
    sections.push({
      title: say.theBest(Math.min(shownTrials, data.ranking.length)),
      text: say.bestCurvesText,
      body: both((columns) => bestCurves(data, columns === 4 ? 5 : columns)),
    });
  }
  const lines = both((columns) => parallelTrials(data, columns > 2));
  if (lines !== "") {
    sections.push({
      title: say.allTrials,
      text: say.allTrialsText,
      body: lines,
    });
  }
  sections.push({
    title: say.values,
    text: say.valuesText,
    body: both((columns) => scatters(data, columns === 4 ? 3 : 1)),
  });
  const atBorder = borders
    .map((border) => paragraph(`${describeBorder(border, data.names.get(border.dimension), language)}.`))
    .join("");
  if (importance.length > 1) {
    sections.push({
      title: say.mattered,
      text: say.matteredText,
      body: both(() => importanceBars(mostFirst(importance), data)),
    });
  }
  if (atBorder !== "") sections.push({ title: say.atBorder, body: atBorder });
  return sections;
}

function stageSection(
  { stages: planned }: Study,
  { stages, ended }: StudySummary,
  names: ReadonlyMap<string, string>,
  language: Language,
): Section[] {
  const say = studyWords(language);
  const keys = [...new Set(stages.flatMap(({ space }) => Object.keys(space)))];
  const head = [say.dimension, ...stages.map(({ stage }) => (planned.length > 1 ? say.stage(stage + 1) : say.range))];
  const rows = keys.map((key) => [
    names.get(key) ?? key,
    ...stages.map(({ space }) => (space[key] ? describeRange(space[key], language) : "-")),
  ]);
  // The ranges stand in the table; borders say why some of them have become wider.
  const changes = ended.slice(0, planned.length - 1).flatMap(({ stage, borders }) => {
    const items = borders.map(
      (border) => `<li>${escapeHtml(describeBorder(border, names.get(border.dimension), language))}</li>`,
    );
    return items.length > 0 ? [`<p>${say.afterStage(stage + 1)}</p><ul>${items.join("")}</ul>`] : [];
  });
  return [{ title: planned.length > 1 ? say.stages : say.ranges, body: `${table(head, rows)}${changes.join("")}` }];
}

function trialSections({ objective, trials, names, say }: StudyData, { ranking }: StudySummary): Section[] {
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
      title: say.bestValues,
      body: table([say.trial, objective.metric, ...keys.map((key) => names.get(key)!), say.steps], rows),
    });
  }
  const failed = trials.filter(({ status }) => status === "failed");
  if (failed.length > 0) {
    const rows = failed.slice(0, shownFailures).map(({ number, code = "", reason = "" }) => [`#${number}`, code, reason]);
    sections.push({ title: say.failed(failed.length), body: table([say.trial, say.code, say.reason], rows) });
  }
  return sections;
}
