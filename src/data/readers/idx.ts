/**
 * Reader of IDX files, the format of MNIST: a type, up to 8 sizes, then the values, row-major and big-endian.
 *
 * Layout   0 0 T D, then D sizes as unsigned 32-bit integers, then the values; T is the type, D the number of dimensions.
 * Source   Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section "File formats".
 * Choice   Bytes are a view of the file, never a copy. Wider integers become int32 and float64 becomes float32, which is what
 *          training computes in.
 * Choice   A header is believed only once the bytes present agree with it, to the byte; nothing is allocated before.
 */
import { DataError } from "../../core/errors.ts";
import { exampleSize } from "../dataset.ts";

export type IdxType = "uint8" | "int8" | "int16" | "int32" | "float32" | "float64";

export interface IdxArray {
  /** The type in the file; `values` may be wider (int8, int16) or narrower (float64). */
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly values: Uint8Array | Int32Array | Float32Array;
}

const TYPES: ReadonlyMap<number, { readonly type: IdxType; readonly sizeBytes: number }> = new Map([
  [0x08, { type: "uint8", sizeBytes: 1 }],
  [0x09, { type: "int8", sizeBytes: 1 }],
  [0x0b, { type: "int16", sizeBytes: 2 }],
  [0x0c, { type: "int32", sizeBytes: 4 }],
  [0x0d, { type: "float32", sizeBytes: 4 }],
  [0x0e, { type: "float64", sizeBytes: 8 }],
]);
const MAX_DIMENSIONS = 8;

/**
 * Reads a whole IDX file.
 *
 * @param bytes   the file, decompressed; for uint8 the result is a view of it
 * @param origin  what the file is called in messages
 * @throws DataError  E_DATA_IDX_*: the bytes are not exactly one IDX file
 * @example readIdx(bytes, "train-labels-idx1-ubyte") // { type: "uint8", shape: [60000], values: Uint8Array(60000) }
 */
export function readIdx(bytes: Uint8Array, origin: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type, sizeBytes, shape, headerBytes } = readHeader(view, origin);
  const count = exampleSize(shape);
  const expected = headerBytes + count * sizeBytes;
  const given = bytes.length;
  // Where the product is beyond 2^53 and so inexact, it is still far above any number of bytes present.
  if (!Number.isSafeInteger(expected)) {
    throw new DataError("E_DATA_IDX_TOO_LARGE", {
      message: `${origin}: its header says ${type} [${shape.join(", ")}], more than 2^53 bytes; the file has ${given}`,
      hint: "The header is damaged, or this is not an IDX file.",
    });
  }
  if (given < expected) {
    throw new DataError("E_DATA_IDX_TRUNCATED", {
      message: `${origin}: ${type} [${shape.join(", ")}] needs ${expected} bytes with the header, the file has ${given}`,
      hint: "The file was cut, for instance by a download that stopped. Get it again.",
    });
  }
  if (given > expected) {
    throw new DataError("E_DATA_IDX_TRAILING", {
      message: `${origin}: ${type} [${shape.join(", ")}] ends after ${expected} bytes, the file has ${given - expected} more`,
      hint: "Something was appended to the file, or its header is damaged. Get it again.",
    });
  }
  return { type, shape, values: readValues(bytes, view, { type, headerBytes, count, origin }) };
}

function readHeader(view: DataView, origin: string) {
  const given = view.byteLength;
  if (given < 4) {
    throw new DataError("E_DATA_IDX_HEADER", {
      message: `${origin}: an IDX file begins with 4 bytes of type and dimensions, the file has ${given}`,
      hint: given === 0 ? "The file is empty. Get it again." : "The file was cut. Get it again.",
    });
  }
  if (view.getUint16(0) !== 0) {
    const start = Array.from({ length: 4 }, (_, i) => view.getUint8(i).toString(16).padStart(2, "0")).join(" ");
    throw new DataError("E_DATA_IDX_MAGIC", {
      message: `${origin}: an IDX file begins with two zero bytes, this one with ${start}`,
      hint: notIdxBecause(view),
    });
  }
  const code = view.getUint8(2);
  const found = TYPES.get(code);
  if (!found) {
    const known = [...TYPES].map(([number, { type }]) => `0x${number.toString(16).padStart(2, "0")} ${type}`).join(", ");
    throw new DataError("E_DATA_IDX_TYPE", {
      message: `${origin}: IDX knows the types ${known}; this file says 0x${code.toString(16).padStart(2, "0")}`,
      hint: "The file is damaged, or it is not an IDX file.",
    });
  }
  const dimensions = view.getUint8(3);
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw new DataError("E_DATA_IDX_DIMENSIONS", {
      message: `${origin}: the number of dimensions must be in [1, ${MAX_DIMENSIONS}], the file says ${dimensions}`,
      hint: "The file is damaged, or it is not an IDX file.",
    });
  }
  const headerBytes = 4 + 4 * dimensions;
  if (given < headerBytes) {
    throw new DataError("E_DATA_IDX_HEADER", {
      message: `${origin}: the header of ${dimensions} dimensions takes ${headerBytes} bytes, the file has ${given}`,
      hint: "The file was cut. Get it again.",
    });
  }
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { ...found, shape, headerBytes };
}

function notIdxBecause(view: DataView): string {
  const start = view.getUint16(0);
  if (start === 0x1f8b) return "It is compressed with gzip; decompress it first.";
  if (start === 0x504b) return "It is a zip archive; unpack it and give the files inside.";
  if (view.getUint8(0) === 0x3c) return "It looks like a web page, perhaps the error page of a download. Get the file again.";
  return "It is not an IDX file.";
}

interface Body {
  readonly type: IdxType;
  readonly headerBytes: number;
  readonly count: number;
  readonly origin: string;
}

function readValues(bytes: Uint8Array, view: DataView, { type, headerBytes, count, origin }: Body): IdxArray["values"] {
  const at = headerBytes;
  if (type === "uint8") return bytes.subarray(at);
  if (type === "float32" || type === "float64") {
    const values = new Float32Array(count);
    if (type === "float32") for (let i = 0; i < count; i++) values[i] = view.getFloat32(at + 4 * i);
    else for (let i = 0; i < count; i++) values[i] = narrow(view.getFloat64(at + 8 * i), i, origin);
    return values;
  }
  const values = new Int32Array(count);
  if (type === "int8") for (let i = 0; i < count; i++) values[i] = view.getInt8(at + i);
  else if (type === "int16") for (let i = 0; i < count; i++) values[i] = view.getInt16(at + 2 * i);
  else for (let i = 0; i < count; i++) values[i] = view.getInt32(at + 4 * i);
  return values;
}

function narrow(value: number, index: number, origin: string): number {
  const narrowed = Math.fround(value);
  if (Number.isFinite(narrowed) || !Number.isFinite(value)) return narrowed;
  throw new DataError("E_DATA_IDX_RANGE", {
    message: `${origin}: value ${index} is ${value}, beyond the largest float32 (about 3.4e38)`,
    hint: "Scale the values before writing the file.",
  });
}
