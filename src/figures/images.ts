/** Small pictures in rows. */
import type { ImagesPanel, ImageTile, Numbers } from "./figure.ts";
import { finiteRange } from "./marks/define.ts";
import { widened } from "./scale.ts";
import type { Drawing, Pixels } from "./surface.ts";
import { lineHeight, wrapText } from "./text.ts";
import { rgbOf, type Theme, themes } from "./theme.ts";

const gap = 6;
const labelSize = 11;
/** A picture is not drawn larger, in pixels of the figure for each of its own. */
const mostEnlarged = 8;

/** The pictures at a width: how high they are, and how they are drawn. */
export function layoutImages({ images, columns, colours = "grey", range }: ImagesPanel, width: number): Drawing {
  const ratio = (tile: ImageTile): number => tile.height / tile.width;
  const across = Math.max(1, Math.min(images.length, columns ?? Math.ceil(Math.sqrt(images.length))));
  const widestTile = Math.max(1, ...images.map((tile) => tile.width)) * mostEnlarged;
  const tileWidth = Math.max(4, Math.min(widestTile, (width - gap * (across - 1)) / across));
  const tileHeight = tileWidth * Math.max(0, ...images.map(ratio));
  const labels = images.map(({ label = "" }) => wrapText(label, tileWidth, labelSize));
  const labelLines = Math.max(0, ...labels.map((lines) => lines.length));
  const rowHeight = tileHeight + (labelLines > 0 ? 3 + labelLines * lineHeight(labelSize) : 0) + gap;
  const rows = Math.ceil(images.length / across);
  return {
    least: across * (4 + gap),
    height: Math.max(0, rows * rowHeight - gap),
    draw(surface, theme, left, top) {
      const indent = (width - across * tileWidth - (across - 1) * gap) / 2;
      images.forEach((tile, i) => {
        const x = left + indent + (i % across) * (tileWidth + gap);
        const y = top + Math.floor(i / across) * rowHeight;
        surface.image(pixelsOf(tile, colours, range, theme), {
          left: x,
          top: y,
          width: tileWidth,
          height: tileWidth * ratio(tile),
        });
        labels[i]!.forEach((line, row) => {
          const baseline = y + tileHeight + 3 + labelSize + row * lineHeight(labelSize);
          surface.text(line, x + tileWidth / 2, baseline, { size: labelSize, colour: theme.muted, anchor: "middle" });
        });
      });
    },
  };
}

/** Numbers as colours. A picture has the same grey in every theme; for both themes at once, colours are those of the light one. */
function pixelsOf(
  { width, height, channels = 1, values }: ImageTile,
  colours: "grey" | "diverging",
  range: readonly [number, number] | undefined,
  theme: Theme,
): Pixels {
  const [from, to] = widened(...(range ?? ownRange(values, channels === 1 ? colours : "grey")), false);
  const share = (value: number | null | undefined): number =>
    Math.max(0, Math.min(1, ((value ?? from) - from) / (to - from) || 0));
  const shades = theme === themes.dark ? themes.dark : themes.light;
  const bytes = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    if (channels === 1 && colours === "diverging") bytes.set(rgbOf(shades.diverging(share(values[i]))), 3 * i);
    else for (let c = 0; c < 3; c++) bytes[3 * i + c] = Math.round(255 * share(values[channels === 1 ? i : 3 * i + c]));
  }
  return { width, height, bytes };
}

function ownRange(values: Numbers, colours: "grey" | "diverging"): [number, number] {
  const [least, greatest] = finiteRange(values) ?? [0, 1];
  if (colours === "grey") return [least, greatest];
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  return [-size, size];
}
