/** The table of epochs: one row each as they end, under a heading of two lines. */
import type { EpochEnded, Scores } from "../../core/events.ts";
import { formatDuration, formatLoss, formatShare, type Paint, padEnd, padStart, type Style } from "./format.ts";

interface Column {
  readonly group: "training" | "validation" | "";
  readonly head: string;
  readonly width: number;
  readonly style: Style;
  readonly text: (event: EpochEnded, epochs: number) => string;
}

const lossOf = (scores: Scores | undefined): string => (scores ? formatLoss(scores.loss) : "");
const accuracyOf = (scores: Scores | undefined): string => (scores?.accuracy === undefined ? "" : formatShare(scores.accuracy));

const EPOCH: Column = { group: "", head: "epoch", width: 5, style: "dim", text: ({ epoch }, epochs) => `${epoch}/${epochs}` };
const EPOCH_ALONE: Column = { ...EPOCH, text: ({ epoch }) => String(epoch) };
const NARROW = 30;
const TIME: Column = { group: "", head: "time", width: 10, style: "dim", text: ({ seconds }) => formatDuration(seconds) };
const [TRAINING_LOSS, VALIDATION_LOSS] = (["training", "validation"] as const).map(
  (group): Column => ({ group, head: "loss", width: group.length, style: [], text: (event) => lossOf(event[group]) }),
);
const [TRAINING_ACCURACY, VALIDATION_ACCURACY] = (["training", "validation"] as const).map(
  (group): Column => ({ group, head: "accuracy", width: 8, style: [], text: (event) => accuracyOf(event[group]) }),
);

/** What is left out first where the terminal is narrow. */
const LEAVE_OUT = [TIME, TRAINING_ACCURACY, VALIDATION_ACCURACY, VALIDATION_LOSS];
const INDENT = "  ";
const GAP = "  ";

/** The columns that an epoch fills and a terminal of this width has room for. */
function columnsFor({ training, validation }: EpochEnded, epochs: number, width: number): Column[] {
  const withTotal = { ...EPOCH, width: Math.max(EPOCH.width, 2 * String(epochs).length + 1) };
  const columns = [width < NARROW ? EPOCH_ALONE : withTotal, TRAINING_LOSS];
  if (training.accuracy !== undefined) columns.push(TRAINING_ACCURACY);
  if (validation) columns.push(VALIDATION_LOSS);
  if (validation?.accuracy !== undefined) columns.push(VALIDATION_ACCURACY);
  columns.push(TIME);
  for (const column of LEAVE_OUT) {
    if (widthOf(columns) <= width) break;
    if (columns.includes(column)) columns.splice(columns.indexOf(column), 1);
  }
  return columns;
}

const widthOf = (columns: readonly Column[]): number => columns.reduce((sum, column) => sum + GAP.length + column.width, 0);

/** Writes the heading with the first row, and again where the terminal became narrower or wider. */
export class EpochTable {
  #heading = "";

  /**
   * The row of an epoch, with the heading before it where that is due.
   *
   * @param epochs  of the whole run
   * @param isBest  no epoch before had a lower validation loss; otherwise its validation is dimmed
   */
  lines(
    event: EpochEnded,
    { epochs, width, isBest, paint }: { epochs: number; width: number; isBest: boolean; paint: Paint },
  ): string[] {
    const columns = columnsFor(event, epochs, width);
    const heading = headingOf(columns);
    const isDue = heading.join("\n") !== this.#heading;
    this.#heading = heading.join("\n");
    const cells = columns.map((column) => {
      const text = column.text(event, epochs);
      const cell = padStart(text, column.width);
      return paint(column.group === "validation" && !isBest ? "dim" : column.style, cell);
    });
    const row = (INDENT + cells.join(GAP)).trimEnd();
    return isDue ? [...heading.map((line) => (line === "" ? "" : paint("dim", line))), row] : [row];
  }
}

function headingOf(columns: readonly Column[]): string[] {
  const groups: string[] = [];
  for (const [i, { group, width }] of columns.entries()) {
    if (group !== "" && columns[i - 1]?.group === group) continue;
    const next = columns[i + 1];
    const whole = group !== "" && next?.group === group ? width + GAP.length + next.width : width;
    // A rule over what belongs together.
    groups.push(
      group === ""
        ? " ".repeat(whole)
        : whole > group.length + 3
          ? padEnd(`── ${group} `, whole).replace(/ +$/, (blank) => ` ${"─".repeat(blank.length - 1)}`)
          : padStart(group, whole),
    );
  }
  const heads = columns.map(({ head, width }) => padStart(head, width));
  return ["", INDENT + groups.join(GAP).trimEnd(), INDENT + heads.join(GAP)];
}
