/** Writes IDX files for the tests: the reader's opposite, kept apart from it on purpose. */

export const IDX_CODES = { uint8: 0x08, int8: 0x09, int16: 0x0b, int32: 0x0c, float32: 0x0d, float64: 0x0e } as const;
export const IDX_SIZES = { uint8: 1, int8: 1, int16: 2, int32: 4, float32: 4, float64: 8 } as const;
export type IdxKind = keyof typeof IDX_CODES;

/** Header and values as the file format has them; `values` may be shorter or longer than the sizes say. */
export function idxBytes(kind: IdxKind, sizes: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = 4 + 4 * sizes.length;
  const each = IDX_SIZES[kind];
  const bytes = new Uint8Array(header + each * values.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, IDX_CODES[kind]);
  view.setUint8(3, sizes.length);
  for (const [axis, size] of sizes.entries()) view.setUint32(4 + 4 * axis, size);
  for (let i = 0; i < values.length; i++) {
    const at = header + each * i;
    if (kind === "uint8") view.setUint8(at, values[i]);
    else if (kind === "int8") view.setInt8(at, values[i]);
    else if (kind === "int16") view.setInt16(at, values[i]);
    else if (kind === "int32") view.setInt32(at, values[i]);
    else if (kind === "float32") view.setFloat32(at, values[i]);
    else view.setFloat64(at, values[i]);
  }
  return bytes;
}

export interface SmallSet {
  readonly rows?: number;
  readonly side?: number;
  readonly labels?: readonly number[];
  readonly testLabels?: readonly number[];
}

/** The four files of a small set of images, by their standard names; pixel i of the training images is i mod 256. */
export function fourFiles({
  rows = 3,
  side = 28,
  labels = [5, 0, 4],
  testLabels = [7, 2],
}: SmallSet = {}): Map<string, Uint8Array> {
  const pixels = (count: number) => Uint8Array.from({ length: count * side * side }, (_, i) => i % 256);
  return new Map([
    ["train-images-idx3-ubyte", idxBytes("uint8", [rows, side, side], pixels(rows))],
    ["train-labels-idx1-ubyte", idxBytes("uint8", [labels.length], labels)],
    ["t10k-images-idx3-ubyte", idxBytes("uint8", [testLabels.length, side, side], pixels(testLabels.length))],
    ["t10k-labels-idx1-ubyte", idxBytes("uint8", [testLabels.length], testLabels)],
  ]);
}
