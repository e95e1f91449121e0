import { relu as formula } from "../../graph/index.ts";
import { defineActivation } from "./define.ts";

/**
 * max(0, x): passes what is positive.
 *
 * Source   Lecture, A5; Nair & Hinton 2010.
 */
export const relu = defineActivation({
  name: "relu",
  summary: "max(0, x): passes what is positive.",
  source: "Lecture, A5; Nair & Hinton 2010.",
  options: {},
  apply: (x) => formula(x),
  kinks: [0],
  describe: () => "", // what is usual between layers is not told
  examples: [{}],
});
