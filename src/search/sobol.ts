/**
 * Sobol's sequence: points of the unit cube that fill it more evenly than random ones, in any number.
 *
 * Symbols  x 32 bits, the first of which halves [0, 1); v_k direction numbers; g = i XOR floor(i / 2), the Gray code of i
 * Formula  x of point i = XOR of v_k over the bits k of g; v_k = m_k 2^(32 - k), and of a polynomial
 *          z^s + a_1 z^(s-1) + ... + a_(s-1) z + 1:  m_k = 2 a_1 m_(k-1) XOR ... XOR 2^s m_(k-s) XOR m_(k-s)
 * Scramble Each bit of x is flipped or not by a random bit of its own for what stands before it: nested uniform scrambling. Any
 *          2^n points that follow each other from a multiple of 2^n stay as evenly spread, and each is uniform by itself.
 * Source   Sobol' 1967; Bratley & Fox 1988, ACM TOMS 14(1), algorithm 659; Owen 1995. Polynomials and first direction numbers:
 *          Joe & Kuo 2008, SIAM J. Sci. Comput. 30(5), table new-joe-kuo-6.21201, dimensions 2 to 64.
 */
import { type RandomKey, threefry } from "../core/random.ts";

/** Of each dimension from the second on: its polynomial, the bits of 1 a_1 ... a_(s-1) 1, and m_1 ... m_s. */
const table = `
  3 1; 7 1 3; 11 1 3 1; 13 1 1 1; 19 1 1 3 3; 25 1 3 5 13; 37 1 1 5 5 17; 41 1 1 5 5 5; 47 1 1 7 11 19; 55 1 1 5 1 1; 59
  1 1 1 3 11; 61 1 3 5 5 31; 67 1 3 3 9 7 49; 91 1 1 1 15 21 21; 97 1 3 1 13 27 49; 103 1 1 1 15 7 5; 109 1 3 1 15 13
  25; 115 1 1 5 5 19 61; 131 1 3 7 11 23 15 103; 137 1 3 7 13 13 15 69; 143 1 1 3 13 7 35 63; 145 1 3 5 9 1 25 53; 157 1
  3 1 13 9 35 107; 167 1 3 1 5 27 61 31; 171 1 1 5 11 19 41 61; 185 1 3 5 3 3 13 69; 191 1 1 7 13 1 19 1; 193 1 3 7 5 13
  19 59; 203 1 1 3 9 25 29 41; 211 1 3 5 13 23 1 55; 213 1 3 7 3 13 59 17; 229 1 3 1 3 5 53 69; 239 1 1 5 5 23 33 13;
  241 1 1 7 7 1 61 123; 247 1 1 7 9 13 61 49; 253 1 3 3 5 3 55 33; 285 1 3 1 15 31 13 49 245; 299 1 3 5 15 31 59 63 97;
  301 1 3 1 11 11 11 77 249; 333 1 3 1 11 27 43 71 9; 351 1 1 7 15 21 11 81 45; 355 1 3 7 3 25 31 65 79; 357 1 3 1 1 19
  11 3 205; 361 1 1 5 9 19 21 29 157; 369 1 3 7 11 1 33 89 185; 391 1 3 3 3 15 9 79 71; 397 1 3 7 11 15 39 119 27; 425 1
  1 3 1 11 31 97 225; 451 1 1 1 3 23 43 57 177; 463 1 3 7 7 17 17 37 71; 487 1 3 1 5 27 63 123 213; 501 1 1 3 5 11 43 53
  133; 529 1 3 5 5 29 17 47 173 479; 539 1 3 3 11 3 1 109 9 69; 545 1 1 1 5 17 39 23 5 343; 557 1 3 1 5 25 15 31 103
  499; 563 1 1 1 11 11 17 63 105 183; 601 1 1 5 11 9 29 97 231 363; 607 1 1 5 15 19 45 41 7 383; 617 1 3 7 7 31 19 83
  137 221; 623 1 1 1 3 23 15 111 223 83; 631 1 1 5 13 31 15 55 25 161; 637 1 1 3 13 25 47 39 87 257`;

/** Dimensions that the sequence has. */
export const sobolDimensions = 64;

/** The direction numbers v_1 ... v_32 of the first dimensions. */
export function sobolDirections(dimensions: number): readonly Uint32Array[] {
  const rows = table.split(";").map((row) => row.trim().split(/\s+/).map(Number));
  const first = Uint32Array.from({ length: 32 }, (_, k) => 1 << (31 - k));
  return [first, ...rows.slice(0, dimensions - 1).map(([polynomial, ...start]) => directionsOf(polynomial!, start))];
}

function directionsOf(polynomial: number, start: readonly number[]): Uint32Array {
  const degree = start.length;
  const m = [...start];
  for (let k = degree; k < 32; k++) {
    let next = (m[k - degree]! ^ (m[k - degree]! << degree)) >>> 0;
    for (let j = 1; j < degree; j++) if ((polynomial >>> (degree - j)) & 1) next = (next ^ (m[k - j]! << j)) >>> 0;
    m.push(next);
  }
  return Uint32Array.from(m, (value, k) => value << (31 - k));
}

/** The 32 bits of a point's coordinate, from the direction numbers of its dimension. */
export function sobolBits(directions: Uint32Array, index: number): number {
  let x = 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, k = 0; gray !== 0; gray >>>= 1, k++) if (gray & 1) x ^= directions[k];
  return x >>> 0;
}

/** The bits after nested uniform scrambling; one key gives one scrambling of [0, 1). */
export function scrambled(key: RandomKey, bits: number): number {
  const words = new Uint32Array(2);
  let out = 0;
  for (let k = 0; k < 32; k++) {
    // The node of the tree: a 1 and the k bits before this one.
    const node = k === 0 ? 1 : ((1 << k) | (bits >>> (32 - k))) >>> 0;
    threefry(key, node, 0, words);
    out = (out << 1) | (((bits >>> (31 - k)) ^ words[0]) & 1);
  }
  return out >>> 0;
}

/** The middle of the share of [0, 1) that 32 bits are. */
export const toUnit = (bits: number): number => (bits + 0.5) / 4294967296;
