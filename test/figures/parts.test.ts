import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layerGraph } from "../../src/figures/graph-layout.ts";
import { markKinds } from "../../src/figures/marks/index.ts";
import { alike, brief, fixed, powerOfTen, scientific } from "../../src/figures/numbers.ts";
import { createScale, ticksOf } from "../../src/figures/scale.ts";
import { spread } from "../../src/figures/spread.ts";
import { measureText, wrapText } from "../../src/figures/text.ts";
import { rgbOf, themes } from "../../src/figures/theme.ts";

test("the files of marks/ and the kinds of marks are the same set", () => {
  const files = readdirSync(join(import.meta.dirname, "../../src/figures/marks")).filter(
    (name) => !["index.ts", "define.ts"].includes(name),
  );
  expect(
    files.map((name) => name.replace(".ts", "").replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())).sort(),
  ).toEqual([...markKinds].sort());
});

describe("colours", () => {
  const decode = (part: number): number => (part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const linear = (hex: string): number[] => rgbOf(hex).map(decode);
  const times = (matrix: number[][], vector: number[]): number[] =>
    matrix.map((row) => row.reduce((sum, part, i) => sum + part * vector[i]!, 0));
  const luminance = (hex: string): number => times([[0.2126, 0.7152, 0.0722]], linear(hex))[0]!;
  /** WCAG 2.2: (brighter + 0.05) / (darker + 0.05). */
  const contrast = (a: string, b: string): number => {
    const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one);
    return (high! + 0.05) / (low! + 0.05);
  };
  // Machado, Oliveira & Fernandes 2009, severity 1.
  const eyes = {
    normal: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
  };
  /** Ottosson 2020, "A perceptual color space for image processing". */
  const oklab = (rgb: number[]): number[] => {
    const cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      rgb.map((part) => Math.min(1, Math.max(0, part))),
    );
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      cones.map(Math.cbrt),
    );
  };
  const distance = (a: string, b: string, eye: number[][]): number => {
    const [one, other] = [a, b].map((hex) => oklab(times(eye, linear(hex))));
    return Math.hypot(...one!.map((part, i) => part - other![i]!));
  };

  test("black and white have a contrast of 21, red and green are nearer to a deuteranope", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 6);
    expect(distance("#b04040", "#408040", eyes.deuteranopia)).toBeLessThan(0.6 * distance("#b04040", "#408040", eyes.normal));
  });

  describe.each(["light", "dark"] as const)("%s", (name) => {
    const theme = themes[name];
    test("lines stand 3:1 above the ground, texts 4.5:1", () => {
      for (const colour of theme.series) expect(contrast(colour, theme.ground), colour).toBeGreaterThanOrEqual(3);
      for (const colour of [...theme.seriesTexts, theme.ink, theme.muted, theme.gradient]) {
        expect(contrast(colour, theme.ground), colour).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(theme.ink, theme.contour(1))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(theme.muted, theme.contour(1))).toBeGreaterThanOrEqual(4.5);
      for (const [fill] of Object.values(theme.boxes)) expect(contrast(theme.ink, fill)).toBeGreaterThanOrEqual(4.5);
      for (const [fill] of Object.values(theme.boxes)) expect(contrast(theme.gradient, fill)).toBeGreaterThanOrEqual(4.5);
    });

    test("numbers in cells can be read on every colour", () => {
      for (let i = 0; i <= 40; i++) {
        for (const kind of ["sequential", "diverging"] as const) {
          // The middle greys reach no more with black or white.
          expect(contrast(theme.over(kind, i / 40), theme[kind](i / 40)), `${kind} ${i / 40}`).toBeGreaterThanOrEqual(3);
        }
      }
    });

    test.each(Object.entries(eyes))("any two series differ to eyes: %s", (_, eye) => {
      for (const [i, a] of theme.series.entries()) {
        for (const [j, b] of theme.series.entries()) {
          if (i < j) expect(distance(a, b, eye), `${a} ${b}`).toBeGreaterThanOrEqual(j < 5 ? 0.13 : 0.09);
        }
      }
    });

    test("more is always further from the ground", () => {
      const at = Array.from({ length: 21 }, (_, i) => luminance(theme.sequential(i / 20)));
      for (let i = 1; i < at.length; i++) expect((at[i]! - at[i - 1]!) * (name === "light" ? -1 : 1)).toBeGreaterThan(0);
    });
  });
});

describe("numbers", () => {
  test.each([
    [powerOfTen(-3), "10⁻³"],
    [powerOfTen(12), "10¹²"],
    [fixed(1234567.891, 2), "1,234,567.89"],
    [fixed(-0.5, 1), "−0.5"],
    [fixed(-0.001, 1), "0.0"],
    [scientific(2e6, 0), "2×10⁶"],
    [scientific(1e6, 0), "10⁶"],
    [scientific(-1.5e-7, 1), "−1.5×10⁻⁷"],
    [brief(0), "0"],
    [brief(0.25), "0.25"],
    [brief(12), "12"],
    [brief(90), "90"],
    [brief(1234.5), "1,235"],
    [brief(-0.0123), "−0.0123"],
    [brief(3e-9), "3×10⁻⁹"],
    [alike([0, 500, 1000], 500).join(" "), "0 500 1,000"],
    [alike([0, 0.25, 0.5], 0.25).join(" "), "0.00 0.25 0.50"],
    [alike([-2e6, 0, 2e6], 2e6).join(" "), "−2×10⁶ 0 2×10⁶"],
    [alike([0, 5e-4], 5e-4).join(" "), "0 5×10⁻⁴"],
    [alike([0, 5e5, 1e6, 1.5e6], 5e5).join(" "), "0 0.5×10⁶ 1.0×10⁶ 1.5×10⁶"],
  ])("%s", (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe("ticks", () => {
  const texts = (from: number, to: number, isLog: boolean, count: number): string =>
    ticksOf(createScale(from, to, isLog), count)
      .map(({ text }) => text)
      .filter((text) => text !== "")
      .join(" ");

  test.each([
    [texts(0, 1, false, 5), "0.0 0.2 0.4 0.6 0.8 1.0"],
    [texts(0, 2000, false, 5), "0 500 1,000 1,500 2,000"],
    [texts(1e-6, 1, true, 8), "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰"],
    [texts(1e-6, 1, true, 4), "10⁻⁶ 10⁻⁴ 10⁻² 10⁰"],
    [texts(0.01, 100, true, 6), "0.01 0.1 1 10 100"],
    [texts(0.02, 4, true, 7), "0.02 0.05 0.1 0.2 0.5 1 2"],
    [texts(2, 3, true, 5), "2.0 2.2 2.4 2.6 2.8 3.0"],
  ])("%s", (written, expected) => {
    expect(written).toBe(expected);
  });

  test("lie within the ends, grow, and are neither none nor too many", () => {
    const size = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(
        size,
        fc.double({ min: 0.01, max: 12, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 10 }),
        (exponent, span, isLog, count) => {
          const from = 10 ** exponent;
          const to = from * 10 ** span;
          const ticks = ticksOf(createScale(from, to, isLog), count);
          // Far less than a pixel, on either scale.
          const slack = 1e-8 * (isLog ? from : to - from);
          const named = ticks.filter(({ text }) => text !== "");
          expect(new Set(named.map(({ text }) => text)).size).toBe(named.length);
          for (const [i, { at }] of ticks.entries()) {
            expect(at).toBeGreaterThanOrEqual(from - slack);
            expect(at).toBeLessThanOrEqual(to + slack);
            if (i > 0) expect(at).toBeGreaterThan(ticks[i - 1]!.at);
          }
          // A round step may be half of what was asked for, and 1, 2, 5 come three to a power of ten.
          expect(named.length).toBeLessThanOrEqual(Math.max(8, 2 * count + 2));
          if (!isLog && count >= 3) expect(named.length).toBeGreaterThanOrEqual(1);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe("spread", () => {
  test("keeps what has room, parts what has not, about its mean", () => {
    expect(spread([10, 50], [10, 10], 0, 100)).toEqual([10, 50]);
    expect(spread([50, 50], [10, 10], 0, 100)).toEqual([45, 55]);
    expect(spread([0, 0], [10, 10], 0, 100)).toEqual([5, 15]);
    expect(spread([99, 98], [10, 10], 0, 100)).toEqual([95, 85]);
    expect(spread([1, 2, 3], [40, 40, 40], 0, 100)).toBeUndefined();
  });

  test("never lets two overlap or leave the ends, and keeps their order", () => {
    const one = fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (items) => {
        const [wishes, sizes] = [items.map(([wish]) => wish), items.map(([, size]) => size)];
        const centres = spread(wishes, sizes, 0, 100)!;
        const order = centres.map((_, i) => i).sort((a, b) => centres[a]! - centres[b]!);
        for (const [at, i] of order.entries()) {
          expect(centres[i]! - sizes[i]! / 2).toBeGreaterThanOrEqual(-1e-9);
          expect(centres[i]! + sizes[i]! / 2).toBeLessThanOrEqual(100 + 1e-9);
          const next = order[at + 1];
          if (next === undefined) continue;
          expect(centres[next]! - centres[i]!).toBeGreaterThanOrEqual((sizes[i]! + sizes[next]!) / 2 - 1e-9);
          expect(wishes[next]!).toBeGreaterThanOrEqual(wishes[i]!);
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

test("wrapped lines fit, and hold every character but blanks", () => {
  const word = fc.stringMatching(/^[a-zA-Z가-힣0-9,.]{1,30}$/);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 30, max: 400 }), (words, width) => {
      const lines = wrapText(words.join(" "), width, 12);
      for (const line of lines) expect(measureText(line, 12)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(" ", "")).toBe(words.join(""));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test("every edge of a layered graph leads forwards, through each layer once", () => {
  const edge = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }));
  fc.assert(
    fc.property(fc.uniqueArray(edge, { selector: String, maxLength: 20 }), (pairs) => {
      const ids = Array.from({ length: 10 }, (_, i) => `n${i}`);
      const edges = pairs.filter(([a, b]) => a < b).map(([a, b]) => ({ from: `n${a}`, to: `n${b}` }));
      const { layers, routes } = layerGraph(ids, edges);
      expect(
        layers
          .flat()
          .filter(({ id }) => id !== undefined)
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...ids].sort());
      for (const [i, route] of routes.entries()) {
        expect([route[0]!.id, route.at(-1)!.id]).toEqual([edges[i]!.from, edges[i]!.to]);
        for (let at = 1; at < route.length; at++) expect(route[at]!.layer).toBe(route[at - 1]!.layer + 1);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});
