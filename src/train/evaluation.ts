/** Losses, accuracy and metrics over the validation and the test rows, and the predictions that they come from. */
import { DocumentError, TrainingError } from "../core/errors.ts";
import type { MetricValue, Scores } from "../core/events.ts";
import { sequentialBatches } from "../data/batches.ts";
import { type Dataset, exampleSize } from "../data/dataset.ts";
import type { Preparation } from "../data/preparation.ts";
import { copyRows } from "../data/rows.ts";
import type { Run } from "../document/run-document.ts";
import type { Executable } from "../engine/engine.ts";
import type { Part, RunPrograms } from "./build.ts";

/** What runs are judged by: rows of the training tables that were held out, or the test tables; and, to compare, those learned from. */
export type Judged = "training" | "validation" | "test";

/** All predictions of a part, row-major, as the last layer gives them. */
export interface Predictions {
  readonly values: Float32Array;
  readonly width: number;
  readonly count: number;
}

interface EvaluationProgram {
  readonly name: string;
  readonly rows: Int32Array;
  readonly loss: ArrayLike<number>;
  readonly correct: ArrayLike<number> | undefined;
  readonly prediction: ArrayLike<number>;
}

/** About what a core has for itself on machines of these years, but for the smallest. */
const cacheBytes = 1 << 20;

/**
 * Rows in one evaluation step: enough to keep the engine busy, few enough to stay in the cache; a divisor of the count where
 * there is one, so that no second program is needed for what is left.
 */
function evaluationRows(count: number, bytesPerRow: number): number {
  const most = Math.max(64, Math.min(1024, Math.floor(cacheBytes / bytesPerRow)));
  for (let rows = Math.min(count, most); rows >= most / 2; rows--) if (count % rows === 0) return rows;
  return Math.min(count, most);
}

/** Judges the weights at hand: runs the model over held-out rows or test tables, in a program of its own. */
export class Evaluation {
  private readonly run: Run;
  private readonly dataset: Dataset;
  private readonly preparation: Preparation;
  private readonly rowsOf: Readonly<Record<Judged, Uint32Array>>;
  private readonly sizes = new Map<Judged, number>();
  private readonly names: string[];
  private readonly programs = new Map<string, EvaluationProgram>();
  private executable: Executable | undefined;

  /**
   * Builds the programs.
   *
   * @param rows  of the training tables; none of training where nobody asks for scores over them
   * @throws DocumentError  a metric does not fit what is to be learned
   */
  constructor(
    run: Run,
    dataset: Dataset,
    preparation: Preparation,
    programs: RunPrograms,
    rows: { readonly training: Uint32Array; readonly validation: Uint32Array },
  ) {
    this.run = run;
    this.dataset = dataset;
    this.preparation = preparation;
    const testCount = dataset.test?.inputs.count ?? 0;
    this.rowsOf = { ...rows, test: Uint32Array.from({ length: testCount }, (_, row) => row) };
    this.checkMetrics();
    this.names = (["training", "validation", "test"] as const).flatMap((which) => {
      const count = this.rowsOf[which].length;
      if (count === 0) return [];
      const part = partOf(which);
      const size = evaluationRows(count, programs.bytesPerRow(part));
      this.sizes.set(which, size);
      return [size, count % size].filter((rows) => rows > 0).map((rows) => programs.evaluation(part, rows));
    });
  }

  private checkMetrics(): void {
    const targets = this.dataset.task.kind === "classification" ? "classes" : "values";
    for (const { definition, name } of this.run.metrics) {
      if (definition.targets.includes(targets)) continue;
      throw new DocumentError("E_DOCUMENT_METRIC", {
        message: `metric '${name}' is of ${definition.targets.join(" or ")}, but data set '${this.dataset.name}' gives ${targets}`,
        hint: "Leave it out.",
      });
    }
  }

  /** The scores that a run can be judged by, each with what is better. */
  get goals(): Readonly<Record<string, "min" | "max" | undefined>> {
    const isClasses = this.dataset.task.kind === "classification";
    const own = this.run.metrics.map(({ name, definition }) => [name, definition.goal] as const);
    return { ...Object.fromEntries(own), loss: "min", ...(isClasses && { accuracy: "max" as const }) };
  }

  /** Takes up what the programs were compiled to. */
  bind(executable: Executable): void {
    this.executable = executable;
    const isClasses = this.dataset.task.kind === "classification";
    for (const name of this.names) {
      this.programs.set(name, {
        name,
        rows: executable.input(name, "rows") as Int32Array,
        loss: executable.output(name, "lossSum"),
        correct: isClasses ? executable.output(name, "correct") : undefined,
        prediction: executable.output(name, "prediction"),
      });
    }
  }

  /** Mean loss, accuracy and metrics; undefined where there are no rows, or it was asked to stop. */
  scores(which: Judged, shouldStop: () => boolean = () => false): Scores | undefined {
    const count = this.rowsOf[which].length;
    let [loss, correct] = [0, 0];
    const { metrics } = this.run;
    const predictions = this.walk(which, shouldStop, metrics.length > 0, (program) => {
      loss += program.loss[0]!;
      correct += program.correct?.[0] ?? 0;
    });
    if (!predictions) return undefined;
    const isClasses = this.dataset.task.kind === "classification";
    return {
      loss: loss / count,
      ...(isClasses && { accuracy: correct / count }),
      ...(metrics.length > 0 && { metrics: this.measure(which, predictions) }),
    };
  }

  /** The predictions of a part; undefined where it has no rows. */
  predictions(which: Judged): Predictions | undefined {
    return this.walk(
      which,
      () => false,
      true,
      () => {},
    );
  }

  /** Row numbers of a part in its tables, in the order of its predictions. */
  rows(which: Judged): Uint32Array {
    return this.rowsOf[which];
  }

  /** The targets of a part, in the order of its predictions: class numbers, or values in the units of the data. */
  targets(which: Judged): Float64Array {
    const { targets } = which === "test" ? this.dataset.test! : this.dataset.train;
    const rows = this.rowsOf[which];
    const values = new Float64Array(rows.length * exampleSize(targets.shape));
    copyRows(targets, rows, values);
    return this.preparation.restoreTargets(values);
  }

  private walk(
    which: Judged,
    shouldStop: () => boolean,
    keeps: boolean,
    take: (program: EvaluationProgram) => void,
  ): Predictions | undefined {
    const rows = this.rowsOf[which];
    if (rows.length === 0) return undefined;
    const plan = sequentialBatches(rows, this.sizes.get(which)!);
    let values: Float32Array | undefined;
    let width = 0;
    for (let step = 0, at = 0; step < plan.stepsPerEpoch; step++) {
      if (shouldStop()) return undefined;
      const size = plan.sizeOf(step);
      const program = this.programs.get(`evaluate.${partOf(which)}.${size}`);
      if (!program) throw new TrainingError("E_EVALUATION", { message: `no program evaluates ${size} rows` });
      plan.fill(step, program.rows);
      this.executable!.run(program.name);
      take(program);
      if (!keeps) continue;
      width = program.prediction.length / size;
      values ??= new Float32Array(rows.length * width);
      values.set(program.prediction, at);
      at += program.prediction.length;
    }
    return { values: values ?? new Float32Array(0), width, count: rows.length };
  }

  private measure(which: Judged, { values, width, count }: Predictions): Record<string, MetricValue> {
    const { task } = this.dataset;
    const predictions = this.preparation.restoreTargets(values);
    const targets = this.targets(which);
    const classes = task.kind === "classification" ? { classes: task.classes } : {};
    return Object.fromEntries(
      this.run.metrics.flatMap(({ name, definition, options }) => {
        const value = definition.compute({ predictions, width, count, targets, ...classes }, options);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }
}

const partOf = (which: Judged): Part => (which === "test" ? "test" : "train");
