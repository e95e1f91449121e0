/** What code is made for. */
import { panelColumns } from "../../graph/plan/panels.ts";
import type { Numerics } from "../engine.ts";

export interface Target {
  readonly numerics: Numerics;
  /** The host makes one operation of 256 bits of two neighbouring ones of 128 bits (see host-vectors.ts). No bit depends on it. */
  readonly pairs: boolean;
}

/** Vectors that go side by side through a loop without sums across them; panels that a strip of a product runs along at once. */
export const vectorsAtOnce = ({ pairs }: Target): number => (pairs ? 2 : 1);

/** Columns of a tile of sums. */
export const tileColumns = (target: Target): number => vectorsAtOnce(target) * panelColumns;
