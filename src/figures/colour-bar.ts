/** The bar beside a plot that explains its colours. */
import type { Plot } from "./marks/define.ts";
import { alike } from "./numbers.ts";
import { createScale, roundValues } from "./scale.ts";
import { measureText } from "./text.ts";
import type { Theme } from "./theme.ts";

const barWidth = 10;
const gap = 12;
const parts = 60;

/**
 * @param from, to  values at the ends of the colours
 * @param colourOf  of a share between them
 */
export function colourBar(
  from: number,
  to: number,
  colourOf: (theme: Theme, share: number) => string,
): { readonly width: number; readonly draw: (plot: Plot, left: number) => void } {
  const { values, step } = roundValues(from, to, 5);
  const texts = alike(values, step);
  return {
    width: gap + barWidth + 5 + Math.max(0, ...texts.map((text) => measureText(text, 11))),
    draw({ surface, theme, box }, left) {
      const scale = createScale(from, to, false);
      for (let i = 0; i < parts; i++) {
        const height = box.height / parts;
        // Each part reaches under the next.
        const part = {
          left: Math.round(left + gap),
          top: box.top + i * height,
          width: barWidth,
          height: height + (i < parts - 1 ? 0.5 : 0),
        };
        surface.rect(part, { fill: colourOf(theme, 1 - (i + 0.5) / parts) });
      }
      values.forEach((value, i) => {
        const y = box.top + (1 - scale.place(value)) * box.height;
        surface.text(texts[i]!, left + gap + barWidth + 5, y + 4, { size: 11, colour: theme.muted });
      });
    },
  };
}
