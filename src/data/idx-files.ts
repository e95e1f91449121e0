/** The four IDX files in which MNIST and its relatives are passed around, as tables. */
import { DataError } from "../core/errors.ts";
import { contentOf, type DataFile, type ExampleSet, type FileContent } from "./dataset.ts";
import { type IdxArray, readIdx } from "./readers/idx.ts";

/** The standard names, and the ones with a dot that some archives carry. */
export const idxFiles: readonly DataFile[] = [
  { name: "train-images-idx3-ubyte", alsoNamed: ["train-images.idx3-ubyte"] },
  { name: "train-labels-idx1-ubyte", alsoNamed: ["train-labels.idx1-ubyte"] },
  { name: "t10k-images-idx3-ubyte", alsoNamed: ["t10k-images.idx3-ubyte"] },
  { name: "t10k-labels-idx1-ubyte", alsoNamed: ["t10k-labels.idx1-ubyte"] },
];

/** Images and labels of both sets, read but not yet compared with each other. */
export interface IdxSets {
  readonly train: ExampleSet;
  readonly test: ExampleSet;
  /** Where the training images were found, for messages. */
  readonly trainImagesOrigin: string;
}

/**
 * Reads the four files. Bytes are scaled by 1/255, so that the model sees [0, 1]; other types are taken as they are.
 *
 * @throws DataError  a file is not IDX; images are not [rows, height, width]; labels are not one integer a row
 */
export function readIdxSets(files: ReadonlyMap<string, FileContent>): IdxSets {
  const [trainImages, trainLabels, testImages, testLabels] = idxFiles.map(({ name }) => contentOf(files, name));
  return {
    train: { inputs: imageTable(trainImages), targets: labelTable(trainLabels) },
    test: { inputs: imageTable(testImages), targets: labelTable(testLabels) },
    trainImagesOrigin: trainImages.origin,
  };
}

function imageTable({ bytes, origin }: FileContent) {
  const { type, shape, values } = readIdx(bytes, origin);
  const [count, ...example] = shape;
  if (example.length !== 2) {
    throw new DataError("E_DATA_IDX_IMAGES", {
      message: `${origin}: images must have 3 dimensions [rows, height, width], received ${describe(type, shape)}`,
      hint: example.length === 0 ? "This is perhaps the file of the labels." : "The file belongs to another data set.",
    });
  }
  return { values, shape: example, count, scale: type === "uint8" ? 1 / 255 : 1 };
}

function labelTable({ bytes, origin }: FileContent) {
  const { type, shape, values } = readIdx(bytes, origin);
  if (shape.length !== 1 || values instanceof Float32Array) {
    throw new DataError("E_DATA_IDX_LABELS", {
      message: `${origin}: labels must be integers in 1 dimension [rows], received ${describe(type, shape)}`,
      hint: shape.length === 3 ? "This is perhaps the file of the images." : "The file belongs to another data set.",
    });
  }
  return { values, shape: [], count: shape[0], scale: 1 };
}

function describe(type: IdxArray["type"], shape: readonly number[]): string {
  return `${type} [${shape.join(", ")}]`;
}
