/** A text at a place in the plot. */
import { showValue } from "../../core/names.ts";
import type { NoteMark } from "../figure.ts";
import type { Box } from "../surface.ts";
import { lineHeight, measureText, wrapText } from "../text.ts";
import { defineMark } from "./define.ts";

export const note = defineMark<NoteMark>({
  kind: "note",
  fault: ({ text }) => (typeof text === "string" ? undefined : `text must be a text, received ${showValue(text)}`),
  reach: () => ({}),
  layer: "text",
  draw(mark, plot) {
    const { surface, theme, size, box } = plot;
    const [x, y] = [plot.px(mark.x), plot.py(mark.y)];
    if (Number.isNaN(x) || Number.isNaN(y)) return;
    const lines = wrapText(mark.text, box.width * 0.6, size);
    const width = Math.max(0, ...lines.map((line) => measureText(line, size)));
    const height = lines.length * lineHeight(size);
    const { side = "right" } = mark;
    const gap = 7;
    const left = side === "right" ? x + gap : side === "left" ? x - gap - width : x - width / 2;
    const top = side === "above" ? y - gap - height : side === "below" ? y + gap : y - height / 2;
    // Kept within the plot, then moved up and down until it is free.
    const inside = (at: number, length: number, from: number, room: number): number =>
      Math.max(from + 2, Math.min(from + room - length - 2, at));
    const start: Box = {
      left: inside(left, width, box.left, box.width),
      top: inside(top, height, box.top, box.height),
      width,
      height,
    };
    const steps = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2) * (height / 2));
    const places = steps.map((step) => ({ ...start, top: start.top + step }));
    // Rather near and over a line than far away.
    const place = plot.occupied.take(places.slice(0, 7)) ?? plot.occupied.take(places.slice(7));
    const colour = mark.colour === undefined ? theme.ink : plot.style(mark).textColour;
    lines.forEach((line, i) => {
      if (place) surface.text(line, place.left, place.top + size + i * lineHeight(size), { size, colour, halo: theme.ground });
    });
  },
});
