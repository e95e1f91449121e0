import { percent, short } from "../checks/define.ts";
import { defineExamination } from "./define.ts";

const [examples, steps] = [20, 400];
/** Of the first loss, or of the variance of the targets. */
const enough = 0.02;
/** Rates that are tried one after the other: one of them suits nearly every network of usual size. */
const rates = [3e-3, 3e-2, 3e-4];

/**
 * Whether twenty examples can be learned by heart.
 *
 * Source   Lecture, F3 and C14: 20 examples, cost 0.0026, accuracy 1.00. TheDeepChecker: at most 5 % wrong.
 */
export const tinySet = defineExamination({
  name: "tinySet",
  title: { en: "twenty examples by heart", ko: "표본 스무 개 외우기" },
  source: "Lecture, F3; CS231n; TheDeepChecker.",
  codes: {
    cannotOverfit: {
      name: { en: "Not even twenty examples", ko: "스무 개도 못 외운다" },
      explanation: {
        en: "A network of any use learns twenty examples by heart in a few hundred steps, to a loss of next to nothing. This one does not, with penalty, dropout and augmentation off and at three learning rates. Something is wired wrongly: a layer that lets nothing through, weights of zero, a loss that does not fit the targets, inputs out of scale, examples that are alike but have different labels; or the model is far too small.",
        ko: "쓸 만한 신경망이라면 표본 스무 개쯤은 몇백 걸음 만에 손실이 거의 0이 되도록 외운다. 벌점, 드롭아웃, 증강을 끄고 세 가지 학습률로 해 보아도 안 된다. 무언가 잘못 이어져 있다. 아무것도 통과시키지 않는 층, 0인 가중치, 목표와 맞지 않는 손실, 척도가 틀린 입력, 똑같은데 레이블이 다른 표본, 아니면 모형이 너무 작다.",
      },
    },
  },
  examine(examiner) {
    const { task } = examiner.facts();
    const tries = [];
    for (const learningRate of rates) {
      const found = examiner.overfit({ examples, steps, learningRate, enough });
      const share = found.variance === undefined ? found.loss / found.first : found.loss / Math.max(found.variance, 1e-12);
      tries.push({ ...found, share, learningRate });
      const isLearned = task.kind === "classification" ? (found.accuracy ?? 0) === 1 : share < 0.05;
      if (isLearned) {
        const right = found.accuracy === undefined ? "" : `, ${percent(found.accuracy)} right`;
        return {
          result: `${found.examples} examples learned in ${found.steps} steps: loss ${short(found.loss)}${right}`,
          findings: [],
        };
      }
    }
    const best = tries.reduce((a, b) => (b.share < a.share || Number.isNaN(a.share) ? b : a));
    const right = best.accuracy === undefined ? "" : `, ${percent(best.accuracy)} right`;
    return {
      result: `${best.examples} examples after ${best.steps} steps: loss ${short(best.loss)}${right}`,
      findings: [
        {
          code: "cannotOverfit",
          severity: "error",
          message: `${best.examples} examples are not learned by heart: after ${best.steps} steps the loss is ${short(best.loss)}${right}`,
          evidence: {
            loss: best.loss,
            first: best.first,
            steps: best.steps,
            ...(best.accuracy !== undefined && { accuracy: best.accuracy }),
          },
          cause: "something is wired wrongly, or the model is far too small",
          advice: "Look at initialisation, activations, loss and labels; try without parts of your own.",
        },
      ],
    };
  },
});
