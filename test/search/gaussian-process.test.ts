import { describe, expect, test } from "vitest";
import { fillNormal, fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import { cholesky, solveLower, solveLowerFour, solveUpper } from "../../src/search/gaussian/cholesky.ts";
import { expectedImprovement, normalQuantile } from "../../src/search/gaussian/normal.ts";
import { type Conditioned, sampleProcesses } from "../../src/search/gaussian/process.ts";
import { observationsOf } from "../../src/search/observations.ts";
import { samplers } from "../../src/search/samplers/index.ts";
import type { EndedTrial } from "../../src/search/trial.ts";
import { branin, hartmann6, regretOf } from "../../src/testing/landscapes.ts";
import { sampled } from "../support/long.ts";

describe("Cholesky", () => {
  test.each([1, 2, 5, 33])("%i equations: L L^T is the matrix, and its solution solves them", (n) => {
    const b = new Float64Array(n * n);
    fillNormal(randomKey(n), b, 0, 1);
    // B B^T + I: eigenvalues from 1 to a few n.
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < n; k++) sum += b[i * n + k]! * b[j * n + k]!;
      return sum;
    });
    const l = a.slice();
    expect(cholesky(l, n)).toBe(true);
    const x = Float64Array.from({ length: n }, (_, i) => i - 2);
    const right = Float64Array.from({ length: n }, (_, i) => x.reduce((sum, value, j) => sum + a[i * n + j]! * value, 0));
    solveLower(l, n, right);
    solveUpper(l, n, right);
    // Error: condition (< 10 n) times n roundings of 1e-16 times |x| <= 31.
    for (let i = 0; i < n; i++) expect(Math.abs(right[i]! - x[i]!)).toBeLessThan(1e-11);
  });

  test("four right sides at once are solved as each alone", () => {
    const n = 9;
    const [l, b] = [new Float64Array(n * n), new Float64Array(4 * n)];
    fillUniform(randomKey(1), l, 0.5, 1);
    fillUniform(randomKey(2), b, -1, 1);
    const alone = [0, 1, 2, 3].map((c) => Float64Array.from({ length: n }, (_, i) => b[4 * i + c]!));
    for (const one of alone) solveLower(l, n, one);
    solveLowerFour(l, n, b);
    // Sums in another order: roundings of 1e-16, and solutions of a few thousand at most grow them as much.
    for (const [c, one] of alone.entries())
      for (let i = 0; i < n; i++) expect(Math.abs(b[4 * i + c]! - one[i]!)).toBeLessThan(1e-10);
  });

  test("a matrix that is not positive definite is noticed", () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(cholesky(Float64Array.of(Number.NaN), 1)).toBe(false);
  });
});

test("normal quantiles, against published ones", () => {
  // Abramowitz & Stegun 1964, table 26.5.
  for (const [p, z] of [
    [0.5, 0],
    [0.975, 1.95996],
    [0.999, 3.09023],
    [0.01, -2.32635],
  ] as const)
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(5e-6);
});

test("expected improvement is the integral that it stands for, far below too", () => {
  const integral = (mean: number, deviation: number, bound: number): number => {
    // The trapezoid rule over 10 standard deviations: its error is far below those of the series.
    let sum = 0;
    for (let i = 1; i <= 20_000; i++) {
      const below = (i / 20_000) * 10 * deviation;
      const z = (bound - below - mean) / deviation;
      sum += below * Math.exp(-0.5 * z * z);
    }
    return (sum * 10) / 20_000 / Math.sqrt(2 * Math.PI);
  };
  for (const z of [2, 0, -1, -4, -4.9]) expect(expectedImprovement(-z, 1, 0) / integral(-z, 1, 0)).toBeCloseTo(1, 4);
  // The series lacks terms of 105 / z^6.
  for (const z of [-5.1, -8]) expect(Math.abs(expectedImprovement(-z, 1, 0) / integral(-z, 1, 0) - 1)).toBeLessThan(105 / z ** 6);
  expect(expectedImprovement(3, 2, 1)).toBeCloseTo(2 * expectedImprovement(1, 1, 0), 12);
  expect([expectedImprovement(1, 0, 3), expectedImprovement(3, 0, 1)]).toEqual([2, 0]);
});

describe("the process", () => {
  const f = (x: number) => Math.sin(6 * x);
  const at = (list: readonly number[]) => list.map((x) => Float64Array.of(x));
  const xs = Array.from({ length: 12 }, (_, i) => i / 11);
  const predicted = (process: Conditioned, x: number) => {
    const [mean, variance] = [new Float64Array(1), new Float64Array(1)];
    process.predict([Float64Array.of(x)], mean, variance);
    return { mean: mean[0]!, variance: variance[0]! };
  };

  test("goes through smooth values, is sure where it has seen them and unsure far away", () => {
    const some = xs.slice(0, 8);
    for (const process of sampleProcesses(at(some), Float64Array.from(some, f), [true], randomKey(1))) {
      for (const x of some) expect(Math.abs(predicted(process, x).mean - f(x))).toBeLessThan(0.1);
      expect(predicted(process, 1).variance).toBeGreaterThan(10 * predicted(process, some[3]!).variance);
    }
  });

  test("any number of points at once gives what each gives alone", () => {
    const [process] = sampleProcesses(at(xs), Float64Array.from(xs, f), [true], randomKey(1));
    const others = [0.03, 0.2, 0.71, 0.4, 0.99, 0.5];
    for (let count = 1; count <= others.length; count++) {
      const [means, variances] = [new Float64Array(count), new Float64Array(count)];
      process!.predict(at(others.slice(0, count)), means, variances);
      const alone = others.slice(0, count).map((x) => predicted(process!, x));
      // Each has sums of its own: the same bits.
      expect([...means]).toEqual(alone.map(({ mean }) => mean));
      expect([...variances]).toEqual(alone.map(({ variance }) => variance));
    }
  });

  test("imagined values of pending points are seen where they are, and differ from sample to sample", () => {
    const some = xs.slice(0, 6);
    const found = sampleProcesses([...at(some), Float64Array.of(1)], Float64Array.from(some, f), [true], randomKey(1));
    const means = found.map((process) => {
      const { mean, variance } = predicted(process, 1);
      expect(variance).toBeLessThan(0.05);
      return mean;
    });
    expect(new Set(means).size).toBe(means.length);
  });
});

test("trials under way keep others from where they are", () => {
  const { space, value } = branin;
  const key = foldIn(randomKey(2), "x");
  const ended: EndedTrial[] = Array.from({ length: 12 }, (_, index) => {
    const parameters = samplers.get("sobol").suggest({ space, key, index, goal: "min", ended: [], running: [] }, {});
    return {
      number: index,
      stage: 0,
      parameters,
      reports: [],
      status: "completed",
      value: value(parameters),
      steps: 1,
      seconds: 0,
    };
  });
  const running: EndedTrial[] = [];
  for (let index = 12; index < 16; index++) {
    const parameters = samplers.get("gaussianProcess").suggest({ space, key, index, goal: "min", ended, running }, {});
    for (const other of running) {
      const apart = Math.hypot(
        (other.parameters.x as number) - (parameters.x as number),
        (other.parameters.y as number) - (parameters.y as number),
      );
      expect(apart).toBeGreaterThan(0.05);
    }
    running.push({ ...ended[0]!, number: index, parameters });
  }
});

describe("what it sees of trials", () => {
  const trial = (number: number, value: number | undefined, status: EndedTrial["status"] = "completed"): EndedTrial => ({
    number,
    stage: 0,
    parameters: {},
    reports: [],
    status,
    steps: 1,
    seconds: 1,
    ...(value !== undefined && { value }),
  });

  test("the order of values, by the goal, with mean 0 and variance 1, however far the worst lie away", () => {
    const values = [3, 1, 2, 1e300, 5, 4, 1e9];
    const seen = observationsOf(
      values.map((value, i) => trial(i, value)),
      "min",
    );
    const order = [...seen].sort((a, b) => a.value - b.value).map(({ trial: { value } }) => value);
    expect(order).toEqual([...values].sort((a, b) => a - b));
    expect(seen.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(seen.reduce((sum, { value }) => sum + value * value, 0) / seen.length).toBeCloseTo(1, 12);
    expect(Math.max(...seen.map(({ value }) => value))).toBeLessThan(3);
    const turned = observationsOf(
      values.map((value, i) => trial(i, -value)),
      "max",
    );
    expect(turned.map(({ value }) => value)).toEqual(seen.map(({ value }) => value));
  });

  test("failed trials and those without a number are as bad as the worst; pruned ones no better than the middle", () => {
    const seen = observationsOf(
      [trial(0, 1), trial(1, 2), trial(2, 3), trial(3, undefined, "failed"), trial(4, Number.NaN), trial(5, 0.5, "pruned")],
      "min",
    );
    const [, middle, worst, failed, none, pruned] = seen.map(({ value }) => value);
    expect([failed, none, pruned]).toEqual([worst, worst, middle]);
    expect(observationsOf([trial(0, undefined, "failed")], "min")).toEqual([]);
  });

  test("of more than it can take, the best half of them, and the others from all of the rest", () => {
    const draws = new Float64Array(1000);
    fillUniform(randomKey(1), draws, 0, 1);
    const seen = observationsOf(
      Array.from(draws, (value, i) => trial(i, value)),
      "max",
      300,
    ).map(({ trial: { value } }) => value!);
    const sorted = [...draws].sort((a, b) => b - a);
    expect(seen.length).toBe(300);
    for (const value of sorted.slice(0, 150)) expect(seen).toContain(value);
    // Of each ten of the rest about two.
    for (let from = 150; from < 950; from += 50)
      expect(sorted.slice(from, from + 50).filter((value) => seen.includes(value)).length).toBeGreaterThan(6);
  });
});

describe("30 trials, against random ones", () => {
  const seeds = Array.from({ length: sampled(3, 20) }, (_, i) => i + 1);
  const median = (list: readonly number[]): number => {
    const sorted = [...list].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  };
  test.each([branin, hartmann6])("the median regret is lower: $name", (landscape) => {
    const regrets = (name: string) => seeds.map((seed) => regretOf(samplers.get(name), {}, landscape, 30, seed));
    expect(median(regrets("gaussianProcess"))).toBeLessThan(median(regrets("random")));
  });
});
