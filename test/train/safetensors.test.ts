import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../../src/train/safetensors.ts";
import { raised } from "../data/raised.ts";

const weight = { name: "fc1.weight", shape: [2, 3], values: new Float32Array([1, -2, 0.5, 0, 3, 4]) };
const bias = { name: "fc1.bias", shape: [3], values: new Float32Array([7, 8, 9]) };

/** A file with this header, whatever it says, and this many bytes of data. */
function fileOf(header: string | Uint8Array, dataBytes: number): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  return bytes;
}

const bitsOf = (values: Float32Array | Float64Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4),
];
const fault = (bytes: Uint8Array): string => raised(() => decodeSafetensors(bytes, "a.safetensors"));
const entry = (shape: unknown, offsets: unknown, dtype: unknown = "F32"): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe("encodeSafetensors", () => {
  test("writes the bytes of the format", () => {
    const bytes = encodeSafetensors([{ name: "a", shape: [2], values: new Float32Array([1, -2]) }], { z: "1", k: "é" });
    const header = '{"__metadata__":{"k":"é","z":"1"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'; // 88 bytes in UTF-8
    expect(new TextDecoder().decode(bytes.slice(8, 96))).toBe(header);
    expect([...bytes.slice(0, 8)]).toEqual([88, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bytes.slice(96)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("pads the header with spaces to a multiple of 8 (name %s longer)", (longer) => {
    const bytes = encodeSafetensors([{ ...bias, name: "x".repeat(1 + longer) }]);
    const headerBytes = bytes[0];
    expect(headerBytes % 8).toBe(0);
    expect(bytes.length).toBe(8 + headerBytes + 12);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))).toMatch(/^\{.*\} {0,7}$/);
  });

  test("does not depend on the order of the metadata, but on that of the tensors", () => {
    const metadata = { step: "8600", epoch: "10", "9": "nine" };
    const turned = { "9": "nine", epoch: "10", step: "8600" };
    expect(encodeSafetensors([weight, bias], turned)).toEqual(encodeSafetensors([weight, bias], metadata));
    const names = (tensors: NamedTensor[]) => [...decodeSafetensors(encodeSafetensors(tensors), "").tensors.keys()];
    expect(names([weight, bias])).toEqual(["fc1.weight", "fc1.bias"]);
    expect(names([bias, weight])).toEqual(["fc1.bias", "fc1.weight"]);
  });

  test("keeps the order of names that look like numbers", () => {
    const bytes = encodeSafetensors([
      { ...bias, name: "10" },
      { ...bias, name: "2" },
    ]);
    expect([...decodeSafetensors(bytes, "").tensors.keys()]).toEqual(["10", "2"]);
  });

  test.each([
    ["a name twice", [bias, bias], "_NAME: safetensors: each tensor needs a name of its own, and 'fc1.bias' comes twice |"],
    [
      "the reserved name",
      [{ ...bias, name: "__metadata__" }],
      "_NAME: safetensors: each tensor needs a name of its own, and '__m",
    ],
    [
      "half a character",
      [{ ...bias, name: "\ud800" }],
      "_NAME: safetensors: each tensor needs a name of its own, and '\ud800' is",
    ],
    ["another count", [{ ...bias, shape: [2] }], "_SHAPE: safetensors: tensor 'fc1.bias' of shape [2] was given 3 values"],
    ["a negative size", [{ ...bias, shape: [-1, -3] }], "_SHAPE: safetensors: tensor 'fc1.bias' of shape [-1, -3] was given 3"],
    ["a scalar of many", [{ ...bias, shape: [] }], "_SHAPE: safetensors: tensor 'fc1.bias' of shape [] was given 3 values"],
  ])("refuses %s", (_, tensors, message) => {
    expect(raised(() => encodeSafetensors(tensors))).toContain(`DataError E_DATA_SAFETENSORS${message}`);
  });
});

describe("decodeSafetensors refuses", () => {
  const whole = encodeSafetensors([weight, bias]);
  const pair = (first: string, second: string) => `{"a":${first},"b":${second}}`;
  test.each<[string, Uint8Array, string]>([
    [
      "nothing",
      new Uint8Array(0),
      "_TRUNCATED: a.safetensors: a safetensors file begins with 8 bytes of length, the file has 0 | The file is empty.",
    ],
    [
      "seven bytes",
      whole.subarray(0, 7),
      "_TRUNCATED: a.safetensors: a safetensors file begins with 8 bytes of length, the file has 7",
    ],
    ["half a header", whole.subarray(0, 60), "_TRUNCATED: a.safetensors: its header should have"],
    [
      "half the data",
      whole.subarray(0, whole.length - 4),
      "_TRUNCATED: a.safetensors: its tensors take 36 bytes, the file has 32",
    ],
    ["a byte too many", fileOf("{}", 1), "_HOLE: a.safetensors: its tensors take 0 bytes, the file has 1 more"],
    [
      "a header of 2^32 + 8",
      new Uint8Array([8, 0, 0, 0, 1, 0, 0, 0, 0]),
      "_HEADER: a.safetensors: a header may have 100000000 bytes, the file says 4294967304",
    ],
    [
      "a header of 100 MB and 1",
      new Uint8Array([1, 0xe1, 0xf5, 5, 0, 0, 0, 0]),
      "_HEADER: a.safetensors: a header may have 100000000 bytes, the file says 100000001",
    ],
    ["no JSON", fileOf("{nothing}", 0), "_JSON: a.safetensors: its header must be a JSON object in UTF-8 ("],
    [
      "an empty header",
      fileOf("", 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (its first character must be '{')",
    ],
    [
      "a list",
      fileOf("[]", 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (its first character must be '{')",
    ],
    [
      "a leading space",
      fileOf(" {}", 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (its first character must be '{')",
    ],
    [
      "a byte order mark",
      fileOf("\ufeff{}", 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (its first character must be '{')",
    ],
    [
      "broken UTF-8",
      fileOf(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (",
    ],
    [
      "deep nesting",
      fileOf(`{"a":${"[".repeat(1000)}`, 0),
      "_JSON: a.safetensors: its header must be a JSON object in UTF-8 (nested more than 3 deep at character 7)",
    ],
    [
      "a name twice",
      fileOf(`{"a":${entry([1], [0, 4])},"\\u0061":${entry([1], [0, 4])}}`, 4),
      "_JSON: a.safetensors: its header has a key twice",
    ],
    [
      "a dtype twice",
      fileOf('{"a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      "_JSON: a.safetensors: its header has a key twice",
    ],
    [
      "another dtype",
      fileOf(`{"a":${entry([1], [0, 2], "BF16")}}`, 2),
      "_DTYPE: a.safetensors: tensor 'a': only the dtypes 'F32' and 'F64' are read, received 'BF16'",
    ],
    [
      "no tensor",
      fileOf('{"a":4}', 0),
      "_DTYPE: a.safetensors: tensor 'a': only the dtypes 'F32' and 'F64' are read, received nothing",
    ],
    [
      "no shape",
      fileOf('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4),
      "_SHAPE: a.safetensors: tensor 'a': the shape must be a list of sizes with a product below 2^50, received missing",
    ],
    ["a negative size", fileOf(`{"a":${entry([-1, -1], [0, 4])}}`, 4), "_SHAPE: a.safetensors: tensor 'a': the shape must be"],
    ["a broken size", fileOf(`{"a":${entry([0.5, 2], [0, 4])}}`, 4), "_SHAPE: a.safetensors: tensor 'a': the shape must be"],
    [
      "a product too large, hidden by 0",
      fileOf(`{"a":${entry([2 ** 40, 2 ** 40, 0], [0, 0])}}`, 0),
      "_SHAPE: a.safetensors: tensor 'a': the shape must be",
    ],
    [
      "no offsets",
      fileOf('{"a":{"dtype":"F32","shape":[]}}', 4),
      "_OFFSETS: a.safetensors: tensor 'a': F32 [] takes 4 bytes, its data_offsets are missing",
    ],
    [
      "three offsets",
      fileOf(`{"a":${entry([1], [0, 4, 8])}}`, 4),
      "_OFFSETS: a.safetensors: tensor 'a': F32 [1] takes 4 bytes, its data_offsets are [0, 4, 8]",
    ],
    [
      "offsets of another size",
      fileOf(`{"a":${entry([2], [0, 4])}}`, 4),
      "_OFFSETS: a.safetensors: tensor 'a': F32 [2] takes 8 bytes, its data_offsets are [0, 4]",
    ],
    [
      "offsets turned round",
      fileOf(`{"a":${entry([1], [4, 0])}}`, 4),
      "_OFFSETS: a.safetensors: tensor 'a': F32 [1] takes 4 bytes, its data_offsets are [4, 0]",
    ],
    [
      "offsets beyond the file",
      fileOf(`{"a":${entry([2 ** 40], [0, 2 ** 42])}}`, 4),
      "_TRUNCATED: a.safetensors: its tensors take 4398046511104 bytes, the file has 4 for them",
    ],
    [
      "an overlap",
      fileOf(pair(entry([2], [0, 8]), entry([1], [4, 8])), 8),
      "_OVERLAP: a.safetensors: tensor 'b' must begin at byte 8, after tensor 'a', and begins at 4",
    ],
    [
      "the same bytes twice",
      fileOf(pair(entry([1], [0, 4]), entry([1], [0, 4])), 4),
      "_OVERLAP: a.safetensors: tensor 'b' must begin at byte 4, after tensor 'a', and begins at 0",
    ],
    [
      "a hole",
      fileOf(pair(entry([1], [0, 4]), entry([1], [8, 12])), 12),
      "_HOLE: a.safetensors: tensor 'b' must begin at byte 4, after tensor 'a', and begins at 8",
    ],
    [
      "a hole at the start",
      fileOf(`{"a":${entry([1], [4, 8])}}`, 8),
      "_HOLE: a.safetensors: tensor 'a' must begin at byte 0, after the start of the data, and begins at 4",
    ],
    [
      "metadata that are no object",
      fileOf('{"__metadata__":"x"}', 0),
      "_METADATA: a.safetensors: __metadata__ must hold texts by name, received 'x' for 'it'",
    ],
    [
      "metadata that are no texts",
      fileOf('{"__metadata__":{"step":3}}', 0),
      "_METADATA: a.safetensors: __metadata__ must hold texts by name, received 3 for 'step'",
    ],
  ])("%s", (_, bytes, message) => {
    expect(fault(bytes)).toContain(`DataError E_DATA_SAFETENSORS${message}`);
  });
});

describe("decodeSafetensors reads", () => {
  test("a header without padding, data at any place in a larger buffer", () => {
    const bytes = fileOf(`{"a":${entry([1, 2], [0, 8])}}`, 8);
    bytes.set([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], bytes.length - 8);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    const { tensors, metadata } = decodeSafetensors(larger.subarray(3), "a");
    expect([...tensors]).toEqual([["a", { shape: [1, 2], values: new Float32Array([1, -2]) }]]);
    expect(metadata).toEqual({});
  });

  test("tensors without values, anywhere, and scalars", () => {
    const empty = { name: "empty", shape: [0, 3], values: new Float32Array(0) };
    const scalar = { name: "scalar", shape: [], values: new Float32Array([5]) };
    const { tensors } = decodeSafetensors(encodeSafetensors([empty, scalar, { ...empty, name: "last" }]), "a");
    expect([...tensors]).toEqual([
      ["empty", { shape: [0, 3], values: new Float32Array(0) }],
      ["scalar", { shape: [], values: new Float32Array([5]) }],
      ["last", { shape: [0, 3], values: new Float32Array(0) }],
    ]);
  });

  test("the bits of every float, NaN payloads, -0 and subnormal numbers among them", () => {
    const bits = [0x7fc00001, 0xffa00000, 0x80000000, 1, 0x7f800000, 0xff800000, 0x3f800000];
    const values = new Float32Array(new Uint32Array(bits).buffer);
    const { tensors } = decodeSafetensors(encodeSafetensors([{ name: "a", shape: [7], values }]), "a");
    expect(bitsOf(tensors.get("a")!.values)).toEqual(bits);
  });
});

const tensorArbitrary = fc
  .record({
    name: fc.string({ unit: "binary", maxLength: 12 }),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.nat(),
    isDouble: fc.boolean(),
  })
  .map(({ name, shape, seed, isDouble }): NamedTensor => {
    const bits = Uint32Array.from(
      { length: shape.reduce((product, size) => product * size, isDouble ? 2 : 1) },
      (_, i) => seed * 2654435761 * (i + 1),
    );
    return { name, shape, values: isDouble ? new Float64Array(bits.buffer) : new Float32Array(bits.buffer) };
  });
const fileArbitrary = fc.record({
  tensors: fc.uniqueArray(tensorArbitrary, { selector: ({ name }) => name, maxLength: 5 }),
  metadata: fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), { maxKeys: 4 }),
});
const show = ({ name, shape, values }: NamedTensor) => ({ name, shape, bits: bitsOf(values) });

describe("any file", () => {
  test("comes back as it was written", () => {
    fc.assert(
      fc.property(fileArbitrary, ({ tensors, metadata }) => {
        const back = decodeSafetensors(encodeSafetensors(tensors, metadata), "a");
        const inOrder = [...back.tensors].map(([name, tensor]) => show({ name, ...tensor }));
        // Tensors without values have no place of their own, so only their presence is certain.
        const held = (list: typeof inOrder) => list.filter(({ bits }) => bits.length > 0);
        expect(held(inOrder)).toEqual(held(tensors.map(show)));
        expect(new Set(back.tensors.keys())).toEqual(new Set(tensors.map(({ name }) => name)));
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata).sort());
      }),
    );
  });

  test("cut anywhere is refused", () => {
    fc.assert(
      fc.property(fileArbitrary, fc.nat(), ({ tensors, metadata }, cut) => {
        const bytes = encodeSafetensors(tensors, metadata);
        expect(fault(bytes.subarray(0, cut % bytes.length))).toContain("E_DATA_SAFETENSORS_TRUNCATED");
      }),
    );
  });

  test("with a few bits flipped is refused, or read as exactly the values that its data now hold", () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(fileArbitrary, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), ({ tensors, metadata }, flips) => {
        const bytes = encodeSafetensors(tensors, metadata);
        for (const flip of flips) bytes[(flip >>> 3) % bytes.length] ^= 1 << (flip & 7);
        let back: ReturnType<typeof decodeSafetensors>;
        try {
          back = decodeSafetensors(bytes, "a");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          refused++;
          return;
        }
        read++;
        const dataStart = 8 + new DataView(bytes.buffer).getUint32(0, true);
        const data = new Uint32Array(bytes.slice(dataStart).buffer);
        expect([...back.tensors.values()].flatMap(({ values }) => bitsOf(values))).toEqual([...data]);
        for (const { shape, values } of back.tensors.values()) expect(shape.reduce((a, b) => a * b, 1)).toBe(values.length);
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(read, refused)).toBeGreaterThan(50); // both outcomes were met
  });

  test("of arbitrary header text is refused or read, never anything else", () => {
    const piece = fc.constantFrom(
      '{"a":',
      entry([1], [0, 4]),
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      '"__metadata__":',
      "1e999",
      "-0",
      "null",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(0, 4, 8), (pieces, dataBytes) => {
        try {
          decodeSafetensors(fileOf(`{${pieces.join("")}`, dataBytes), "a");
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

// Python's own reading of the layout: no code in common with ours.
const python = `
import json, struct, sys
data = sys.stdin.buffer.read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length].decode("utf-8"))
start = 8 + length
out = {"aligned": start % 8, "metadata": header.pop("__metadata__", None), "tensors": []}
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    values = struct.unpack("<%df" % ((end - begin) // 4), data[start + begin:start + end])
    out["tensors"].append([name, entry["dtype"], entry["shape"], list(values)])
print(json.dumps(out))
`;
const hasPython = spawnSync("python3", ["-c", "import json, struct"]).status === 0;
if (!hasPython) console.log("safetensors.test.ts: skipped the comparison with Python, python3 is not installed");

test.skipIf(!hasPython)("Python reads what we write", () => {
  const input = encodeSafetensors([weight, { ...bias, name: "길" }], { step: "8600", note: 'a "quoted" \n line' });
  const { stdout, stderr, status } = spawnSync("python3", ["-c", python], { input, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    aligned: 0,
    metadata: { note: 'a "quoted" \n line', step: "8600" },
    tensors: [
      ["fc1.weight", "F32", [2, 3], [1, -2, 0.5, 0, 3, 4]],
      ["길", "F32", [3], [7, 8, 9]],
    ],
  });
});
