import { defineMetric } from "./define.ts";

/**
 * Share of examples whose right class is among the k largest outputs.
 *
 * Source   Russakovsky et al. 2015, "ImageNet large scale visual recognition challenge", arXiv:1409.0575, section 4.1.
 *
 * Choice   Of equals the first counts as the larger, so that topK with k = 1 is the accuracy; scikit-learn takes the last. A row with
 *          a NaN is wrong. Where k is no less than the number of classes, all other rows are right.
 */
export const topK = defineMetric({
  name: "topK",
  summary: "Share of examples whose right class is among the k largest outputs.",
  source: "Russakovsky et al. 2015, arXiv:1409.0575.",
  options: { k: { type: "integer", default: 5, min: 1, summary: "How many of the largest outputs count." } },
  targets: ["classes"],
  goal: "max",
  compute({ predictions, width, count, targets }, { k }) {
    let right = 0;
    for (let row = 0; row < count; row++) {
      const target = targets[row]!;
      const own = predictions[row * width + target]!;
      let larger = 0;
      for (let i = 0; i < width; i++) {
        const value = predictions[row * width + i]!;
        if (value > own || (value === own && i < target)) larger++;
        else if (Number.isNaN(value)) larger = Number.POSITIVE_INFINITY;
      }
      if (larger < k) right++;
    }
    return right / count;
  },
  examples: [{}, { k: 1 }, { k: 2 }],
});
