/** The one line that is rewritten while training runs. */
import type { TrainProgress } from "../../core/events.ts";
import { displayWidth, formatClock, formatLoss, formatRate, formatShare, type Paint, padEnd, padStart } from "./format.ts";

export interface ProgressState {
  /** Steps done. */
  readonly step: number;
  readonly steps: number;
  /** Epoch under way, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** The last news, where there was any. */
  readonly latest: TrainProgress | undefined;
  /** Estimate of the time to the end of the run; NaN where nothing is known yet. */
  readonly secondsLeft: number;
}

type PartName = "percent" | "epoch" | "loss" | "accuracy" | "rate" | "left";

const INDENT = "  ";
const GAP = "  ";
const LONGEST_BAR = 32;
const SHORTEST_BAR = 8;
/** What goes first where the terminal is narrow; the bar goes after the second of them. */
const LEAVE_OUT: readonly PartName[] = ["rate", "percent", "accuracy", "left", "epoch"];
const BAR_GOES_AFTER = 3;

/**
 * The line, at most `width` columns. Its parts keep their widths from one state to the next, so that nothing jumps.
 *
 * @example progressLine(state, 100, paint)
 *   // "  ━━━━━━━━━━━━━╾──────────────   45%  epoch  5/10  loss 0.1234  accuracy 96.12%    812 steps/s  0:05 left"
 */
export function progressLine(state: ProgressState, width: number, paint: Paint): string {
  const parts = partsOf(state);
  const bar = barWidth(parts, width);
  for (let i = 0; lengthOf(parts, bar) > width && i < LEAVE_OUT.length; i++) parts.delete(LEAVE_OUT[i]);
  const share = state.steps > 0 ? Math.min(1, Math.max(0, state.step / state.steps)) : 0;
  const texts = [...parts].map(([name, text]) =>
    name === "loss" ? paint("bold", text) : name === "accuracy" || name === "epoch" ? text : paint("dim", text),
  );
  if (bar > 0) texts.unshift(drawBar(share, bar, paint));
  return lengthOf(parts, bar) > width ? "" : INDENT + texts.join(GAP);
}

/** Columns for the bar: what the parts leave, less important parts giving way to a short bar. */
function barWidth(parts: ReadonlyMap<PartName, string>, width: number): number {
  const kept = new Map(parts);
  for (let i = 0; i <= BAR_GOES_AFTER; i++) {
    const free = width - lengthOf(kept, 0) - GAP.length;
    if (free >= SHORTEST_BAR) return Math.min(LONGEST_BAR, free);
    kept.delete(LEAVE_OUT[i]);
  }
  return 0;
}

function lengthOf(parts: ReadonlyMap<PartName, string>, bar: number): number {
  const widths = [...parts.values()].map(displayWidth);
  if (bar > 0) widths.push(bar);
  return INDENT.length + widths.reduce((sum, each) => sum + each, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function partsOf({ step, steps, epoch, epochs, latest, secondsLeft }: ProgressState): Map<PartName, string> {
  const percent = steps > 0 ? Math.floor((Math.min(step, steps) / steps) * 100) : 0;
  const parts = new Map<PartName, string>([
    ["percent", `${padStart(String(percent), 3)}%`],
    ["epoch", `epoch ${padStart(String(epoch), String(epochs).length)}/${epochs}`],
  ]);
  if (!latest) return parts;
  const { scores, stepsPerSecond } = latest;
  parts.set("loss", `loss ${padEnd(formatLoss(scores.loss), 6)}`);
  if (scores.accuracy !== undefined) parts.set("accuracy", `accuracy ${padStart(formatShare(scores.accuracy), 6)}`);
  parts.set("rate", `${padStart(formatRate(stepsPerSecond), 5)} steps/s`);
  parts.set("left", `${padStart(formatClock(secondsLeft), 5)} left`);
  return parts;
}

/** Half a column fine: a heavy line for what is done, a light one for the rest. */
function drawBar(share: number, width: number, paint: Paint): string {
  const halves = Math.floor(share * width * 2);
  const whole = halves >> 1;
  const middle = whole < width && halves % 2 === 1 ? "╾" : "";
  return paint("cyan", "━".repeat(whole) + middle) + paint("dim", "─".repeat(width - whole - middle.length));
}
