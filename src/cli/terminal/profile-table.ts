/** Where the time of a step went: a row for each kernel, the longest first, then what is no kernel, then the step. */
import type { KernelTiming, ProfileSummary, Timing } from "../../train/profile-summary.ts";
import {
  displayWidth,
  formatCount,
  type Paint,
  padEnd,
  padStart,
  plainText,
  plural,
  type Style,
  shorten,
  wrap,
} from "./format.ts";

interface Row extends Pick<Timing, "mean" | "share"> {
  readonly label: string;
  readonly gflops?: number;
  readonly peakShare?: number;
  readonly style?: Style;
}

interface Column {
  readonly head: string;
  readonly width: number;
  readonly text: (row: Row) => string;
}

const INDENT = "  ";
const MOST_KERNELS = 15;

const SHARE: Column = { head: "share", width: 8, text: ({ share }) => `${(100 * share).toFixed(1)}%` };
const RATE: Column = { head: "GFLOP/s", width: 9, text: ({ gflops }) => gflops?.toFixed(1) ?? "" };
const OF_PEAK: Column = {
  head: "of peak",
  width: 9,
  text: ({ peakShare }) => (peakShare === undefined ? "" : `${(100 * peakShare).toFixed(0)}%`),
};
/** Long steps need no tenths of microseconds. */
const timeColumn = (step: number): Column => {
  const digits = step < 10_000 ? 1 : 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return { head: "µs", width: 10, text: ({ mean }) => mean.toLocaleString("en-US", options) };
};

/** What is left out first where labels have less room than the least; with less than the other they do without sizes. */
const LEAVE_OUT = [RATE, OF_PEAK, SHARE];
const [LEAST_ROOM, ROOM_FOR_SIZES] = [24, 34];

const ZEROS = " *";

function kernelRow(kernel: KernelTiming, room: number): Row {
  const mark = kernel.skipsZeros ? ZEROS : "";
  const label = plainText(room < ROOM_FOR_SIZES ? kernel.shortLabel : kernel.label);
  return { ...kernel, label: shorten(label, room - mark.length) + mark };
}

function rowsOf({ kernels, threads, waiting, calls, host, step }: ProfileSummary, room: number): Row[] {
  const sorted = [...kernels].sort((a, b) => b.mean - a.mean);
  // One kernel more takes no more room than the line that counts it.
  const shown = sorted.length <= MOST_KERNELS + 1 ? sorted : sorted.slice(0, MOST_KERNELS);
  const rest = sorted.slice(shown.length);
  const sum = (of: "mean" | "share") => rest.reduce((total, kernel) => total + kernel[of], 0);
  const other = (label: string, { mean, share }: Pick<Timing, "mean" | "share">): Row => {
    return { label: shorten(label, room), mean, share, style: "dim" };
  };
  return [
    ...shown.map((kernel) => kernelRow(kernel, room)),
    ...(rest.length > 0 ? [other(`and ${rest.length} more kernels`, { mean: sum("mean"), share: sum("share") })] : []),
    ...(threads > 1 ? [other("waiting for other threads", waiting)] : []),
    other("calls and measuring", calls),
    other("batch, keys and scalars", host),
    { ...step, label: "a step", style: "bold" },
  ];
}

function notesOf({ isWarm, peakGflops, kernels }: ProfileSummary, hasRates: boolean): string[] {
  const peak = peakGflops === undefined ? "" : `, whose peak is ${peakGflops.toFixed(1)} here`;
  const rates = hasRates ? ` GFLOP/s are those of one core${peak}.` : "";
  const notes = [`Means over the threads, and over the middle half of the steps by their length.${rates}`];
  if (kernels.some(({ skipsZeros }) => skipsZeros))
    notes.push("* leaves out data that are 0. GFLOP/s count them all the same, so they may exceed the peak.");
  if (!isWarm) notes.push("The run is short: with more steps before those that were measured, they may be faster.");
  return notes;
}

/** The table, at most `width` columns wide. */
export function profileLines(summary: ProfileSummary, width: number, paint: Paint): string[] {
  const { steps, firstStep, threads, step, peakGflops } = summary;
  const columns = [timeColumn(step.mean), SHARE, RATE, ...(peakGflops === undefined ? [] : [OF_PEAK])];
  const roomBeside = () => width - INDENT.length - columns.reduce((sum, column) => sum + column.width, 0);
  for (const column of LEAVE_OUT) {
    if (roomBeside() >= LEAST_ROOM) break;
    if (columns.includes(column)) columns.splice(columns.indexOf(column), 1);
  }
  const rows = rowsOf(summary, Math.max(1, roomBeside()));
  const labelWidth = Math.max(...rows.map(({ label }) => displayWidth(label)));
  const line = (label: string, text: (column: Column) => string): string => {
    const cells = columns.map((column) => padStart(text(column), column.width));
    return (INDENT + padEnd(label, labelWidth) + cells.join("")).trimEnd();
  };
  const dim = (text: string): string[] => wrap(text, width - INDENT.length).map((each) => INDENT + paint("dim", each));
  const title = ["where a step goes", `${plural(steps, "step")} from step ${formatCount(firstStep)}`, plural(threads, "thread")];
  return [
    ...dim(title.join(" · ")),
    "",
    paint(
      "dim",
      line("", ({ head }) => head),
    ),
    ...rows.map((row) =>
      paint(
        row.style ?? [],
        line(row.label, ({ text }) => text(row)),
      ),
    ),
    "",
    ...notesOf(summary, columns.includes(RATE) || columns.includes(OF_PEAK)).flatMap(dim),
  ];
}
