/** The kinds of marks, one line each. */
import type { Mark, MarkKind } from "../figure.ts";
import { area } from "./area.ts";
import { arrows } from "./arrows.ts";
import { bars } from "./bars.ts";
import { contours } from "./contours.ts";
import type { MarkDefinition } from "./define.ts";
import { heatMap } from "./heat-map.ts";
import { histogram } from "./histogram.ts";
import { line } from "./line.ts";
import { note } from "./note.ts";
import { parallel } from "./parallel.ts";
import { points } from "./points.ts";
import { rule } from "./rule.ts";
import { trajectory } from "./trajectory.ts";

const definitions: { readonly [K in MarkKind]: MarkDefinition<Extract<Mark, { kind: K }>> } = {
  area,
  arrows,
  bars,
  contours,
  heatMap,
  histogram,
  line,
  note,
  parallel,
  points,
  rule,
  trajectory,
};

export const markKinds: readonly string[] = Object.keys(definitions);

/** The definition of a mark's kind. */
export const definitionOf = <M extends Mark>(mark: M): MarkDefinition<M> =>
  definitions[mark.kind] as unknown as MarkDefinition<M>;
