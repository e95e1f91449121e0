/**
 * Elementary functions in float64 with the same bits on every host.
 *
 * ECMAScript leaves the last bits of Math.exp, Math.log, Math.sin and the like to the implementation. These use only
 * what IEEE 754 and ECMAScript define to the bit: + - * /, comparisons, floor, and reading a number's own bits. No
 * product is fused with a sum. Whoever repeats the same operations in the same order (a SIMD engine, say) gets the same bits.
 *
 * Accuracy, tested against 40-digit values: exp, log, tanh, sigmoid, softplus, erf, sin, cos within 2 ulp over the whole range
 * with subnormals; pow within a relative 1e-13. Special values as ECMAScript's Math functions.
 *
 * Method   Reduce the argument to a short interval with the constant split so that the subtraction is exact, sum a
 *          short series there, keep what rounding dropped in a second number ("tail") where it would show.
 * Source   Cody & Waite 1980, Software Manual for the Elementary Functions (reduction in parts);
 *          Tang 1989/1990, ACM TOMS 15(2) and 16(4) (exp and log by reduction, error analysis);
 *          Dekker 1971, Numer. Math. 18 (exact products and sums);
 *          Payne & Hanek 1983, SIGNUM 18(1) (large angles need as many digits of pi as the exponent has);
 *          Muller 2016, Elementary Functions, 3rd ed.
 * Choice   Taylor and Lambert coefficients rather than minimax ones: a term or two more, but each can be checked by eye.
 */

// Views of one number's bits: scratch that is written before it is read, never state.
const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);
const lowWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1; // 0 where the low byte comes first
const highWord = 1 - lowWord;

const ln2High = 0.6931471805598903; // 42 bits of ln 2: k * ln2High is exact for |k| < 2048
const ln2Low = 5.497923018708371e-14;
const log2E = 1.4426950408889634;

/** 2^k for -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words[highWord] = (k + 1023) << 20;
  words[lowWord] = 0;
  return float64[0];
}

/** value * 2^k, rounded at most once, for 0.5 < value < 2 and -1200 < k < 1026. */
function scale(value: number, k: number): number {
  if (k > 1023) return value * 8 * powerOfTwo(k - 3);
  if (k >= -1021) return value * powerOfTwo(k);
  return value * powerOfTwo(k + 200) * powerOfTwo(-200); // subnormal: only the last product rounds
}

/** e^(x + tail) for |tail| < ulp(x), x finite and within the range where the result is neither 0 nor infinite. */
function expOf(x: number, tail: number): number {
  const k = Math.floor(x * log2E + 0.5);
  const high = x - k * ln2High; // exact
  const low = k * ln2Low - tail;
  const r = high - low; // |r| <= 0.347; e^r = 1 + r + r^2 q
  let q = 1 / 6227020800;
  q = q * r + 1 / 479001600;
  q = q * r + 1 / 39916800;
  q = q * r + 1 / 3628800;
  q = q * r + 1 / 362880;
  q = q * r + 1 / 40320;
  q = q * r + 1 / 5040;
  q = q * r + 1 / 720;
  q = q * r + 1 / 120;
  q = q * r + 1 / 24;
  q = q * r + 1 / 6;
  q = q * r + 0.5;
  // The tail of r itself: r + rTail = high - low.
  const rTail = high - r - low;
  const value = 1 + (r + (r * r * q + rTail));
  return k === 0 ? value : scale(value, k);
}

/** e^x. exp(-Infinity) = 0, exp(NaN) = NaN. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Infinity; // NaN passes on
  if (x < -745.1332191019412) return 0;
  if (Number.isNaN(x)) return x;
  return expOf(x, 0);
}

/** Coefficient sum of (ln((1 + s)/(1 - s)) - 2 s) / s^3 over z = s^2 <= 0.0295. */
function logSeries(z: number): number {
  let p = 2 / 23;
  p = p * z + 2 / 21;
  p = p * z + 2 / 19;
  p = p * z + 2 / 17;
  p = p * z + 2 / 15;
  p = p * z + 2 / 13;
  p = p * z + 2 / 11;
  p = p * z + 2 / 9;
  p = p * z + 2 / 7;
  p = p * z + 2 / 5;
  return p * z + 2 / 3;
}

/** The exponent k of x = 2^k m with sqrt(1/2) <= m < sqrt(2) (to 20 bits), for finite x > 0; leaves m in float64[0]. */
function splitExponent(x: number): number {
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54: subnormal numbers
    k = -54;
  }
  float64[0] = x;
  const high = words[highWord];
  const mantissa = high & 0xfffff;
  const carry = mantissa >= 0x6a09e ? 1 : 0; // the leading bits of sqrt(2)
  words[highWord] = mantissa | ((1023 - carry) << 20);
  return k + (high >>> 20) - 1023 + carry;
}

/** Natural logarithm. log(0) = -Infinity, log(x < 0) = NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const k = splitExponent(x);
  const f = float64[0] - 1; // exact
  const s = f / (2 + f);
  const z = s * s;
  const half = 0.5 * f * f;
  // ln(1 + f) = f - (half - s (half + z P)): 2 s = f - s f with the large terms kept apart.
  const rest = s * (half + z * logSeries(z));
  if (k === 0) return f - (half - rest);
  return k * ln2High - (half - (rest + k * ln2Low) - f);
}

/** Hyperbolic tangent. Keeps -0. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.55) {
    // Lambert 1761: tanh x = x / (1 + w/(3 + w/(5 + ...))), w = x^2; written as x minus a small correction.
    const w = x * x;
    const t = w / (3 + w / (5 + w / (7 + w / (9 + w / (11 + w / (13 + w / 15))))));
    return t === 0 ? x : x - (x * t) / (1 + t);
  }
  if (a >= 22) return x < 0 ? -1 : 1;
  if (!(a < 22)) return x; // NaN
  const value = 1 - 2 / (expOf(2 * a, 0) + 1);
  return x < 0 ? -value : value;
}

/** 1 / (1 + e^-x), without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** ln(1 + e^x), without overflow on one side, and without loss on the other. */
export function softplus(x: number): number {
  if (Number.isNaN(x)) return x;
  const e = exp(-Math.abs(x));
  // ln(1 + e) for e in [0, 1]: log takes 1 + e and the correction what its rounding dropped (Goldberg 1991, theorem 4).
  const sum = 1 + e;
  const log1p = sum === 1 ? e : log(sum) + (e - (sum - 1)) / sum;
  return x > 0 ? x + log1p : log1p;
}

const twoOverRootPi = 1.1283791670955126;
const rootPi = 1.772453850905516;
// erf and its derivative at 1, 1.5 and 2.
const erfAt = [0.8427007929497149, 0.9661051464753108, 0.9953222650189527];
const slopeAt = [0.4151074974205947, 0.11893028922362937, 0.020666985354092053];

/** erf(c + h) - erf(c) over the derivative at c: the integral of e^(-2 c h - h^2), whose coefficients follow from each other. */
function erfSeries(c: number, h: number): number {
  let [before, coefficient, power, sum] = [0, 1, h, h];
  for (let n = 1; n <= 20; n += 1) {
    [before, coefficient] = [coefficient, (-2 * (c * coefficient + before)) / n];
    power *= h;
    sum += (coefficient * power) / (n + 1);
  }
  return sum;
}

/**
 * The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. Keeps -0.
 *
 * Source  Abramowitz & Stegun 1964, 7.1.5 (near 0), 7.1.19 (around 1, 1.5 and 2), 7.1.14 (the continued fraction of 1 - erf).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 0.75) {
    const z = x * x;
    let term = 1;
    let sum = 0;
    for (let n = 1; n <= 18; n += 1) {
      term *= -z / n;
      sum += term / (2 * n + 1);
    }
    // 2/sqrt(pi) in two parts, so that the largest product is exact.
    return z === 0 ? x * twoOverRootPi : x + x * (0.1283791670955126 + twoOverRootPi * sum);
  }
  if (a >= 6) return x < 0 ? -1 : 1; // 1 - erf 6 is 2e-17
  if (!(a < 6)) return x; // NaN
  let value: number;
  if (a < 2.25) {
    const place = Math.floor(2 * a + 0.5) - 2;
    value = erfAt[place] + slopeAt[place] * erfSeries(1 + place / 2, a - (1 + place / 2));
  } else {
    let fraction = a;
    for (let n = 40; n >= 1; n -= 1) fraction = a + n / 2 / fraction;
    value = 1 - exp(-a * a) / (rootPi * fraction);
  }
  return x < 0 ? -value : value;
}

const twoOverPi = 0.6366197723675814;
const halfPi1 = 1.5707963267341256; // pi/2 in three parts of 33 bits and a rest
const halfPi2 = 6.077100506303966e-11;
const halfPi3 = 2.0222662487111665e-21;
const halfPi4 = 8.4784276603689e-32;

// pi/2 * 2^1216: 1024 bits for the largest exponent, 64 for the closest a float64 comes to a multiple, 128 for the result.
const halfPiBits =
  0x1921fb54442d18469898cc51701b839a252049c1114cf98e804177d4c76273644a29410f31c6809bbdf2a33679a748636605614dbe4be286e9fc26adadaa3848bc90b6aecc4bcfd8de89885d34c6fdad617feb96de80d6fdbdc70d7f6b5133f4b5d3e4822f8963fcc9250cca3d9c8b67b8400f97142c77e0b31b4906c38aba734d22c7f51fa499ebf06caba47b9475b2c38c5e6ac410aa577n;
const halfPiShift = 1216n;

// What reduceAngle writes: the angle in [-pi/4, pi/4] as a sum of two numbers. Scratch, as above.
const reduced = new Float64Array(2);

/** Writes x - n pi/2 to `reduced` and returns n modulo 4, for finite |x| > pi/4. */
const reduceAngle = (x: number): number => (Math.abs(x) > 1e6 ? reduceLargeAngle(x) : reduceSmallAngle(x));

/** As `reduceAngle`, for |x| <= 1e6. */
function reduceSmallAngle(x: number): number {
  const n = Math.floor(x * twoOverPi + 0.5); // below 2^20, so n times a part of 33 bits is exact
  const a = x - n * halfPi1; // exact
  const b = n * halfPi2;
  const ab = a - b;
  const v1 = ab - a;
  const e1 = a - (ab - v1) - (b + v1); // a - b = ab + e1 (Knuth's two-sum)
  const c = n * halfPi3;
  const abc = ab - c;
  const v2 = abc - ab;
  const e2 = ab - (abc - v2) - (c + v2);
  const low = e1 + e2 - n * halfPi4;
  reduced[0] = abc + low;
  reduced[1] = abc - reduced[0] + low;
  return n & 3;
}

function reduceLargeAngle(x: number): number {
  float64[0] = Math.abs(x);
  const exponent = (words[highWord] >>> 20) - 1075;
  const mantissa = (BigInt((words[highWord] & 0xfffff) | 0x100000) << 32n) | BigInt(words[lowWord]);
  const scaled = exponent >= 0 ? mantissa << (halfPiShift + BigInt(exponent)) : mantissa << (halfPiShift - BigInt(-exponent));
  let n = scaled / halfPiBits;
  let rest = scaled - n * halfPiBits;
  if (rest * 2n > halfPiBits) {
    n += 1n;
    rest -= halfPiBits;
  }
  const sign = x < 0 ? -1 : 1;
  const top = rest >> (halfPiShift - 160n); // 160 bits after the point
  const high = Number(top);
  const unit = sign * powerOfTwo(-160);
  reduced[0] = high * unit;
  reduced[1] = Number(top - BigInt(high)) * unit;
  return Number((x < 0 ? -n : n) & 3n);
}

/** sin(x + y) for |x| <= pi/4 and |y| < ulp(x). */
function sinSeries(x: number, y: number): number {
  const z = x * x;
  let p = 1 / 355687428096000;
  p = p * z - 1 / 1307674368000;
  p = p * z + 1 / 6227020800;
  p = p * z - 1 / 39916800;
  p = p * z + 1 / 362880;
  p = p * z - 1 / 5040;
  p = p * z + 1 / 120;
  p = p * z - 1 / 6;
  return x + (x * z * p + y * (1 - 0.5 * z));
}

/** cos(x + y) for |x| <= pi/4 and |y| < ulp(x). */
function cosSeries(x: number, y: number): number {
  const z = x * x;
  let p = 1 / 20922789888000;
  p = p * z - 1 / 87178291200;
  p = p * z + 1 / 479001600;
  p = p * z - 1 / 3628800;
  p = p * z + 1 / 40320;
  p = p * z - 1 / 720;
  p = p * z + 1 / 24;
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * z * p - x * y));
}

function sinBy(reduce: (x: number) => number, x: number): number {
  if (Math.abs(x) <= 0.7853981633974483) return x * x === 0 ? x : sinSeries(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const n = reduce(x);
  const value = n & 1 ? cosSeries(reduced[0], reduced[1]) : sinSeries(reduced[0], reduced[1]);
  return n & 2 ? -value : value;
}

function cosBy(reduce: (x: number) => number, x: number): number {
  if (Math.abs(x) <= 0.7853981633974483) return cosSeries(x, 0);
  if (!Number.isFinite(x)) return NaN;
  const n = reduce(x);
  const value = n & 1 ? sinSeries(reduced[0], reduced[1]) : cosSeries(reduced[0], reduced[1]);
  return n === 1 || n === 2 ? -value : value;
}

/** Sine of an angle in radians, exact reduction for every finite x. Keeps -0. */
export const sin = (x: number): number => sinBy(reduceAngle, x);

/** Cosine of an angle in radians, exact reduction for every finite x. */
export const cos = (x: number): number => cosBy(reduceAngle, x);

/** As `sin`, to the bit, for |x| <= 1e6: whoever has no larger angles loads nothing for them. */
export const sinOfSmall = (x: number): number => sinBy(reduceSmallAngle, x);

/** As `cos`, to the bit, for |x| <= 1e6. */
export const cosOfSmall = (x: number): number => cosBy(reduceSmallAngle, x);

/** The product's rounding error, a * b - fl(a * b), by Dekker's splitting; |a|, |b| < 2^995. */
function productError(a: number, b: number, product: number): number {
  const aBig = a * 134217729; // 2^27 + 1
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = b * 134217729;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** x^y for finite x > 0 and finite y: e^(y ln x) with ln x and the product carried to about 100 bits. */
function powPositive(x: number, y: number): number {
  if (x === 1) return 1;
  const up = x > 1 === y > 0;
  if (Math.abs(y) > 1.8446744073709552e19) return up ? Infinity : 0; // 2^64: |ln x| >= 2^-53, so |y ln x| > 2^11
  const k = splitExponent(x);
  const f = float64[0] - 1;
  const t = 2 + f;
  const tLow = f - (t - 2);
  // s + sLow = f / (t + tLow)
  const s = f / t;
  const product = s * t;
  const sLow = (f - product - productError(s, t, product) - s * tLow) / t;
  const z = s * s;
  // ln x = k ln 2 + 2 (s + sLow) + s^3 P
  const a = k * ln2High;
  const b = 2 * s;
  const sum = a + b;
  const v = sum - a;
  const sumLow = a - (sum - v) + (b - v);
  const low = sumLow + (k * ln2Low + (2 * sLow + s * z * logSeries(z)));
  const logHigh = sum + low;
  const logLow = sum - logHigh + low;
  const e = y * logHigh;
  if (e > 710) return Infinity;
  if (e < -746) return 0;
  const eLow = productError(y, logHigh, e) + y * logLow;
  return expOf(e, eLow);
}

/**
 * x^n by squaring, for whole 1 <= n < 2^31: exact whenever every partial product is, and within a relative n 2^-53 where none is
 * subnormal or overflows.
 */
export function wholePower(x: number, n: number): number {
  let result = 1;
  let base = x;
  for (;;) {
    if (n & 1) result *= base;
    n >>= 1;
    if (n === 0) return result;
    base *= base;
  }
}

/** x^y with ECMAScript's special values: pow(x, 0) = 1, pow(1, NaN) = NaN, pow(-8, 1/3) = NaN. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  const a = Math.abs(x);
  if (y === Infinity || y === -Infinity) return a === 1 ? NaN : a > 1 === y > 0 ? Infinity : 0;
  const isInteger = Math.floor(y) === y;
  // Beyond 2^53 every float64 is even.
  const isOdd = isInteger && Math.abs(y) < 9007199254740992 && Math.floor(y / 2) * 2 !== y;
  const negative = isOdd && (x < 0 || (x === 0 && 1 / x < 0));
  let value: number;
  if (a === 0 || a === Infinity) {
    value = (a === 0) === y < 0 ? Infinity : 0;
  } else if (x < 0 && !isInteger) {
    return NaN;
  } else {
    value = NaN;
    if (isInteger && y <= 64 && y >= -64) {
      const direct = wholePower(a, Math.abs(y));
      // Partial products lost nothing to under- or overflow.
      if (direct > 1e-290 && direct < 1e290) value = y < 0 ? 1 / direct : direct;
    }
    if (Number.isNaN(value)) value = powPositive(a, y);
  }
  return negative ? -value : value;
}
