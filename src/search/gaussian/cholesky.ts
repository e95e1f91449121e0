/** Systems of a symmetric positive definite matrix, in float64. */

/** The sum of a[i] b[j] over `count` entries of both. Four sums at once: each waits for its own last addition alone. */
function dot(a: Float64Array, from: number, b: Float64Array, other: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    s0 += a[from + k] * b[other + k];
    s1 += a[from + k + 1] * b[other + k + 1];
    s2 += a[from + k + 2] * b[other + k + 2];
    s3 += a[from + k + 3] * b[other + k + 3];
  }
  for (; k < count; k++) s0 += a[from + k] * b[other + k];
  return s0 + s1 + (s2 + s3);
}

/**
 * The lower triangle L with A = L L^T, in place of the lower triangle of A; what is above the diagonal is not looked at.
 *
 * @param a  n x n, row-major
 * @returns  whether A was positive definite; otherwise `a` holds nothing of use
 * @source Golub & Van Loan 2013, Matrix Computations, 4th ed., section 4.2.
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) a[row + j] = (a[row + j] - dot(a, row, a, j * n, j)) / a[j * n + j];
    const left = a[row + i] - dot(a, row, a, row, i);
    if (!(left > 0)) return false;
    a[row + i] = Math.sqrt(left);
  }
  return true;
}

/** x with L x = b, in place of b. */
export function solveLower(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) b[i] = (b[i] - dot(l, i * n, b, 0, i)) / l[i * n + i];
}

/**
 * The same for four right sides that stand interleaved in `b`, [n, 4]: what is read of L serves all of them, and their sums do not wait
 * for each other.
 */
export function solveLowerFour(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const [row, to] = [i * n, 4 * i];
    let s0 = b[to];
    let s1 = b[to + 1];
    let s2 = b[to + 2];
    let s3 = b[to + 3];
    for (let k = 0, at = 0; k < i; k++, at += 4) {
      const factor = l[row + k];
      s0 -= factor * b[at];
      s1 -= factor * b[at + 1];
      s2 -= factor * b[at + 2];
      s3 -= factor * b[at + 3];
    }
    const pivot = l[row + i];
    b[to] = s0 / pivot;
    b[to + 1] = s1 / pivot;
    b[to + 2] = s2 / pivot;
    b[to + 3] = s3 / pivot;
  }
}

/** x with L^T x = b, in place of b. */
export function solveUpper(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    b[i] /= l[i * n + i];
    for (let k = 0; k < i; k++) b[k] -= l[i * n + k] * b[i];
  }
}
