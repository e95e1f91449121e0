/** Inputs of a model from a file: CSV, .npy, IDX (also .gz), or a picture. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { decode } from "fast-png";
import { DataError, FileError } from "../core/errors.ts";
import type { RawTable } from "../data/dataset.ts";
import type { Frame } from "../data/frame.ts";
import type { Preparation } from "../data/preparation.ts";
import { type CsvOptions, readCsv } from "../data/readers/csv-columns.ts";
import { DECOMPRESSED_LIMIT_BYTES, isGzip } from "../data/readers/gzip.ts";
import { readIdx } from "../data/readers/idx.ts";
import { readNpy } from "../data/readers/npy.ts";
import { type Picture, pictureExample } from "../data/readers/picture.ts";
import { gunzipWithin, plainView } from "./gunzip.ts";

/** Pixels beyond which a picture is not opened. */
const mostPixels = 100_000_000;

/**
 * Reads a file as inputs of a model.
 *
 * @param preparation  of the model: what its columns are, or the shape of its examples
 * @param csv          how CSV files are written: separator, header, decimal point
 * @throws FileError  it cannot be read, or is of a kind that is not known
 * @throws DataError  its content is not what its name says, or does not suit the model
 */
export function readInputs(path: string, preparation: Preparation, csv: CsvOptions = {}): RawTable | Frame {
  const bytes = readBytes(path);
  const kind = extname(path.replace(/\.gz$/, "")).toLowerCase();
  if (kind === ".csv" || kind === ".tsv")
    return readCsv(bytes, path, { ...csv, ...(preparation.kinds && { kinds: preparation.kinds }) });
  if (preparation.inputs.kind === "columns") {
    throw new FileError("E_FILE_KIND", { message: `the model takes columns, and '${path}' is no .csv file` });
  }
  const { shape, scale } = preparation.inputs;
  if (kind === ".npy") {
    const array = readNpy(bytes, path);
    return tableOf(array.values, array.shape, shape, scale);
  }
  if (kind === ".png") {
    return { values: pictureExample(readPicture(bytes, path), shape, path), shape, count: 1, scale };
  }
  if (kind === ".idx" || /-ubyte$|idx\d$/.test(path.replace(/\.gz$/, ""))) {
    const array = readIdx(bytes, path);
    return tableOf(array.values, array.shape, shape, scale);
  }
  throw new FileError("E_FILE_KIND", {
    message: `'${path}' must be a .csv, .npy, .png or IDX file (.idx, -ubyte), by its name`,
    hint: "Rename it, or convert it.",
  });
}

function readBytes(path: string): Uint8Array {
  try {
    const bytes = plainView(readFileSync(path));
    return isGzip(bytes) ? gunzipWithin(bytes, path, DECOMPRESSED_LIMIT_BYTES) : bytes;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new FileError("E_FILE_READ", {
      message: `'${path}' cannot be read: ${(error as Error).message}`,
      hint: "Relative paths start at the current folder.",
      cause: error,
    });
  }
}

/** An array as examples of the model: the first extent counts them, unless it is a single example itself. */
function tableOf(values: RawTable["values"], given: readonly number[], shape: readonly number[], scale: number): RawTable {
  const isSingle = given.join() === shape.join();
  const size = shape.reduce((product, extent) => product * extent, 1);
  const [count = 0, ...example] = isSingle ? [1, ...given] : given;
  // Rows of as many numbers as an example has stand for it, whatever their axes.
  const fits = example.reduce((product, extent) => product * extent, 1) === size;
  return { values, shape: fits ? shape : example, count, scale };
}

function readPicture(bytes: Uint8Array, path: string): Picture {
  try {
    if (bytes.length < 24 || bytes[0] !== 0x89 || bytes[1] !== 0x50) throw new Error("it is no PNG file");
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [wide, high] = [head.getUint32(16), head.getUint32(20)];
    if (wide * high > mostPixels) throw new Error(`it has ${wide} x ${high} pixels, more than ${mostPixels}`);
    const { width, height, channels, data, depth, palette } = decode(bytes);
    const numbers = unpacked(data, width * channels, height, depth);
    if (!palette) return { width, height, channels, values: Float64Array.from(numbers, (x) => x / ((1 << depth) - 1)) };
    const size = palette[0]?.length ?? 3;
    const values = new Float64Array(numbers.length * size);
    numbers.forEach((index, i) => {
      for (let c = 0; c < size; c++) values[i * size + c] = (palette[index]?.[c] ?? 0) / 255;
    });
    return { width, height, channels: size, values };
  } catch (error) {
    throw new DataError("E_DATA_PICTURE", {
      message: `'${path}' cannot be read as a PNG picture: ${(error as Error).message}`,
      cause: error,
    });
  }
}

/** Numbers of less than a byte lie several in one, each row from a byte of its own. */
function unpacked(data: ArrayLike<number>, rowNumbers: number, rows: number, depth: number): Uint16Array {
  const rowBytes = depth < 8 ? Math.ceil((rowNumbers * depth) / 8) : rowNumbers;
  if (data.length < rowBytes * rows) throw new Error("it has fewer pixels than it says");
  return Uint16Array.from({ length: rowNumbers * rows }, (_, i) => {
    const [row, place] = [Math.floor(i / rowNumbers), i % rowNumbers];
    if (depth >= 8) return data[i]!;
    const bit = place * depth;
    return (data[row * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  });
}
