/** The lines of a benchmark for a person to read: columns of fixed widths, printed as the figures come. */
import type { RaceLine } from "./against-peers.ts";
import type { AloneLine } from "./alone.ts";
import type { Workload } from "./workload.ts";

/** Cells side by side: the first to the left, as its name is; figures to the right. */
export type Column = readonly [title: string, width: number, align: "left" | "right"];

export const rowOf = (columns: readonly Column[], cells: readonly string[]): string =>
  columns
    .map(([, width, align], at) => (align === "left" ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width)))
    .join("  ")
    .trimEnd();

export const headOf = (columns: readonly Column[]): string =>
  rowOf(
    columns,
    columns.map(([title]) => title),
  );

/** 2997.4 to "2,997", 15.21 to "15.2", 0.0213 to "0.0213": three digits, or all before the point. */
export const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));

const whyNot = ({ skipped, failed }: { readonly skipped?: string; readonly failed?: string }): string =>
  failed === undefined ? `skipped: ${skipped}` : `failed: ${failed}`;

const aloneColumns: readonly Column[] = [
  ["workload", 10, "left"],
  ["threads", 7, "right"],
  ["steps/s", 8, "right"],
  ["(min to max)", 16, "left"],
  ["ms/step", 8, "right"],
  ["MFLOP", 7, "right"],
  ["GFLOP/s", 7, "right"],
  ["of peak", 7, "right"],
  ["time/work", 9, "right"],
  ["compile", 8, "right"],
  ["network", 7, "left"],
];

/** Makes the rows for Osolgil alone; keeps the line before in a series, to compare with it. */
export class AloneTable {
  readonly head = headOf(aloneColumns);
  private readonly before = new Map<string, { readonly line: AloneLine; readonly series: string }>();

  row({ name, series, summary }: Workload, line: AloneLine): string {
    const { threads, stepsPerSecond, min, max, msPerStep, mflop, gflops, peakGflops, compileMs } = line;
    if (stepsPerSecond === null) return rowOf(aloneColumns, [name, String(threads), whyNot(line)]);
    return rowOf(aloneColumns, [
      name,
      String(threads),
      figure(stepsPerSecond),
      `(${figure(min!)} to ${figure(max!)})`,
      figure(msPerStep!),
      figure(mflop!),
      figure(gflops!),
      peakGflops === undefined ? "" : `${Math.round((100 * gflops!) / (threads * peakGflops))} %`,
      series === undefined ? "" : this.growth(series, line),
      `${Math.round(compileMs!)} ms`,
      summary,
    ]);
  }

  private growth(series: string, line: AloneLine): string {
    const key = String(line.threads);
    const before = this.before.get(key);
    this.before.set(key, { line, series });
    if (before?.series !== series) return "";
    return ((line.msPerStep! / before.line.msPerStep!) * (before.line.mflop! / line.mflop!)).toFixed(2);
  }
}

const raceColumns: readonly Column[] = [
  ["workload", 10, "left"],
  ["peer", 16, "left"],
  ["threads", 10, "left"],
  ["osolgil", 8, "right"],
  ["peer", 8, "right"],
  ["ratio", 6, "right"],
  ["(quartiles)", 16, "left"],
];

export const raceHead = headOf(raceColumns);

export function raceRow({
  workload,
  peer,
  threads,
  osolgilThreads,
  ours,
  theirs,
  ratio,
  ratioQuartiles,
  skipped,
}: RaceLine): string {
  if (ratio === null) return rowOf(raceColumns, [workload, peer, String(threads), `skipped: ${skipped}`]);
  const { lower, upper } = ratioQuartiles!;
  const used = osolgilThreads === threads ? String(threads) : `${osolgilThreads} / ${threads}`;
  const quartiles = `(${lower} to ${upper})`;
  return rowOf(raceColumns, [workload, peer, used, figure(ours!), figure(theirs!), String(ratio), quartiles]);
}
