import { mean } from "../../graph/index.ts";
import { imagesOf } from "../images.ts";
import { defineLayer } from "./define.ts";

/**
 * The mean of each channel over its image.
 *
 * Symbols  x [N, H, W, C] (an example of two axes is an image of one channel) -> [N, C]
 *
 * Source   Lin, Chen & Yan 2014, "Network in network", arXiv:1312.4400.
 */
export const globalAveragePool2d = defineLayer({
  name: "globalAveragePool2d",
  summary: "The mean of each channel over its image, whatever the size of the image.",
  source: "Lin, Chen & Yan 2014, arXiv:1312.4400.",
  options: {},
  seesImages: true,
  build: (input, _, context) => mean(imagesOf(input, "globalAveragePool2d", context), [1, 2]),
  describe: () => "globalAveragePool",
  examples: [
    { options: {}, input: [3, 4] },
    { options: {}, input: [2, 3, 5] },
  ],
});
