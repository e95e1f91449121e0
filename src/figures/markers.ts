/** Shapes of points, one for each colour, and the heads of arrows. */
import type { Path, ShapeStyle, Surface } from "./surface.ts";
import type { Point } from "./thin.ts";

export const markerShapes = ["circle", "square", "triangle", "diamond", "plus", "triangleDown", "hexagon", "bar"] as const;
export type MarkerShape = (typeof markerShapes)[number];

/** Corners about the centre, of about the same area as a circle of radius 1. */
const corners: Readonly<Record<Exclude<MarkerShape, "circle">, readonly Point[]>> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.25],
    [1.15, 0.8],
    [-1.15, 0.8],
  ],
  diamond: [
    [0, -1.3],
    [1.15, 0],
    [0, 1.3],
    [-1.15, 0],
  ],
  plus: [
    [-0.4, -1.2],
    [0.4, -1.2],
    [0.4, -0.4],
    [1.2, -0.4],
    [1.2, 0.4],
    [0.4, 0.4],
    [0.4, 1.2],
    [-0.4, 1.2],
    [-0.4, 0.4],
    [-1.2, 0.4],
    [-1.2, -0.4],
    [-0.4, -0.4],
  ],
  triangleDown: [
    [0, 1.25],
    [1.15, -0.8],
    [-1.15, -0.8],
  ],
  hexagon: [
    [-1.1, 0],
    [-0.55, -0.95],
    [0.55, -0.95],
    [1.1, 0],
    [0.55, 0.95],
    [-0.55, 0.95],
  ],
  bar: [
    [-0.5, -1.3],
    [0.5, -1.3],
    [0.5, 1.3],
    [-0.5, 1.3],
  ],
};

export function drawMarker(surface: Surface, shape: MarkerShape, [x, y]: Point, radius: number, style: ShapeStyle): void {
  if (shape === "circle") surface.circle(x, y, radius, style);
  else surface.path(closed(corners[shape].map(([dx, dy]) => [x + dx * radius, y + dy * radius])), style);
}

/** A path through points. */
export const open = (points: readonly Point[]): Path => points.map(([x, y], i) => [i === 0 ? "M" : "L", x, y]);

/** The same, back to its beginning. */
export const closed = (points: readonly Point[]): Path => (points.length === 0 ? [] : [...open(points), ["Z"]]);

/** A head whose tip is at `tip`, for a line that comes from `from`; nothing where the two are one. */
export function arrowHead(from: Point, tip: Point, length: number): Path {
  const [dx, dy] = [tip[0] - from[0], tip[1] - from[1]];
  const distance = Math.sqrt(dx * dx + dy * dy);
  if (!(distance > 1e-9)) return [];
  const [ux, uy] = [(dx / distance) * length, (dy / distance) * length];
  const [backX, backY] = [tip[0] - ux, tip[1] - uy];
  const half = 0.42;
  return closed([
    tip,
    [backX - uy * half, backY + ux * half],
    [backX + ux * 0.22, backY + uy * 0.22],
    [backX + uy * half, backY - ux * half],
  ]);
}
