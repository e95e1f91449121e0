import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../../src/core/errors.ts";
import { type IdxArray, readIdx } from "../../../src/data/readers/idx.ts";
import { IDX_CODES, IDX_SIZES, type IdxKind, idxBytes } from "../idx-bytes.ts";
import { raised } from "../raised.ts";

const VALUES: Record<IdxKind, fc.Arbitrary<number>> = {
  uint8: fc.integer({ min: 0, max: 255 }),
  int8: fc.integer({ min: -128, max: 127 }),
  int16: fc.integer({ min: -32768, max: 32767 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  float32: fc.float(),
  float64: fc.oneof(fc.double({ min: -3e38, max: 3e38 }), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0)),
};

interface Example {
  kind: IdxKind;
  sizes: number[];
  values: number[];
}
const examples: fc.Arbitrary<Example> = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(IDX_CODES) as IdxKind[])),
    sizes: fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 })
      .filter((sizes) => sizes.reduce((a, b) => a * b, 1) <= 200),
  })
  .chain(({ kind, sizes }) => {
    const count = sizes.reduce((a, b) => a * b, 1);
    return fc.record({
      kind: fc.constant(kind),
      sizes: fc.constant(sizes),
      values: fc.array(VALUES[kind], { minLength: count, maxLength: count }),
    });
  });

describe("readIdx", () => {
  test("reads back what was written, for every type and 1 to 8 dimensions", () => {
    fc.assert(
      fc.property(examples, ({ kind, sizes, values }) => {
        const array = readIdx(idxBytes(kind, sizes, values), "f");
        expect(array.type).toBe(kind);
        expect(array.shape).toEqual(sizes);
        expect(array.values).toBeInstanceOf(kind === "uint8" ? Uint8Array : kind.startsWith("int") ? Int32Array : Float32Array);
        expect([...array.values]).toEqual(values.map((value) => (kind === "float64" ? Math.fround(value) : value)));
      }),
    );
  });

  test("reads literal bytes as the format describes them", () => {
    const bytes = Uint8Array.of(0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe);
    expect(readIdx(bytes, "f")).toEqual({ type: "int16", shape: [1, 2], values: Int32Array.of(258, -2) });
  });

  test("uint8 values are a view of the file, also where the file is part of a larger buffer", () => {
    const file = idxBytes("uint8", [3], [7, 8, 9]);
    const larger = new Uint8Array(file.length + 20).fill(99);
    larger.set(file, 5);
    const { values } = readIdx(larger.subarray(5, 5 + file.length), "f");
    expect(values.buffer).toBe(larger.buffer);
    expect([...values]).toEqual([7, 8, 9]);
  });

  test("wider values at an odd offset of a larger buffer are read rightly", () => {
    const file = idxBytes("float32", [2], [1.5, -2]);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect([...readIdx(larger.subarray(3), "f").values]).toEqual([1.5, -2]);
  });

  test("every truncation of a valid file is an error that names the file", () => {
    fc.assert(
      fc.property(examples, ({ kind, sizes, values }) => {
        const bytes = idxBytes(kind, sizes, values);
        for (let length = 0; length < bytes.length; length++) {
          expect(raised(() => readIdx(bytes.subarray(0, length), "some/file"))).toMatch(
            /^DataError E_DATA_IDX_(HEADER|TRUNCATED): some\/file:/,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test("any bytes after a valid file are an error", () => {
    fc.assert(
      fc.property(examples, fc.uint8Array({ minLength: 1, maxLength: 9 }), ({ kind, sizes, values }, more) => {
        const bytes = Uint8Array.of(...idxBytes(kind, sizes, values), ...more);
        expect(raised(() => readIdx(bytes, "f"))).toMatch(/^DataError E_DATA_IDX_TRAILING/);
      }),
    );
  });

  test("random bytes are refused, or are exactly the file that would be written for the result", () => {
    const bigEndian = (size: number) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255];
    const nearlyIdx = fc
      .tuple(
        fc.tuple(fc.constantFrom(0, 0, 0, 1), fc.constant(0), fc.integer({ min: 7, max: 15 })),
        fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 4 }) }, fc.nat({ max: 2 ** 32 - 1 })), { maxLength: 3 }),
        fc.uint8Array({ maxLength: 16 }),
      )
      .map(([start, extents, body]) => Uint8Array.of(...start, extents.length, ...extents.flatMap(bigEndian), ...body));
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), nearlyIdx), (bytes) => {
        let array: IdxArray;
        try {
          array = readIdx(bytes, "f");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          return;
        }
        accepted++;
        const { type, shape, values } = array;
        expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
        expect(bytes.length).toBe(4 + 4 * shape.length + IDX_SIZES[type] * values.length);
        // Floats are left out: NaN has many bit patterns, and float64 is narrowed.
        if (!type.startsWith("float")) expect(idxBytes(type, shape, values)).toEqual(bytes);
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test("a header that claims more than is there costs nothing", () => {
    for (const sizes of [[2 ** 32 - 1], [60000, 1024, 1024], [2 ** 32 - 1, 2 ** 20], Array(8).fill(2 ** 32 - 1)]) {
      for (const kind of Object.keys(IDX_CODES) as IdxKind[]) {
        expect(raised(() => readIdx(idxBytes(kind, sizes, [1, 2]), "f"))).toMatch(/^DataError E_DATA_IDX_(TRUNCATED|TOO_LARGE)/);
      }
    }
    // With a size of 0 there are no values, whatever the other sizes.
    expect(readIdx(idxBytes("float64", [...Array(7).fill(2 ** 32 - 1), 0], []), "f").values.length).toBe(0);
  });

  test("says what is wrong", () => {
    const good = idxBytes("uint8", [2, 3], [1, 2, 3, 4, 5, 6]);
    const changed = (at: number, value: number) => good.map((byte, i) => (i === at ? value : byte));
    const message = (bytes: Uint8Array) => raised(() => readIdx(bytes, "a/images"));
    expect(message(new Uint8Array(0))).toBe(
      "DataError E_DATA_IDX_HEADER: a/images: an IDX file begins with 4 bytes of type and dimensions, the file has 0 | The file is empty. Get it again.",
    );
    expect(message(good.subarray(0, 9))).toBe(
      "DataError E_DATA_IDX_HEADER: a/images: the header of 2 dimensions takes 12 bytes, the file has 9 | The file was cut. Get it again.",
    );
    expect(message(good.subarray(0, 15))).toContain("a/images: uint8 [2, 3] needs 18 bytes with the header, the file has 15");
    expect(message(Uint8Array.of(...good, 0))).toContain("a/images: uint8 [2, 3] ends after 18 bytes, the file has 1 more");
    expect(message(changed(0, 1))).toContain(
      "E_DATA_IDX_MAGIC: a/images: an IDX file begins with two zero bytes, this one with 01 00 08 02",
    );
    expect(message(changed(1, 7))).toContain("this one with 00 07 08 02");
    expect(message(changed(2, 0x0a))).toMatch(
      /E_DATA_IDX_TYPE: a\/images: IDX knows the types 0x08 uint8, .* this file says 0x0a/,
    );
    expect(message(changed(3, 0))).toContain(
      "E_DATA_IDX_DIMENSIONS: a/images: the number of dimensions must be in [1, 8], the file says 0",
    );
    expect(message(changed(3, 9))).toContain("the file says 9");
    expect(message(idxBytes("float64", Array(8).fill(2 ** 32 - 1), []))).toContain("more than 2^53 bytes; the file has 36");
    expect(message(Uint8Array.of(0x1f, 0x8b, 8, 0))).toContain("compressed with gzip");
    expect(message(Uint8Array.of(0x50, 0x4b, 3, 4))).toContain("zip archive");
    expect(message(new TextEncoder().encode("<!doctype html>"))).toContain("web page");
    expect(message(idxBytes("float64", [2], [1, -1e39]))).toContain("E_DATA_IDX_RANGE: a/images: value 1 is -1e+39");
  });
});
