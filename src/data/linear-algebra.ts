/**
 * What whitening needs of linear algebra, in float64, with + - * / and square roots alone: the same bits on every host.
 *
 * Method   Eigenvectors of a symmetric matrix A = Q L Q^T: Householder reflections make A tridiagonal, implicit QR steps with
 *          Wilkinson's shift make that diagonal.
 * Source   Golub & Van Loan 2013, Matrix Computations, 4th ed., sections 8.3.1 (tridiagonal form) and 8.3.5 (QR steps);
 *          Van Zee, van de Geijn, Quintana-Orti 2014, ACM TOMS 40(3), for applying the rotations of many steps at once.
 * Cost     About 9 n^3 products.
 */
import { DataError } from "../core/errors.ts";

/**
 * out[i, j] += sum over k of a[i, k] b[j, k], rows of both contiguous; each sum in the order of k.
 *
 * @param lower  leaves out tiles wholly above the diagonal: for symmetric results
 */
export function addRowProducts(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  { rowsA, rowsB, length, lower = false }: { rowsA: number; rowsB: number; length: number; lower?: boolean },
): void {
  for (let i = 0; i < rowsA; i += 4) {
    const last = lower ? Math.min(rowsB, i + 4) : rowsB;
    for (let j = 0; j < last; j += 2) {
      if (i + 4 <= rowsA && j + 2 <= rowsB) addTile(a, b, out, i, j, length, rowsB);
      else
        for (let p = i; p < Math.min(i + 4, rowsA); p++)
          for (let q = j; q < Math.min(j + 2, rowsB); q++) {
            let sum = 0;
            for (let k = 0; k < length; k++) sum += a[p * length + k] * b[q * length + k];
            out[p * rowsB + q] += sum;
          }
    }
  }
}

/** 4 x 2 results at once: 6 numbers read for 8 products. */
function addTile(a: Float64Array, b: Float64Array, out: Float64Array, i: number, j: number, length: number, width: number): void {
  let [a0, b0] = [i * length, j * length];
  let [a1, a2, a3, b1] = [a0 + length, a0 + 2 * length, a0 + 3 * length, b0 + length];
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  for (let k = 0; k < length; k++) {
    const y0 = b[b0++];
    const y1 = b[b1++];
    const x0 = a[a0++];
    s00 += x0 * y0;
    s01 += x0 * y1;
    const x1 = a[a1++];
    s10 += x1 * y0;
    s11 += x1 * y1;
    const x2 = a[a2++];
    s20 += x2 * y0;
    s21 += x2 * y1;
    const x3 = a[a3++];
    s30 += x3 * y0;
    s31 += x3 * y1;
  }
  const at = i * width + j;
  out[at] += s00;
  out[at + 1] += s01;
  out[at + width] += s10;
  out[at + width + 1] += s11;
  out[at + 2 * width] += s20;
  out[at + 2 * width + 1] += s21;
  out[at + 3 * width] += s30;
  out[at + 3 * width + 1] += s31;
}

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row i is the eigenvector of value i, of length 1; its largest entry, the first of equals, is positive. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param matrix  n x n, finite; its lower triangle is read
 * @throws DataError  E_DATA_EIGEN: the QR steps do not converge (not seen yet)
 * @example symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values // [3, 1]
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  let largest = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(matrix[i * n + j]));
  // Near 1, so that no square overflows or vanishes.
  const unit = largest > 0 ? largest : 1;
  const { diagonal, beside, q } = tridiagonalize(
    matrix.map((value) => value / unit),
    n,
  );
  diagonalize(diagonal, beside, q, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j] - diagonal[i] || i - j);
  const vectors = new Float64Array(n * n);
  for (const [i, column] of order.entries()) {
    let most = 0;
    for (let j = 0; j < n; j++) {
      vectors[i * n + j] = q[j * n + column];
      if (Math.abs(vectors[i * n + j]) > Math.abs(vectors[i * n + most])) most = j;
    }
    if (vectors[i * n + most] < 0) for (let j = 0; j < n; j++) vectors[i * n + j] *= -1;
  }
  return { values: Float64Array.from(order, (column) => diagonal[column] * unit), vectors };
}

/** A = Q T Q^T with a tridiagonal T. Overwrites A. */
function tridiagonalize(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array; q: Float64Array } {
  const [beside, scales, w] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  // From the last row upwards: reflection i makes row i zero left of its neighbour, and acts on the rows and columns before i.
  for (let i = n - 1; i >= 1; i--) {
    const row = i * n;
    const x = a[row + i - 1];
    let norm = 0;
    for (let j = 0; j < i - 1; j++) norm += a[row + j] * a[row + j];
    if (norm === 0) {
      beside[i - 1] = x;
      continue;
    }
    norm += x * x;
    const alpha = x > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    const scale = 1 / (norm - alpha * x);
    beside[i - 1] = alpha;
    scales[i] = scale;
    // v = row i with alpha taken from its last entry stays where the row was.
    a[row + i - 1] = x - alpha;
    const v = a.slice(row, row + i);
    timesSymmetric(a, n, v, w);
    let dot = 0;
    for (let r = 0; r < i; r++) {
      w[r] *= scale;
      dot += w[r] * v[r];
    }
    const part = 0.5 * scale * dot;
    for (let r = 0; r < i; r++) w[r] -= part * v[r];
    subtractRankTwo(a, n, v, w);
  }
  // Q = H(n-1) ... H(1), from the right: reflection i meets a matrix that is the identity from row i - 1 on.
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let i = 2; i < n; i++) {
    if (scales[i] === 0) continue;
    reflect(q, n, a.slice(i * n, i * n + i), scales[i], w);
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), beside, q };
}

// The loops below are functions of their own because V8 compiles them better so.

/** w = A v for the leading rows of A, from its lower triangle. */
function timesSymmetric(a: Float64Array, n: number, v: Float64Array, w: Float64Array): void {
  const size = v.length;
  for (let r = 0; r < size; r++) {
    const vr = v[r];
    let sum = 0;
    for (let c = 0, at = r * n; c < r; c++, at++) {
      const entry = a[at];
      sum += entry * v[c];
      w[c] += entry * vr;
    }
    w[r] = sum + a[r * n + r] * vr;
  }
}

/** A -= v w^T + w v^T in the lower triangle of the leading rows. */
function subtractRankTwo(a: Float64Array, n: number, v: Float64Array, w: Float64Array): void {
  const size = v.length;
  for (let r = 0; r < size; r++) {
    const vr = v[r];
    const wr = w[r];
    for (let c = 0, at = r * n; c <= r; c++, at++) a[at] -= vr * w[c] + wr * v[c];
  }
}

/** Q -= scale v (v^T Q) in its leading rows and columns; w is scratch. */
function reflect(q: Float64Array, n: number, v: Float64Array, scale: number, w: Float64Array): void {
  const size = v.length;
  w.fill(0, 0, size);
  for (let r = 0; r < size; r++) {
    const vr = v[r];
    for (let c = 0, at = r * n; c < size; c++, at++) w[c] += vr * q[at];
  }
  for (let r = 0; r < size; r++) {
    const vr = scale * v[r];
    for (let c = 0, at = r * n; c < size; c++, at++) q[at] -= vr * w[c];
  }
}

/** Rotations of QR steps, each step on the rows and columns from `low` on, waiting to be applied to Q. */
interface Step {
  readonly low: number;
  readonly rotations: Float64Array;
}

const epsilon = 2.220446049250313e-16;
const mostSteps = 60;
const waitingRotations = 65_536;

/** Makes the tridiagonal matrix diagonal, and turns the columns of Q with it. */
function diagonalize(d: Float64Array, s: Float64Array, q: Float64Array, n: number): void {
  const waiting: Step[] = [];
  let rotations = 0;
  let [high, steps] = [n - 1, 0];
  while (high > 0) {
    for (let k = 0; k < high; k++) if (Math.abs(s[k]) <= epsilon * (Math.abs(d[k]) + Math.abs(d[k + 1]))) s[k] = 0;
    if (s[high - 1] === 0) {
      high--;
      steps = 0;
      continue;
    }
    if (++steps > mostSteps) {
      throw new DataError("E_DATA_EIGEN", {
        message: `the eigenvalues of a ${n} x ${n} matrix were not found in ${mostSteps} steps each`,
      });
    }
    let low = high - 1;
    while (low > 0 && s[low - 1] !== 0) low--;
    const step = qrStep(d, s, low, high);
    waiting.push(step);
    rotations += high - low;
    if (rotations >= waitingRotations) {
      rotateColumns(q, n, waiting);
      waiting.length = 0;
      rotations = 0;
    }
  }
  rotateColumns(q, n, waiting);
}

/** One implicit QR step on d[low..high] and s[low..high - 1]. */
function qrStep(d: Float64Array, s: Float64Array, low: number, high: number): Step {
  const rotations = new Float64Array(2 * (high - low));
  const half = (d[high - 1] - d[high]) / 2;
  const last = s[high - 1];
  const root = Math.sqrt(half * half + last * last);
  const shift = d[high] - (last * last) / (half + (half < 0 ? -root : root));
  let [x, z] = [d[low] - shift, s[low]];
  for (let k = low; k < high; k++) {
    const r = Math.sqrt(x * x + z * z);
    const [cosine, sine] = r === 0 ? [1, 0] : [x / r, z / r];
    if (k > low) s[k - 1] = r;
    const [a, b, o] = [d[k], d[k + 1], s[k]];
    d[k] = cosine * cosine * a + 2 * cosine * sine * o + sine * sine * b;
    d[k + 1] = sine * sine * a - 2 * cosine * sine * o + cosine * cosine * b;
    s[k] = (cosine * cosine - sine * sine) * o + cosine * sine * (b - a);
    x = s[k];
    if (k < high - 1) {
      z = sine * s[k + 1];
      s[k + 1] *= cosine;
    }
    rotations[2 * (k - low)] = cosine;
    rotations[2 * (k - low) + 1] = sine;
  }
  return { low, rotations };
}

/** Applies the steps to four rows of Q at a time, which stay in the cache for all of them. */
function rotateColumns(q: Float64Array, n: number, steps: readonly Step[]): void {
  let row = 0;
  for (; row + 4 <= n; row += 4) for (const { low, rotations } of steps) rotateFour(q, row * n + low, n, rotations);
  for (; row < n; row++) for (const { low, rotations } of steps) rotateOne(q, row * n + low, rotations);
}

function rotateOne(q: Float64Array, start: number, rotations: Float64Array): void {
  let at = start;
  let x = q[at];
  for (let i = 0; i < rotations.length; i += 2) {
    const [cosine, sine, next] = [rotations[i], rotations[i + 1], q[at + 1]];
    q[at++] = cosine * x + sine * next;
    x = cosine * next - sine * x;
  }
  q[at] = x;
}

/** As `rotateOne`, for four rows n apart: while one waits for its last product, the others go on. */
function rotateFour(q: Float64Array, start: number, n: number, rotations: Float64Array): void {
  let a0 = start;
  let a1 = a0 + n;
  let a2 = a1 + n;
  let a3 = a2 + n;
  let x0 = q[a0];
  let x1 = q[a1];
  let x2 = q[a2];
  let x3 = q[a3];
  for (let i = 0; i < rotations.length; i += 2) {
    const cosine = rotations[i];
    const sine = rotations[i + 1];
    const next0 = q[a0 + 1];
    const next1 = q[a1 + 1];
    const next2 = q[a2 + 1];
    const next3 = q[a3 + 1];
    q[a0++] = cosine * x0 + sine * next0;
    q[a1++] = cosine * x1 + sine * next1;
    q[a2++] = cosine * x2 + sine * next2;
    q[a3++] = cosine * x3 + sine * next3;
    x0 = cosine * next0 - sine * x0;
    x1 = cosine * next1 - sine * x1;
    x2 = cosine * next2 - sine * x2;
    x3 = cosine * next3 - sine * x3;
  }
  q[a0] = x0;
  q[a1] = x1;
  q[a2] = x2;
  q[a3] = x3;
}
