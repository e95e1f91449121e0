import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../../src/core/errors.ts";
import { readNpy, writeNpy } from "../../../src/data/readers/npy.ts";
import { propertyRuns } from "../../support/long.ts";
import { NPY_SIZES, type NpyKind, npyBytes } from "../npy-bytes.ts";
import { raised } from "../raised.ts";

const limit = Number.MAX_SAFE_INTEGER;
const VALUES: Record<Exclude<NpyKind, "f2">, fc.Arbitrary<number>> = {
  b1: fc.integer({ min: 0, max: 1 }),
  u1: fc.integer({ min: 0, max: 255 }),
  u2: fc.integer({ min: 0, max: 65_535 }),
  u4: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  u8: fc.integer({ min: 0, max: limit }),
  i1: fc.integer({ min: -128, max: 127 }),
  i2: fc.integer({ min: -32_768, max: 32_767 }),
  i4: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  i8: fc.integer({ min: -limit, max: limit }),
  f4: fc.float(),
  f8: fc.double(),
};
const CLASSES: Record<NpyKind, unknown> = {
  b1: Uint8Array,
  u1: Uint8Array,
  u2: Int32Array,
  u4: Float64Array,
  u8: Float64Array,
  i1: Int32Array,
  i2: Int32Array,
  i4: Int32Array,
  i8: Float64Array,
  f2: Float32Array,
  f4: Float32Array,
  f8: Float64Array,
};
const examples = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(VALUES) as (keyof typeof VALUES)[])),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 }),
    style: fc.record({ version: fc.constantFrom(1, 2, 3), big: fc.boolean(), fortran: fc.boolean() } as const),
  })
  .chain(({ kind, shape, style }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc.record({
      kind: fc.constant(kind),
      shape: fc.constant(shape),
      style: fc.constant(style),
      values: fc.array(VALUES[kind], { minLength: length, maxLength: length }),
    });
  });

describe("readNpy", () => {
  test("reads back what was written, for every type, order, byte order and version", () => {
    fc.assert(
      fc.property(examples, ({ kind, shape, style, values }) => {
        const array = readNpy(npyBytes(kind, shape, values, style), "f");
        expect(array.shape).toEqual(shape);
        expect(array.values).toBeInstanceOf(CLASSES[kind]);
        expect([...array.values]).toEqual(values);
      }),
      propertyRuns(200, 5000),
    );
  });

  test("float16, known answers", () => {
    // From the table of binary16 in IEEE 754: 1, smallest subnormal, largest subnormal, smallest normal, largest, -2, 1/3, -0.
    const bits = [0x3c00, 0x0001, 0x03ff, 0x0400, 0x7bff, 0xc000, 0x3555, 0x8000, 0x7c00, 0xfc00, 0x7e00];
    const { values } = readNpy(npyBytes("f2", [bits.length], bits), "f");
    expect([...values]).toEqual([
      1,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      65504,
      -2,
      0.333251953125,
      -0,
      Infinity,
      -Infinity,
      Number.NaN,
    ]);
    expect([...readNpy(npyBytes("f2", [2], [0x3c00, 0xc000], { big: true }), "f").values]).toEqual([1, -2]);
  });

  test("headers as other writers space them, and as Python 2 wrote them", () => {
    for (const header of [
      `{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }`,
      `{"shape":(2,3),"fortran_order":False,"descr":"<i2"}`,
      `{ 'fortran_order' : False , 'descr' : '<i2' , 'shape' : ( 2L , 3L ) }`,
    ]) {
      const { shape, values } = readNpy(npyBytes("i2", [2, 3], [1, 2, 3, 4, 5, -6], { header }), "f");
      expect([shape, [...values]]).toEqual([
        [2, 3],
        [1, 2, 3, 4, 5, -6],
      ]);
    }
  });

  test("bytes are a view of the file", () => {
    const file = npyBytes("u1", [3], [7, 8, 9]);
    expect(readNpy(file, "f").values.buffer).toBe(file.buffer);
  });

  test("every truncation of a valid file is an error that names the file", () => {
    fc.assert(
      fc.property(examples, ({ kind, shape, style, values }) => {
        const bytes = npyBytes(kind, shape, values, style);
        for (let length = 0; length < bytes.length; length += 7)
          expect(raised(() => readNpy(bytes.subarray(0, length), "some/f.npy"))).toMatch(
            /^DataError E_DATA_NPY_(MAGIC|HEADER|TRUNCATED): some\/f\.npy:/,
          );
      }),
      propertyRuns(30, 500),
    );
  });

  const fault = (bytes: Uint8Array) => raised(() => readNpy(bytes, "x.npy"));
  const withHeader = (header: string) => fault(npyBytes("f4", [2], [1, 2], { header }));
  test.each<[string, string, string]>([
    ["another type", `{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}`, "E_DATA_NPY_TYPE: x.npy: the types b1, u1"],
    ["a structured type", `{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}`, "E_DATA_NPY_TYPE"],
    ["objects", `{'descr': '|O', 'fortran_order': False, 'shape': (2,)}`, "this array has '|O'"],
    ["a type of Object.prototype", `{'descr': '<constructor', 'fortran_order': False, 'shape': (2,)}`, "E_DATA_NPY_TYPE"],
    [
      "no dimension",
      `{'descr': '<f4', 'fortran_order': False, 'shape': ()}`,
      "E_DATA_NPY_DIMENSIONS: x.npy: an array must have 1 to 8",
    ],
    ["a shape that is a number", `{'descr': '<f4', 'fortran_order': False, 'shape': (2)}`, "E_DATA_NPY_HEADER"],
    ["a negative extent", `{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}`, "E_DATA_NPY_HEADER"],
    ["a key twice", `{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}`, "E_DATA_NPY_HEADER"],
    ["a key more", `{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': True}`, "E_DATA_NPY_HEADER"],
    ["a key less", `{'descr': '<f4', 'shape': (2,)}`, "E_DATA_NPY_HEADER: x.npy: its header must be { 'descr'"],
    ["code", `{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}`, "E_DATA_NPY_HEADER"],
    ["an absurd shape", `{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999999, 99999999)}`, "E_DATA_NPY_TOO_LARGE"],
    [
      "a shape above the bytes",
      `{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)}`,
      "E_DATA_NPY_TRUNCATED: x.npy: <f4 [1000000000] takes 4000000080",
    ],
    ["a shape below the bytes", `{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}`, "E_DATA_NPY_TRAILING"],
  ])("%s is refused", (_, header, expected) => {
    expect(withHeader(header)).toContain(expected);
  });

  test("other files, versions and integers that float64 does not hold", () => {
    expect(fault(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0))).toContain("perhaps a .npz archive");
    expect(fault(new TextEncoder().encode("a,b\n1,2\n1,2"))).toContain("E_DATA_NPY_MAGIC");
    const bytes = npyBytes("f4", [1], [1]);
    bytes[6] = 4;
    expect(fault(bytes)).toContain("E_DATA_NPY_VERSION: x.npy: the versions 1, 2 and 3 are read, this file has 4");
    const large = npyBytes("f4", [1], [1], { version: 2 });
    new DataView(large.buffer).setUint32(8, 4_000_000_000, true);
    expect(fault(large)).toContain("E_DATA_NPY_HEADER: x.npy: its header should have 4000000000 bytes");
    for (const kind of ["i8", "u8"] as const)
      expect(fault(npyBytes(kind, [2], [1, 2 ** 60]))).toContain(
        "E_DATA_NPY_RANGE: x.npy: integers must be within 2^53 of 0, value 1",
      );
  });

  test("random bytes and mutated files are read or refused, nothing else", () => {
    const survives = (bytes: Uint8Array) => {
      try {
        const { shape, values } = readNpy(bytes, "f");
        expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), propertyRuns(200, 10_000));
    const changes = fc.array(fc.record({ at: fc.nat(), bit: fc.nat({ max: 7 }) }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(examples, changes, ({ kind, shape, style, values }, list) => {
        const bytes = npyBytes(kind, shape, values, style);
        for (const { at, bit } of list) bytes[at % bytes.length]! ^= 1 << bit;
        survives(bytes);
      }),
      propertyRuns(500, 20_000),
    );
    // A header of 10 MB that is one long string, number, or nest of brackets.
    for (const unit of ["'", "1", "(", "[", " ", "{'descr':"]) {
      const header = `{'descr': ${unit.repeat(65_400 / unit.length)}`;
      survives(npyBytes("f4", [1], [1], { version: 2, header }));
    }
  });
});

describe("writeNpy", () => {
  test("what is written is read back, its values at a multiple of 64", () => {
    const kinds = [Uint8Array, Int32Array, Float32Array, Float64Array];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
        (make, shape) => {
          const count = shape.reduce((a, b) => a * b, 1);
          const values = new make(count).map((_, i) => i * 1.5);
          const bytes = writeNpy({ shape, values });
          expect((bytes.length - count * values.BYTES_PER_ELEMENT) % 64).toBe(0);
          expect(readNpy(bytes, "f")).toMatchObject({ shape, values });
        },
      ),
      propertyRuns(100, 1000),
    );
  });

  test("the bytes that NumPy writes", () => {
    const text = String.fromCharCode(...writeNpy({ shape: [2, 1], values: Float32Array.of(1, 2) }));
    expect(text.slice(0, 8)).toBe("\x93NUMPY\x01\x00");
    expect(text.slice(10, 128)).toBe(`${"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }".padEnd(117)}\n`);
    expect(text.length).toBe(128 + 8);
  });

  test("a shape that does not hold the values is refused", () => {
    expect(raised(() => writeNpy({ shape: [3], values: new Float32Array(2) }))).toContain(
      "E_DATA_NPY_SHAPE: .npy: an array of shape [3] was given 2 values",
    );
  });
});

test("every type has a size in the tests", () => {
  expect(Object.keys(NPY_SIZES).sort()).toEqual(Object.keys(CLASSES).sort());
});
