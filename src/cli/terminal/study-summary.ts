/** What is said of a study's ranges, and of what it has found. */
import { shortValue } from "../../core/names.ts";
import type { SearchResult } from "../../execute/search.ts";
import { describeBorder, describeRange, mostFirst } from "../../pages/study-words.ts";
import type { Space } from "../../search/space.ts";
import type { Objective, Study } from "../../search/study.ts";
import {
  displayWidth,
  formatDuration,
  formatLoss,
  formatShare,
  type Paint,
  padEnd,
  padStart,
  plainText,
  plural,
  type Style,
  shorten,
  wrap,
} from "./format.ts";
import { labelledPath } from "./summary.ts";
import { type TableColumn, tableLines } from "./table.ts";

/** A value of the objective as people read it. */
export const formatValue = ({ metric }: Pick<Objective, "metric">, value: number): string =>
  metric === "accuracy" ? formatShare(value) : formatLoss(value);

const indent = "  ";
const shownBest = 5;
const longestBar = 30;

const endings: Readonly<Record<SearchResult["ended"]["status"], { readonly sign: string; readonly style: Style }>> = {
  completed: { sign: "✓", style: ["bold", "green"] },
  failed: { sign: "✗", style: ["bold", "red"] },
  stopped: { sign: "■", style: ["bold", "yellow"] },
};

/** The ranges of a space, a line each. */
export function rangeLines(space: Space, names: ReadonlyMap<string, string>, width: number, paint: Paint): string[] {
  const entries = Object.entries(space);
  const longest = Math.max(...entries.map(([key]) => displayWidth(names.get(key) ?? key)));
  return entries.map(([key, dimension], i) => {
    const { when } = dimension;
    const condition = when
      ? `, where ${names.get(when.path) ?? when.path} is ${[when.is].flat().map(shortValue).join(" or ")}`
      : "";
    const label = `${indent}${padEnd(i === 0 ? "space" : "", 8)}`;
    const text = `${padEnd(names.get(key) ?? key, longest)}  ${plainText(`${describeRange(dimension)}${condition}`)}`;
    return paint("dim", label) + shorten(text, Math.max(1, width - 1 - label.length));
  });
}

export interface StudyEnd {
  readonly study: Study;
  readonly result: SearchResult;
  /** Short names of the dimensions. */
  readonly names: ReadonlyMap<string, string>;
  /** Since the command began. */
  readonly seconds: number;
}

/** Status, the best, what mattered, borders, stages, and what can be done next. */
export function studyEndLines(end: StudyEnd, width: number, paint: Paint): string[] {
  const { result } = end;
  const sections = [
    statusLines(end, width, paint),
    bestLines(end, width, paint),
    importanceLines(end, width, paint),
    borderLines(end, width, paint),
    stageLines(end, width, paint),
    nextLines(result, width, paint),
  ];
  return [...sections.filter((lines) => lines.length > 0).flatMap((lines) => ["", ...lines]), ""];
}

function statusLines({ result, seconds }: StudyEnd, width: number, paint: Paint): string[] {
  const { status, reason, code, trials } = result.ended;
  const { sign, style } = endings[status];
  const { completed, pruned, failed } = trials;
  const parts = [plural(completed + pruned + failed, "trial")];
  if (pruned > 0) parts.push(`${pruned} pruned`);
  if (failed > 0) parts.push(`${failed} failed`);
  parts.push(formatDuration(seconds));
  const why = reason ?? (code === "timeIsUp" ? "the time is up" : undefined);
  return [
    `${indent}${paint(style, `${sign} ${status}`)} ${paint("dim", "·")} ${shorten(parts.join(" · "), Math.max(1, width - 16))}`,
    ...(why === undefined
      ? []
      : why
          .split("\n")
          .flatMap((line) => wrap(line, width - 4).map((text) => `    ${paint(status === "failed" ? "red" : "yellow", text)}`))),
  ];
}

function bestLines({ study, result, names }: StudyEnd, width: number, paint: Paint): string[] {
  const best = result.summary.ranking.slice(0, shownBest);
  if (best.length === 0) return [];
  const keys = Object.keys(study.space).filter((key) => best.some(({ parameters }) => parameters[key] !== undefined));
  const columns: TableColumn[] = [
    { head: "trial", align: "right", style: "dim" },
    { head: study.objective.metric, align: "right", style: "bold" },
    ...keys.map((key): TableColumn => ({ head: names.get(key) ?? key, align: "right" })),
  ];
  const rows = best.map(({ number, value, parameters }) => [
    `#${number}`,
    formatValue(study.objective, value),
    ...keys.map((key) => (parameters[key] === undefined ? "" : shortValue(parameters[key]))),
  ]);
  return [`${indent}${paint("bold", `best ${plural(best.length, "trial")}`)}`, ...tableLines(columns, rows, width, paint)];
}

function importanceLines({ result, names }: StudyEnd, width: number, paint: Paint): string[] {
  const shares = mostFirst(result.summary.importance);
  if (shares.length < 2) return [];
  const longest = Math.max(...shares.map(({ name }) => displayWidth(names.get(name) ?? name)));
  const room = Math.max(4, Math.min(longestBar, width - longest - 14));
  return [
    `${indent}${paint("bold", "what mattered")}`,
    ...shares.map(({ name, share }) => {
      const halves = Math.round(share * room * 2);
      const bar = "━".repeat(halves >> 1) + (halves % 2 === 1 ? "╸" : "");
      return `${indent}${padEnd(names.get(name) ?? name, longest)}  ${paint("cyan", padEnd(bar, room))}  ${padStart(`${Math.round(100 * share)} %`, 5)}`;
    }),
  ];
}

function borderLines({ result, names }: StudyEnd, width: number, paint: Paint): string[] {
  const { borders } = result.summary;
  if (borders.length === 0) return [];
  const sentences = borders.map((border) => describeBorder(border, names.get(border.dimension)));
  return [
    `${indent}${paint(["bold", "yellow"], "at the border")}`,
    ...sentences.flatMap((text) => wrap(text, width - 4).map((line, i) => `${i === 0 ? indent : "    "}${line}`)),
  ];
}

function stageLines({ study, result, names }: StudyEnd, width: number, paint: Paint): string[] {
  const { stages, ended } = result.summary;
  if (study.stages.length < 2) return [];
  return stages.flatMap(({ stage, trials, space }) => {
    const changes = ended.find((one) => one.stage === stage - 1)?.changes ?? [];
    return [
      `${indent}${paint("bold", `stage ${stage + 1}`)} ${paint("dim", `· ${plural(trials, "trial")}`)}`,
      ...rangeLines(space, names, width, paint).map((line, i) => (i === 0 ? line.replace("space", "     ") : line)),
      ...changes.flatMap((text) =>
        wrap(text, width - 8).map((line, i) => paint("dim", `${i === 0 ? "    · " : "      "}${line}`)),
      ),
    ];
  });
}

function nextLines({ ended, folder, best }: SearchResult, width: number, paint: Paint): string[] {
  const command = (label: string, text: string) => labelledPath(label, text, width, paint);
  return [
    ...labelledPath("study", folder, width, paint),
    ...(best === undefined ? [] : [...labelledPath("best", best, width, paint), ...command("train", `osolgil train ${best}`)]),
    ...command("look", `osolgil report ${folder}`),
    ...(ended.status === "stopped" ? command("go on", `osolgil search --resume ${folder}`) : []),
  ];
}
