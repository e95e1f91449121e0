/**
 * Decompressing .gz where there is no zlib: the browser's DecompressionStream, with a limit on what comes out of it.
 *
 * Source   RFC 1952. Deflate can blow up 1 byte to 1032 (zlib's technical notes), so a small file can fill the memory.
 * Choice   A file is known as gzip by its first bytes and not by its name: servers and browsers decompress some .gz on the way.
 */
import { DataError } from "../../core/errors.ts";

/** The most bytes that one file may decompress to, unless told otherwise: 1 GiB. */
export const DECOMPRESSED_LIMIT_BYTES = 1_073_741_824;
/** Deflate gives at most this many bytes for each byte it reads. */
export const LARGEST_DEFLATE_RATIO = 1032;
// What is fed at a time: a browser may decompress a whole chunk, here up to 66 MB, before anyone can look at its size.
const CHUNK_BYTES = 65_536;

/** Whether the bytes begin as every gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The error of a file that decompresses to more than the limit. */
export function tooLargeDecompressed(origin: string, limitBytes: number, cause?: unknown): DataError {
  return new DataError("E_DATA_GZIP_TOO_LARGE", {
    message: `${origin}: decompressed it must be at most ${limitBytes} bytes, and it is more`,
    hint: "If the file is meant to be so large, raise limitBytes.",
    cause,
  });
}

/** The error of a file that cannot be decompressed. */
export function brokenGzip(origin: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataError("E_DATA_GZIP", {
    message: `${origin}: a gzip file that cannot be decompressed (${reason})`,
    hint: "The file was cut or damaged, for instance by a download that stopped. Get it again.",
    cause,
  });
}

/**
 * Decompresses a .gz file.
 *
 * @param origin      what the file is called in messages
 * @param limitBytes  the most bytes that may come out
 * @throws DataError  E_DATA_GZIP: cut or damaged; E_DATA_GZIP_TOO_LARGE: more bytes than the limit
 */
export async function gunzip(bytes: Uint8Array, origin: string, limitBytes = DECOMPRESSED_LIMIT_BYTES): Promise<Uint8Array> {
  const decompressed = chunksOf(bytes).pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await decompressed.read().catch((cause: unknown) => {
      throw brokenGzip(origin, cause);
    });
    if (done) break;
    total += value.length;
    if (total > limitBytes) {
      await decompressed.cancel();
      throw tooLargeDecompressed(origin, limitBytes);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function chunksOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + CHUNK_BYTES));
      at += CHUNK_BYTES;
    },
  });
}
