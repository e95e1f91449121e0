import { reshape, sizeOf } from "../../graph/index.ts";
import { defineLayer } from "./define.ts";

/**
 * An example of several axes as a row of features: [N, ...] -> [N, their product], row-major, channels fastest.
 *
 * A dense layer does so by itself; this one says where it happens.
 *
 * Source   LeCun et al. 1998: the step from feature maps to full layers.
 */
export const flatten = defineLayer({
  name: "flatten",
  summary: "An example of several axes as one row of features.",
  source: "LeCun et al. 1998: the step from feature maps to full layers.",
  options: {},
  build: (input) => reshape(input, [input.shape[0]!, sizeOf(input.shape.slice(1))]),
  describe: () => "",
  examples: [
    { options: {}, input: [2, 3, 2] },
    { options: {}, input: [5] },
  ],
});
