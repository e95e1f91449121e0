/**
 * Osolgil against a peer, in turns: both are ready and wait; then a short window of one, a short window of the other, and so on.
 * What counts is the median of the ratios of neighbouring windows: a machine that slows down slows both.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestant.ts";

/** Threads that wait by spinning have gone to sleep after it. */
const pauseMs = 40;

export interface RaceResult {
  /** Steps per second, medians. */
  readonly ours: number;
  readonly theirs: number;
  /** ours / theirs, the median over neighbouring windows. */
  readonly ratio: number;
  readonly ratioQuartiles: { readonly lower: number; readonly upper: number };
}

/** The value below which a share of the sorted values lies; between two values on the line between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

export async function race(ours: Contestant, theirs: Contestant, rounds: number, windowMs: number): Promise<RaceResult> {
  const rates: { readonly ours: number; readonly theirs: number }[] = [];
  const window = async (contestant: Contestant) => {
    const rate = await contestant.window(windowMs);
    await sleep(pauseMs);
    return rate;
  };
  for (let round = 0; round < rounds; round++) rates.push({ ours: await window(ours), theirs: await window(theirs) });
  const ratios = rates.map((rate) => rate.ours / rate.theirs);
  const [lower, ratio, upper] = [0.25, 0.5, 0.75].map((share) => rounded(quantile(ratios, share), 3)) as [number, number, number];
  const median = (values: readonly number[]) => rounded(quantile(values, 0.5), 4);
  return {
    ours: median(rates.map((rate) => rate.ours)),
    theirs: median(rates.map((rate) => rate.theirs)),
    ratio,
    ratioQuartiles: { lower, upper },
  };
}
