/**
 * A fingerprint of bytes, to notice that they are no longer the same: damaged files, changed data. Not against anyone who means it.
 *
 * Formula  four lanes of 32 bits take every fourth word: h <- rotl((h ^ w) p, 13), p odd; then the lengths, and each lane is mixed
 *          with the others.
 * Choice   For a given lane each step is one to one in the word and in the lane, so a single changed word always changes the result.
 */

const primes = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

const turned = (h: number): number => (h << 13) | (h >>> 19);

/** The finalizer of MurmurHash3 (Appleby 2011): every bit of the input reaches every bit of the output. */
function mixed(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** The bytes of an array of numbers or of a text, as they lie in memory. */
export type Printable = string | Uint8Array | Int32Array | Float32Array | Float64Array;

function bytesOf(part: Printable): Uint8Array {
  if (typeof part === "string") return new TextEncoder().encode(part);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/**
 * The fingerprint of some parts, one after the other; where one ends and the next begins counts too.
 *
 * @returns 32 hexadecimal digits
 * @example fingerprint(["a", new Float32Array([1])]) // 32 digits, the same each time
 */
export function fingerprint(parts: Iterable<Printable>): string {
  let [a, b, c, d] = [1, 2, 3, 4] as [number, number, number, number];
  const [p, q, r, s] = primes;
  for (const part of parts) {
    const bytes = bytesOf(part);
    const whole = bytes.length & ~15;
    // Words are read in place where they are aligned.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice(0, whole);
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, whole >> 2);
    for (let i = 0; i < words.length; i += 4) {
      a = turned(Math.imul(a ^ words[i]!, p));
      b = turned(Math.imul(b ^ words[i + 1]!, q));
      c = turned(Math.imul(c ^ words[i + 2]!, r));
      d = turned(Math.imul(d ^ words[i + 3]!, s));
    }
    for (let i = whole; i < bytes.length; i++) a = turned(Math.imul(a ^ bytes[i]!, p));
    b = turned(Math.imul(b ^ bytes.length, q));
  }
  const sum = mixed(a ^ turned(b) ^ turned(turned(c)) ^ Math.imul(d, p));
  const lanes = [a, b, c, d].map((lane, i) => mixed(lane + Math.imul(sum, primes[i]!)));
  return lanes.map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}
