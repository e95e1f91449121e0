/** Windows over images by their definition: a padded image of pixel numbers, from which every window cuts its places. */
import fc from "fast-check";
import type { Geometry, Shape } from "../../src/graph/index.ts";

const outside = -1;

/**
 * For each window of a single-channel image, the pixels under its places, in row-major order; -1 for padding.
 *
 * @returns [OH][OW][kh kw]
 */
export function windowsOf({ kernel, stride, dilation, padding }: Geometry, height: number, width: number): number[][][] {
  const [top, bottom, left, right] = padding;
  const blank = (count: number) => new Array<number>(count).fill(outside);
  const padded = [
    ...Array.from({ length: top }, () => blank(left + width + right)),
    ...Array.from({ length: height }, (_, y) => [...blank(left), ...blank(width).map((_, x) => y * width + x), ...blank(right)]),
    ...Array.from({ length: bottom }, () => blank(left + width + right)),
  ];
  const starts = (size: number, axis: 0 | 1) => {
    const span = dilation[axis] * (kernel[axis] - 1) + 1;
    return [...Array(Math.max(0, size - span + 1)).keys()].filter((start) => start % stride[axis] === 0);
  };
  return starts(top + height + bottom, 0).map((y) =>
    starts(left + width + right, 1).map((x) => {
      const places: number[] = [];
      for (let i = 0; i < kernel[0]; i++)
        for (let j = 0; j < kernel[1]; j++) places.push(padded[y + i * dilation[0]]![x + j * dilation[1]]!);
      return places;
    }),
  );
}

/** Images [N, H, W, C] and windows of which one fits at least. */
export interface Setting {
  readonly shape: Shape;
  readonly geometry: Geometry;
}

const pair = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

export const settings: fc.Arbitrary<Setting> = fc
  .record({
    images: fc.integer({ min: 1, max: 2 }),
    size: pair(1, 6),
    channels: fc.integer({ min: 1, max: 3 }),
    kernel: pair(1, 3),
    stride: pair(1, 3),
    dilation: pair(1, 3),
    before: pair(0, 3),
    after: pair(0, 3),
  })
  .map(({ images, size, channels, kernel, stride, dilation, before, after }) => ({
    shape: [images, ...size, channels],
    geometry: { kernel, stride, dilation, padding: [before[0], after[0], before[1], after[1]] as const },
  }))
  .filter(({ shape, geometry }) => windowsOf(geometry, shape[1]!, shape[2]!).some((row) => row.length > 0));

/** Windows that all have a pixel of the image, with less padding than they span: what a maximum can be taken over. */
export const filledSettings = settings.filter(({ shape, geometry }) => {
  const { kernel, dilation, padding } = geometry;
  const spans = [0, 0, 1, 1].map((axis) => dilation[axis]! * (kernel[axis]! - 1) + 1);
  const windows = windowsOf(geometry, shape[1]!, shape[2]!).flat();
  return padding.every((pixels, side) => pixels < spans[side]!) && windows.every((places) => places.some((at) => at !== outside));
});
