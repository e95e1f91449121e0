/** A reference line across the plot. */
import type { RuleMark } from "../figure.ts";
import type { Box } from "../surface.ts";
import { measureText } from "../text.ts";
import { defineMark } from "./define.ts";

export const rule = defineMark<RuleMark>({
  kind: "rule",
  fault: ({ x, y }) => ((x === undefined) === (y === undefined) ? "must have an x or a y" : undefined),
  reach: ({ x, y }) => ({ ...(x !== undefined && { x: [[x]] }), ...(y !== undefined && { y: [[y]] }) }),
  layer: "line",
  trace({ x, y }, { box, px, py }) {
    if (x !== undefined) return [[[px(x), box.top] as const, [px(x), box.top + box.height] as const]];
    return [[[box.left, py(y)] as const, [box.left + box.width, py(y)] as const]];
  },
  draw(mark, plot) {
    const { surface, box, theme, size } = plot;
    const style = plot.style({ colour: mark.colour ?? "muted" });
    const isUpright = mark.x !== undefined;
    const at = isUpright ? plot.px(mark.x) : plot.py(mark.y);
    if (Number.isNaN(at)) return;
    const [right, bottom] = [box.left + box.width, box.top + box.height];
    const ends = isUpright ? [[at, box.top] as const, [at, bottom] as const] : [[box.left, at] as const, [right, at] as const];
    surface.path(
      [
        ["M", ...ends[0]!],
        ["L", ...ends[1]!],
      ],
      { stroke: style.colour, width: 1.2, dash: [5, 4] },
    );
    if (mark.label === undefined) return;
    const [width, height] = [measureText(mark.label, size), size * 1.3];
    const shares = Array.from({ length: 25 }, (_, i) => i / 24);
    const places: Box[] = isUpright
      ? shares.flatMap((share) => {
          const top = box.top + 3 + share * (box.height - height - 6);
          return [
            { left: at + 5, top, width, height },
            { left: at - 5 - width, top, width, height },
          ];
        })
      : shares.flatMap((share) => {
          const left = right - 4 - width - share * (box.width - width - 8);
          return [
            { left, top: at - height - 1, width, height },
            { left, top: at + 2, width, height },
          ];
        });
    const place = plot.occupied.take(places);
    if (place) surface.text(mark.label, place.left, place.top + size, { size, colour: style.textColour, halo: theme.ground });
  },
});
