/** The data set of a document whose data were given in code. */
import { choosable } from "../core/choice.ts";
import { DataError } from "../core/errors.ts";
import { type DatasetDefinition, stratifyOption } from "../data/dataset.ts";

/** Data that were given in code; their document names them, and cannot bring them back. */
export const arrays = choosable<DatasetDefinition, Record<string, never>>("data set", {
  name: "arrays",
  summary: "Arrays that were given in code.",
  source: "fit.",
  options: {
    validation: { default: 0, min: 0, summary: "Examples to hold out: a count, a fraction below 1, or 0 for none." },
    test: { default: 0, min: 0, summary: "Examples to keep for the end: a count, a fraction below 1, or 0 for none." },
    stratify: stratifyOption,
    standardiseTargets: {
      type: "boolean",
      default: false,
      summary: "Whether targets of a regression are learned in units of their spread.",
    },
  },
  files: [],
  parse() {
    throw new DataError("E_DATA_ARRAYS", {
      message: "the data of this run were given in code, and are not in its document",
      hint: "Call fit with the arrays, or load the weights with loadModel.",
    });
  },
});
