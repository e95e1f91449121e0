/** Pictures as inputs of a model: what a PNG can be, and what is none. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { encode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OsolgilError } from "../../src/core/errors.ts";
import type { RawTable } from "../../src/data/dataset.ts";
import { Preparation } from "../../src/data/preparation.ts";
import { readInputs } from "../../src/files/read-inputs.ts";
import { propertyRuns } from "../support/long.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-inputs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digits = new Preparation({
  task: { kind: "classification", classes: 10 },
  inputs: { kind: "table", shape: [28, 28], scale: 1 / 255 },
  steps: [],
});
function read(bytes: Uint8Array): RawTable {
  const path = join(folder, "one.png");
  writeFileSync(path, bytes);
  return readInputs(path, digits) as RawTable;
}

/** A dark bar on a bright ground, in the channels and the depth of a PNG. */
function bar(channels: 1 | 2 | 3 | 4, depth: 8 | 16): Uint8Array {
  const most = depth === 16 ? 65535 : 255;
  const data = new (depth === 16 ? Uint16Array : Uint8Array)(30 * 20 * channels);
  for (let i = 0; i < 30 * 20; i++) {
    const isInk = i % 30 >= 12 && i % 30 < 15 && i >= 60 && i < 540;
    for (let c = 0; c < channels; c++) {
      const isOpacity = (channels === 2 || channels === 4) && c === channels - 1;
      data[i * channels + c] = isOpacity || !isInk ? most : 0;
    }
  }
  return encode({ width: 30, height: 20, channels, depth, data });
}

test("every kind of PNG gives the same digit", () => {
  const first = read(bar(1, 8));
  expect(first).toMatchObject({ shape: [28, 28], count: 1, scale: 1 / 255 });
  expect(Math.max(...first.values)).toBe(255);
  for (const channels of [1, 2, 3, 4] as const)
    for (const depth of [8, 16] as const) expect([...read(bar(channels, depth)).values]).toEqual([...first.values]);
});

test("a damaged PNG is an error that says so, never another, never a hang", () => {
  const whole = bar(3, 8);
  const damages = fc.oneof(
    fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
    fc.array(fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7) }), { minLength: 1, maxLength: 4 }).map((flips) => {
      const bytes = whole.slice();
      for (const { at, bit } of flips) bytes[at]! ^= 1 << bit;
      return bytes;
    }),
    fc.uint8Array({ maxLength: 200 }),
    // A header that promises far more than there is.
    fc.record({ width: fc.nat(2 ** 31 - 1), height: fc.nat(2 ** 31 - 1) }).map(({ width, height }) => {
      const bytes = whole.slice();
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, width);
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, height);
      return bytes;
    }),
  );
  fc.assert(
    fc.property(damages, (bytes) => {
      try {
        expect(read(bytes).values).toHaveLength(784);
      } catch (error) {
        expect(error).toBeInstanceOf(OsolgilError);
        expect((error as OsolgilError).code).toMatch(/^E_DATA_PICTURE$/);
      }
    }),
    propertyRuns(150, 5000),
  );
});
