/**
 * What modules are written into: lists of bytes, and numbers as WebAssembly writes them.
 *
 * Most code is made once, before the host has optimised what makes it. So an instruction takes few calls, and most of them are the
 * host's own: `push`.
 */

const utf8 = new TextEncoder();

/** Appends a number as LEB128, unsigned. */
export function pushUnsigned(bytes: number[], value: number): void {
  let rest = value >>> 0;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
}

/** Appends a number as LEB128, signed. */
export function pushSigned(bytes: number[], value: number): void {
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      bytes.push(low);
      return;
    }
    bytes.push(low | 0x80);
  }
}

/** Appends the length of a text in UTF-8, and the text. */
export function pushText(bytes: number[], text: string): void {
  const encoded = utf8.encode(text);
  pushUnsigned(bytes, encoded.length);
  bytes.push(...encoded);
}

/** Hosts take so many arguments in any case. */
const mostArguments = 4096;

/** Appends bytes. */
export function pushAll(bytes: number[], more: readonly number[]): void {
  for (let at = 0; at < more.length; at += mostArguments)
    bytes.push(...(more.length <= mostArguments ? more : more.slice(at, at + mostArguments)));
}

type Pieces = readonly (readonly number[])[];

/** Bytes in all pieces together. */
export const bytesIn = (pieces: Pieces): number => pieces.reduce((total, { length }) => total + length, 0);

/** The pieces, one after the other. */
export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(bytesIn(pieces));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
