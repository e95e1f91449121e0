import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../../src/cli/terminal/format.ts";
import { TerminalReporter } from "../../../src/cli/terminal/reporter.ts";
import type { EpochEnded, RunEvent } from "../../../src/core/events.ts";
import { ended, epochs, failed, progress, started, wholeRun } from "./events.ts";

/** What each event wrote. */
function texts(events: readonly RunEvent[], screen: { isTerminal?: boolean; columns?: number; color?: boolean } = {}): string[] {
  let written = "";
  const reporter = new TerminalReporter({
    isTerminal: false,
    columns: 80,
    color: false,
    ...screen,
    write: (text) => {
      written += text;
    },
  });
  return events.map((event) => {
    written = "";
    reporter.onEvent(event);
    return written;
  });
}
const text = (...args: Parameters<typeof texts>): string => texts(...args).join("");

const beginning = [
  "",
  "  data    mnist · 55,000 training · 5,000 validation · 10,000 test",
  "  model   784-100-100-10 · 109,386 parameters · 3.2 MB",
  "  engine  wasm · fused numerics · 8 threads · compiled in 38 ms",
  "  plan    2 epochs · batches of 64 · 200 steps · seed 1",
];
const heading = [
  "",
  "         ── training ──────  ── validation ──────",
  "  epoch      loss  accuracy        loss  accuracy        time",
];
const rows = [
  "    1/2    0.4321    87.45%      0.2214    93.42%       1.2 s",
  "    2/2    0.1800    94.71%      0.2301    93.88%  1 min 15 s",
];
const ending = [
  "",
  "  ✓ completed · 2 epochs · 2.4 s training · 85.1 steps/s · first step at 412 ms",
  "",
  "                  loss   accuracy",
  "  training      0.1499     96.00%",
  "  validation    0.2301     93.88%   best 0.2214, epoch 1",
  "  test          0.2288     94.00%",
  "",
  "  loss by epoch",
  "    2 ┤   ⠑⠢⢄⡀",
  "      │      ⠈⠑⠢⢄⡀",
  "    1 ┤          ⠈⠑⠢⢄⡀",
  "      │              ⠈⠉⠒⠒⠤⠤⣀⣀",
  "  0.5 ┤                      ⠉⠉⠒⠒⠤⠤⣀⣀",
  "      │                              ⠉⠑⠒⠢⠤⢄⣀⡀",
  "      │                              ◦      ⠈⠉⠒⠒⠤⠤⣀⣀               ◦",
  "  0.2 ┤                                             ⠉⠉⠉⠒⠒⠒⠒⠒⠤⠤⠤⠤⠤⣀⣀⣀",
  "      └┬──────────────┬──────────────┬──────────────┬──────────────┬",
  "       0             0.5             1             1.5             2",
  "       ⠒⠒ training   ◦ validation",
  "",
  "  run     runs/2026-11-22-2314",
  "",
];
const erase = "\r\u001b[K";
const lastLine = (written: string): string => written.slice(written.lastIndexOf("\n") + 1);

describe("without a terminal", () => {
  test("start, a row for each epoch, end", () => {
    expect(text(wholeRun).split("\n")).toEqual([...beginning, ...heading, ...rows, ...ending, ""]);
  });

  test("each event writes whole lines at once, progress and checkpoints nothing", () => {
    const written = texts(wholeRun);
    expect(written.map((each) => each.split("\n").length - 1)).toEqual([5, 0, 0, 0, 4, 0, 0, 0, 1, 23]);
    expect(written.every((each) => each === "" || each.endsWith("\n"))).toBe(true);
    for (const control of ["\r", "\u001b"]) expect(written.join("")).not.toContain(control);
  });

  test("no columns for what there is not", () => {
    const bare: EpochEnded = { type: "epoch.ended", step: 100, epoch: 1, training: { loss: 0.5 }, seconds: 2 };
    expect(texts([started, bare]).at(-1)).toBe(
      "\n         training\n  epoch      loss        time\n    1/2    0.5000       2.0 s\n",
    );
    expect(text([{ ...started, examples: { training: 100, validation: 0, test: 0 } }])).toContain(
      "  data    mnist · 100 training\n",
    );
  });

  test("names cannot steer the terminal", () => {
    expect(text([{ ...started, data: "a\u001b[2Jb\nc" }]).split("\n")[1]).toMatch(/^ {2}data {4}a�\[2Jb c · 55,000 training/);
  });
});

describe("in a terminal", () => {
  test("one line is rewritten in place", () => {
    expect(texts(wholeRun.slice(0, 4), { isTerminal: true, columns: 100 })).toEqual([
      `${beginning.join("\n")}\n  ────────────────────────────────    0%  epoch 1/2`,
      `${erase}  ━──────────────────────    5%  epoch 1/2  loss 2.2000  accuracy 45.00%    812 steps/s   0:01 left`,
      `${erase}  ━━━━━╾─────────────────   25%  epoch 1/2  loss 0.8000  accuracy 80.00%    812 steps/s   0:03 left`,
      `${erase}  ━━━━━━━━━━━╾───────────   50%  epoch 1/2  loss 0.4000  accuracy 90.00%    812 steps/s   0:02 left`,
    ]);
  });

  test("a row takes the place of the line, which follows below it", () => {
    expect(texts(wholeRun.slice(0, 5), { isTerminal: true, columns: 100 }).at(-1)).toBe(
      `${erase}${[...heading, rows[0]].join("\n")}\n  ━━━━━━━━━━━╾───────────   50%  epoch 2/2  loss 0.4000  accuracy 90.00%    812 steps/s   0:02 left`,
    );
  });

  test("the line is gone at the end, and what remains is what a file would hold", () => {
    const shown = text(wholeRun, { isTerminal: true }).split("\n");
    expect(shown.map((line) => line.slice(line.lastIndexOf("\u001b[K") + 1).replace(/^\[K/, ""))).toEqual(
      text(wholeRun).split("\n"),
    );
  });

  test("narrow terminals lose the least important parts first", () => {
    const line = (columns: number) =>
      lastLine(texts([started, progress(10, 2.2), progress(100, 0.4)], { isTerminal: true, columns }).at(-1)!);
    expect([95, 80, 70, 55, 45, 35, 25, 20].map(line)).toEqual(
      [
        "  ━━━━━━━━━─────────   50%  epoch 1/2  loss 0.4000  accuracy 90.00%    812 steps/s   0:02 left",
        "  ━━━━━━━━━─────────   50%  epoch 1/2  loss 0.4000  accuracy 90.00%   0:02 left",
        "  ━━━━────   50%  epoch 1/2  loss 0.4000  accuracy 90.00%   0:02 left",
        "  ━━━━━━━━────────  epoch 1/2  loss 0.4000   0:02 left",
        "  epoch 1/2  loss 0.4000   0:02 left",
        "  epoch 1/2  loss 0.4000",
        "  epoch 1/2  loss 0.4000",
        "  loss 0.4000",
      ].map((each) => erase + each),
    );
  });

  test("news that come faster than eyes are drawn at most 20 times a second", () => {
    const news = Array.from({ length: 100 }, (_, i) => progress(i + 1, 1, { seconds: i / 64 }));
    const drawn = texts([started, ...news], { isTerminal: true }).filter((each) => each !== "").length;
    expect(drawn).toBe(1 + 25);
  });

  test("clear leaves an empty line, once", () => {
    const written: string[] = [];
    const reporter = new TerminalReporter({ isTerminal: true, columns: 80, color: false, write: (each) => written.push(each) });
    reporter.clear();
    expect(written).toEqual([]);
    reporter.onEvent(started);
    reporter.clear();
    reporter.clear();
    expect(written.slice(-2)).toEqual([expect.stringContaining("  0%"), erase]);
  });
});

describe("runs that do not complete", () => {
  const broken = [started, progress(100, 0.4), epochs[0], progress(120, 3), progress(130, Number.NaN), failed];

  test("say why, and what to do", () => {
    expect(texts(broken).at(-1)?.split("\n").slice(0, 6)).toEqual([
      "",
      "  ✗ failed · epoch 2 · step 130 · 1.5 s training · 86.7 steps/s",
      "    the loss became NaN at step 130 (epoch 2)",
      "    Try a learning rate ten times smaller. If that does not help, look for",
      "    values in the data that are missing or very large.",
      "",
    ]);
    expect(texts(broken, { color: true }).at(-1)).toContain("\u001b[31mthe loss became NaN at step 130 (epoch 2)\u001b[39m");
    expect(texts(broken).at(-1)).toContain("⠒⠒ training (1 not finite)   ◦ validation\n");
  });

  test("before the first step have nothing to draw", () => {
    const { metrics, ...rest } = failed;
    const early: RunEvent = {
      ...rest,
      step: 0,
      epoch: 0,
      code: "E_X",
      reason: "no room",
      metrics: { trainSeconds: 0, stepsPerSecond: 0 },
    };
    expect(texts([started, early]).at(-1)?.split("\n")).toEqual([
      "",
      "  ✗ failed · epoch 0 · step 0",
      "    no room",
      "    The run's folder holds the document and all that happened up to here.",
      "",
      "  run     runs/2026-11-22-2314",
      "",
      "",
    ]);
    expect(metrics.trainSeconds).toBeGreaterThan(0);
  });

  test("stopped ones are no failure", () => {
    const { code, ...rest } = failed;
    const stopped: RunEvent = { ...rest, status: "stopped", reason: "stopped on request after step 130" };
    const lines = texts([started, stopped]).at(-1)!.split("\n");
    expect(lines.slice(1, 4)).toEqual([
      "  ■ stopped · epoch 2 · step 130 · 1.5 s training · 86.7 steps/s",
      "    stopped on request after step 130",
      "",
    ]);
    expect(code).toBe("nonFiniteLoss");
  });
});

describe("any terminal", () => {
  const long: RunEvent = { ...started, data: "오솔길-".repeat(9), model: "conv ".repeat(60), epochs: 1000, steps: 100_000 };
  const runs: readonly (readonly RunEvent[])[] = [
    wholeRun,
    [
      started,
      progress(100, 0.4),
      epochs[0],
      progress(130, Number.NaN),
      { ...failed, folder: `/very/long/${"folder/".repeat(30)}` },
    ],
    [long, progress(99_999, 1e30, { epoch: 1000, stepsPerSecond: 123456, seconds: 1e6 }), { ...epochs[0], epoch: 1000 }, ended],
  ];

  test.each([true, false])("nothing is wider than it (terminal: %s)", (isTerminal) => {
    for (let columns = 20; columns <= 200; columns++) {
      for (const run of runs) {
        for (const line of stripVTControlCharacters(text(run, { isTerminal, columns, color: true })).split(/[\n\r]/)) {
          expect(displayWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  test("colours change nothing but colours", () => {
    const colored = text(wholeRun, { color: true });
    expect(colored).not.toBe(text(wholeRun));
    expect(stripVTControlCharacters(colored)).toBe(text(wholeRun));
  });

  test("a long path is whole, to be copied", () => {
    const folder = `/very/long/${"folder/".repeat(30)}run`;
    expect(text([started, { ...ended, folder }], { columns: 50 }).replaceAll("\n", "")).toContain(folder);
  });

  test("a long run keeps its curve within bounds, and its mean", () => {
    const steps = 50_000;
    const many = Array.from({ length: steps }, (_, i) => progress(i + 1, i % 2 === 0 ? 1 : 3));
    const lines = text([{ ...started, epochs: 500, steps }, ...many, ended]).split("\n");
    expect(lines.find((line) => line.includes("┤"))).toMatch(/^ {2}2 ┤⠉+$/); // neighbours are averaged: 2, throughout
  });
});
