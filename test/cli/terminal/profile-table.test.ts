import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { displayWidth, painter } from "../../../src/cli/terminal/format.ts";
import { profileLines } from "../../../src/cli/terminal/profile-table.ts";
import { TerminalReporter } from "../../../src/cli/terminal/reporter.ts";
import type { RunEvent } from "../../../src/core/events.ts";
import type { KernelTiming, ProfileSummary, Timing } from "../../../src/train/profile-summary.ts";
import { ended, failed, started } from "./events.ts";

const timing = (mean: number): Timing => ({ mean, share: mean / 2000, quartiles: [mean, mean, mean], perThread: [mean, mean] });
const kernel = (mean: number, more: Partial<KernelTiming> = {}): KernelTiming => ({
  ...timing(mean),
  label: "rows 128 x 100 -> relu1",
  shortLabel: "rows -> relu1",
  kind: "rows",
  flops: 0,
  skipsZeros: false,
  parts: 2,
  ...more,
});
const product = kernel(812.34, {
  label: "product 784 x 128 x 100 -> dense1.weight",
  shortLabel: "product -> dense1.weight",
  kind: "matmul",
  flops: 20_070_400,
  skipsZeros: true,
  gflops: 49.64,
  peakShare: 1.043,
});
const summary: ProfileSummary = {
  format: "osolgil.profile/1",
  program: "train.128",
  steps: 200,
  firstStep: 501,
  lastStep: 700,
  threads: 2,
  isWarm: true,
  peakGflops: 47.6,
  step: { ...timing(2000), flops: 20_070_400, gflops: 5.02, peakShare: 0.105 },
  kernels: [kernel(99.96), product, kernel(700)],
  waiting: timing(300),
  calls: timing(7.7),
  host: timing(80),
};
const plain = painter(false);
const many: ProfileSummary = { ...summary, kernels: [product, ...Array.from({ length: 40 }, (_, i) => kernel(1 + i / 10))] };

test("kernels from the longest on, then waiting and all else, then the step", () => {
  expect(profileLines(summary, 80, plain)).toEqual([
    "  where a step goes · 200 steps from step 501 · 2 threads",
    "",
    "                                                    µs   share  GFLOP/s  of peak",
    "  product 784 x 128 x 100 -> dense1.weight *     812.3   40.6%     49.6     104%",
    "  rows 128 x 100 -> relu1                        700.0   35.0%",
    "  rows 128 x 100 -> relu1                        100.0    5.0%",
    "  waiting for other threads                      300.0   15.0%",
    "  calls and measuring                              7.7    0.4%",
    "  batch, keys and scalars                         80.0    4.0%",
    "  a step                                       2,000.0  100.0%      5.0      11%",
    "",
    "  Means over the threads, and over the middle half of the steps by their length.",
    "  GFLOP/s are those of one core, whose peak is 47.6 here.",
    "  * leaves out data that are 0. GFLOP/s count them all the same, so they may",
    "  exceed the peak.",
  ]);
});

test("narrow terminals do without rates, then without sizes", () => {
  const heads = (columns: number) =>
    profileLines(summary, columns, plain)
      .find((line) => line.includes("µs"))!
      .trim();
  expect([120, 60, 50, 40, 30].map((columns) => heads(columns).split(/ {2,}/))).toEqual([
    ["µs", "share", "GFLOP/s", "of peak"],
    ["µs", "share", "of peak"],
    ["µs", "share"],
    ["µs"],
    ["µs"],
  ]);
  expect(profileLines(summary, 60, plain)[3]).toBe("  product -> dense1.weight *     812.3   40.6%     104%");
  expect(profileLines(summary, 40, plain).join(" ")).not.toContain("GFLOP/s are");
});

test("what takes little is counted, one kernel too many is shown", () => {
  const lines = profileLines(many, 80, plain);
  expect(lines.filter((line) => line.includes("rows 128"))).toHaveLength(14);
  // 1 to 3.5 by tenths: 26 kernels, 2.25 on average.
  expect(lines).toContain("  and 26 more kernels                             58.5    2.9%");
  const sixteen = profileLines({ ...many, kernels: many.kernels.slice(0, 16) }, 80, plain);
  expect(sixteen.filter((line) => line.includes("rows 128"))).toHaveLength(15);
  expect(sixteen.join("\n")).not.toContain("more");
});

test("what does not apply is not said", () => {
  const { peakGflops, ...rest } = summary;
  const lines = profileLines({ ...rest, threads: 1, steps: 1, firstStep: 1, isWarm: false, kernels: [kernel(1)] }, 80, plain);
  const text = lines.join("\n");
  for (const absent of ["waiting", "of peak", "* leaves out"]) expect(text).not.toContain(absent);
  expect(lines[0]).toBe("  where a step goes · 1 step from step 1 · 1 thread");
  expect(text).toContain("The run is short");
  expect(peakGflops).toBe(47.6);
});

test("long steps are told in whole microseconds", () => {
  const lines = profileLines({ ...summary, step: { ...summary.step, mean: 1_234_567.8 } }, 80, plain);
  expect(lines.find((line) => line.startsWith("  a step "))).toContain(" 1,234,568  100.0%");
  expect(lines[3]).toContain(" 812  ");
});

test("nothing is wider than the terminal, colours change nothing else, and names cannot steer it", () => {
  const strange = kernel(5, { label: `rows -> 오솔길\u001b[2J${"길".repeat(60)}`, shortLabel: `rows -> ${"길".repeat(60)}` });
  for (let columns = 20; columns <= 140; columns++) {
    for (const one of [summary, many, { ...summary, kernels: [strange, product] }]) {
      const lines = profileLines(one, columns, plain);
      expect(lines.join("")).not.toContain("\u001b");
      for (const line of lines) expect(displayWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      expect(profileLines(one, columns, painter(true)).map(stripVTControlCharacters)).toEqual(lines);
    }
  }
});

test("the reporter tells it after the results, with the paths of the files", () => {
  const shown = (events: readonly RunEvent[]) => {
    let text = "";
    const screen = { isTerminal: false, columns: 80, color: false };
    const reporter = new TerminalReporter({ ...screen, write: (part) => (text += part) });
    reporter.onProfile(summary);
    for (const event of events) reporter.onEvent(event);
    return text;
  };
  const saved: RunEvent = { type: "profile.saved", step: 200, steps: 200, file: "profile.json", trace: "trace.json" };
  const text = shown([started, saved, ended]);
  expect(text.indexOf("where a step goes")).toBeGreaterThan(text.indexOf("run     runs/2026-11-22-2314"));
  expect(
    text.endsWith(`
  profile runs/2026-11-22-2314/profile.json
  trace   runs/2026-11-22-2314/trace.json
  The trace opens in ui.perfetto.dev and in chrome://tracing.

`),
  ).toBe(true);
  const unsaved = shown([started, failed]);
  expect(unsaved).toContain("a step   ");
  expect(unsaved).not.toContain("trace");
});
