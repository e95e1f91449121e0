/** What a report is made of. */
import type { Figure } from "../figures/index.ts";

export interface Section {
  readonly title: string;
  readonly text: string;
  readonly figure: Figure;
}
