/** Decompressing .gz in Node, at once and with a limit on what comes out. */
import { gunzipSync } from "node:zlib";
import { brokenGzip, DECOMPRESSED_LIMIT_BYTES, LARGEST_DEFLATE_RATIO, tooLargeDecompressed } from "../data/readers/gzip.ts";

const SMALLEST_CHUNK_BYTES = 65_536;

/**
 * Decompresses a .gz file.
 *
 * @param origin      what the file is called in messages
 * @param limitBytes  the most bytes that may come out
 * @throws DataError  E_DATA_GZIP: cut or damaged; E_DATA_GZIP_TOO_LARGE: more bytes than the limit
 */
export function gunzipWithin(bytes: Uint8Array, origin: string, limitBytes = DECOMPRESSED_LIMIT_BYTES): Uint8Array {
  try {
    return plainView(gunzipSync(bytes, { maxOutputLength: limitBytes, chunkSize: chunkFor(bytes, limitBytes) }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLargeDecompressed(origin, limitBytes, cause);
    throw brokenGzip(origin, cause);
  }
}

/** The same bytes as a Uint8Array, without Buffer's own `slice` and `toString`. */
export function plainView(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/**
 * Room for the whole content in one piece, so that zlib does not glue pieces together in a second copy.
 *
 * The size stored in the last 4 bytes (RFC 1952) is only a claim: it is cut to what deflate could give at best, and to the limit.
 * Where it is wrong, zlib takes as many pieces as it needs.
 */
function chunkFor(bytes: Uint8Array, limitBytes: number): number {
  if (bytes.length < 18) return SMALLEST_CHUNK_BYTES;
  const claimed = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
  return Math.max(SMALLEST_CHUNK_BYTES, Math.min(claimed, limitBytes, bytes.length * LARGEST_DEFLATE_RATIO) + 1);
}
