import { cos, sin } from "../../core/math.ts";
import { defineAugmentation } from "./define.ts";

/**
 * Turns an image about its middle, by an angle of which every one within the limit is as likely.
 *
 * Symbols  a angle, clockwise as y goes down; a pixel takes what lies at its place turned back by a, between the four pixels around
 *          that place by their distances (bilinear)
 *
 * Source   Simard, Steinkraus & Platt 2003, "Best practices for convolutional neural networks", section 2.
 */
export const rotate = defineAugmentation({
  name: "rotate",
  summary: "Turns images by up to some degrees, each way.",
  source: "Simard, Steinkraus & Platt 2003, section 2.",
  options: { degrees: { default: 10, min: 0, minExclusive: true, max: 180, summary: "The largest angle." } },
  apply(image, out, { height, width, channels }, draw, { degrees }) {
    const angle = ((2 * draw() - 1) * degrees * Math.PI) / 180;
    const [c, s] = [cos(angle), sin(angle)];
    const [midX, midY] = [(width - 1) / 2, (height - 1) / 2];
    out.fill(0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [dx, dy] = [x - midX, y - midY];
        const [u, v] = [midX + c * dx + s * dy, midY - s * dx + c * dy];
        const [left, top] = [Math.floor(u), Math.floor(v)];
        const [right, down] = [u - left, v - top];
        for (let corner = 0; corner < 4; corner++) {
          const [px, py] = [left + (corner & 1), top + (corner >> 1)];
          if (px < 0 || px >= width || py < 0 || py >= height) continue;
          const share = (corner & 1 ? right : 1 - right) * (corner >> 1 ? down : 1 - down);
          for (let k = 0; k < channels; k++)
            out[(y * width + x) * channels + k]! += share * image[(py * width + px) * channels + k]!;
        }
      }
    }
  },
  examples: [{}, { degrees: 90 }],
});
