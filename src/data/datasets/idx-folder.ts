/**
 * Any folder with the four files of MNIST: Fashion-MNIST, KMNIST, or one's own images.
 *
 * Choice   The size of an image comes from the header, and the number of classes from the largest training label.
 */
import { DataError } from "../../core/errors.ts";
import { type Dataset, type DatasetDefinition, firstOption, stratifyOption, validateDataset } from "../dataset.ts";
import { idxFiles, readIdxSets } from "../idx-files.ts";

// A label above this is no class number but something else (an id, a time), and would ask for an absurd output layer.
const MAX_CLASSES = 65_536;

export const idxFolder: DatasetDefinition<Dataset> = {
  name: "idxFolder",
  summary: "Images and class numbers from the four IDX files in a folder, of any image size and number of classes.",
  source: "The file format of MNIST: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.",
  options: {
    folder: { type: "string", summary: "Folder with the four files." },
    validation: { default: 0.1, min: 0, summary: "Training examples held out for validation: a count, or a fraction below 1." },
    first: firstOption,
    stratify: stratifyOption,
  },
  files: idxFiles,
  keepsBytes: true,
  parse(files) {
    const { train, test } = readIdxSets(files);
    const dataset = {
      name: "idxFolder",
      task: { kind: "classification", classes: countClasses(train.targets.values) } as const,
      train,
      test,
    };
    validateDataset(dataset);
    return dataset;
  },
};

function countClasses(labels: ArrayLike<number>): number {
  let largest = 1;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] > largest) largest = labels[row];
    if (largest >= MAX_CLASSES) {
      throw new DataError("E_DATA_CLASSES", {
        message: `idxFolder train: class numbers must be below ${MAX_CLASSES}, received ${largest} in row ${row}`,
        hint: "Number the classes 0, 1, 2, ... without gaps.",
      });
    }
  }
  return largest + 1;
}
