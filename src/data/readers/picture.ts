/**
 * Pictures of any size as a model has learned to see them: shades of grey or colours, as bytes, in the model's own size.
 *
 * Source   digits: LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A, for MNIST: bright on
 *          dark, the ink's box fitted into 20 of 28 pixels with its proportions kept, its centre of mass in the middle.
 * Choice   Every pixel of the result is the mean of the area that it covers; a smaller picture grows by the nearest pixel.
 */
import { DataError } from "../../core/errors.ts";

/** Pixels row by row, `channels` numbers in [0, 1] each: grey, grey and opacity, red green blue, or those and opacity. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly values: Float64Array;
}

/** A single channel: the brightness by Rec. 601, over white where it is transparent. */
function greyOf({ width, height, channels, values }: Picture): Picture {
  const grey = new Float64Array(width * height);
  const hasOpacity = channels === 2 || channels === 4;
  for (let i = 0; i < grey.length; i++) {
    const at = i * channels;
    const shade = channels < 3 ? values[at]! : 0.299 * values[at]! + 0.587 * values[at + 1]! + 0.114 * values[at + 2]!;
    const opacity = hasOpacity ? values[at + channels - 1]! : 1;
    grey[i] = shade * opacity + 1 - opacity;
  }
  return { width, height, channels: 1, values: grey };
}

/** Three channels, over white where it is transparent. */
function colourOf({ width, height, channels, values }: Picture): Picture {
  const colours = new Float64Array(width * height * 3);
  const hasOpacity = channels === 2 || channels === 4;
  for (let i = 0; i < width * height; i++) {
    const opacity = hasOpacity ? values[i * channels + channels - 1]! : 1;
    for (let c = 0; c < 3; c++) colours[i * 3 + c] = values[i * channels + (channels < 3 ? 0 : c)]! * opacity + 1 - opacity;
  }
  return { width, height, channels: 3, values: colours };
}

/** The part of a picture from (left, top), brought to another size. */
function resized(
  { width, channels, values }: Picture,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  toWidth: number,
  toHeight: number,
): Float64Array {
  const out = new Float64Array(toWidth * toHeight * channels);
  const [stepX, stepY] = [box.width / toWidth, box.height / toHeight];
  for (let y = 0; y < toHeight; y++) {
    for (let x = 0; x < toWidth; x++) {
      const [left, top] = [x * stepX, y * stepY];
      const [right, bottom] = [left + stepX, top + stepY];
      for (let c = 0; c < channels; c++) {
        let total = 0;
        for (let v = Math.floor(top); v < bottom && v < box.height; v++) {
          const high = Math.min(v + 1, bottom) - Math.max(v, top);
          for (let u = Math.floor(left); u < right && u < box.width; u++) {
            const wide = Math.min(u + 1, right) - Math.max(u, left);
            total += high * wide * values[((box.top + v) * width + box.left + u) * channels + c]!;
          }
        }
        out[(y * toWidth + x) * channels + c] = total / (stepX * stepY);
      }
    }
  }
  return out;
}

const bytesOf = (values: Float64Array): Uint8Array =>
  Uint8Array.from(values, (x) => Math.round(255 * Math.min(1, Math.max(0, x))));

/** Ink differs from the background by more than this share of what it could. */
const inkAbove = 0.2;
/** Share of the side that a digit takes: 20 of 28 pixels. */
const digitShare = 20 / 28;

/** A single digit or letter, brought to the size, place and shades of MNIST's. */
function digit(picture: Picture, side: number, who: string): Uint8Array {
  const { width, height, values } = greyOf(picture);
  // What lies along the border is the background.
  let border = 0;
  for (let x = 0; x < width; x++) border += values[x]! + values[(height - 1) * width + x]!;
  for (let y = 0; y < height; y++) border += values[y * width]! + values[y * width + width - 1]!;
  const ground = border / (2 * (width + height));
  const ink = values.map((x) => Math.max(0, ground > 0.5 ? (ground - x) / ground : (x - ground) / (1 - ground)));
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! <= inkAbove) continue;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    }
  }
  if (right < 0) {
    throw new DataError("E_DATA_PICTURE", { message: `${who}: there is nothing in the picture that stands out from its border` });
  }
  const box = { left, top, width: right - left + 1, height: bottom - top + 1 };
  const fit = (side * digitShare) / Math.max(box.width, box.height);
  const [w, h] = [Math.max(1, Math.round(box.width * fit)), Math.max(1, Math.round(box.height * fit))];
  const small = resized({ width, height, channels: 1, values: ink }, box, w, h);
  let [mass, massX, massY] = [0, 0, 0];
  small.forEach((value, i) => {
    mass += value;
    massX += value * ((i % w) + 0.5);
    massY += value * (Math.floor(i / w) + 0.5);
  });
  const place = (centre: number, size: number) => Math.max(0, Math.min(side - size, Math.round(side / 2 - centre)));
  const [x0, y0] = [place(massX / mass, w), place(massY / mass, h)];
  const out = new Float64Array(side * side);
  small.forEach((value, i) => {
    out[(y0 + Math.floor(i / w)) * side + x0 + (i % w)] = value;
  });
  return bytesOf(out);
}

/**
 * A picture as an example of this shape.
 *
 * @param shape  [side, side] or [side, side, 1]: a digit or letter; [height, width, 3]: a picture in colours; [n]: as [side, side]
 *               where n is a square
 * @param who    what it is called in messages
 * @throws DataError  E_DATA_PICTURE: the model sees no pictures, or there is nothing in it
 */
export function pictureExample(picture: Picture, shape: readonly number[], who: string): Uint8Array {
  const side = Math.sqrt(shape[0] ?? 0);
  const [height = 0, width = 0, channels = 1] = shape.length === 1 ? [side, side] : shape;
  const isPicture =
    Number.isInteger(height) && Number.isInteger(width) && (channels === 1 || channels === 3) && shape.length <= 3;
  if (!isPicture) {
    throw new DataError("E_DATA_PICTURE", {
      message: `${who}: the model takes examples of [${shape.join(", ")}], which is no picture`,
      hint: "Give a .csv or .npy file.",
    });
  }
  if (channels === 1 && height === width) return digit(picture, height, who);
  const source = channels === 3 ? colourOf(picture) : greyOf(picture);
  return bytesOf(resized(source, { left: 0, top: 0, width: source.width, height: source.height }, width, height));
}
