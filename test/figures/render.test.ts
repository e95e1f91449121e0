import { describe, expect, test } from "vitest";
import type { DataError } from "../../src/core/errors.ts";
import { drawFigure, placeFigure } from "../../src/figures/draw-figure.ts";
import { drawOnCanvas, type Figure, figureSize, histogramOf, type Mark, renderSvg, sampleGrid } from "../../src/figures/index.ts";
import { themes } from "../../src/figures/theme.ts";
import { areCrossing, boxAround, cornersOf, Recorder } from "./recorder.ts";
import { samples } from "./samples.ts";
import { xmlFaults } from "./xml.ts";

const plot = (...marks: Mark[]): Figure => ({ panels: [{ marks }] });

function record(figure: Figure, width = 720): Recorder & { width: number; height: number } {
  const layout = placeFigure(figure, width);
  const recorder = new Recorder();
  drawFigure(recorder, figure, layout, themes.light);
  expect(recorder.depth).toBe(0);
  return Object.assign(recorder, { width: layout.width, height: layout.height });
}

/** Pieces of a path, one for each move. */
const pieces = (recorder: Recorder, stroke: string): number[] =>
  recorder.paths
    .filter(({ style }) => style.stroke === stroke)
    .map(({ path }) => path.filter(([command]) => command === "L").length);

test("the check of XML finds what is wrong", () => {
  expect(xmlFaults('<a x="1"><b/>t &amp; u</a>\n')).toEqual([]);
  for (const text of ["<a>", "<a></b>", "<a>&</a>", "<a/><b/>", '<a x="1" x="2"/>', "<a><</a>", "t<a/>"]) {
    expect(xmlFaults(text), text).not.toEqual([]);
  }
});

test("texts that lie over each other are found, turned ones too", () => {
  const at = (x: number, y: number, along?: readonly [number, number]) =>
    cornersOf({ text: "overlap", x, y, style: { size: 10, colour: "", ...(along && { along }) } });
  expect(areCrossing(at(0, 0), at(20, 5))).toBe(true);
  expect(areCrossing(at(0, 0), at(0, 11))).toBe(false);
  expect(areCrossing(at(0, 0), at(60, 0))).toBe(false);
  expect(areCrossing(at(0, 0), at(20, 20, [0, -1]))).toBe(true);
  // The boxes around both cross; the texts themselves, both at 45 degrees, do not.
  const slanted = [Math.SQRT1_2, Math.SQRT1_2] as const;
  expect(areCrossing(at(0, 0, slanted), at(20, 0, slanted))).toBe(false);
});

describe.each(Object.entries(samples))("%s", (_, figure) => {
  test.each(["light", "dark", "auto"] as const)("is well-formed, with finite numbers alone: %s", (theme) => {
    const svg = renderSvg(figure, { theme });
    expect(xmlFaults(svg)).toEqual([]);
    expect(svg.replace(/base64,[^"]*/g, "")).not.toMatch(/NaN|Infinity|undefined|null/);
    expect(svg.match(/<text/g)!.length).toBeGreaterThan(5);
  });

  test("is the same after JSON, to the byte", () => {
    expect(renderSvg(JSON.parse(JSON.stringify(figure)))).toBe(renderSvg(figure));
  });

  test.each([380, 720, 1100])("no text lies over another or leaves the figure at a width of %d", (asked) => {
    const { texts, width, height } = record(figure, asked);
    expect(width).toBeGreaterThanOrEqual(asked);
    const corners = texts.map(cornersOf);
    const crossing = corners.flatMap((one, i) =>
      corners
        .slice(i + 1)
        .flatMap((other, j) => (areCrossing(one, other) ? [`${texts[i]!.text} x ${texts[i + 1 + j]!.text}`] : [])),
    );
    expect(crossing).toEqual([]);
    const outside = texts.filter((_text, i) => {
      const box = boxAround(corners[i]!);
      return box.left < 0 || box.top < 0 || box.left + box.width > width || box.top + box.height > height;
    });
    expect(outside.map(({ text }) => text)).toEqual([]);
  });

  test("canvas and SVG get the same texts at the same places", () => {
    const texts: [string, number, number][] = [];
    let at = [0, 0];
    // A canvas that remembers where its texts stand and does nothing else.
    const context = new Proxy({} as Parameters<typeof drawOnCanvas>[1], {
      get: (_target, name) => {
        if (name === "transform") return (_a: number, _b: number, _c: number, _d: number, x: number, y: number) => (at = [x, y]);
        if (name === "fillText") return (text: string) => texts.push([text, at[0]!, at[1]!]);
        return () => undefined;
      },
      set: () => true,
    });
    const size = drawOnCanvas(figure, context);
    expect(size).toEqual(figureSize(figure));
    expect(texts).toEqual(record(figure).texts.map(({ text, x, y }) => [text, x, y]));
    expect(texts.length).toBe(renderSvg(figure).match(/<text/g)!.length);
  });
});

test("a canvas gets every shape that a recorder gets", () => {
  const calls: string[] = [];
  const context = new Proxy({} as Parameters<typeof drawOnCanvas>[1], {
    get: (_target, name) => () => void calls.push(String(name)),
    set: () => true,
  });
  const figure = samples.overfit!;
  drawOnCanvas(figure, context);
  const { paths, rects, circles } = record(figure);
  expect(calls.filter((name) => name === "beginPath").length).toBe(paths.length + rects.length + circles.length + 1); // 1 clip
  expect(calls.filter((name) => name === "save").length).toBe(calls.filter((name) => name === "restore").length);
});

describe("parallel coordinates", () => {
  const axes = [
    { from: 0, to: 1 },
    { from: 0.01, to: 1, scale: "log" as const },
    { from: 0, to: 4 },
  ];
  const values = [0, 0.01, 4, 1, 0.1, 0, 0.5, 1, 2];
  const linesOf = (mark: Partial<Extract<Mark, { kind: "parallel" }>>) =>
    record(plot({ kind: "parallel", axes, values, worth: [1, 3, 2], ...mark })).paths.filter(({ path }) =>
      path.some(([c]) => c === "C"),
    );

  test("each row crosses every axis where its value lies on its scale, and what is worth most is on top", () => {
    const lines = linesOf({});
    expect(lines.length).toBe(3);
    // The second row is worth most: on the second axis 0.1 lies in the middle, on the first 1 at the top, on the third 0 at the bottom.
    const [top, middle, bottom] = lines.at(-1)!.path.map((command) => command.at(-1) as number) as [number, number, number];
    expect(middle).toBeCloseTo((top + bottom) / 2, 6);
    expect(top).toBeLessThan(bottom);
    // The first row goes from the bottom over the bottom to the top, and lies under the others.
    expect(lines[0]!.path.map((command) => command.at(-1))).toEqual([bottom, bottom, top]);
    expect(new Set(lines.map(({ style }) => style.stroke)).size).toBe(3);
    const widths = lines.map(({ style }) => style.width!);
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
  });

  test("where little is best it lies on top; a missing value leaves a gap", () => {
    expect(linesOf({ best: "least" }).at(-1)!.path).toEqual(linesOf({})[0]!.path);
    const holed = linesOf({ values: [0, null, 4, 1, 0.1, 0, 0.5, 1, 2] });
    expect(holed.length).toBe(2);
  });
});

describe("numbers that are missing", () => {
  const colour = themes.light.series[0]!;

  test.each([null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%s leaves a gap in a line", (hole) => {
    const recorder = record(plot({ kind: "line", x: [0, 1, 2, 3, 4, 5], y: [1, 2, 3, hole, 5, 6] }));
    expect(pieces(recorder, colour)).toEqual([2, 1]);
  });

  test("every kind of mark bears them", () => {
    const holes = [1, null, Number.NaN, Number.POSITIVE_INFINITY, -2, 1e308];
    const marks: Mark[] = [
      { kind: "line", x: holes, y: holes, bands: [{ low: holes, high: holes }], markers: true },
      { kind: "points", x: holes, y: holes },
      { kind: "trajectory", x: holes, y: holes },
      { kind: "arrows", x: holes, y: holes, dx: holes, dy: holes },
      { kind: "contours", x: [0, 1], y: [0, 1], rows: 2, columns: 3, values: holes },
      { kind: "bars", values: holes, errors: holes, labels: true },
      { kind: "histogram", edges: [0, 1, 2, 3, 4, 5, 6], counts: holes },
      { kind: "heatMap", rows: 2, columns: 3, values: holes, labels: true },
      { kind: "area", x: holes, low: holes, high: holes },
      { kind: "parallel", axes: [-1, 0].map((from) => ({ from, to: 1 })), values: holes, worth: [1, null, Number.NaN] },
      { kind: "rule", y: Number.NaN, label: "a" },
      { kind: "note", x: Number.NaN, y: 1, text: "b" },
    ];
    for (const mark of marks) {
      for (const scale of ["linear", "log"] as const) {
        const counted =
          mark.kind === "bars"
            ? { y: { scale } }
            : ["heatMap", "parallel"].includes(mark.kind)
              ? {}
              : { x: { scale }, y: { scale } };
        const svg = renderSvg({ panels: [{ ...counted, marks: [mark] }] });
        expect(svg, `${mark.kind}, ${scale}`).not.toMatch(/NaN|Infinity|undefined|null/);
      }
    }
    expect(renderSvg({ panels: [{ images: [{ width: 3, height: 2, values: holes }] }] })).not.toMatch(/NaN|undefined/);
  });

  test("nothing at all: axes and a word", () => {
    for (const mark of [
      { kind: "line", x: [], y: [] },
      { kind: "bars", values: [] },
      { kind: "points", x: [Number.NaN], y: [1] },
    ] as Mark[]) {
      const { texts } = record(plot(mark));
      expect(texts.map(({ text }) => text)).toContain("no data");
    }
    expect(record({ ...plot(), language: "ko" }).texts.map(({ text }) => text)).toContain("데이터 없음");
    expect(record(plot({ kind: "line", x: [0, 1], y: [0, 1] })).texts.map(({ text }) => text)).not.toContain("no data");
  });

  test("a single point is a dot, a constant is a line in the middle", () => {
    expect(record(plot({ kind: "line", x: [3], y: [7] })).circles).toHaveLength(1);
    const { paths, height } = record(plot({ kind: "line", x: [0, 1], y: [7, 7] }));
    const line = paths.find(({ style }) => style.stroke === colour)!.path;
    expect(line.map((command) => command[2])).toEqual([line[0]![2], line[0]![2]]);
    expect(line[0]![2]).toBeGreaterThan(0.25 * height);
    expect(line[0]![2]).toBeLessThan(0.75 * height);
  });

  test.each([[[5e-324, 1e-323]], [[1e300, -1e300]], [[1e15, 1e15 + 1]], [[1e-7, 2e-7]], [[123456789, 987654321]]])(
    "values of any size: %j",
    (y) => {
      expect(renderSvg(plot({ kind: "line", x: [0, 1], y }))).not.toMatch(/NaN|Infinity/);
    },
  );

  test("what has no place on a logarithmic axis leaves a gap, and a note counts it", () => {
    const figure = (y: number[]): Figure => ({
      panels: [{ y: { scale: "log" }, marks: [{ kind: "line", x: y.map((_, i) => i), y }] }],
    });
    const recorder = record(figure([1, 10, 0, 100, -5, 1000, 10]));
    expect(pieces(recorder, colour)).toEqual([1, 1]);
    expect(recorder.circles).toHaveLength(1); // 100 stands alone
    expect(recorder.texts.at(-1)).toBeDefined();
    expect(recorder.texts.some(({ text }) => text.startsWith("2 values ≤ 0"))).toBe(true);
    expect(record(figure([1, 10])).texts.some(({ text }) => text.includes("≤"))).toBe(false);
    expect(record(figure([0, -1])).texts.map(({ text }) => text)).toContain("no data");
  });
});

test("a hundred thousand points are thinned to a few for each pixel, and their extremes stay", () => {
  const x = Float64Array.from({ length: 100_000 }, (_, i) => i);
  const y = Float64Array.from(x, (i) => Math.sin(i / 3) + (i === 31_415 ? 9 : 0) - (i === 27_182 ? 7 : 0));
  const { paths } = record(plot({ kind: "line", x, y }));
  const line = paths.find(({ style }) => style.stroke === themes.light.series[0])!.path;
  // Four points for each half pixel of at most 720.
  expect(line.length).toBeLessThan(4 * 2 * 720);
  const heights = line.map((command) => command[2]!);
  const { paths: sparse } = record(plot({ kind: "line", x: [0, 27_182, 31_415, 99_999], y: [0, y[27_182]!, y[31_415]!, 0] }));
  const extremes = sparse.find(({ style }) => style.stroke === themes.light.series[0])!.path.map((command) => command[2]!);
  // The same axes, so the same pixels.
  expect(Math.min(...heights)).toBeCloseTo(Math.min(...extremes), 6);
  expect(Math.max(...heights)).toBeCloseTo(Math.max(...extremes), 6);
  expect(line.at(-1)![1]).toBeGreaterThan(600);
});

test("text is escaped, and characters that XML forbids are left out", () => {
  const svg = renderSvg({
    title: `<b a="1">&amp;\u0000\u001f\ud800</b> 한글`,
    ...plot({ kind: "line", name: "a<b", x: [0, 1], y: [0, 1] }),
  });
  expect(xmlFaults(svg)).toEqual([]);
  expect(svg).toContain("&lt;b a=&quot;1&quot;&gt;&amp;amp;\ufffd&lt;/b&gt; 한글");
  expect(svg).toContain(">a&lt;b</text>");
});

test("the same name has the same colour in every panel, and unnamed colours keep theirs", () => {
  const figure: Figure = {
    legend: "top",
    panels: [
      {
        marks: [
          { kind: "line", name: "a", x: [0, 1], y: [0, 1] },
          { kind: "line", name: "b", x: [0, 1], y: [1, 0] },
        ],
      },
      {
        marks: [
          { kind: "line", name: "b", x: [0, 1], y: [1, 0] },
          { kind: "line", name: "c", x: [0, 1], y: [1, 0], colour: 0 },
        ],
      },
    ],
  };
  const strokes = record(figure).paths.map(({ style }) => style.stroke);
  const { series } = themes.light;
  // "c" asks for the first colour, so "a" and "b" take the next ones.
  expect(strokes.filter((stroke) => series.includes(stroke!))).toEqual([1, 2, 0, 1, 2, 2, 0].map((i) => series[i]));
});

test("names stand at the ends of lines where there is room, else in a legend", () => {
  const named = (count: number, name: (i: number) => string): Figure =>
    plot(...Array.from({ length: count }, (_, i): Mark => ({ kind: "line", name: name(i), x: [0, 1], y: [0, i] })));
  const legendSamples = (figure: Figure): number => record(figure).paths.filter(({ style }) => style.width === 2).length;
  expect(legendSamples(named(5, (i) => `s${i}`))).toBe(0);
  expect(legendSamples(named(60, (i) => `s${i}`))).toBe(60);
  expect(legendSamples({ ...named(5, (i) => `s${i}`), legend: "top" })).toBe(5);
  expect(legendSamples({ ...named(5, (i) => `s${i}`), legend: "none" })).toBe(0);
});

test("panels that share an axis have the same range, and numbers at the outer ones only", () => {
  const figure: Figure = {
    columns: 2,
    x: { label: "x" },
    y: { label: "y" },
    panels: [1, 10, 100].map((top) => ({ marks: [{ kind: "line", x: [0, top], y: [0, top] }] })),
  };
  const layout = placeFigure(figure, 720);
  const plots = layout.panels.map((panel) => panel.plot!);
  expect(plots.map(({ axes }) => [axes.x.from, axes.x.to])).toEqual([0, 1, 2].map(() => [0, 100]));
  // Two in the first row, one in the second: the second has nothing below it.
  expect(plots.map(({ showsBelow, showsBeside }) => [showsBelow, showsBeside])).toEqual([
    [false, true],
    [true, false],
    [true, true],
  ]);
});

describe("faults are named with their place", () => {
  const cases: [string, unknown, RegExp][] = [
    ["no panels", { panels: [] }, /must have a panel, received none/],
    ["no figure", "x", /must have a list of panels, received 'x'/],
    ["unknown kind", plot({ kind: "lines" } as never), /panels\[0\]\.marks\[0\]: there is no kind of mark 'lines'/],
    [
      "lengths",
      plot({ kind: "line", name: "Adam", x: [1, 2], y: [1] }),
      /marks\[0\], line 'Adam': y must have as many numbers as x, 2, received 1/,
    ],
    ["missing list", plot({ kind: "points", x: [1] } as never), /points: y must be a list of numbers, received nothing/],
    [
      "rows of parallel coordinates",
      plot({ kind: "parallel", axes: [0, 0].map((from) => ({ from, to: 1 })), values: [1, 1, 1], worth: [1, 1] }),
      /parallel: values must have rows \* axes = 4 numbers, received 3/,
    ],
    [
      "an axis of parallel coordinates",
      plot({
        kind: "parallel",
        axes: [0, 0].map((from) => ({ from, to: 1, scale: "log" as const })),
        values: [1, 1],
        worth: [1],
      }),
      /an axis must go from less to more, from above 0, received 0 and 1/,
    ],
    ["grid", plot({ kind: "heatMap", rows: 2, columns: 2, values: [1] }), /rows \* columns = 4 numbers, received 1/],
    [
      "contour range",
      plot({ kind: "contours", ...sampleGrid((x) => x, { x: [0, 1], y: [0, 1] }), x: [1, 0] }),
      /x and y must be \[from, to\]/,
    ],
    [
      "edges",
      plot({ kind: "histogram", edges: [0, 1], counts: [1, 2] }),
      /edges must be one more than the counts, 3, received 2/,
    ],
    ["rule", plot({ kind: "rule" }), /must have an x or a y/],
    [
      "log axis",
      { panels: [{ y: { scale: "log", from: 0 }, marks: [] }] },
      /panels\[0\]\.y: from must be > 0 on a logarithmic axis, received 0/,
    ],
    ["axis ends", { panels: [{ x: { from: 2, to: 1 }, marks: [] }] }, /from must be less than to, received 2 and 1/],
    [
      "log names",
      { panels: [{ x: { scale: "log" }, marks: [{ kind: "bars", values: [1] }] }] },
      /bars: the x axis counts 0, 1, 2/,
    ],
    ["title", { ...plot(), title: 5 }, /title must be a text, received 5/],
    ["legend", { ...plot(), legend: "bottom" }, /legend must be one of auto, direct, top, none, received 'bottom'/],
    ["two axes", { x: {}, panels: [{ x: {}, marks: [] }] }, /exclude each other/],
    [
      "image",
      { panels: [{ images: [{ width: 2, height: 2, values: [1] }] }] },
      /images\[0\]: values must have .* = 4 numbers, received 1/,
    ],
    ["edge", { panels: [{ graph: { nodes: [{ id: "a", label: "a" }], edges: [{ from: "a", to: "b" }] } }] }, /an edge names 'b'/],
    [
      "circle",
      {
        panels: [
          {
            graph: {
              nodes: [
                { id: "a", label: "a" },
                { id: "b", label: "b" },
              ],
              edges: [
                { from: "a", to: "b" },
                { from: "b", to: "a" },
              ],
            },
          },
        ],
      },
      /the edges form a circle through 'a'/,
    ],
  ];
  test.each(cases)("%s", (_, figure, message) => {
    expect(() => renderSvg(figure as Figure)).toThrow(message);
    try {
      renderSvg(figure as Figure);
    } catch (error) {
      expect((error as DataError).code).toBe("E_FIGURE");
    }
  });
});

test.each([
  [{ theme: "drak" as never }, /theme must be one of light, dark, auto, received 'drak'/],
  [{ width: Number.NaN }, /width must be in \[100, 10000\], received NaN/],
  [{ width: 0 }, /received 0/],
])("an option is refused: %j", (options, message) => {
  expect(() => renderSvg(samples.overfit!, options)).toThrow(message);
});

test("histogramOf counts each value once, and leaves out what lies outside", () => {
  expect(histogramOf([0, 0.1, 0.5, 0.9, 1, 2, Number.NaN, null], { bins: 2, from: 0, to: 1 }).counts).toEqual([2, 3]);
  expect(histogramOf([], { bins: 3 }).counts).toEqual([0, 0, 0]);
  expect(histogramOf([4, 4, 4], { bins: 2 }).counts).toEqual([3, 0]);
});
