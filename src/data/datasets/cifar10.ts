/**
 * CIFAR-10: photographs of ten kinds of things, 32 x 32 pixels in colour, 50,000 to learn from and 10,000 to test on.
 *
 * Layout   The binary version: records of 3,073 bytes, a class number, then 1,024 bytes of red, green and blue each, row by row.
 * Source   Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images; www.cs.toronto.edu/~kriz/cifar.html.
 * Choice   Any of the files may be missing, and each may hold any number of records. Pixels come channels last, [32, 32, 3].
 */
import { DataError } from "../../core/errors.ts";
import {
  type DataFile,
  type Dataset,
  type DatasetDefinition,
  type ExampleSet,
  type FileContent,
  firstOption,
  stratifyOption,
  type Task,
  validateDataset,
} from "../dataset.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD_BYTES = 1 + 3 * PLANE;
const LABELS = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const TASK: Task = { kind: "classification", classes: LABELS.length, labels: LABELS };
const TRAIN_FILES: readonly DataFile[] = [1, 2, 3, 4, 5].map((i) => ({ name: `data_batch_${i}.bin`, optional: true }));
const TEST_FILE: DataFile = { name: "test_batch.bin", optional: true };

export const cifar10: DatasetDefinition<Dataset> = {
  name: "cifar10",
  summary:
    "Photographs of ten kinds of things, 32 x 32 pixels of red, green and blue, 50,000 to learn from and 10,000 to test on.",
  source: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images.",
  options: {
    folder: {
      type: "string",
      optional: true,
      summary: "Folder with the files of the binary version; otherwise OSOLGIL_DATA/cifar10.",
    },
    validation: { default: 0.1, min: 0, summary: "Training examples held out for validation: a count, or a fraction below 1." },
    test: {
      default: 0,
      min: 0,
      summary: "Training examples kept for testing where test_batch.bin is missing: a count or a fraction.",
    },
    first: firstOption,
    stratify: stratifyOption,
    scale: {
      default: 1 / 255,
      min: 0,
      minExclusive: true,
      summary: "What the bytes 0 to 255 are multiplied by: 1/255 gives 0 to 1, 1 leaves them as they are.",
    },
  },
  files: [...TRAIN_FILES, TEST_FILE],
  parse(files, { scale }) {
    const read = (wanted: readonly DataFile[]) =>
      readRecords(
        wanted.flatMap(({ name }) => files.get(name) ?? []),
        typeof scale === "number" ? scale : 1 / 255,
      );
    const train = read(TRAIN_FILES);
    if (!train) {
      throw new DataError("E_DATA_FILE_NOT_GIVEN", {
        message: `cifar10 needs at least one of ${TRAIN_FILES.map(({ name }) => name).join(", ")} to learn from, received none`,
      });
    }
    const dataset = { name: "cifar10", task: TASK, train, test: read([TEST_FILE]) };
    validateDataset(dataset);
    return dataset;
  },
};

/** The records of all files, one after the other; null where there are no files. */
function readRecords(contents: readonly FileContent[], scale: number): ExampleSet | null {
  if (contents.length === 0) return null;
  for (const { origin, bytes } of contents) {
    if (bytes.length > 0 && bytes.length % RECORD_BYTES === 0) continue;
    throw new DataError("E_DATA_CIFAR10", {
      message: `${origin}: a file of CIFAR-10 is whole records of ${RECORD_BYTES} bytes, this one has ${bytes.length} bytes`,
      hint: "Use the files of the binary version, unpacked; or the file was cut.",
    });
  }
  const count = contents.reduce((total, { bytes }) => total + bytes.length / RECORD_BYTES, 0);
  const [pixels, labels] = [new Uint8Array(count * 3 * PLANE), new Uint8Array(count)];
  let row = 0;
  for (const { origin, bytes } of contents) {
    for (let start = 0; start < bytes.length; start += RECORD_BYTES, row++) {
      labels[row] = bytes[start];
      if (bytes[start] >= LABELS.length) {
        throw new DataError("E_DATA_LABEL", {
          message: `${origin}: labels must be integers in [0, ${LABELS.length - 1}], received ${bytes[start]} in record ${start / RECORD_BYTES}`,
          hint: "It is perhaps a file of CIFAR-100, or damaged.",
        });
      }
      let out = row * 3 * PLANE;
      const [red, green, blue] = [start + 1, start + 1 + PLANE, start + 1 + 2 * PLANE];
      for (let i = 0; i < PLANE; i++) {
        pixels[out++] = bytes[red + i];
        pixels[out++] = bytes[green + i];
        pixels[out++] = bytes[blue + i];
      }
    }
  }
  return {
    inputs: { values: pixels, shape: [SIDE, SIDE, 3], count, scale },
    targets: { values: labels, shape: [], count, scale: 1 },
  };
}
