/**
 * The geometry of windows that slide over images: how many there are, and which pixels each of them covers.
 *
 * Symbols  along one axis of H pixels: k kernel, s stride, d dilation, b and a pixels of padding before and after;
 *          a window spans e = d (k - 1) + 1 pixels; there are O = floor((H + b + a - e) / s) + 1 windows;
 *          place i of window o lies at o s - b + i d, which is padding where it is outside [0, H).
 * Source   Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 */
import { ShapeError } from "../../core/errors.ts";

/** Along the height, and along the width. */
export type Pair = readonly [number, number];

/** Windows over the rows and columns of an image. */
export interface Geometry {
  /** Places of a window: [rows, columns]. */
  readonly kernel: Pair;
  /** From one window to the next. */
  readonly stride: Pair;
  /** From one place of a window to the next; 1 where there are no holes. */
  readonly dilation: Pair;
  /** Pixels around the image: [top, bottom, left, right]. */
  readonly padding: readonly [number, number, number, number];
}

/** As it is kept in a graph: it cannot change, and its text tells it from every other. */
class KeptGeometry implements Geometry {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Geometry["padding"];

  constructor({ kernel, stride, dilation, padding }: Geometry) {
    this.kernel = Object.freeze([...kernel] as const);
    this.stride = Object.freeze([...stride] as const);
    this.dilation = Object.freeze([...dilation] as const);
    this.padding = Object.freeze([...padding] as const);
    Object.freeze(this);
  }

  toString(): string {
    return describeGeometry(this);
  }
}

/** "3x3 stride 2x2 padding 1,1,1,1"; what is usual is left out. */
export function describeGeometry({ kernel, stride, dilation, padding }: Geometry): string {
  const part = (name: string, pair: Pair) => (pair.every((one) => one === 1) ? "" : ` ${name} ${pair.join("x")}`);
  const around = padding.every((one) => one === 0) ? "" : ` padding ${padding.join()}`;
  return `${kernel.join("x")}${part("stride", stride)}${part("dilation", dilation)}${around}`;
}

/**
 * The geometry, checked and frozen.
 *
 * @throws ShapeError  kernel, stride or dilation is not an integer >= 1, or padding not one >= 0
 */
export function keepGeometry(geometry: Geometry, owner: string): Geometry {
  if (geometry instanceof KeptGeometry) return geometry;
  const lists = { kernel: [2, 1], stride: [2, 1], dilation: [2, 1], padding: [4, 0] } as const;
  for (const name of ["kernel", "stride", "dilation", "padding"] as const) {
    const [count, least] = lists[name];
    const list: readonly number[] = geometry[name];
    if (list.length === count && list.every((one) => Number.isSafeInteger(one) && one >= least)) continue;
    throw new ShapeError("E_SHAPE_WINDOW", {
      message: `${owner}: the ${name} of windows is ${count} integers >= ${least}, received [${list.join(", ")}]`,
    });
  }
  return new KeptGeometry(geometry);
}

/** Windows that are the same along rows and columns. */
export function squareWindows(options: {
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  /** On every side, or [top, bottom, left, right]. */
  readonly padding?: number | Geometry["padding"];
}): Geometry {
  const { kernel, stride = 1, dilation = 1, padding = 0 } = options;
  return {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [dilation, dilation],
    padding: typeof padding === "number" ? [padding, padding, padding, padding] : padding,
  };
}

/**
 * The padding [before, after] with which an axis of `size` pixels has ceil(size / stride) windows; the odd one comes after, as
 * in TensorFlow.
 */
export function samePadding(size: number, kernel: number, stride = 1, dilation = 1): Pair {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Pixels that a window spans, holes included: [rows, columns]. */
export function windowSpan({ kernel, dilation }: Geometry): Pair {
  return [dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1];
}

/** How many windows there are: [rows, columns]; 0 or less where not one fits. */
export function windowCounts(geometry: Geometry, [height, width]: Pair): Pair {
  const { stride, padding } = geometry;
  const span = windowSpan(geometry);
  return [
    Math.floor((height + padding[0] + padding[1] - span[0]) / stride[0]) + 1,
    Math.floor((width + padding[2] + padding[3] - span[1]) / stride[1]) + 1,
  ];
}

/**
 * Calls `visit` for each place of each window of one image, all in row-major order, with the number of the window, that of the
 * place in it, and that of the pixel which lies there, or -1 for padding.
 */
export function visitWindows(
  geometry: Geometry,
  [height, width]: Pair,
  visit: (window: number, place: number, pixel: number) => void,
): void {
  const { kernel, stride, dilation, padding } = geometry;
  const [rows, columns] = windowCounts(geometry, [height, width]);
  for (let window = 0; window < rows * columns; window++) {
    const top = Math.floor(window / columns) * stride[0] - padding[0];
    const left = (window % columns) * stride[1] - padding[2];
    for (let place = 0; place < kernel[0] * kernel[1]; place++) {
      const y = top + Math.floor(place / kernel[1]) * dilation[0];
      const x = left + (place % kernel[1]) * dilation[1];
      visit(window, place, y >= 0 && y < height && x >= 0 && x < width ? y * width + x : -1);
    }
  }
}
