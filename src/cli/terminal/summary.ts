/** What is said when a run starts and when it ends. */
import type { RunEnded, RunStarted } from "../../core/events.ts";
import { type CurvePoint, drawCurves } from "./curve.ts";
import {
  displayWidth,
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatRate,
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

import { type TableColumn, tableLines } from "./table.ts";

const INDENT = "  ";
const CURVE_COLUMNS = 66;
const CURVE_ROWS = 8;

/** Data, model, engine and plan, a line each. */
export function startLines(event: RunStarted, width: number, paint: Paint): string[] {
  const { training, validation, test } = event.examples;
  const threads = plural(event.threads, "thread");
  const counts = Object.entries({ training, validation, test }).filter(([, count]) => count > 0);
  return [
    "",
    ...labelled("data", [event.data, ...counts.map(([name, count]) => `${formatCount(count)} ${name}`)], width, paint),
    ...labelled("model", [event.model, plural(event.parameters, "parameter"), formatBytes(event.memoryBytes)], width, paint),
    ...labelled(
      "engine",
      [event.engine, `${event.numerics} numerics`, threads, `compiled in ${formatDuration(event.compileMs / 1000)}`],
      width,
      paint,
    ),
    ...labelled(
      "plan",
      [
        plural(event.epochs, "epoch"),
        `batches of ${formatCount(event.batchSize)}${event.accumulate ? ` · ${event.accumulate} a step` : ""}`,
        plural(event.steps, "step"),
        `seed ${event.seed}`,
      ],
      width,
      paint,
    ),
    ...(event.warnings ?? []).flatMap((text) =>
      wrap(text, width - 10).map((line, i) => paint("yellow", `${i === 0 ? "  note    " : " ".repeat(10)}${line}`)),
    ),
  ];
}

/** "  label   first · second · third", continued below the first where the terminal is narrow. */
function labelled(label: string, parts: readonly string[], width: number, paint: Paint): string[] {
  const head = INDENT + padEnd(label, 8);
  const room = Math.max(1, width - head.length);
  const lines: string[][] = [];
  let used = 0;
  for (const part of parts) {
    const text = shorten(plainText(part), room);
    const needed = displayWidth(text);
    if (lines.length === 0 || used + 3 + needed > room) {
      lines.push([text]);
      used = needed;
    } else {
      lines.at(-1)?.push(text);
      used += 3 + needed;
    }
  }
  const dot = paint("dim", " · ");
  return lines.map((texts, i) => {
    const shown = texts.map((text, j) => (i === 0 && j === 0 ? paint("bold", text) : text)).join(dot);
    return (i === 0 ? paint("dim", head) : " ".repeat(head.length)) + shown;
  });
}

/** What the reporter has gathered for the end. */
export interface RunHistory {
  /** x in epochs. */
  readonly training: readonly CurvePoint[];
  readonly validation: readonly CurvePoint[];
  /** The epoch with the lowest validation loss; absent without validation. */
  readonly best: { readonly epoch: number; readonly loss: number } | undefined;
}

const ENDINGS: Readonly<Record<RunEnded["status"], { sign: string; style: Style }>> = {
  completed: { sign: "✓", style: ["bold", "green"] },
  failed: { sign: "✗", style: ["bold", "red"] },
  stopped: { sign: "■", style: ["bold", "yellow"] },
};

/** Status, results, curve and folder. */
export function endLines(event: RunEnded, history: RunHistory, width: number, paint: Paint): string[] {
  const { sign, style } = ENDINGS[event.status];
  const lines = ["", ...statusLines(event, `${sign} ${event.status}`, style, width, paint)];
  if (event.reason !== undefined) {
    const reasonStyle: Style = event.status === "failed" ? "red" : event.status === "stopped" ? "yellow" : "dim";
    for (const line of wrap(event.reason, width - 4)) lines.push(`    ${paint(reasonStyle, line)}`);
  }
  if (event.status === "failed") for (const line of wrap(adviceFor(event), width - 4)) lines.push(`    ${line}`);
  const section = (added: readonly string[]): void => {
    if (added.length > 0) lines.push("", ...added);
  };
  section(resultLines(event, history, width, paint));
  section(curveLines(history, width, paint));
  if (event.folder !== undefined) section(labelledPath("run", event.folder, width, paint));
  return [...lines, ""];
}

function statusLines(event: RunEnded, status: string, style: Style, width: number, paint: Paint): string[] {
  const { trainSeconds, stepsPerSecond, firstStepSeconds } = event.metrics;
  const parts =
    event.status === "completed" ? [plural(event.epoch, "epoch")] : [`epoch ${event.epoch}`, `step ${formatCount(event.step)}`];
  if (trainSeconds > 0) parts.push(`${formatDuration(trainSeconds)} training`, `${formatRate(stepsPerSecond)} steps/s`);
  if (firstStepSeconds !== undefined) parts.push(`first step at ${formatDuration(firstStepSeconds)}`);
  const lines: string[] = [];
  let line = INDENT + paint(style, status);
  let used = displayWidth(INDENT + status);
  for (const part of parts) {
    if (used + 3 + part.length > width) {
      lines.push(line);
      line = `    ${shorten(part, width - 4)}`;
      used = displayWidth(line);
    } else {
      line += paint("dim", " · ") + part;
      used += 3 + part.length;
    }
  }
  return [...lines, line];
}

function adviceFor({ code }: RunEnded): string {
  if (code === "nonFiniteLoss") {
    return "Try a learning rate ten times smaller. If that does not help, look for values in the data that are missing or very large.";
  }
  return "The run's folder holds the document and all that happened up to here.";
}

function resultLines({ metrics, epoch }: RunEnded, { best }: RunHistory, width: number, paint: Paint): string[] {
  const rows: [name: string, style: Style, loss: number | undefined, accuracy: number | undefined][] = [
    ["training", "cyan", metrics.trainLoss, metrics.trainAccuracy],
    ["validation", "yellow", metrics.validationLoss, metrics.validationAccuracy],
    ["test", "bold", metrics.testLoss, metrics.testAccuracy],
  ];
  const filled = rows.filter(([, , loss, accuracy]) => loss !== undefined || accuracy !== undefined);
  if (filled.length === 0) return [];
  const hasAccuracy = filled.some(([, , , accuracy]) => accuracy !== undefined) && width >= 34;
  const head = `${INDENT}${" ".repeat(10)}${padStart("loss", 10)}${hasAccuracy ? padStart("accuracy", 11) : ""}`;
  const lines = head.length <= width ? [paint("dim", head)] : [];
  for (const [name, style, loss, accuracy] of filled) {
    const lossText = loss === undefined ? "" : formatLoss(loss);
    const accuracyText = accuracy === undefined ? "" : formatShare(accuracy);
    const narrow = width < head.length;
    const label = narrow ? padEnd(shorten(name, Math.max(1, width - 10)), Math.max(1, width - 10)) : padEnd(name, 10);
    const numbers = padStart(lossText, narrow ? 8 : 10) + (hasAccuracy ? padStart(accuracyText, 11) : "");
    let line = `${INDENT}${paint(style, label)}${paint(name === "test" ? "bold" : [], numbers)}`;
    const note =
      best && name === "validation" && best.epoch !== epoch ? `   best ${formatLoss(best.loss)}, epoch ${best.epoch}` : "";
    if (note !== "" && displayWidth(INDENT + label + numbers + note) <= width) line += paint("dim", note);
    lines.push(line.trimEnd());
  }
  return [...lines, ...metricLines(metrics, width, paint)];
}

/** Metrics that are single numbers: a row for each, a column for each part of the data. */
function metricLines({ validationMetrics, testMetrics }: RunEnded["metrics"], width: number, paint: Paint): string[] {
  const parts = [
    ["validation", validationMetrics],
    ["test", testMetrics],
  ] as const;
  const given = parts.filter(([, metrics]) => metrics !== undefined);
  const names = [...new Set(given.flatMap(([, metrics]) => Object.keys(metrics!)))].filter((name) =>
    given.some(([, metrics]) => typeof metrics![name] === "number"),
  );
  if (names.length === 0) return [];
  const columns: TableColumn[] = [{ head: "" }, ...given.map(([head]): TableColumn => ({ head, align: "right" }))];
  const rows = names.map((name) => [
    name,
    ...given.map(([, metrics]) => {
      const value = metrics![name];
      return typeof value === "number" ? formatLoss(value) : "";
    }),
  ]);
  return ["", ...tableLines(columns, rows, width, paint)];
}

function curveLines({ training, validation }: RunHistory, width: number, paint: Paint): string[] {
  // One epoch measured once is a number, not a curve.
  if (training.length + validation.length < 3) return [];
  const plot = drawCurves(
    [
      { name: "training", points: training, style: "cyan" },
      { name: "validation", points: validation, mark: "◦", style: ["bold", "yellow"] },
    ],
    { width: Math.min(CURVE_COLUMNS, width - INDENT.length), height: CURVE_ROWS, fromX: 0, paint },
  );
  return plot.length === 0
    ? []
    : [paint("dim", `${INDENT}loss by epoch`), ...plot.map((line) => (line === "" ? "" : INDENT + line))];
}

/** A path is never cut: it is there to be copied. Where it is longer than the line it has lines of its own. */
export function labelledPath(label: string, file: string, width: number, paint: Paint): string[] {
  const path = plainText(file);
  const head = `${INDENT}${padEnd(label, 8)}`;
  if (displayWidth(head + path) <= width) return [paint("dim", head) + paint("bold", path)];
  return [paint("dim", `${INDENT}${label}`), ...wrap(path, width).map((line) => paint("bold", line))];
}
