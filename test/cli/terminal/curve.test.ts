import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CurvePoint, type CurveSeries, drawCurves } from "../../../src/cli/terminal/curve.ts";
import { displayWidth, painter } from "../../../src/cli/terminal/format.ts";

const paint = painter(false);
const draw = (points: readonly CurvePoint[], size: { width?: number; height?: number; fromX?: number } = {}, mark?: string) => {
  const series: CurveSeries = { name: "training", points, style: "cyan", ...(mark !== undefined && { mark }) };
  return drawCurves([series], { width: 24, height: 4, paint, ...size });
};
const at = (...values: number[]): CurvePoint[] => values.map((y, x) => ({ x, y }));

describe("drawCurves", () => {
  test("draws a falling line on a linear axis", () => {
    expect(draw(at(4, 3, 2, 1, 0))).toEqual([
      "4 ┤⠉⠒⠤⢄⡀",
      "  │    ⠈⠉⠒⠢⢄⣀",
      "2 ┤          ⠉⠑⠒⠤⠤⣀⡀",
      "0 ┤                ⠈⠑⠒⠤⣀",
      "  └┬─────────┬─────────┬",
      "   0         2         4",
      "   ⠒⠒ training",
    ]);
  });

  test("draws a wide span on a logarithmic axis: equal factors are equal steps", () => {
    expect(draw(at(1, 0.1, 0.01), { height: 5 }, "◦")).toEqual([
      "   1 ┤◦",
      "     │",
      " 0.1 ┤         ◦",
      "     │",
      "0.01 ┤                 ◦",
      "     └┬────────────────┬",
      "      0                2",
      "      ◦ training",
    ]);
  });

  test("marks lie over lines, and the legend shows both", () => {
    const lines = drawCurves(
      [
        { name: "training", points: at(2, 1, 2), style: "cyan" },
        { name: "validation", points: at(2, 1, 2), mark: "◦", style: "yellow" },
      ],
      { width: 40, height: 3, paint },
    );
    expect(lines).toEqual([
      "2 ┤◦⠒⠒⠤⢄⣀                         ⣀⡠⠤⠔⠒◦",
      "  │      ⠉⠉⠒⠢⠤⣀⣀           ⢀⣀⠤⠤⠒⠊⠉",
      "1 ┤             ⠉⠑⠒⠤⠤◦⡠⠤⠒⠒⠉⠁",
      "  └┬─────────────────┬─────────────────┬",
      "   0                 1                 2",
      "   ⠒⠒ training   ◦ validation",
    ]);
  });

  test("a single point, and equal values, lie in the middle", () => {
    const axis = ["    └─────────┬─────────", "              0", "     ⠒⠒ training"];
    expect(draw(at(0.5), { height: 3 })).toEqual(["    │", "0.5 ┤         ⠠", "    │", ...axis]);
    expect(draw(at(0.5, 0.5), { height: 3 }).slice(0, 3)).toEqual(["    │", `0.5 ┤${"⠤".repeat(19)}`, "    │"]);
  });

  test("values that are not finite leave a gap and are counted", () => {
    expect(draw(at(2, 1, Number.NaN, Number.POSITIVE_INFINITY, 1, 2), { height: 3, width: 40 })).toEqual([
      "2 ┤⠑⠢⡀                               ⢀⠔⠊",
      "  │  ⠈⠑⢄⡀                         ⢀⡠⠊⠁",
      "1 ┤     ⠈⠢⢄                     ⡠⠔⠁",
      "  └┬─────────────┬──────────────┬───────",
      "   0             2              4",
      "   ⠒⠒ training (2 not finite)",
    ]);
  });

  test("the x axis begins where it is told to", () => {
    expect(
      draw(
        at(1, 2).map(({ x, y }) => ({ x: x + 9, y })),
        { fromX: 0, height: 2 },
        "◦",
      ),
    ).toEqual([
      "2 ┤                    ◦",
      "1 ┤                  ◦",
      "  └┬───────────────────┬",
      "   0                  10",
      "   ◦ training",
    ]);
  });

  test("nothing where there is nothing to draw or no room", () => {
    expect(draw([])).toEqual([]);
    expect(draw(at(Number.NaN, Number.POSITIVE_INFINITY))).toEqual([]);
    expect(draw(at(1, 2), { width: 9 })).toEqual([]);
    expect(draw(at(1, 2), { height: 0 })).toEqual([]);
  });

  test("any values at any size: within the width, as many rows as asked", () => {
    const value = fc.oneof(
      fc.double(),
      fc.double({ min: 1e-6, max: 10, noNaN: true }),
      fc.constantFrom(0, 5e-324, 1.7e308, -1.7e308),
    );
    const points = fc.array(fc.record({ x: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), value), y: value }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(points, fc.integer({ min: 20, max: 200 }), fc.integer({ min: 1, max: 12 }), (list, width, height) => {
        const sorted = list.toSorted((a, b) => a.x - b.x);
        const lines = draw(sorted, { width, height });
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.filter((line) => /[│┤]/.test(line)).length).toBe(lines.length === 0 ? 0 : height);
        if (list.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)) && width >= 30) {
          expect(lines.join("")).toMatch(/[\u2801-\u28ff]/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
