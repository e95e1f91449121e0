/**
 * What a figure is drawn on. One drawing code serves SVG and canvas: each is a surface of these few calls.
 *
 * Lengths are pixels at scale 1, and y grows downwards.
 */

import type { Theme } from "./theme.ts";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Move, line, cubic curve, close. */
export type Command =
  | readonly ["M" | "L", number, number]
  | readonly ["C", number, number, number, number, number, number]
  | readonly ["Z"];
export type Path = readonly Command[];

export interface ShapeStyle {
  readonly fill?: string;
  readonly stroke?: string;
  /** Of the stroke; default 1. */
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

export interface TextStyle {
  readonly size: number;
  readonly colour: string;
  /** Semibold. */
  readonly strong?: boolean;
  /** Which part of the text stands at x; default "start". */
  readonly anchor?: "start" | "middle" | "end";
  /** Direction of writing, of length 1; default [1, 0]. [0, -1] is upwards. */
  readonly along?: readonly [number, number];
  /** Colour of a rim that keeps the text readable over lines. */
  readonly halo?: string;
}

/** Red, green and blue bytes, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface Surface {
  path(path: Path, style: ShapeStyle): void;
  rect(box: Box, style: ShapeStyle, radius?: number): void;
  circle(x: number, y: number, radius: number, style: ShapeStyle): void;
  /** `y` is the line on which the letters stand. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** Sharp pixels, not smoothed. */
  image(pixels: Pixels, box: Box): void;
  /** Draws what follows inside the box only, until `endClip`. */
  clip(box: Box): void;
  endClip(): void;
}

/** Family names from the exact one to whatever the reader has, Korean among them; none is much wider than the first. */
export const fontFamily =
  "Pretendard, Inter, -apple-system, 'Segoe UI', Arial, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif";

/** What needs no axes: its height at a width, and how it is drawn. */
export interface Drawing {
  readonly height: number;
  /** Width that it needs at the least. */
  readonly least: number;
  draw(surface: Surface, theme: Theme, left: number, top: number): void;
}
