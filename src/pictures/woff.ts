/**
 * Unpacks a font from its form for the web, once, where a renderer would do it for every picture.
 *
 * Source   W3C 2012, "WOFF File Format 1.0": tables of a font, each compressed by zlib where that makes it smaller.
 */
import { inflateSync } from "node:zlib";

const headerBytes = { packed: 44, plain: 12 };
const entryBytes = { packed: 20, plain: 16 };

/** @returns the font as a .ttf or .otf file */
export function unpackWoff(woff: Uint8Array): Uint8Array {
  const packed = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  const count = packed.getUint16(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const at = headerBytes.packed + i * entryBytes.packed;
    const [tag, offset, length, plainLength, checksum] = [0, 4, 8, 12, 16].map((field) => packed.getUint32(at + field));
    const bytes = woff.subarray(offset!, offset! + length!);
    return { tag: tag!, checksum: checksum!, bytes: length! < plainLength! ? inflateSync(bytes) : bytes };
  });
  const first = headerBytes.plain + entryBytes.plain * count;
  // Tables begin at multiples of four bytes.
  const padded = (length: number): number => Math.ceil(length / 4) * 4;
  const out = new Uint8Array(first + tables.reduce((total, { bytes }) => total + padded(bytes.length), 0));
  const plain = new DataView(out.buffer);
  plain.setUint32(0, packed.getUint32(4)); // kind of the font
  plain.setUint16(4, count);
  // Help for a binary search among the tables: the greatest power of two, its exponent, the rest.
  const exponent = 31 - Math.clz32(count);
  plain.setUint16(6, entryBytes.plain << exponent);
  plain.setUint16(8, exponent);
  plain.setUint16(10, entryBytes.plain * count - (entryBytes.plain << exponent));
  let offset = first;
  for (const [i, { tag, checksum, bytes }] of tables.entries()) {
    const at = headerBytes.plain + i * entryBytes.plain;
    [tag, checksum, offset, bytes.length].forEach((value, field) => {
      plain.setUint32(at + 4 * field, value);
    });
    out.set(bytes, offset);
    offset += padded(bytes.length);
  }
  return out;
}
