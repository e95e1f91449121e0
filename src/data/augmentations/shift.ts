import { defineAugmentation, moved } from "./define.ts";

/**
 * Moves an image by whole pixels, right or left and down or up, each amount as likely as the others.
 *
 * Source   LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.C, which distorts digits so;
 *          for CIFAR-10 padding by 4 and cropping: He et al. 2016, arXiv:1512.03385, section 4.2.
 */
export const shift = defineAugmentation({
  name: "shift",
  summary: "Moves images by up to some pixels, each way.",
  source: "LeCun et al. 1998; He et al. 2016, arXiv:1512.03385.",
  options: { pixels: { type: "integer", default: 2, min: 1, max: 10_000, summary: "The farthest that an image is moved." } },
  apply(image, out, shape, draw, { pixels }) {
    const far = () => Math.floor(draw() * (2 * pixels + 1)) - pixels;
    const right = far();
    moved(image, out, shape, right, far());
  },
  examples: [{}, { pixels: 1 }],
});
