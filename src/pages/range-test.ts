/** The curve of a sweep through learning rates. */
import type { Figure } from "../figures/index.ts";

export function rangeTestFigure(curve: {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  readonly suggestion?: number;
}): Figure {
  const { rates, losses, smoothed, suggestion } = curve;
  const highest = Math.max(...smoothed.slice(0, Math.ceil(smoothed.length / 2)));
  return {
    title: "Losses while the learning rate grows",
    caption: "One step at each rate. Well below the rate at which the loss is lowest is a good one.",
    panels: [
      {
        x: { label: "learning rate", scale: "log" },
        y: { label: "loss", to: 1.3 * highest },
        marks: [
          {
            kind: "line",
            name: "of the batch",
            colour: "muted",
            x: rates,
            y: losses.map((loss) => (loss > 1.3 * highest ? null : loss)),
          },
          {
            kind: "line",
            name: "smoothed",
            colour: 0,
            x: rates,
            y: smoothed.map((loss) => (loss > 1.3 * highest ? null : loss)),
          },
          ...(suggestion === undefined
            ? []
            : [{ kind: "rule" as const, x: suggestion, label: `suggested: ${suggestion}`, colour: 1 }]),
        ],
      },
    ],
  };
}
