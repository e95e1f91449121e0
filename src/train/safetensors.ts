/**
 * The safetensors format, float32 and float64: named tensors and a few texts in one file.
 *
 * Layout   N, 8 bytes, little-endian; N bytes of JSON, padded with spaces; then the data, row-major and little-endian.
 *          JSON: { "__metadata__": { key: text }, name: { "dtype": "F32" or "F64", "shape": [...], "data_offsets": [begin, end] } },
 *          offsets counted in bytes from the start of the data.
 * Source   Hugging Face, github.com/huggingface/safetensors, README, section "Format".
 * Choice   The same tensors give the same bytes: tensors in the order given, metadata sorted by key.
 * Choice   N + 8 is a multiple of 8, so that a mapped file can be read in place.
 * Choice   A file is hostile until the tensors tile its data to the byte: no gap, no overlap, no key twice. Values are allocated
 *          only then, so a small file cannot ask for a large memory.
 */
import { DataError } from "../core/errors.ts";
import { showValue } from "../core/names.ts";

/** A tensor to be written; `values` are row-major. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** A tensor as a file holds it. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** What a file holds; tensors in the order of their data. */
export interface SafetensorsContent {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

const LENGTH_BYTES = 8;
const HEADER_LIMIT_BYTES = 100_000_000;
const METADATA_KEY = "__metadata__";
/** The header, a tensor, its shape. */
const DEEPEST = 3;

/**
 * The bytes of a safetensors file.
 *
 * @param metadata  texts to keep with the tensors
 * @throws DataError  E_DATA_SAFETENSORS_NAME, _SHAPE, _HEADER: a name comes twice or is reserved, a shape does not have as
 *                    many values as given, the header would be longer than readers accept
 * @example encodeSafetensors([{ name: "fc1.weight", shape: [2, 1], values: Float32Array.of(1, 2) }], { step: "8600" });
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const { json, dataBytes } = describeTensors(tensors, metadata);
  const unpadded = new TextEncoder().encode(json);
  const headerBytes = Math.ceil(unpadded.length / 8) * 8;
  if (headerBytes > HEADER_LIMIT_BYTES) {
    throw new DataError("E_DATA_SAFETENSORS_HEADER", {
      message: `safetensors: a header may have ${HEADER_LIMIT_BYTES} bytes, this one would have ${headerBytes}`,
      hint: "Put less into the metadata, or the tensors into several files.",
    });
  }
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerBytes, true); // below 2^32, so the upper half stays 0
  bytes.set(unpadded, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + unpadded.length, LENGTH_BYTES + headerBytes);
  let at = LENGTH_BYTES + headerBytes;
  for (const { values } of tensors) {
    // As bits: a float may lose the payload of a NaN on the way, and the host may be big-endian.
    if (values instanceof Float64Array) {
      const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < bits.length; i++, at += 8) view.setBigUint64(at, bits[i], true);
    } else {
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < bits.length; i++, at += 4) view.setUint32(at, bits[i], true);
    }
  }
  return bytes;
}

function describeTensors(tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>>) {
  // By hand: an object would move names like "0" to the front.
  const entries: string[] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) {
    const texts = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    entries.push(`"${METADATA_KEY}":{${texts.join(",")}}`);
  }
  const names = new Set<string>();
  let at = 0;
  for (const { name, shape, values } of tensors) {
    const fault = nameFault(name, names);
    if (fault !== undefined) {
      throw new DataError("E_DATA_SAFETENSORS_NAME", {
        message: `safetensors: each tensor needs a name of its own, and ${showValue(name)} ${fault}`,
        hint: "Rename the tensor.",
      });
    }
    if (!shape.every(isSize) || countOf(shape) !== values.length) {
      throw new DataError("E_DATA_SAFETENSORS_SHAPE", {
        message: `safetensors: tensor ${showValue(name)} of shape [${shape.join(", ")}] was given ${values.length} values`,
        hint: "The product of the shape must be the number of values.",
      });
    }
    names.add(name);
    const end = at + values.byteLength;
    const dtype = values instanceof Float64Array ? "F64" : "F32";
    entries.push(`${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${at},${end}]}`);
    at = end;
  }
  return { json: `{${entries.join(",")}}`, dataBytes: at };
}

function nameFault(name: string, taken: ReadonlySet<string>): string | undefined {
  if (taken.has(name)) return "comes twice";
  if (name === METADATA_KEY) return "is reserved by the format";
  return name.isWellFormed() ? undefined : "is half a character of UTF-16";
}

/** A tensor as the header describes it. */
interface Entry {
  readonly name: string;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
  readonly isDouble: boolean;
}

/**
 * Reads a whole safetensors file. The values are copies.
 *
 * @param origin  what the file is called in messages
 * @throws DataError  E_DATA_SAFETENSORS_*: the bytes are not exactly one safetensors file of float32 and float64 tensors
 * @example
 * const bytes = encodeSafetensors([{ name: "fc1.weight", shape: [2, 1], values: Float32Array.of(1, 2) }]);
 * decodeSafetensors(bytes, "last.safetensors").tensors.get("fc1.weight")?.values; // [1, 2]
 */
export function decodeSafetensors(bytes: Uint8Array, origin: string): SafetensorsContent {
  const headerBytes = readHeaderLength(bytes, origin);
  const header = parseHeader(bytes.slice(LENGTH_BYTES, LENGTH_BYTES + headerBytes), origin);
  let metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === METADATA_KEY) metadata = readMetadata(value, origin);
    else entries.push(readEntry(key, value, origin));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const dataStart = LENGTH_BYTES + headerBytes;
  requireTiling(entries, bytes.length - dataStart, origin);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors: SafetensorsContent["tensors"] = new Map();
  for (const { name, shape, begin, end, isDouble } of entries) {
    tensors.set(name, { shape, values: readValues(view, dataStart + begin, dataStart + end, isDouble) });
  }
  return { tensors, metadata };
}

function readValues(view: DataView, begin: number, end: number, isDouble: boolean): Float32Array | Float64Array {
  if (isDouble) {
    const bits = new BigUint64Array((end - begin) / 8);
    for (let i = 0; i < bits.length; i++) bits[i] = view.getBigUint64(begin + 8 * i, true);
    return new Float64Array(bits.buffer);
  }
  const bits = new Uint32Array((end - begin) / 4);
  for (let i = 0; i < bits.length; i++) bits[i] = view.getUint32(begin + 4 * i, true);
  return new Float32Array(bits.buffer);
}

function readHeaderLength(bytes: Uint8Array, origin: string): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new DataError("E_DATA_SAFETENSORS_TRUNCATED", {
      message: `${origin}: a safetensors file begins with ${LENGTH_BYTES} bytes of length, the file has ${bytes.length}`,
      hint: bytes.length === 0 ? "The file is empty." : "The file was cut.",
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(4, true) * 4294967296 + view.getUint32(0, true);
  if (length > HEADER_LIMIT_BYTES) {
    throw new DataError("E_DATA_SAFETENSORS_HEADER", {
      message: `${origin}: a header may have ${HEADER_LIMIT_BYTES} bytes, the file says ${length}`,
      hint: "The file is damaged, or it is not a safetensors file.",
    });
  }
  if (length > bytes.length - LENGTH_BYTES) {
    throw new DataError("E_DATA_SAFETENSORS_TRUNCATED", {
      message: `${origin}: its header should have ${length} bytes, the file has ${bytes.length - LENGTH_BYTES} for it`,
      hint: "The file was cut, or it is not a safetensors file.",
    });
  }
  return length;
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>, origin: string): Record<string, unknown> {
  let header: unknown;
  let keys: number;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.startsWith("{")) throw new SyntaxError("its first character must be '{'");
    keys = countColons(text);
    header = JSON.parse(text);
  } catch (cause) {
    throw new DataError("E_DATA_SAFETENSORS_JSON", {
      message: `${origin}: its header must be a JSON object in UTF-8 (${cause instanceof Error ? cause.message : String(cause)})`,
      hint: "The file is damaged, or it is not a safetensors file.",
      cause,
    });
  }
  if (keys !== countKeys(header)) {
    throw new DataError("E_DATA_SAFETENSORS_JSON", {
      message: `${origin}: its header has a key twice, so what it means depends on who reads it`,
      hint: "Write the file again, each tensor under a name of its own.",
    });
  }
  return header as Record<string, unknown>; // it begins with a brace and is valid
}

/**
 * Colons outside strings: the keys of valid JSON, with those that come twice.
 *
 * @throws SyntaxError  nested too deep; to be asked before parsing, where depth costs far more memory than its text
 */
function countColons(text: string): number {
  let colons = 0;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === ":") colons++;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth > DEEPEST) throw new SyntaxError(`nested more than ${DEEPEST} deep at character ${i}`);
  }
  return colons;
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const each of Object.values(value)) keys += countKeys(each);
  return keys;
}

function readMetadata(value: unknown, origin: string): Record<string, string> {
  const wrong = isObject(value) ? Object.entries(value).find(([, text]) => typeof text !== "string") : ["it", value];
  if (wrong === undefined) return value as Record<string, string>;
  throw new DataError("E_DATA_SAFETENSORS_METADATA", {
    message: `${origin}: ${METADATA_KEY} must hold texts by name, received ${showValue(wrong[1])} for ${showValue(wrong[0])}`,
    hint: "The file is damaged, or was not written as the format says.",
  });
}

function readEntry(name: string, value: unknown, origin: string): Entry {
  const who = `${origin}: tensor ${showValue(name)}`;
  const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
  if (dtype !== "F32" && dtype !== "F64") {
    throw new DataError("E_DATA_SAFETENSORS_DTYPE", {
      message: `${who}: only the dtypes 'F32' and 'F64' are read, received ${showValue(dtype)}`,
      hint: "Convert the tensors to float32 and write the file again.",
    });
  }
  const isDouble = dtype === "F64";
  const size = isDouble ? 8 : 4;
  if (!Array.isArray(shape) || !shape.every(isSize) || !Number.isSafeInteger(size * countOf(shape))) {
    throw new DataError("E_DATA_SAFETENSORS_SHAPE", {
      message: `${who}: the shape must be a list of sizes with a product below 2^50, received ${showJson(shape)}`,
      hint: "The file is damaged.",
    });
  }
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize) ? (offsets as number[]) : [];
  if (begin === undefined || end === undefined || end - begin !== size * countOf(shape)) {
    throw new DataError("E_DATA_SAFETENSORS_OFFSETS", {
      message: `${who}: ${dtype} ${showJson(shape)} takes ${size * countOf(shape)} bytes, its data_offsets are ${showJson(offsets)}`,
      hint: "The file is damaged: offsets are [begin, end] in bytes, and end - begin is the size of the tensor.",
    });
  }
  return { name, shape, begin, end, isDouble };
}

/** Entries sorted by begin: each exactly where the one before ends, the last at the end of the file. */
function requireTiling(entries: readonly Entry[], dataBytes: number, origin: string): void {
  let at = 0;
  let before = "the start of the data";
  for (const { name, begin, end } of entries) {
    if (begin !== at) {
      throw new DataError(begin < at ? "E_DATA_SAFETENSORS_OVERLAP" : "E_DATA_SAFETENSORS_HOLE", {
        message: `${origin}: tensor ${showValue(name)} must begin at byte ${at}, after ${before}, and begins at ${begin}`,
        hint: "The file is damaged: its tensors must fill the data without overlap or hole.",
      });
    }
    at = end;
    before = `tensor ${showValue(name)}`;
  }
  if (at > dataBytes) {
    throw new DataError("E_DATA_SAFETENSORS_TRUNCATED", {
      message: `${origin}: its tensors take ${at} bytes, the file has ${dataBytes} for them`,
      hint: "The file was cut, or its offsets are damaged.",
    });
  }
  if (at < dataBytes) {
    throw new DataError("E_DATA_SAFETENSORS_HOLE", {
      message: `${origin}: its tensors take ${at} bytes, the file has ${dataBytes - at} more`,
      hint: "Something was appended to the file, or its header is damaged.",
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

/** The product; where it leaves the exact integers on the way, NaN, so that a zero further on cannot hide it. */
function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => (Number.isSafeInteger(product * size) ? product * size : Number.NaN), 1);
}

function showJson(value: unknown): string {
  const text = JSON.stringify(value)?.replaceAll(",", ", ") ?? "missing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
