/** A text at a place in the plot. */
import { showValue } from "../../core/names.ts";
import type { NoteMark } from "../figure.ts";
import type { Box } from "../surface.ts";
import { lineHeight, measureText, wrapText } from "../text.ts";
import { defineMark } from "./define.ts";

/** Between the place and its text. */
const gap = 7;
/** Cells of what is drawn over which a text may stand beside its place. */
const crowdNear = 4;
const directions = [
  [1, 0],
  [0.7, -0.7],
  [0.7, 0.7],
  [0, -1],
  [0, 1],
  [-0.7, -0.7],
  [-0.7, 0.7],
  [-1, 0],
] as const;

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
    const inside = (at: number, length: number, from: number, room: number): number =>
      Math.max(from + 2, Math.min(from + room - length - 2, at));
    /** Beside the place, and within the plot. */
    const beside = (side: NoteMark["side"]): Box => {
      const left = side === "right" ? x + gap : side === "left" ? x - gap - width : x - width / 2;
      const top = side === "above" ? y - gap - height : side === "below" ? y + gap : y - height / 2;
      return { left: inside(left, width, box.left, box.width), top: inside(top, height, box.top, box.height), width, height };
    };
    const { side = "right" } = mark;
    const near = ([side, "right", "left", "above", "below"] as const).map(beside);
    // Farther away it needs a line to its place.
    const far = [24, 44, 68, 96, 130].flatMap((radius) =>
      directions.map(([right, down]) => {
        const [middleX, middleY] = [x + right * (radius + width / 2), y + down * (radius + height / 2)];
        return { left: middleX - width / 2, top: middleY - height / 2, width, height };
      }),
    );
    const place = plot.occupied.take(near, crowdNear) ?? plot.occupied.take([...near, ...far]);
    if (!place) return;
    const colour = mark.colour === undefined ? theme.ink : plot.style(mark).textColour;
    if (!near.includes(place)) {
      const nearest = [
        Math.max(place.left, Math.min(place.left + width, x)),
        Math.max(place.top, Math.min(place.top + height, y)),
      ] as const;
      surface.path(
        [
          ["M", x, y],
          ["L", ...nearest],
        ],
        { stroke: theme.ground, width: 3, opacity: 0.7 },
      );
      surface.path(
        [
          ["M", x, y],
          ["L", ...nearest],
        ],
        { stroke: colour, width: 0.9 },
      );
    }
    lines.forEach((line, i) => {
      surface.text(line, place.left, place.top + size + i * lineHeight(size), { size, colour, halo: theme.ground });
    });
  },
});
