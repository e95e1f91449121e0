/**
 * The .npy format of NumPy: one array of numbers, a type and a shape before it.
 *
 * Layout   0x93 "NUMPY", major and minor version, the header's length (2 bytes in version 1, 4 in 2 and 3, little-endian), the
 *          header, the values. Header: { 'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), } as Python writes it.
 * Source   NumPy Enhancement Proposal 1; numpy.lib.format, versions 1.0, 2.0 and 3.0.
 * Choice   Values come in C order and in a type of ours that holds each of them exactly: bool and u1 as bytes (a view where they
 *          lie so), other integers to 32 bits with sign as int32, f2 and f4 as float32, f8 and wider integers as float64.
 * Choice   A header is believed only once the bytes present agree with it, to the byte; nothing is allocated before.
 */
import { DataError } from "../../core/errors.ts";
import { showValue } from "../../core/names.ts";
import { exampleSize } from "../dataset.ts";

/** The numbers of a .npy file, in row-major order whatever the order in the file. */
export interface NpyArray {
  /** As the file says: "<f8", "|u1". */
  readonly type: string;
  /** At least one extent. */
  readonly shape: readonly number[];
  /** In C order: the last index runs fastest. */
  readonly values: Uint8Array | Int32Array | Float32Array | Float64Array;
}

type Numbers = NpyArray["values"];

interface NumberType {
  readonly sizeBytes: number;
  readonly make: new (length: number) => Numbers;
  read(view: DataView, at: number, little: boolean): number;
}

const types: Readonly<Record<string, NumberType>> = {
  b1: { sizeBytes: 1, make: Uint8Array, read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  u1: { sizeBytes: 1, make: Uint8Array, read: (view, at) => view.getUint8(at) },
  u2: { sizeBytes: 2, make: Int32Array, read: (view, at, little) => view.getUint16(at, little) },
  u4: { sizeBytes: 4, make: Float64Array, read: (view, at, little) => view.getUint32(at, little) },
  u8: { sizeBytes: 8, make: Float64Array, read: (view, at, little) => wide(view, at, little, false) },
  i1: { sizeBytes: 1, make: Int32Array, read: (view, at) => view.getInt8(at) },
  i2: { sizeBytes: 2, make: Int32Array, read: (view, at, little) => view.getInt16(at, little) },
  i4: { sizeBytes: 4, make: Int32Array, read: (view, at, little) => view.getInt32(at, little) },
  i8: { sizeBytes: 8, make: Float64Array, read: (view, at, little) => wide(view, at, little, true) },
  f2: { sizeBytes: 2, make: Float32Array, read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { sizeBytes: 4, make: Float32Array, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { sizeBytes: 8, make: Float64Array, read: (view, at, little) => view.getFloat64(at, little) },
};
/** Types that lie in memory as in a little-endian file, where the host is little-endian as all known ones are. */
const asInMemory = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? ["f4", "f8", "i4"] : [];
const mostDimensions = 8;
const mostHeaderBytes = 65_536;
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** A 64-bit integer; NaN where float64 does not hold it exactly. */
function wide(view: DataView, at: number, little: boolean, hasSign: boolean): number {
  const [low, high] = little ? [at, at + 4] : [at + 4, at];
  const upper = hasSign ? view.getInt32(high, little) : view.getUint32(high, little);
  const value = upper * 4294967296 + view.getUint32(low, little);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** The unit of the last place of a float16 with exponent e: 2^(e - 25), and 2^-24 below the normal ones. */
const halfUnits = Float64Array.from({ length: 31 }, (_, e) => (e < 25 ? 1 / (1 << (25 - Math.max(e, 1))) : 1 << (e - 25)));

function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction : 1024 + fraction) * halfUnits[exponent];
}

/**
 * Reads a whole .npy file.
 *
 * @param origin  what the file is called in messages
 * @throws DataError  E_DATA_NPY_*: the bytes are not exactly one array of real numbers with at least one dimension; an integer is
 *                    beyond 2^53
 * @example
 * const bytes = writeNpy({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
 * readNpy(bytes, "x.npy").shape; // [2, 3]
 */
export function readNpy(bytes: Uint8Array, origin: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { descr, isFortran, shape, start } = readHeader(bytes, view, origin);
  const type = Object.hasOwn(types, descr.slice(1)) ? types[descr.slice(1)]! : undefined;
  if (!type || !/^[<>|=]/.test(descr)) {
    throw new DataError("E_DATA_NPY_TYPE", {
      message: `${origin}: the types ${Object.keys(types).join(", ")} are read, this array has ${showValue(descr)}`,
      hint: "Convert it first, for example by array.astype('float32').",
    });
  }
  if (shape.length === 0 || shape.length > mostDimensions) {
    throw new DataError("E_DATA_NPY_DIMENSIONS", {
      message: `${origin}: an array must have 1 to ${mostDimensions} dimensions, this one has ${shape.length}`,
      hint: "The first dimension counts the examples.",
    });
  }
  const count = exampleSize(shape);
  const expected = start + count * type.sizeBytes;
  if (bytes.length !== expected) {
    const isShort = bytes.length < expected;
    throw new DataError(isShort ? "E_DATA_NPY_TRUNCATED" : "E_DATA_NPY_TRAILING", {
      message: `${origin}: ${descr} [${shape.join(", ")}] takes ${expected} bytes with the header, the file has ${bytes.length}`,
      hint: isShort ? "The file was cut. Get it again." : "Something was appended to the file, or its header is damaged.",
    });
  }
  if (descr.endsWith("u1") && !isFortran) return { type: descr, shape, values: bytes.subarray(start) };
  const values = new type.make(count);
  const little = descr[0] !== ">";
  if (little && !isFortran && asInMemory.includes(descr.slice(1))) {
    new Uint8Array(values.buffer).set(bytes.subarray(start));
    return { type: descr, shape, values };
  }
  const places = isFortran ? fortranPlaces(shape) : undefined;
  const isWide = descr.endsWith("8") && descr[1] !== "f";
  for (let i = 0; i < count; i++) {
    const value = type.read(view, start + (places ? places[i] : i) * type.sizeBytes, little);
    if (isWide && Number.isNaN(value)) {
      throw new DataError("E_DATA_NPY_RANGE", {
        message: `${origin}: integers must be within 2^53 of 0, value ${i} of the array is not`,
        hint: "Such numbers are not exact in float64. Are they ids rather than measurements?",
      });
    }
    values[i] = value;
  }
  return { type: descr, shape, values };
}

/** Where value i in C order lies in Fortran order, where the first index runs fastest. */
function fortranPlaces(shape: readonly number[]): Float64Array {
  const count = exampleSize(shape);
  const places = new Float64Array(count);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => exampleSize(shape.slice(0, axis)));
  let place = 0;
  for (let i = 0; i < count; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return places;
}

interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

function readHeader(bytes: Uint8Array, view: DataView, origin: string): Header {
  const fail = (code: string, message: string, hint: string) => new DataError(code, { message: `${origin}: ${message}`, hint });
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    throw fail(
      "E_DATA_NPY_MAGIC",
      `a .npy file begins with 0x93 NUMPY and its version, this one of ${bytes.length} bytes does not`,
      isZip ? "It is perhaps a .npz archive: unpack it, and give the .npy files inside." : "It is not a .npy file.",
    );
  }
  const major = bytes[6];
  if (major < 1 || major > 3) {
    throw fail("E_DATA_NPY_VERSION", `the versions 1, 2 and 3 are read, this file has ${major}`, "Save it again with NumPy.");
  }
  const before = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : bytes.length < 12 ? mostHeaderBytes + 1 : view.getUint32(8, true);
  if (length > mostHeaderBytes || before + length > bytes.length) {
    throw fail(
      "E_DATA_NPY_HEADER",
      `its header should have ${length} bytes, the file has ${Math.max(0, bytes.length - before)} for it (at most ${mostHeaderBytes} are read)`,
      "The file was cut or damaged.",
    );
  }
  const text = new TextDecoder().decode(bytes.subarray(before, before + length));
  const entries = parseDictionary(text);
  const descr = entries?.get("descr");
  const order = entries?.get("fortran_order");
  const shape = parseShape(entries?.get("shape"));
  if (entries?.size !== 3 || descr === undefined || !/^(?:True|False)$/.test(order ?? "") || !shape) {
    throw fail(
      "E_DATA_NPY_HEADER",
      `its header must be { 'descr': ..., 'fortran_order': ..., 'shape': ... }, received ${showValue(text.trim())}`,
      "The file is damaged.",
    );
  }
  const size = exampleSize(shape);
  if (!Number.isSafeInteger(8 * size)) {
    throw fail("E_DATA_NPY_TOO_LARGE", `its header says [${shape.join(", ")}], more than 2^53 bytes`, "The file is damaged.");
  }
  return { descr: /^(['"])(.*)\1$/.exec(descr)?.[2] ?? descr, isFortran: order === "True", shape, start: before + length };
}

/** The entries of a Python dictionary with values as they are written; undefined where it is none, or has a key twice. */
function parseDictionary(text: string): Map<string, string> | undefined {
  const inside = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const entries = new Map<string, string>();
  const entry = /\s*(['"])(\w{1,40})\1\s*:\s*('[^'\\]*'|"[^"\\]*"|True|False|\([\dL,\s]*\)|\[[^[\]]*\])\s*(,|$)/y;
  while (entry.lastIndex < inside.length && inside.slice(entry.lastIndex).trim() !== "") {
    const found = entry.exec(inside);
    if (!found || entries.has(found[2]!)) return undefined;
    entries.set(found[2]!, found[3]!);
  }
  return entries;
}

/** "(3, 4)" -> [3, 4], "(3,)" -> [3], "()" -> []; an L behind a number is from Python 2. */
function parseShape(text: string | undefined): number[] | undefined {
  const inside = /^\((.*)\)$/s.exec(text ?? "")?.[1];
  if (inside === undefined) return undefined;
  const parts = inside.split(",").map((part) => part.trim());
  if (parts[parts.length - 1] === "") parts.pop();
  else if (parts.length === 1) return undefined;
  return parts.every((part) => /^\d{1,15}L?$/.test(part)) ? parts.map((part) => Number.parseInt(part, 10)) : undefined;
}

/**
 * The bytes of a .npy file: version 1.0, little-endian, C order.
 *
 * @throws DataError  E_DATA_NPY_SHAPE: the shape does not have as many values as given
 * @example writeNpy({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
 */
export function writeNpy({ shape, values }: Omit<NpyArray, "type">): Uint8Array<ArrayBuffer> {
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0) || exampleSize(shape) !== values.length) {
    throw new DataError("E_DATA_NPY_SHAPE", {
      message: `.npy: an array of shape [${shape.join(", ")}] was given ${values.length} values`,
      hint: "The product of the shape must be the number of values.",
    });
  }
  const type =
    values instanceof Uint8Array ? "|u1" : values instanceof Int32Array ? "<i4" : values instanceof Float32Array ? "<f4" : "<f8";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The values begin at a multiple of 64, and the header ends with a line end.
  const start = Math.ceil((10 + header.length + 1) / 64) * 64;
  const sizeBytes = values.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(start + values.length * sizeBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([...magic, 1, 0]);
  view.setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(header.padEnd(start - 11)), 10);
  bytes[start - 1] = 10;
  for (let i = 0, at = start; i < values.length; i++, at += sizeBytes) {
    if (values instanceof Uint8Array) bytes[at] = values[i];
    else if (values instanceof Int32Array) view.setInt32(at, values[i], true);
    else if (values instanceof Float32Array) view.setFloat32(at, values[i], true);
    else view.setFloat64(at, values[i], true);
  }
  return bytes;
}
