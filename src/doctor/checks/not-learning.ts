import { defineCheck, otherLearningRate, percent, short } from "./define.ts";

/** News in a row that must say so. */
const news = 5;

/**
 * A loss that has hardly changed after a good part of the run.
 *
 * Symbols  L_0 first loss; L that of the epoch (of the news, in runs of one epoch); fires where L > (1 - `improvement`) L_0 after
 *          `steps` steps and `share` of the run
 * Source   Lecture, C15: "loss barely changing: learning rate is probably too low". SageMaker Debugger's LossNotDecreasing takes
 *          0.1 % in a window of some steps; 2 % over a third of the run is what C15's 1e-6 stays below and clean runs pass at once.
 */
export const notLearning = defineCheck({
  code: "notLearning",
  name: { en: "It does not learn", ko: "배우지 않는다" },
  explanation: {
    en: "After a third of the run the loss is still where it began. If it falls slowly, the learning rate is too low. If not at all, nothing useful flows back: labels that do not belong to the inputs, a layer that lets nothing through, or a learning rate so high that the network only jumps about. If twenty examples cannot be learned by heart (`osolgil doctor` tries), something is wired wrongly.",
    ko: "학습의 3분의 1이 지났는데 손실이 처음 그대로다. 느리게 내려간다면 학습률이 너무 낮은 것이다. 전혀 내려가지 않는다면 쓸모 있는 기울기가 흐르지 않는다. 레이블이 입력과 맞지 않거나, 아무것도 통과시키지 않는 층이 있거나, 학습률이 너무 높아 튀기만 한다. 표본 스무 개도 못 외우면(`osolgil doctor`가 해 본다) 어딘가 잘못 이어져 있다.",
  },
  source: "Lecture, C15; SageMaker Debugger's LossNotDecreasing.",
  thresholds: { improvement: 0.02, share: 1 / 3, steps: 50 },
  explains: ["underfitting"],
  watch(run) {
    let first: number | undefined;
    let lengths: number | undefined;
    const losses: number[] = [];
    const { improvement, share, steps } = this.thresholds as { improvement: number; share: number; steps: number };
    return (event) => {
      if (event.type === "probe.taken") {
        if (event.step === 0) first = event.loss;
        const weights = event.parameters.filter(
          ({ isWeight, updateNorm, norm }) => isWeight && updateNorm !== undefined && norm > 0,
        );
        if (weights.length > 0) lengths = Math.max(...weights.map(({ updateNorm, norm }) => updateNorm! / norm));
      }
      if (event.type !== "train.progress") return undefined;
      const { loss } = event.scores;
      first ??= loss;
      losses.push(loss);
      const least = Math.max(steps, share * run.started.steps);
      if (event.step < least || event.step > least + run.started.steps / 3 || !(loss > (1 - improvement) * first))
        return undefined;
      // A batch that was harder than others says nothing, nor do the first news of a run that goes on; neither does a loss that
      // began near its end.
      const recent = losses.slice(-news);
      if (recent.length < news || recent.some((one) => one <= (1 - improvement) * first!) || first < 1e-3) return undefined;
      const half = losses.length >> 1;
      const [early, late] = [meanOf(losses.slice(0, half)), meanOf(losses.slice(half))];
      const isSlow = late < early && (lengths === undefined || lengths < 1e-2);
      const change = isSlow ? otherLearningRate(run, 10) : undefined;
      return {
        severity: "warning",
        message: `after ${event.step} of ${run.started.steps} steps the loss is ${short(loss)}, and it was ${short(first)} at the start: an improvement of ${percent(Math.max(0, 1 - loss / first))}`,
        evidence: {
          loss,
          first,
          improvement: 1 - loss / first,
          threshold: improvement,
          ...(lengths !== undefined && { largestUpdate: lengths }),
        },
        cause: isSlow
          ? "the learning rate is too low: the loss falls, but hardly"
          : "nothing useful flows back, or the labels do not belong to the inputs",
        advice: isSlow
          ? "Raise the learning rate by ten; `osolgil doctor` finds a range that works."
          : "See whether 20 examples can be learned by heart (`osolgil doctor`); look at initialisation, activations and data.",
        ...(change && { changes: [change] }),
      };
    };
  },
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
