import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  displayWidth,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatLoss,
  formatRate,
  formatShare,
  padEnd,
  padStart,
  painter,
  plainText,
  plural,
  shorten,
  wrap,
} from "../../../src/cli/terminal/format.ts";

describe("numbers", () => {
  test.each<[number, string]>([
    [0, "0.0000"],
    [0.0412, "0.0412"],
    [2.30259, "2.3026"],
    [9.99994, "9.9999"],
    [9.99996, "10.000"],
    [12.3456, "12.346"],
    [99.9996, "100.00"],
    [999.996, "1000.0"],
    [12345.67, "12345.7"],
    [123456, "1.2e+5"],
    [0.00081, "8.10e-4"],
    [1e-45, "1.00e-45"],
    [-0.5, "-0.5000"],
    [1.7e308, "1.7e+308"],
    [NaN, "NaN"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ])("loss %s is %s", (loss, text) => expect(formatLoss(loss)).toBe(text));

  test.each<[number, string]>([
    [0, "0.00%"],
    [0.9762, "97.62%"],
    [0.99995, "99.99%"],
    [0.9999999, "99.99%"],
    [1, "100.00%"],
    [NaN, "NaN"],
  ])("share %s is %s", (share, text) => expect(formatShare(share)).toBe(text));

  test.each<[number, string]>([
    [0, "0 ms"],
    [0.412, "412 ms"],
    [0.9994, "999 ms"],
    [0.9996, "1.0 s"],
    [12.44, "12.4 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3599.4, "59 min 59 s"],
    [3599.6, "1 h 00 min"],
    [8040, "2 h 14 min"],
    [360000, "100 h 00 min"],
    [NaN, "-"],
    [-1, "-"],
  ])("duration %s is %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  test.each<[number, string]>([
    [0, "0:00"],
    [4.2, "0:05"],
    [59.5, "1:00"],
    [760, "12:40"],
    [3599.2, "1:00:00"],
    [8049, "2:14:09"],
    [Infinity, "-:--"],
    [NaN, "-:--"],
  ])("clock %s is %s", (seconds, text) => expect(formatClock(seconds)).toBe(text));

  test.each<[number, string]>([
    [3.166, "3.17"],
    [9.996, "10.0"],
    [82.44, "82.4"],
    [99.96, "100"],
    [812.4, "812"],
    [12345, "12,345"],
    [NaN, "-"],
    [Infinity, "-"],
  ])("rate %s is %s", (rate, text) => expect(formatRate(rate)).toBe(text));

  test("counts and bytes", () => {
    expect([109386, 7, 1234567].map(formatCount)).toEqual(["109,386", "7", "1,234,567"]);
    expect([plural(1, "epoch"), plural(8600, "step")]).toEqual(["1 epoch", "8,600 steps"]);
    expect([999, 1000, 999_499, 999_500, 3_210_000, 2.5e9].map(formatBytes)).toEqual([
      "999 B",
      "1 kB",
      "999 kB",
      "1.0 MB",
      "3.2 MB",
      "2.5 GB",
    ]);
  });
});

describe("widths", () => {
  test.each<[string, number]>([
    ["", 0],
    ["loss", 4],
    ["오솔길", 6],
    ["ﾊﾝ", 2],
    ["e\u0301", 1],
    ["👩‍🔬", 2],
    ["⣿━◦", 3],
    ["日本", 4],
    ["a\u200bb", 2],
    ["❤️", 2],
  ])("%j takes %s columns", (text, width) => expect(displayWidth(text)).toBe(width));

  test("padding and shortening count columns", () => {
    expect([padStart("길", 4), padEnd("길", 4), padEnd("long", 2)]).toEqual(["  길", "길  ", "long"]);
    expect([
      shorten("training", 8),
      shorten("training", 5),
      shorten("오솔길", 4),
      shorten("ab cd", 4),
      shorten("ab", 1),
      shorten("ab", 0),
    ]).toEqual(["training", "trai…", "오…", "ab…", "…", ""]);
  });

  test("wrap keeps every word within the width", () => {
    expect(wrap("the loss became NaN at\nstep 130", 12)).toEqual(["the loss", "became NaN", "at step 130"]);
    expect(wrap("runs/2026-11-22-2314", 8)).toEqual(["runs/202", "6-11-22-", "2314"]);
    expect(wrap("오솔길", 4)).toEqual(["오솔", "길"]);
    expect(wrap("", 10)).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(plainText(text).replaceAll(" ", ""));
      }),
    );
  });

  test("texts from elsewhere cannot steer the terminal", () => {
    expect(plainText("a\u001b[31mred\r\nb\u0007\u009bc\u202ed")).toBe("a�[31mred b��c�d");
  });
});

test("painter styles only where asked", () => {
  expect(painter(false)("red", "loss")).toBe("loss");
  expect(painter(true)(["bold", "red"], "loss")).toBe("\u001b[1m\u001b[31mloss\u001b[39m\u001b[22m");
  expect(painter(true)("red", "")).toBe("");
});
