import { expect, test } from "vitest";
import { requireOptions } from "../../../src/core/options.ts";
import type { FileContent } from "../../../src/data/dataset.ts";
import { cifar10 } from "../../../src/data/datasets/cifar10.ts";
import { raised } from "../raised.ts";

const RECORD = 3073;
/** A record of a label and pixels: red x + y, green 100 + x, blue 200 - y. */
function record(label: number): Uint8Array {
  const bytes = new Uint8Array(RECORD);
  bytes[0] = label;
  for (let y = 0; y < 32; y++)
    for (let x = 0; x < 32; x++) {
      bytes[1 + 32 * y + x] = x + y;
      bytes[1 + 1024 + 32 * y + x] = 100 + x;
      bytes[1 + 2048 + 32 * y + x] = 200 - y;
    }
  return bytes;
}
const file = (...labels: number[]): FileContent => ({
  origin: "at/file.bin",
  bytes: Uint8Array.from(labels.flatMap((label) => [...record(label)])),
});
const parse = (files: Readonly<Record<string, FileContent>>, options = {}) =>
  cifar10.parse(new Map(Object.entries(files)), requireOptions(cifar10.options, options, "cifar10"));

test("records become images with channels last, and classes with names", () => {
  const { task, train, test: tested } = parse({ "data_batch_1.bin": file(3, 9), "test_batch.bin": file(0) });
  expect(task).toMatchObject({ classes: 10 });
  expect(task.kind === "classification" && task.labels![3]).toBe("cat");
  expect([train.inputs.shape, train.inputs.count, train.inputs.scale, train.inputs.values.length]).toEqual([
    [32, 32, 3],
    2,
    1 / 255,
    2 * 3072,
  ]);
  expect([...train.targets.values, ...tested!.targets.values]).toEqual([3, 9, 0]);
  const at = (row: number, y: number, x: number) => [...train.inputs.values.slice(row * 3072 + (y * 32 + x) * 3).slice(0, 3)];
  expect([at(0, 0, 0), at(0, 31, 2), at(1, 5, 31)]).toEqual([
    [0, 100, 200],
    [33, 102, 169],
    [36, 131, 195],
  ]);
});

test("any files of training, in their order; without a test file there is no test set", () => {
  const { train, test: tested } = parse({ "data_batch_5.bin": file(5), "data_batch_2.bin": file(2, 7) }, { scale: 1 });
  expect([...train.targets.values]).toEqual([2, 7, 5]);
  expect([tested, train.inputs.scale]).toEqual([null, 1]);
});

test("what is no CIFAR-10 is refused", () => {
  const bytes = record(1);
  const fault = (content: Uint8Array) => raised(() => parse({ "data_batch_1.bin": { origin: "at/b1", bytes: content } }));
  expect(fault(bytes.subarray(0, 3000))).toContain(
    "E_DATA_CIFAR10: at/b1: a file of CIFAR-10 is whole records of 3073 bytes, this one has 3000",
  );
  expect(fault(new Uint8Array(0))).toContain("this one has 0 bytes");
  expect(fault(record(10))).toContain("E_DATA_LABEL: at/b1: labels must be integers in [0, 9], received 10 in record 0");
  expect(raised(() => parse({ "test_batch.bin": file(1) }))).toContain(
    "E_DATA_FILE_NOT_GIVEN: cifar10 needs at least one of data_batch_1.bin",
  );
});
