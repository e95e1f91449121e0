import { defineAugmentation } from "./define.ts";

/**
 * Blackens a square at a place of which every one is as likely, its middle anywhere in the image.
 *
 * Source   DeVries & Taylor 2017, arXiv:1708.04552. Parts of the square that lie outside are cut off, as there.
 */
export const cutout = defineAugmentation({
  name: "cutout",
  summary: "Blackens a square somewhere in an image, so that no single part is relied on.",
  source: "DeVries & Taylor 2017, arXiv:1708.04552.",
  options: { size: { type: "integer", default: 8, min: 1, max: 10_000, summary: "Side of the square, in pixels." } },
  apply(image, out, { height, width, channels }, draw, { size }) {
    out.set(image);
    const left = Math.floor(draw() * width) - Math.floor(size / 2);
    const top = Math.floor(draw() * height) - Math.floor(size / 2);
    const [first, last] = [Math.max(0, left), Math.min(width, left + size)];
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y++)
      out.fill(0, (y * width + first) * channels, (y * width + last) * channels);
  },
  examples: [{}, { size: 3 }],
});
