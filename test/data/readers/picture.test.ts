import { expect, test } from "vitest";
import { type Picture, pictureExample } from "../../../src/data/readers/picture.ts";
import { raised } from "../raised.ts";

/** A bar of ink in a picture, dark on bright or bright on dark. */
function bar(size: number, box: readonly [number, number, number, number], isDark: boolean): Picture {
  const [left, top, right, bottom] = box;
  const values = Float64Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    const isInk = x >= left && x < right && y >= top && y < bottom;
    return isInk === isDark ? 0.1 : 0.9;
  });
  return { width: size, height: size, channels: 1, values };
}

test("a digit comes bright on dark, 20 pixels long, its centre in the middle, wherever and however it was drawn", () => {
  const drawn = [bar(90, [60, 5, 69, 85], true), bar(90, [60, 5, 69, 85], false), bar(45, [3, 2, 8, 42], true)].map((picture) =>
    pictureExample(picture, [28, 28], "it"),
  );
  for (const image of drawn) {
    const rows = Array.from({ length: 28 }, (_, y) => image.subarray(28 * y, 28 * y + 28).reduce((sum, x) => sum + x, 0));
    const inked = rows.flatMap((sum, y) => (sum > 0 ? [y] : []));
    expect([inked[0], inked[inked.length - 1]]).toEqual([4, 23]);
    const columns = Array.from({ length: 28 }, (_, x) => rows.reduce((sum, _, y) => sum + image[28 * y + x]!, 0));
    const centre = columns.reduce((sum, one, x) => sum + one * (x + 0.5), 0) / columns.reduce((sum, one) => sum + one, 0);
    // Moved by whole pixels: half of one at the most.
    expect(Math.abs(centre - 14)).toBeLessThanOrEqual(0.5);
  }
  expect([...drawn[1]!]).toEqual([...drawn[0]!]);
});

test("opacity shows white through, palettes and colours become the model's channels", () => {
  // Two pixels: red, and black that is half transparent.
  const picture: Picture = { width: 2, height: 1, channels: 4, values: Float64Array.of(1, 0, 0, 1, 0, 0, 0, 0.5) };
  expect([...pictureExample(picture, [1, 2, 3], "it")]).toEqual([255, 0, 0, 128, 128, 128]);
  expect([...pictureExample(picture, [1, 2], "it")]).toEqual([76, 128]);
  // Each pixel of the result is the mean of its area.
  const four: Picture = { width: 4, height: 2, channels: 1, values: Float64Array.of(0, 0.4, 1, 1, 0.2, 0.2, 1, 1) };
  expect([...pictureExample(four, [1, 2], "it")]).toEqual([51, 255]);
});

test("what is no picture, or has nothing in it, is refused", () => {
  expect(raised(() => pictureExample(bar(9, [0, 0, 0, 0], true), [28, 28], "blank.png"))).toMatch(/E_DATA_PICTURE: blank\.png/);
  expect(raised(() => pictureExample(bar(9, [1, 1, 4, 4], true), [13], "it"))).toMatch(/E_DATA_PICTURE: .*\[13\]/);
  expect(pictureExample(bar(9, [1, 1, 4, 4], true), [784], "it")).toHaveLength(784);
});
