import { decode } from "fast-png";
import { expect, test } from "vitest";
import type { Figure } from "../../src/figures/index.ts";
import { figureSize } from "../../src/figures/index.ts";
import { renderPng } from "../../src/pictures/render-png.ts";

const titled = (title: string): Figure => ({ title, panels: [{ marks: [{ kind: "line", x: [0, 1], y: [0, 1] }] }] });

/** Pixels that differ from the ground in the strip of the title. */
async function inkOf(title: string): Promise<string> {
  const { width, data, channels } = decode(await renderPng(titled(title), { scale: 1 }));
  let ink = "";
  for (let y = 18; y < 46; y++) for (let x = 0; x < 120; x++) ink += data[(y * width + x) * channels]! < 128 ? "#" : " ";
  return ink;
}

test("a picture is as large as its figure, times the scale, and on the theme's ground", async () => {
  const { width, height } = figureSize(titled("t"), { width: 500 });
  const dark = decode(await renderPng(titled("t"), { theme: "dark", width: 500, scale: 1.5 }));
  expect([dark.width, dark.height]).toEqual([Math.round(width * 1.5), Math.round(height * 1.5)]);
  expect([...dark.data.slice(0, 3)]).toEqual([0x14, 0x18, 0x1d]);
});

test("letters of every kind are drawn, each its own, without fonts of the system", async () => {
  const drawn = await Promise.all(["가", "뷁", "A", "η", "∂", "⁻", "√", "−", "→", "ŷ", " ", "\u{10ffff}"].map(inkOf));
  expect(drawn.slice(0, 10).every((ink) => ink.includes("#"))).toBe(true);
  // No two alike: a missing letter would be drawn as the same empty box.
  expect(new Set(drawn.slice(0, 10)).size).toBe(10);
  expect(drawn[10]).not.toContain("#");
});

test("the same figure gives the same bytes", async () => {
  const [first, second] = [await renderPng(titled("같은")), await renderPng(titled("같은"))];
  expect(Buffer.compare(first, second)).toBe(0);
});

test("a scale out of its range is refused", async () => {
  await expect(renderPng(titled("t"), { scale: 9 })).rejects.toThrow("scale must be in [0.1, 8], received 9");
});
