import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as g from "../../src/graph/index.ts";
import { canonicalProgram } from "../../src/graph/plan/canonical.ts";
import { expectClose, expectSameBits } from "../../src/testing/close.ts";
import { expectGradients } from "../../src/testing/differences.ts";
import { evaluate, fillLeaves, outputsOf } from "../../src/testing/programs.ts";
import { integers, uniform } from "../../src/testing/values.ts";
import { raised } from "../data/raised.ts";
import { propertyRuns } from "../support/long.ts";
import { filledSettings, type Setting, settings, windowsOf } from "../support/windows.ts";

/** Every number of every window: [image, window, place, channel], with where it lies in the images, or -1. */
function numbersOf({ shape, geometry }: Setting): { at: number[]; counts: [number, number]; places: number } {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const windows = windowsOf(geometry, height, width);
  const at: number[] = [];
  for (let n = 0; n < images; n++)
    for (const places of windows.flat())
      for (const pixel of places)
        for (let c = 0; c < channels; c++) at.push(pixel < 0 ? -1 : (n * height * width + pixel) * channels + c);
  return { at, counts: [windows.length, windows[0]!.length], places: geometry.kernel[0] * geometry.kernel[1] };
}

/** The numbers under each window and channel, in row-major order of [N, OH, OW, C]. */
function pooled(setting: Setting): number[][] {
  const { at, places } = numbersOf(setting);
  const channels = setting.shape[3]!;
  const groups: number[][] = Array.from({ length: at.length / places }, () => []);
  at.forEach((where, i) => {
    const window = Math.floor(i / (places * channels));
    if (where >= 0) groups[window * channels + (i % channels)]!.push(where);
  });
  return groups;
}

const imagesOf = ({ shape }: Setting): { x: g.Tensor; values: Float32Array } => ({
  x: g.parameter("x", shape),
  values: uniform(g.sizeOf(shape), { seed: 3 }),
});

describe("patches and fold", () => {
  test("patches are the pixels under each window, 0 outside", () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { x, values } = imagesOf(setting);
        const { at, counts, places } = numbersOf(setting);
        const result = g.patches(x, setting.geometry);
        expect(result.shape).toEqual([setting.shape[0], ...counts, places * setting.shape[3]!]);
        expectSameBits(
          evaluate(result, { x: values }),
          at.map((where) => (where < 0 ? 0 : values[where]!)),
          JSON.stringify(setting),
        );
      }),
      propertyRuns(300, 10_000),
    );
  });

  test("fold adds every number to its pixel, and is the adjoint of patches", () => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { x, values } = imagesOf(setting);
        const { at } = numbersOf(setting);
        const laid = g.patches(x, setting.geometry);
        const numbers = uniform(g.sizeOf(laid.shape), { seed: 4 });
        const y = g.input("y", laid.shape);
        const back = g.fold(y, setting.geometry, [setting.shape[1]!, setting.shape[2]!]);
        expect(back.shape).toEqual(setting.shape);
        const expected = new Float64Array(values.length);
        at.forEach((where, i) => {
          if (where >= 0) expected[where]! += numbers[i]!;
        });
        const given = { x: values, y: numbers };
        // Nine terms at most, each below 1, in another order.
        expectClose(evaluate(back, given), expected, 1e-14, JSON.stringify(setting));
        const [left, right] = [g.sum(g.mul(laid, y)), g.sum(g.mul(x, back))].map((one) => evaluate(one, given)[0]!);
        // Sums of 2 x 64 x 27 products at most, each below 1 and rounded to 1.1e-16 of the sum so far.
        expect(Math.abs(left! - right!)).toBeLessThan(1e-10);
      }),
      propertyRuns(200, 5000),
    );
  });

  test("windows of one place are the images themselves", () => {
    const x = g.input("x", [2, 3, 4, 5]);
    const geometry = g.squareWindows({ kernel: 1 });
    expect(g.patches(x, geometry)).toBe(x);
    expect(g.fold(x, geometry, [3, 4])).toBe(x);
    expect(g.patches(x, g.squareWindows({ kernel: 1, stride: 2 })).shape).toEqual([2, 2, 2, 5]);
    expect(g.patches(x, g.squareWindows({ kernel: 1, padding: 1 })).shape).toEqual([2, 5, 6, 5]);
  });
});

describe("pools", () => {
  test("maxima and sums are those of the numbers under each window", () => {
    fc.assert(
      fc.property(filledSettings, fc.integer({ min: 2, max: 50 }), (setting, bound) => {
        const { x } = imagesOf(setting);
        // Few different numbers, so that many are equal.
        const values = integers(g.sizeOf(setting.shape), bound, 5).map((value) => value - 3);
        const groups = pooled(setting);
        const [largest, total] = [g.maxPool(x, setting.geometry), g.sumPool(x, setting.geometry)];
        const shape = [setting.shape[0], ...numbersOf(setting).counts, setting.shape[3]];
        expect([largest.shape, total.shape]).toEqual([shape, shape]);
        const of = (group: number[]) => group.map((where) => values[where]!);
        expect([...evaluate(largest, { x: values })]).toEqual(groups.map((group) => Math.max(...of(group))));
        expect([...evaluate(total, { x: values })]).toEqual(groups.map((group) => of(group).reduce((a, b) => a + b, 0)));
      }),
      propertyRuns(200, 5000),
    );
  });

  test("their gradients go to the first of equals, and to all", () => {
    fc.assert(
      fc.property(filledSettings, fc.integer({ min: 2, max: 50 }), (setting, bound) => {
        const { x } = imagesOf(setting);
        const { geometry, shape } = setting;
        const values = integers(g.sizeOf(shape), bound, 6).map((value) => value - 3);
        const groups = pooled(setting);
        const [largest, total] = [g.maxPool(x, geometry), g.sumPool(x, geometry)];
        const weights = integers(groups.length, 100, 7);
        const w = g.input("w", largest.shape);
        const [toFirst, toAll] = [new Array(values.length).fill(0), new Array(values.length).fill(0)];
        groups.forEach((group, i) => {
          const highest = Math.max(...group.map((where) => values[where]!));
          toFirst[group.find((where) => values[where] === highest)!] += weights[i]!;
          for (const where of group) toAll[where] += weights[i]!;
        });
        const gradient = (y: g.Tensor) => [...evaluate(g.differentiate(g.sum(g.mul(y, w)), [x])[0]!, { x: values, w: weights })];
        expect(gradient(largest)).toEqual(toFirst);
        expect(gradient(total)).toEqual(toAll);
      }),
      propertyRuns(200, 5000),
    );
  });

  test("sums over windows of padding alone are 0", () => {
    const x = g.input("x", [1, 1, 1, 1]);
    const sums = g.sumPool(x, g.squareWindows({ kernel: 1, padding: 1 }));
    expect([...evaluate(sums, { x: [5] })]).toEqual([0, 0, 0, 0, 5, 0, 0, 0, 0]);
  });

  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
  test.each<[string, number[], number, number[]]>([
    ["a NaN wins, and gets the gradient", [1, nan, 9, 2], nan, [0, 1, 0, 0]],
    ["the first of two NaN gets it", [9, 2, nan, nan], nan, [0, 0, 1, 0]],
    ["infinity", [1, inf, inf, -inf], inf, [0, 1, 0, 0]],
    ["minus infinity alone", [-inf, -inf, -inf, -inf], -inf, [1, 0, 0, 0]],
    ["both zeros are equal, and their maximum is 0", [-1, -0, 0, -0], 0, [0, 1, 0, 0]],
    ["minus zeros", [-0, -0, -1, -0], -0, [1, 0, 0, 0]],
  ])("maximum: %s", (_, values, largest, gradient) => {
    const x = g.parameter("x", [1, 2, 2, 1]);
    const y = g.maxPool(x, g.squareWindows({ kernel: 2 }));
    expectSameBits(evaluate(y, { x: values }), [largest], "maximum");
    expectSameBits(evaluate(g.differentiate(g.sum(y), [x])[0]!, { x: values }), gradient, "gradient");
  });

  test("padding never wins, not even over minus infinity", () => {
    const x = g.parameter("x", [1, 1, 1, 1]);
    const y = g.maxPool(x, g.squareWindows({ kernel: 3, padding: 1 }));
    for (const value of [-5, -inf]) expect([...evaluate(y, { x: [value] })]).toEqual([value]);
    expect([...evaluate(g.differentiate(g.sum(y), [x])[0]!, { x: [-inf] })]).toEqual([1]);
  });
});

describe("conv2d", () => {
  /** The sum of the definition, written out. */
  function convolved(
    x: Float32Array,
    w: Float32Array,
    setting: Setting,
    depth: number,
    filters: number,
    groups: number,
  ): number[] {
    const [images, height, width, channels] = setting.shape as [number, number, number, number];
    const windows = windowsOf(setting.geometry, height, width).flat();
    const out: number[] = [];
    for (let n = 0; n < images; n++) {
      for (const places of windows) {
        for (let f = 0; f < filters; f++) {
          const first = Math.floor(f / (filters / groups)) * depth;
          let total = 0;
          places.forEach((pixel, place) => {
            if (pixel < 0) return;
            for (let c = 0; c < depth; c++) {
              total += x[(n * height * width + pixel) * channels + first + c]! * w[(place * depth + c) * filters + f]!;
            }
          });
          out.push(total);
        }
      }
    }
    return out;
  }

  test("is the sum over windows and channels, in groups too", () => {
    const split = fc.record({
      groups: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 2 }),
      perGroup: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(settings, split, ({ shape, geometry }, { groups, depth, perGroup }) => {
        const setting = { shape: [...shape.slice(0, 3), groups * depth], geometry };
        const filters = groups * perGroup;
        const [x, w] = [g.input("x", setting.shape), g.parameter("w", [...geometry.kernel, depth, filters])];
        const values = fillLeaves(outputsOf({ x, w })) as { x: Float32Array; w: Float32Array };
        const expected = convolved(values.x, values.w, setting, depth, filters, groups);
        // 18 products at most that are not 0, each below 1, in another order.
        expectClose(evaluate(g.conv2d(x, w, geometry, groups), values), expected, 1e-14, JSON.stringify(setting));
      }),
      propertyRuns(200, 5000),
    );
  });

  test("is one product of matrices where there is one group", () => {
    const x = g.input("x", [2, 5, 5, 3]);
    const program = outputsOf({ y: g.conv2d(x, g.parameter("w", [3, 3, 3, 4]), g.squareWindows({ kernel: 3 })) });
    const names = g.programOrder(program).map(({ primitive }) => primitive.name);
    expect(names.filter((name) => name !== "reshape")).toEqual(["input", "patches", "parameter", "matmul"]);
  });
});

describe("derivatives against differences", () => {
  const holds = (y: g.Tensor, targets: readonly g.Tensor[], given: Parameters<typeof fillLeaves>[1] = {}): void => {
    const loss = g.sum(g.mul(y, g.input("weights", y.shape)));
    expectGradients(loss, targets, fillLeaves(outputsOf({ loss }), given));
  };
  const geometry: g.Geometry = { kernel: [2, 3], stride: [2, 1], dilation: [1, 2], padding: [1, 0, 2, 1] };
  const x = g.parameter("x", [2, 4, 4, 2]);
  /** No two are nearer than 0.05, so that no difference meets a tie. */
  const apart = (size: number) => Float32Array.from({ length: size }, (_, i) => ((i * 29) % size) * 0.05 - 1);

  test("patches, fold and sums", () => {
    const laid = g.patches(x, geometry);
    holds(g.mul(laid, laid), [x]);
    const y = g.parameter("y", laid.shape);
    holds(g.tanh(g.fold(y, geometry, [4, 4])), [y]);
    holds(g.tanh(g.sumPool(x, geometry)), [x]);
    const pool = g.parameter("pool", g.sumPool(x, geometry).shape);
    holds(g.tanh(g.sumPoolBack(pool, geometry, [4, 4])), [pool]);
  });

  test("maxima, and what they send back", () => {
    const y = g.maxPool(x, geometry);
    const given = { x: apart(64) };
    holds(g.mul(y, y), [x], given);
    const sent = g.parameter("sent", y.shape);
    holds(g.tanh(g.maxPoolBack(x, y, sent, geometry)), [sent, x], given);
    // Equal numbers: the first of them is the one.
    const ties = { x: Float32Array.from({ length: 64 }, (_, i) => (i * 7) % 3) };
    holds(g.tanh(g.maxPoolBack(x, y, sent, geometry)), [sent], ties);
    // A gradient differentiated again.
    holds(g.differentiate(g.sum(g.tanh(g.mul(y, y))), [x])[0]!, [x], given);
  });

  test.each([1, 2])("a convolution in %d groups", (groups) => {
    const w = g.parameter("w", [2, 3, 2 / groups, 4]);
    holds(g.tanh(g.conv2d(x, w, geometry, groups)), [x, w]);
  });

  test("a gradient of a convolution differentiated again", () => {
    const w = g.parameter("w", [2, 3, 2, 2]);
    const loss = g.sum(g.tanh(g.conv2d(x, w, geometry)));
    holds(g.differentiate(loss, [w])[0]!, [x, w]);
  });
});

describe("padding 'same'", () => {
  test("gives ceil(size / stride) windows, the odd pixel after", () => {
    const small = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), small, small, small, (size, kernel, stride, dilation) => {
        const [before, after] = g.samePadding(size, kernel, stride, dilation);
        expect(after - before === 0 || after - before === 1).toBe(true);
        const geometry = g.squareWindows({ kernel, stride, dilation, padding: [before, after, before, after] });
        expect(g.patches(g.input("x", [1, size, size, 1]), geometry).shape.slice(1, 3)).toEqual(
          new Array(2).fill(Math.ceil(size / stride)),
        );
        // One pixel less would lose a window.
        if (before + after === 0) return;
        const less = g.squareWindows({ kernel, stride, dilation, padding: [before, after - 1, before, after - 1] });
        const fewer = windowsOf(less, size, size).length;
        expect(fewer).toBeLessThan(Math.ceil(size / stride));
      }),
      propertyRuns(200, 5000),
    );
  });
});

describe("windows that cannot be", () => {
  const x = g.input("images", [2, 3, 4, 5]);
  const square = g.squareWindows;
  test.each<[string, () => unknown, RegExp]>([
    [
      "a window larger than the images",
      () => g.patches(x, square({ kernel: 5, padding: [0, 1, 0, 0] })),
      /^ShapeError E_SHAPE_WINDOW: patches: a window of 5 x 5 does not fit into the images of input 'images' \[2, 3, 4, 5\], 4 x 4 with padding \| Take a smaller kernel/,
    ],
    [
      "a window larger for its holes",
      () => g.sumPool(x, square({ kernel: 2, dilation: 4 })),
      /sumPool: a window of 2 x 2 \(5 x 5 with its holes\) does not fit into the images of input 'images' \[2, 3, 4, 5\] \|/,
    ],
    [
      "no images",
      () => g.maxPool(g.input("row", [2, 7]), square({ kernel: 1 })),
      /maxPool works on images \[.*\], received input 'row' \[2, 7\]/,
    ],
    [
      "half a stride",
      () => g.patches(x, square({ kernel: 2, stride: 0.5 })),
      /the stride of windows is 2 integers >= 1, received \[0.5, 0.5\]/,
    ],
    ["a negative padding", () => g.patches(x, square({ kernel: 2, padding: -1 })), /the padding of windows is 4 integers >= 0/],
    [
      "a maximum over padding alone",
      () => g.maxPool(x, square({ kernel: 2, padding: [0, 2, 0, 0] })),
      /maxPool: padding must be smaller than the window, which spans 2 x 2; received 2 at the bottom/,
    ],
    [
      "a maximum between the holes",
      () => g.maxPool(g.input("dot", [1, 1, 9, 1]), square({ kernel: 2, dilation: 2, padding: 2 })),
      /input 'dot' \[1, 1, 9, 1\], row 1 of the windows meets no pixel between its holes/,
    ],
    [
      "a fold of other windows",
      () => g.fold(x, square({ kernel: 2 }), [3, 4]),
      /\[count, 2, 3, a multiple of 4\], received input 'images'/,
    ],
    [
      "maxima of other images",
      () => g.maxPoolBack(x, x, x, square({ kernel: 2 })),
      /maxPoolBack: the windows are \[2, 2, 3, 5\], received input 'images' \[2, 3, 4, 5\]/,
    ],
    [
      "filters of another size",
      () => g.conv2d(x, g.parameter("w", [3, 2, 5, 7]), square({ kernel: 3 })),
      /filters for windows of 3 x 3 are \[3, 3, channels, filters\], received parameter 'w' \[3, 2, 5, 7\]/,
    ],
    [
      "filters of other channels",
      () => g.conv2d(x, g.parameter("w", [3, 3, 4, 7]), square({ kernel: 3 })),
      /parameter 'w' \[3, 3, 4, 7\] in 1 group does not fit input 'images' \[2, 3, 4, 5\]/,
    ],
    [
      "groups that do not divide the filters",
      () => g.conv2d(x, g.parameter("w", [3, 3, 1, 7]), square({ kernel: 3 }), 5),
      /in 5 groups does not fit .*multiples of the groups/,
    ],
  ])("%s", (_, build, message) => {
    expect(raised(build)).toMatch(message);
  });
});

describe("the graph", () => {
  test("windows that differ stay apart, though their shapes are the same", () => {
    const x = g.input("x", [1, 4, 4, 1]);
    const paddings = [
      [1, 0, 1, 0],
      [0, 1, 0, 1],
    ] as const;
    const [a, b, again] = [paddings[0], paddings[1], paddings[0]].map((padding) =>
      g.maxPool(x, g.squareWindows({ kernel: 2, padding })),
    );
    const { outputs } = canonicalProgram({ outputs: { a: a!, b: b!, again: again! }, assignments: [] });
    expect(outputs.a).toBe(outputs.again);
    expect(outputs.a).not.toBe(outputs.b);
  });

  test("windows are printed", () => {
    const x = g.input("x", [1, 5, 5, 1]);
    const y = g.maxPool(
      g.patches(x, g.squareWindows({ kernel: 2, stride: 2, padding: [1, 0, 0, 1] })),
      g.squareWindows({ kernel: 2, dilation: 2 }),
    );
    expect(g.printProgram(outputsOf({ y }))).toMatchInlineSnapshot(`
      "%0    [1, 5, 5, 1]   input 'x'
      %1    [1, 3, 3, 4]   patches(%0, geometry=2x2 stride 2x2 padding 1,0,0,1)
      %2    [1, 1, 1, 4]   maxPool(%1, geometry=2x2 dilation 2x2)
      output y = %2
      "
    `);
  });
});
