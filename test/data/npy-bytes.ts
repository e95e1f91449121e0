/** Writes .npy files for the tests: the reader's opposite, kept apart from it on purpose. */

export const NPY_SIZES = { b1: 1, u1: 1, u2: 2, u4: 4, u8: 8, i1: 1, i2: 2, i4: 4, i8: 8, f2: 2, f4: 4, f8: 8 } as const;
export type NpyKind = keyof typeof NPY_SIZES;

export interface NpyStyle {
  readonly version?: 1 | 2 | 3;
  readonly big?: boolean;
  /** The first index runs fastest; `values` are in C order all the same. */
  readonly fortran?: boolean;
  /** Replaces the header that belongs to the rest. */
  readonly header?: string;
}

/** Header and values as the format has them; `values` may be fewer or more than the shape says. */
export function npyBytes(kind: NpyKind, shape: readonly number[], values: readonly number[], style: NpyStyle = {}): Uint8Array {
  const { version = 1, big = false, fortran = false } = style;
  const order = NPY_SIZES[kind] === 1 ? "|" : big ? ">" : "<";
  const tuple = `(${shape.map((extent) => `${extent},`).join(" ")})`;
  const text = style.header ?? `{'descr': '${order}${kind}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${tuple}}`;
  const before = version === 1 ? 10 : 12;
  const padded = new TextEncoder().encode(`${text.padEnd(Math.ceil((text.length + before + 1) / 16) * 16 - before - 1)}\n`);
  const bytes = new Uint8Array(before + padded.length + values.length * NPY_SIZES[kind]);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  if (version === 1) view.setUint16(8, padded.length, true);
  else view.setUint32(8, padded.length, true);
  bytes.set(padded, before);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  for (const [i, value] of values.entries()) {
    let [place, rest] = [0, i];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const at = before + padded.length + (fortran ? place : i) * NPY_SIZES[kind];
    if (kind === "b1" || kind === "u1") view.setUint8(at, value);
    else if (kind === "i1") view.setInt8(at, value);
    else if (kind === "u2" || kind === "f2")
      view.setUint16(at, value, !big); // float16 as its bits
    else if (kind === "i2") view.setInt16(at, value, !big);
    else if (kind === "u4") view.setUint32(at, value, !big);
    else if (kind === "i4") view.setInt32(at, value, !big);
    else if (kind === "u8") view.setBigUint64(at, BigInt(value), !big);
    else if (kind === "i8") view.setBigInt64(at, BigInt(value), !big);
    else if (kind === "f4") view.setFloat32(at, value, !big);
    else view.setFloat64(at, value, !big);
  }
  return bytes;
}
