/**
 * Numbers, times and texts as people read them in a terminal; no colour here but for `painter`.
 *
 * Choice   Widths count columns: 2 for East Asian wide characters and emoji, 0 for combining marks. Characters that Unicode
 *          calls ambiguous (box drawing, "·") count 1, as terminals show them unless told otherwise.
 */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];
/** Gives a text a style, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  // The caller has decided about colours; styleText would look at this process's own stdout again.
  return color ? (style, text) => (text === "" ? "" : styleText(style, text, { validateStream: false })) : (_, text) => text;
}

/** 109386 -> "109,386" */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** Count and noun: "1 epoch", "10 epochs". */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** At most 8 columns: 0.0412, 12.345, 8.1e-5, NaN, inf */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return Number.isNaN(loss) ? "NaN" : loss > 0 ? "inf" : "-inf";
  const size = Math.abs(loss);
  if (size === 0) return "0.0000";
  if (size < 0.00095 || size >= 99999.5) return loss.toExponential(size < 0.00095 ? 2 : 1);
  return loss.toFixed(size < 9.99995 ? 4 : size < 99.9995 ? 3 : size < 999.995 ? 2 : 1);
}

/** 0.9762 -> "97.62%". Only a perfect score shows as 100%. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return "NaN";
  return `${(share < 1 ? Math.min(share * 100, 99.99) : share * 100).toFixed(2)}%`;
}

/** 745 steps/s, 82.4, 3.17 */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond < 0) return "-";
  return perSecond >= 99.95 ? formatCount(perSecond) : perSecond.toFixed(perSecond >= 9.995 ? 1 : 2);
}

/** "840 ms", "12.4 s", "3 min 05 s", "2 h 14 min" */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "-";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${twoDigits(minutes % 60)} min`;
}

/** A time that is left, as on a clock: "0:05", "12:40", "2:14:09" */
export function formatClock(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "-:--";
  const whole = Math.ceil(seconds);
  const rest = `${twoDigits(Math.floor(whole / 60) % 60)}:${twoDigits(whole % 60)}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${rest}` : rest.replace(/^0(?=\d:)/, "");
}

/** 3_210_000 -> "3.2 MB" */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 999_950_000) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
const NOTHING = /^[\p{Mark}\p{Cf}]*$/u;

/** Columns that a text without colours takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += NOTHING.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  return width;
}

/** The longest beginning of a text that takes at most `width` columns. */
function beginning(text: string, width: number): string {
  let length = 0;
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    length += segment.length;
  }
  return text.slice(0, length);
}

/** The text in at most `width` columns, its end replaced by "…" where it is longer. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width < 1 ? "" : `${beginning(text, width - 1).trimEnd()}…`;
}

/** Text from elsewhere (names, reasons) on one line and without control characters, which could steer the terminal. */
export function plainText(text: string): string {
  return text.replace(/\s+/gu, " ").replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "�");
}

/** Breaks a text at blanks into lines of at most `columns` columns, at least 2; longer words are cut. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(2, columns);
  const lines: string[] = [];
  let line = "";
  for (const word of plainText(text).trim().split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const part = beginning(line, width);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return line === "" ? lines : [...lines, line];
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
