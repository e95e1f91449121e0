/**
 * A Gaussian process over points of a search space, its hyperparameters integrated out by sampling.
 *
 * Symbols  n observations, d dimensions; y: standardised values, [n]; r^2 = sum over dimensions of (distance / l)^2, l their length
 *          scales; k(r) = a (1 + sqrt(5) r + 5 r^2 / 3) e^(-sqrt(5) r): Matern 5/2; K = k + s I, s the noise
 *          theta: log l of each dimension, log a, log s, each with a normal prior
 * Source   Rasmussen & Williams 2006, algorithm 2.1 and equation 4.17; Snoek, Larochelle & Adams 2012, arXiv:1206.2944.
 * Choice   theta is drawn by elliptical slice sampling (Murray, Adams & MacKay 2010): it has no step size, and normal priors are what
 *          it is made for.
 */
import { cos, exp, log, sin } from "../../core/math.ts";
import { fillNormal, foldIn, type RandomKey, uniformAt } from "../../core/random.ts";
import { cholesky, solveLower, solveLowerFour, solveUpper } from "./cholesky.ts";

/** A point as numbers: of a dimension of numbers its place in [0, 1], of another the number of its value. */
export type Point = Float64Array;

/** Whether each dimension has an order; where it has none, two values are the same or 1 apart. */
export type Kinds = readonly boolean[];

const distance = (ordered: boolean, a: number, b: number): number => (ordered ? a - b : a === b ? 0 : 1);

const square = (x: number): number => x * x;

/** Adds the squares of the distances between one place and others, in parts of the length scale, to every fourth number from one on. */
function addSquares(
  sums: Float64Array,
  from: number,
  place: number,
  places: Float64Array,
  scale: number,
  ordered: boolean,
): void {
  const whole = square(scale);
  if (ordered) for (let i = 0, at = from; i < places.length; i++, at += 4) sums[at] += square((place - places[i]) * scale);
  else for (let i = 0, at = from; i < places.length; i++, at += 4) if (place !== places[i]) sums[at] += whole;
}

const root5 = Math.sqrt(5);
const matern = (squared: number): number => {
  const r = root5 * Math.sqrt(squared);
  return (1 + r + (r * r) / 3) * exp(-r);
};

interface Priors {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Means and standard deviations of theta's priors: lengths grow with the root of d, as distances in the cube do. */
function priorsOf(d: number): Priors {
  const means = new Float64Array(d + 2).fill(log(0.5 * Math.sqrt(d)));
  const deviations = new Float64Array(d + 2).fill(1);
  means[d] = 0;
  means[d + 1] = log(1e-4);
  deviations[d + 1] = 2;
  return { means, deviations };
}

/** The process with one theta, conditioned on its observations. */
export interface Conditioned {
  /** Writes mean and variance at each of some points, those of the function without noise. */
  predict(points: readonly Point[], means: Float64Array, variances: Float64Array): void;
  /** The least mean at a point whose value is known, or is imagined. */
  readonly least: number;
}

/** Points with the values of the first of them; those of the others are not known yet. */
class Observations {
  private readonly points: readonly Point[];
  private readonly values: Float64Array;
  private readonly kinds: Kinds;
  /** Squared distances of each pair below the diagonal, row by row, of each dimension. */
  private readonly squares: readonly Float64Array[];
  private readonly sum: Float64Array;
  private readonly scratch: Float64Array;

  constructor(points: readonly Point[], values: Float64Array, kinds: Kinds) {
    [this.points, this.values, this.kinds] = [points, values, kinds];
    const n = points.length;
    this.sum = new Float64Array((n * (n - 1)) / 2);
    this.scratch = new Float64Array(n * n);
    this.squares = kinds.map((ordered, j) => {
      const column = new Float64Array((n * (n - 1)) / 2);
      for (let i = 0, at = 0; i < n; i++)
        for (let k = 0; k < i; k++, at++) column[at] = square(distance(ordered, points[i]![j]!, points[k]![j]!));
      return column;
    });
  }

  /** L of K = L L^T in `k`, for all points; whether theta gives one. */
  private factor(theta: Float64Array, k: Float64Array): boolean {
    const [n, d, sum] = [this.points.length, this.kinds.length, this.sum];
    const amplitude = exp(theta[d]);
    sum.fill(0);
    for (const [j, column] of this.squares.entries()) {
      const weight = exp(-2 * theta[j]);
      for (let at = 0; at < sum.length; at++) sum[at] += weight * column[at];
    }
    // What is added to the noise keeps K apart from singular ones.
    const diagonal = amplitude * (1 + 1e-8) + exp(theta[d + 1]);
    for (let i = 0, at = 0; i < n; i++) {
      for (let j = 0; j < i; j++, at++) k[i * n + j] = amplitude * matern(sum[at]);
      k[i * n + i] = diagonal;
    }
    return cholesky(k, n);
  }

  /** log p(y | theta), but for a constant; where the value of every point is known. */
  likelihood(theta: Float64Array): number {
    const [n, l] = [this.values.length, this.scratch];
    if (!this.factor(theta, l)) return Number.NEGATIVE_INFINITY;
    const e = this.values.slice();
    solveLower(l, n, e);
    let total = 0;
    for (let i = 0; i < n; i++) total -= 0.5 * e[i] * e[i] + log(l[i * n + i]);
    return total;
  }

  /**
   * The process with these hyperparameters.
   *
   * @param normals  a standard normal number for each point of unknown value, which gets one that the process may well have there
   */
  condition(theta: Float64Array, normals: Float64Array): Conditioned | undefined {
    const { points, kinds, values } = this;
    const [n, d] = [points.length, kinds.length];
    const l = new Float64Array(n * n);
    if (!this.factor(theta, l)) return undefined;
    // y = L e with e standard normal: the known values give the first of e, and the others are free.
    const e = new Float64Array(n);
    e.set(values);
    solveLower(l, n, e);
    e.set(normals, values.length);
    const weights = e.slice();
    solveUpper(l, n, weights);
    const amplitude = exp(theta[d]);
    const scales = Float64Array.from(kinds, (_, j) => exp(-theta[j]));
    const places = kinds.map((_, j) => Float64Array.from(points, (point) => point[j]));
    // Four points at once, whose numbers stand side by side: a suggestion takes thousands of predictions.
    const columns = new Float64Array(4 * n);
    const predict: Conditioned["predict"] = (others, means, variances) => {
      for (let first = 0; first < others.length; first += 4) {
        const count = Math.min(4, others.length - first);
        columns.fill(0);
        for (let c = 0; c < count; c++) {
          for (let j = 0; j < d; j++) addSquares(columns, c, others[first + c]![j], places[j]!, scales[j], kinds[j]!);
          let mean = 0;
          for (let i = 0, at = c; i < n; i++, at += 4) {
            columns[at] = amplitude * matern(columns[at]);
            mean += columns[at] * weights[i];
          }
          means[first + c] = mean;
        }
        solveLowerFour(l, n, columns);
        for (let c = 0; c < count; c++) {
          let explained = 0;
          for (let at = c; at < 4 * n; at += 4) explained += square(columns[at]);
          variances[first + c] = Math.max(0, amplitude - explained);
        }
      }
    };
    const means = new Float64Array(n);
    predict(points, means, new Float64Array(n));
    const least = means.reduce((a, b) => Math.min(a, b));
    return { predict, least };
  }
}

/** The next theta of a chain whose stationary distribution is the posterior. */
function sliceStep(key: RandomKey, theta: Float64Array, priors: Priors, likelihood: (theta: Float64Array) => number) {
  const { means, deviations } = priors;
  const draws = new Float64Array(theta.length);
  fillNormal(foldIn(key, "direction"), draws, 0, 1);
  const level = likelihood(theta) + log(1 - uniformAt(key, 0));
  let angle = 2 * Math.PI * uniformAt(key, 1);
  let [low, high] = [angle - 2 * Math.PI, angle];
  // The interval halves about each time, and at angle 0 theta itself is accepted.
  for (let i = 2; i < 60; i++) {
    const [c, s] = [cos(angle), sin(angle)];
    const other = theta.map((value, j) => means[j] + (value - means[j]) * c + draws[j] * deviations[j] * s);
    if (likelihood(other) > level) return other;
    if (angle < 0) low = angle;
    else high = angle;
    angle = low + (high - low) * uniformAt(key, i);
  }
  return theta;
}

/** Steps of the chain that are left out, samples that are taken, and steps from one to the next. */
const [leftOut, samples, apart] = [20, 4, 5];
/** Observations by which hyperparameters are judged: more of them say the same of them, and take long. */
const judged = 64;

/**
 * Processes whose hyperparameters are samples of their posterior, each with imagined values of its own at the points behind the known
 * ones.
 *
 * @param points  those whose value is known first
 * @param values  standardised
 */
export function sampleProcesses(points: readonly Point[], values: Float64Array, kinds: Kinds, key: RandomKey): Conditioned[] {
  const observations = new Observations(points, values, kinds);
  const count = Math.min(judged, values.length);
  const some = Array.from({ length: count }, (_, i) => Math.floor((i * values.length) / count));
  const known = new Observations(
    some.map((i) => points[i]!),
    Float64Array.from(some, (i) => values[i]!),
    kinds,
  );
  const priors = priorsOf(kinds.length);
  let theta: Float64Array = priors.means;
  const found: Conditioned[] = [];
  for (let step = 1; step <= leftOut + samples * apart; step++) {
    theta = sliceStep(foldIn(key, step), theta, priors, (other) => known.likelihood(other));
    if (step <= leftOut || (step - leftOut) % apart !== 0) continue;
    const normals = new Float64Array(points.length - values.length);
    fillNormal(foldIn(key, "imagined", step), normals, 0, 1);
    const process = observations.condition(theta, normals);
    if (process) found.push(process);
  }
  return found;
}
