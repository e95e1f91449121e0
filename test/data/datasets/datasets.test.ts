import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FileContent } from "../../../src/data/dataset.ts";
import { idxFolder } from "../../../src/data/datasets/idx-folder.ts";
import { datasets } from "../../../src/data/datasets/index.ts";
import { mnist } from "../../../src/data/datasets/mnist.ts";
import { fourFiles, type IdxKind, idxBytes, type SmallSet } from "../idx-bytes.ts";
import { raised } from "../raised.ts";

function contents(small: SmallSet = {}, replaced: Record<string, Uint8Array> = {}): Map<string, FileContent> {
  const files = new Map([...fourFiles(small), ...Object.entries(replaced)]);
  return new Map([...files].map(([name, bytes]) => [name, { origin: `at/${name}`, bytes }]));
}

test("the list has every data set of the folder", () => {
  const folder = readdirSync(new URL("../../../src/data/datasets/", import.meta.url));
  const expected = folder.filter((file) => file !== "index.ts").sort();
  const kebab = (name: string) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  expect(datasets.map(({ name }) => kebab(name)).sort()).toEqual(expected);
});

describe("mnist", () => {
  test("makes tables that are views of the files", () => {
    const files = contents();
    const { name, task, train, test } = mnist.parse(files, {});
    expect([name, task]).toEqual(["mnist", { kind: "classification", classes: 10, labels: [..."0123456789"] }]);
    expect([train.inputs.count, train.inputs.shape, train.inputs.scale]).toEqual([3, [28, 28], 1 / 255]);
    expect([train.targets.count, train.targets.shape, train.targets.scale]).toEqual([3, [], 1]);
    expect([...train.targets.values]).toEqual([5, 0, 4]);
    expect([...(test?.targets.values ?? [])]).toEqual([7, 2]);
    expect([...train.inputs.values.subarray(0, 300)]).toEqual(Array.from({ length: 300 }, (_, i) => i % 256));
    expect(train.inputs.values.buffer).toBe(files.get("train-images-idx3-ubyte")?.bytes.buffer);
  });

  test("says what is not MNIST", () => {
    const fault = (small: SmallSet, replaced: Record<string, Uint8Array> = {}) =>
      raised(() => mnist.parse(contents(small, replaced), {}));
    expect(fault({ side: 27 })).toContain(
      "E_DATA_MNIST: at/train-images-idx3-ubyte: MNIST has images of 28 x 28 bytes, received [27, 27]",
    );
    expect(fault({ side: 27 })).toContain("use the data set 'idxFolder'");
    const wide = idxBytes("int16", [3, 28, 28], new Int16Array(3 * 784));
    expect(fault({}, { "train-images-idx3-ubyte": wide })).toContain("E_DATA_MNIST");
    expect(fault({ labels: [5, 10, 0] })).toContain(
      "E_DATA_LABEL: mnist train: labels must be integers in [0, 9], received 10 in row 1",
    );
    expect(fault({ testLabels: [255] })).toContain(
      "E_DATA_LABEL: mnist test: labels must be integers in [0, 9], received 255 in row 0",
    );
    expect(fault({ labels: [1, 2] })).toContain(
      "E_DATA_COUNTS: mnist train: every input needs one target, received 3 inputs and 2 targets",
    );
    expect(fault({ rows: 0, labels: [] })).toContain("E_DATA_EMPTY: mnist train");
    expect(fault({}, { "t10k-images-idx3-ubyte": idxBytes("uint8", [2, 14, 56], new Uint8Array(2 * 784)) })).toContain(
      "E_DATA_TEST_SHAPE: mnist",
    );
  });

  test("says which files were exchanged or forgotten", () => {
    const good = contents();
    const exchanged = new Map(good);
    exchanged.set("train-images-idx3-ubyte", good.get("train-labels-idx1-ubyte") as FileContent);
    expect(raised(() => mnist.parse(exchanged, {}))).toBe(
      "DataError E_DATA_IDX_IMAGES: at/train-labels-idx1-ubyte: images must have 3 dimensions [rows, height, width], received uint8 [3] | " +
        "This is perhaps the file of the labels.",
    );
    const again = new Map(good);
    again.set("t10k-labels-idx1-ubyte", good.get("t10k-images-idx3-ubyte") as FileContent);
    expect(raised(() => mnist.parse(again, {}))).toContain(
      "E_DATA_IDX_LABELS: at/t10k-images-idx3-ubyte: labels must be integers in 1 dimension [rows], received uint8 [2, 28, 28] | This is perhaps",
    );
    good.delete("t10k-labels-idx1-ubyte");
    expect(raised(() => mnist.parse(good, {}))).toContain("E_DATA_FILE_NOT_GIVEN: file 't10k-labels-idx1-ubyte'");
  });
});

describe("idxFolder", () => {
  test("takes the image size from the header and the classes from the training labels", () => {
    const { task, train } = idxFolder.parse(contents({ side: 5, labels: [0, 16, 3], testLabels: [16, 1] }), {});
    expect(task).toEqual({ kind: "classification", classes: 17 });
    expect([train.inputs.shape, train.inputs.scale]).toEqual([[5, 5], 1 / 255]);
    expect(idxFolder.parse(contents({ labels: [0, 0, 0], testLabels: [1] }), {}).task).toEqual({
      kind: "classification",
      classes: 2,
    });
  });

  test("other number types are taken as they are", () => {
    const typed = (kind: IdxKind, rows: number) => idxBytes(kind, [rows, 1, 2], Array(rows * 2).fill(-2.5));
    const files = contents(
      { testLabels: [0, 5] },
      { "train-images-idx3-ubyte": typed("float64", 3), "t10k-images-idx3-ubyte": typed("float64", 2) },
    );
    const { inputs } = idxFolder.parse(files, {}).train;
    expect([inputs.values, inputs.scale]).toEqual([new Float32Array(6).fill(-2.5), 1]);
  });

  test("says what is wrong", () => {
    const fault = (small: SmallSet, replaced: Record<string, Uint8Array> = {}) =>
      raised(() => idxFolder.parse(contents(small, replaced), {}));
    expect(fault({ labels: [0, 1, 2], testLabels: [3] })).toContain(
      "E_DATA_LABEL: idxFolder test: labels must be integers in [0, 2], received 3 in row 0",
    );
    const labels = (kind: IdxKind, ...values: number[]) => ({
      "train-labels-idx1-ubyte": idxBytes(kind, [values.length], values),
    });
    expect(fault({}, labels("int8", 0, -1, 1))).toContain("received -1 in row 1");
    expect(fault({}, labels("int32", 0, 65_536, 1))).toContain(
      "E_DATA_CLASSES: idxFolder train: class numbers must be below 65536, received 65536 in row 1",
    );
    expect(fault({}, labels("float32", 0, 1, 1))).toContain(
      "E_DATA_IDX_LABELS: at/train-labels-idx1-ubyte: labels must be integers",
    );
    expect(fault({ side: 0 })).toContain(
      "E_DATA_SHAPE: idxFolder train inputs: every extent of an example must be an integer >= 1, received [0, 0]",
    );
  });
});
