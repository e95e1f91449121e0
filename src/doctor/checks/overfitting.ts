import type { RunEvent, Scores } from "../../core/events.ts";
import { type CheckText, defineCheck, percent, short } from "./define.ts";

/**
 * A gap between what a model makes of examples that it has learned from and of others.
 *
 * Symbols  gap = training accuracy - validation accuracy, beyond two standard errors of the latter; fires at `gap` in `epochs` epochs
 *          in a row once the validation loss has left its lowest, or at the end, there against the test data where there are no
 *          others; without accuracies: validation loss above `ratio` times the training loss, and growing over `epochs` epochs
 * Source   Lecture, F5: a big gap is overfitting. AUTOTRAINER: 0.1; SageMaker Debugger's Overfit: loss gap of 10 % and growing.
 */
export const overfitting = defineCheck({
  code: "overfitting",
  source: "Lecture, F5; AUTOTRAINER; SageMaker Debugger.",
  thresholds: { gap: 0.1, epochs: 3, ratio: 1.5 },
  watch(run) {
    const { gap, epochs, ratio } = this.thresholds as { gap: number; epochs: number; ratio: number };
    let [count, growing, lowest] = [0, 0, Number.POSITIVE_INFINITY];
    const found = (training: number, held: number, on: string) => ({
      severity: "warning" as const,
      message: `${percent(training)} of the training examples are right and ${percent(held)} of the ${on} examples: a gap of ${percent(training - held)}`,
      evidence: { training, held, gap: training - held, threshold: gap },
      ...remedies(run.document.penalty),
    });
    const isGap = (training: number, held: number, count: number) =>
      training - held - 2 * Math.sqrt((held * (1 - held)) / Math.max(1, count)) >= gap;
    const ofEpoch = (training: Scores, validation: Scores) => {
      if (training.accuracy !== undefined && validation.accuracy !== undefined) {
        count = isGap(training.accuracy, validation.accuracy, run.started.examples.validation) ? count + 1 : 0;
        lowest = Math.min(lowest, validation.loss);
        return count >= epochs && validation.loss > 1.02 * lowest
          ? found(training.accuracy, validation.accuracy, "validation")
          : undefined;
      }
      growing = validation.loss > ratio * training.loss && validation.loss > 1.05 * lowest ? growing + 1 : 0;
      lowest = Math.min(lowest, validation.loss);
      if (growing < epochs) return undefined;
      return {
        severity: "warning" as const,
        message: `the validation loss, ${short(validation.loss)}, is ${short(validation.loss / training.loss)} times the training loss and grows; its lowest was ${short(lowest)}`,
        evidence: { training: training.loss, validation: validation.loss, lowest, ratio },
        ...remedies(run.document.penalty),
      };
    };
    return (event: RunEvent) => {
      if (event.type === "epoch.ended") return event.validation && ofEpoch(event.training, event.validation);
      if (event.type !== "run.ended" || event.status !== "completed") return undefined;
      const { trainAccuracy, validationAccuracy, testAccuracy } = event.metrics;
      const held = validationAccuracy ?? testAccuracy;
      const { validation, test } = run.started.examples;
      if (trainAccuracy === undefined || held === undefined) return undefined;
      if (!isGap(trainAccuracy, held, validationAccuracy === undefined ? test : validation)) return undefined;
      return found(trainAccuracy, held, validationAccuracy === undefined ? "test" : "validation");
    };
  },
});

function remedies(penalty: unknown) {
  return {
    cause: "the model learns its examples by heart: it is large for so few of them",
    advice: "Use more data or augmentation; weight decay, dropout or a smaller model; or end early with the best weights.",
    ...(penalty === undefined && { changes: [{ path: "penalty", value: { kind: "l2", strength: 1e-3 } }] }),
  };
}

/** For `osolgil explain`. */
export const explanation: CheckText = {
  name: { en: "Overfitting", ko: "과적합" },
  explanation: {
    en: "The model is far better on what it has learned from than on what it has not: it learns examples by heart. More data help most; then augmentation, weight decay, dropout, a smaller model, or ending early with the best weights.",
    ko: "배운 표본에서는 배우지 않은 표본에서보다 훨씬 낫다. 표본을 외우고 있는 것이다. 가장 좋은 약은 더 많은 데이터이고, 다음은 데이터 증강, 가중치 감소, 드롭아웃, 더 작은 모형, 가장 좋은 가중치에서 일찍 멈추기다.",
  },
};
