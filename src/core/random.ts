/**
 * Counter-based random numbers: each is a pure function of a key and an index, so any part of a stream can be computed
 * again, alone, in any order, by any number of threads and by any engine.
 *
 * Generator   Threefry-2x32 with 20 rounds. (w0, w1) = threefry(key, c0, c1) below; all words are unsigned 32-bit.
 * Index       i, an integer in [0, 2^53), is the counter c0 = i mod 2^32, c1 = floor(i / 2^32).
 * Uniform     u(i) = ((w0 >>> 5) 2^26 + (w1 >>> 6)) 2^-53: 53 bits, in [0, 1).
 * Normal      the pair p = (2p-th, 2p+1-th number) comes from the counter p: u1 = (w0 + 1) 2^-32 in (0, 1],
 *             angle = 6.283185307179586 (w1 2^-32), radius = sqrt(-2 log(u1)); first radius cos(angle), then
 *             radius sin(angle), with log, cos, sin of math.ts. At most 6.66 in magnitude. (Box & Muller 1958)
 * Integer     floor(u(i) bound).
 * Shuffle     for i = n-1 down to 1: swap places i and floor(u(i) (i + 1)). (Durstenfeld 1964)
 * Streams     foldIn derives a key with counters whose c1 has one of its two top bits set; no index has that, so a key
 *             may be drawn from and folded, and nothing repeats.
 *
 * Everything is computed in float64 and rounded once when it is stored in float32.
 *
 * Source      Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 */
import { cosOfSmall, log, sinOfSmall } from "./math.ts";

/** A stream of random numbers: two unsigned 32-bit words. */
export interface RandomKey {
  readonly k0: number;
  readonly k1: number;
}

const twoTo32 = 4294967296;
const twoToMinus32 = 1 / 4294967296;
const twoToMinus53 = 1 / 9007199254740992;
const twoPi = 6.283185307179586;

/** The key schedule's parity constant for 32-bit words: SKEIN_KS_PARITY32 in the authors' Random123. */
const parity = 0x1bd11bda;

/**
 * Threefry-2x32-20: writes the two words of the counter (c0, c1) under the key. Allocates nothing.
 *
 * @example threefry({ k0: 0, k1: 0 }, 0, 0, out) // out = [0x6b200159, 0x99ba4efe]
 */
export function threefry(key: RandomKey, c0: number, c1: number, out: Uint32Array | Int32Array): void {
  const k0 = key.k0 | 0;
  const k1 = key.k1 | 0;
  const k2 = parity ^ k0 ^ k1;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  // Four rounds with rotations 13 15 26 6 or 17 29 16 24, then the next two key words and the count of injections.
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 1) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k2) | 0;
  b = (b + k0 + 2) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k0) | 0;
  b = (b + k1 + 3) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 4) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  out[0] = (a + k2) | 0;
  out[1] = (b + k0 + 5) | 0;
}

function requireInteger(what: string, value: number, low: number, high: number, range: string): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${what} must be an integer in ${range}, received ${value}`);
  }
}

/**
 * The key of a seed: k0 its low 32 bits, k1 the rest.
 *
 * @param seed integer in [0, 2^53)
 * @throws RangeError the seed is anything else
 * @example randomKey(1); // { "k0": 1, "k1": 0 }
 */
export function randomKey(seed: number): RandomKey {
  requireInteger("a seed", seed, 0, Number.MAX_SAFE_INTEGER, "[0, 2^53)");
  return { k0: seed >>> 0, k1: Math.floor(seed / twoTo32) };
}

/** 32-bit FNV-1a over bytes, first to last or last to first. Source: Fowler, Noll, Vo; RFC 9923. */
function fnv1a(bytes: Uint8Array, backwards: boolean): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i += 1) {
    hash = Math.imul(hash ^ bytes[backwards ? bytes.length - 1 - i : i], 0x01000193);
  }
  return hash >>> 0;
}

/**
 * The key of a stream for a purpose, such as a layer's name and a step. The parts are folded one after the other:
 * the new key is (w0, w1) of the counter
 *   integer n in [0, 2^53):  c0 = n mod 2^32,            c1 = 2^30 + floor(n / 2^32)
 *   string:                  c0 = FNV-1a of its UTF-8,   c1 = 2^31 | FNV-1a of its bytes from last to first
 *
 * @throws RangeError a number is not an integer in [0, 2^53)
 * @example foldIn(randomKey(7), "dropout", "fc1", 120)
 */
export function foldIn(key: RandomKey, ...parts: (string | number)[]): RandomKey {
  const out = new Uint32Array(2);
  let current = key;
  for (const part of parts) {
    if (typeof part === "string") {
      const bytes = new TextEncoder().encode(part);
      threefry(current, fnv1a(bytes, false), fnv1a(bytes, true) | 0x80000000, out);
    } else foldNumber(current, part, out);
    current = { k0: out[0], k1: out[1] };
  }
  return current;
}

/**
 * foldIn(key, part) for a number, its two words written to `out`. Allocates nothing: for keys of every step.
 *
 * @throws RangeError the number is not an integer in [0, 2^53)
 */
export function foldNumber(key: RandomKey, part: number, out: Uint32Array | Int32Array): void {
  requireInteger("a number folded into a random key", part, 0, Number.MAX_SAFE_INTEGER, "[0, 2^53)");
  threefry(key, part >>> 0, 0x40000000 + Math.floor(part / twoTo32), out);
}

/** u(index) with the words going to scratch; see the header. */
function uniform(key: RandomKey, index: number, scratch: Uint32Array): number {
  threefry(key, index >>> 0, index < twoTo32 ? 0 : Math.floor(index / twoTo32), scratch);
  return ((scratch[0] >>> 5) * 67108864 + (scratch[1] >>> 6)) * twoToMinus53;
}

/**
 * The uniform number at an index of a stream, in [0, 1), with 53 random bits.
 *
 * @param index integer in [0, 2^53); not checked, since this is called for every example
 */
export function uniformAt(key: RandomKey, index: number): number {
  return uniform(key, index, new Uint32Array(2));
}

/**
 * Fills with low + (high - low) u(i), i from 0. Values are in [low, high], and below high unless rounding reaches it.
 *
 * @example fillUniform(key, new Float32Array(100), -0.5, 0.5)
 */
export function fillUniform(key: RandomKey, out: Float32Array | Float64Array, low: number, high: number): void {
  const scratch = new Uint32Array(2);
  const width = high - low;
  for (let i = 0; i < out.length; i += 1) out[i] = low + width * uniform(key, i, scratch);
}

/**
 * Fills with mean + std z(i), z standard normal; an odd last number is the first of its pair.
 *
 * @example fillNormal(foldIn(randomKey(1), "fc1"), new Float32Array(78400), 0, 0.05)
 */
export function fillNormal(key: RandomKey, out: Float32Array | Float64Array, mean: number, std: number): void {
  const scratch = new Uint32Array(2);
  for (let i = 0; i < out.length; i += 2) {
    const pair = i / 2;
    threefry(key, pair >>> 0, pair < twoTo32 ? 0 : Math.floor(pair / twoTo32), scratch);
    const radius = Math.sqrt(-2 * log((scratch[0] + 1) * twoToMinus32));
    const angle = twoPi * (scratch[1] * twoToMinus32);
    out[i] = mean + std * (radius * cosOfSmall(angle));
    if (i + 1 < out.length) out[i + 1] = mean + std * (radius * sinOfSmall(angle));
  }
}

/**
 * Fills with floor(u(firstIndex + i) bound): uniform integers in [0, bound), each with a probability within bound 2^-53
 * of 1 / bound, relative.
 *
 * @param bound integer in [1, 2^31] for an Int32Array, [1, 2^32] for a Uint32Array
 * @throws RangeError the bound or the first index is out of range
 */
export function fillIntegers(key: RandomKey, firstIndex: number, bound: number, out: Int32Array | Uint32Array): void {
  const most = out instanceof Int32Array ? 2147483648 : twoTo32;
  requireInteger("the bound of random integers", bound, 1, most, `[1, ${most}]`);
  requireInteger("the first index of random integers", firstIndex, 0, Number.MAX_SAFE_INTEGER - out.length, "[0, 2^53 - length)");
  const scratch = new Uint32Array(2);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.floor(uniform(key, firstIndex + i, scratch) * bound);
}

/**
 * A random order of 0 .. n-1.
 *
 * @param n integer in [0, 2^32)
 * @throws RangeError n is out of range
 */
export function permutation(key: RandomKey, n: number): Uint32Array {
  requireInteger("the length of a permutation", n, 0, twoTo32 - 1, "[0, 2^32)");
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i += 1) order[i] = i;
  const scratch = new Uint32Array(2);
  for (let i = n - 1; i >= 1; i -= 1) {
    const j = Math.floor(uniform(key, i, scratch) * (i + 1));
    const swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  return order;
}
