/** The standard normal distribution. */
import { erf, exp } from "../../core/math.ts";

const density = (z: number): number => exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
const distribution = (z: number): number => 0.5 * (1 + erf(z * Math.SQRT1_2));

/** Where the distribution function is p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * By how much a normal number of this mean and standard deviation lies below a bound, on average, where less counts as nothing.
 *
 * @source Jones, Schonlau & Welch 1998, J. Global Optimization 13, equation 15.
 */
export function expectedImprovement(mean: number, deviation: number, bound: number): number {
  if (!(deviation > 0)) return Math.max(0, bound - mean);
  const z = (bound - mean) / deviation;
  // Far below, the two terms cancel: the first terms of their asymptotic series (Abramowitz & Stegun 1964, 26.2.12).
  if (z < -5) return (deviation * density(z) * (1 - (3 - 15 / (z * z)) / (z * z))) / (z * z);
  return deviation * (z * distribution(z) + density(z));
}
