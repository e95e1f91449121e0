import { defineAugmentation } from "./define.ts";

/**
 * Mirrors an image with a probability.
 *
 * Source   Krizhevsky, Sutskever & Hinton 2012, section 4.1.
 *
 * Choice   Left to right by default: most things look as likely so. Digits and letters do not; leave it out for them.
 */
export const flip = defineAugmentation({
  name: "flip",
  summary: "Mirrors images, left to right or top to bottom, with a probability.",
  source: "Krizhevsky, Sutskever & Hinton 2012, section 4.1.",
  options: {
    axis: {
      type: "string",
      choices: ["horizontal", "vertical"],
      default: "horizontal",
      summary: "Left to right, or top to bottom.",
    },
    probability: { default: 0.5, min: 0, max: 1, summary: "How likely an image is mirrored." },
  },
  apply(image, out, { height, width, channels }, draw, { axis, probability }) {
    if (draw() >= probability) {
      out.set(image);
      return;
    }
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [u, v] = axis === "horizontal" ? [width - 1 - x, y] : [x, height - 1 - y];
        for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = image[(v * width + u) * channels + c]!;
      }
    }
  },
  examples: [{}, { axis: "vertical", probability: 1 }],
});
