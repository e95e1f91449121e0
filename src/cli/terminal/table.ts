/** A plain table: heads, rows, columns as wide as what is in them. */
import { displayWidth, type Paint, padEnd, padStart, plainText, type Style, shorten } from "./format.ts";

export interface TableColumn {
  readonly head: string;
  /** Texts to the left, numbers to the right. */
  readonly align?: "left" | "right";
  readonly style?: Style;
}

const indent = "  ";
const gap = "  ";
/** No column is made narrower than this, for a terminal that is too narrow. */
const leastWidth = 6;

/** The lines of a table; the widest left-aligned columns are cut where the terminal is too narrow. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
  paint: Paint,
): string[] {
  const cells = rows.map((row) => row.map(plainText));
  const widths = columns.map(({ head }, i) => Math.max(displayWidth(head), ...cells.map((row) => displayWidth(row[i] ?? ""))));
  const total = () => widths.reduce((sum, one) => sum + gap.length + one, 0);
  while (total() > width) {
    const widest = columns.reduce(
      (best, { align }, i) => (align !== "right" && (best < 0 || widths[i]! > widths[best]!) ? i : best),
      -1,
    );
    if (widest < 0 || widths[widest]! <= leastWidth) break;
    widths[widest]! -= Math.min(total() - width, widths[widest]! - leastWidth);
  }
  const line = (texts: readonly string[], styleOf: (i: number) => Style) =>
    indent +
    columns
      .map(({ align }, i) => {
        const text = shorten(texts[i] ?? "", widths[i]!);
        return paint(styleOf(i), align === "right" ? padStart(text, widths[i]!) : padEnd(text, widths[i]!));
      })
      .join(gap)
      .trimEnd();
  const head = line(
    columns.map(({ head }) => head),
    () => "dim",
  );
  return [head, ...cells.map((row) => line(row, (i) => columns[i]!.style ?? []))];
}
