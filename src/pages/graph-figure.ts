/** A computational graph as a figure, and as text. */
import type { Figure, GraphNode } from "../figures/index.ts";

/** A node with its numbers. */
export interface NumberedNode {
  readonly id: string;
  readonly label: string;
  readonly role: NonNullable<GraphNode["role"]>;
  readonly shape: readonly number[];
  readonly value: readonly number[];
  readonly gradient?: readonly number[];
  readonly from: readonly string[];
}

/** 0.1234 -> "0.123", 12345 -> "1.2e+4" */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(Object.is(value, -0) ? 0 : value).replace("-", "−");
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(1).replace("e+", "e");
  return text.replaceAll("-", "−");
}

/** The first few numbers, and how many there are where that is not all. */
export function someNumbers(values: readonly number[], shape: readonly number[], most: number): string {
  const first = values.slice(0, most).map(shortNumber).join(" ");
  return values.length <= most ? first : `${first} … [${shape.join(", ")}]`;
}

/** @param most  numbers that a node shows */
export function graphFigure(title: string, caption: string, nodes: readonly NumberedNode[], most = 3): Figure {
  return {
    title,
    caption,
    panels: [
      {
        graph: {
          nodes: nodes.map(({ id, label, role, value, gradient, shape }) => ({
            id,
            label,
            role,
            value: someNumbers(value, shape, most),
            ...(gradient && { gradient: someNumbers(gradient, shape, most) }),
          })),
          edges: nodes.flatMap(({ id, from }) => from.map((one) => ({ from: one, to: id }))),
        },
      },
    ],
  };
}
