/** The learning rate that a sweep suggests is near the one that trying finds. */
import { expect, test } from "vitest";
import { rangeTest, suggestionOf } from "../../src/doctor/examinations/range-test.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { examinerOf } from "../../src/train/examiner.ts";
import { isLong, sampled } from "../support/long.ts";
import { lossAt, rateTasks, runOf, triedRates } from "./rate-tasks.ts";

/** Those that two seeds are enough for. */
const quick = ["digits, momentum", "spirals, Adam", "blobs, SGD"];
const tasks = rateTasks.filter(({ name }) => isLong || quick.includes(name));

test("on nine tasks of ten the suggestion is within a factor of 3 of the best rate", () => {
  const ratios = tasks.map((one) => {
    const rates = triedRates(one);
    // One run says little of rates that are nearly as good.
    const seeds = Array.from({ length: sampled(2, 4) }, (_, i) => 11 + i);
    const losses = rates.map((rate) => seeds.reduce((sum, seed) => sum + lossAt({ ...one, seed }, rate), 0));
    const best = rates[losses.indexOf(Math.min(...losses.filter(Number.isFinite)))]!;
    const { suggestion } = rangeTest.examine(examinerOf(runOf(one), one.data, wasmEngine))!.curve!;
    if (isLong) console.log(`${one.name}: best ${best.toPrecision(3)}, suggested ${suggestion}`);
    return { name: one.name, ratio: suggestion! / best };
  });
  const off = ratios.filter(({ ratio }) => !(ratio <= 3 && ratio >= 1 / 3));
  expect(off.length, JSON.stringify(off)).toBeLessThanOrEqual(Math.floor(ratios.length / 10));
}, 120_000);

/** 40 rates a decade. */
const rates = Array.from({ length: 320 }, (_, i) => 1e-7 * 10 ** (i / 40));

test("of a curve without noise the suggestion is an eighth of where it is lowest", () => {
  // Falls around 1e-3, grows from 0.1 on.
  const losses = rates.map((rate) => 2 / (1 + rate / 1e-3) + (rate / 0.3) ** 2);
  const { rate, smoothed } = suggestionOf({ rates, losses });
  const lowest = rates[smoothed.indexOf(Math.min(...smoothed))]!;
  expect(rate).toBe(lowest / 8);
  // The mean of 20 steps, half a decade, comes late by about that.
  expect(lowest).toBeGreaterThan(0.03);
  expect(lowest).toBeLessThan(0.3);
});

test("losses that do not fall suggest nothing", () => {
  expect(suggestionOf({ rates, losses: rates.map((_, i) => 2.3 + (i % 2 === 0 ? 0.05 : -0.05)) }).rate).toBeUndefined();
  expect(suggestionOf({ rates, losses: rates.map((rate) => 2.3 + rate) }).rate).toBeUndefined();
  expect(suggestionOf({ rates, losses: [] })).toMatchObject({ smoothed: [] });
  expect(suggestionOf({ rates, losses: [] }).rate).toBeUndefined();
  expect(suggestionOf({ rates, losses: [Number.NaN] }).rate).toBeUndefined();
});
