/** A matrix as coloured cells. */

import { colourBar } from "../colour-bar.ts";
import type { HeatMapMark } from "../figure.ts";
import { brief } from "../numbers.ts";
import { isShown, widened } from "../scale.ts";
import { measureText } from "../text.ts";
import { defineMark, finiteRange, wrongGrid } from "./define.ts";

type Colours = { readonly kind: "sequential" | "diverging"; readonly from: number; readonly to: number };

/** Which colours, and the values at their ends. */
function coloursOf({ values, colours, range }: HeatMapMark): Colours {
  const [least, greatest] = range ?? finiteRange(values) ?? [0, 1];
  const kind = colours ?? (least < 0 && greatest > 0 ? "diverging" : "sequential");
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const [from, to] = kind === "diverging" && !range ? widened(-size, size, false) : widened(least, greatest, false);
  return { kind, from, to };
}

export const heatMap = defineMark<HeatMapMark>({
  kind: "heatMap",
  fault: wrongGrid,
  reach: ({ rows, columns }) => ({
    x: [[-0.5, columns - 0.5]],
    y: [[-0.5, rows - 0.5]],
    tight: "both",
    downwards: true,
  }),
  counted: ["x", "y"],
  layer: "field",
  aside(mark) {
    const { kind, from, to } = coloursOf(mark);
    return colourBar(from, to, (theme, share) => theme[kind](share));
  },
  draw(mark, plot) {
    const { rows, columns, values } = mark;
    const { kind, from, to } = coloursOf(mark);
    const { surface, theme, box } = plot;
    const [wide, high] = [Math.abs(plot.px(1) - plot.px(0)), Math.abs(plot.py(1) - plot.py(0))];
    const gap = Math.min(wide, high) > 12 ? 1 : 0;
    const under = gap === 0 ? 0.4 : 0;
    const size = Math.min(12, high * 0.5);
    const fits = mark.labels && size >= 7 && Array.from(values).every((value) => measureText(brief(value ?? 0), size) < wide - 4);
    surface.clip(box);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = values[row * columns + column];
        if (!isShown(value)) continue;
        const share = (value - from) / (to - from);
        const [x, y] = [plot.px(column), plot.py(row)];
        surface.rect(
          { left: x - wide / 2 + gap / 2, top: y - high / 2 + gap / 2, width: wide - gap + under, height: high - gap + under },
          { fill: theme[kind](share) },
        );
        if (fits) surface.text(brief(value), x, y + size * 0.36, { size, colour: theme.over(kind, share), anchor: "middle" });
      }
    }
    surface.endClip();
  },
});
