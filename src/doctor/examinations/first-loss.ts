import type { Finding } from "../../core/findings.ts";
import { log } from "../../core/math.ts";
import { percent, short } from "../checks/define.ts";
import { defineExamination } from "./define.ts";

/** So many times what is expected, or this part of what knowing nothing gives: what random weights do not explain. */
const [most, least] = [1.6, 0.5];
/** First losses this many times that of knowing nothing are worth a word. */
const highFrom = 1.5;

/**
 * The loss before anything is learned, against what chance gives.
 *
 * Symbols  C classes; s deviation of the outputs o that the initial weights give; t targets. Cross-entropy: ln C, and with outputs that
 *          already differ about s^2 (1 - 1/C) / 2 more (for normal outputs, to the second order). Squared error: mean t^2 + mean o^2
 * Source   Lecture, F2 and C13: ln 10 = 2.3026 for ten classes. TheDeepChecker fails at a relative error above 1.0.
 * Choice   Of 60 clean runs the first loss was up to 1.5 times what is expected: outputs are not normal where inputs have few features.
 *          It may lie below, down to half of what knowing nothing gives: with two classes random weights are right by chance.
 */
export const firstLoss = defineExamination({
  name: "firstLoss",
  title: { en: "the first loss", ko: "첫 손실" },
  source: "Lecture, F2; CS231n; TheDeepChecker.",
  codes: {
    firstLoss: {
      name: { en: "A first loss that chance does not explain", ko: "우연으로 설명되지 않는 첫 손실" },
      explanation: {
        en: "Before anything is learned a classifier of C classes knows nothing, and its loss must be near ln C (2.303 for ten); a regression's is near the mean square of its targets. Another value means that loss, targets or outputs are not what they are taken for: class numbers that are shifted, a softmax applied twice, targets that were not scaled.",
        ko: "아무것도 배우기 전의 분류기는 아는 것이 없으니 손실이 ln C(열 클래스면 2.303) 근처여야 한다. 회귀라면 목표값 제곱의 평균 근처다. 다른 값이 나오면 손실, 목표, 출력 가운데 무언가가 생각과 다르다. 밀린 클래스 번호, 두 번 적용한 softmax, 척도를 맞추지 않은 목표값 따위다.",
      },
    },
    firstLossHigh: {
      name: { en: "A first loss that is high", ko: "높은 첫 손실" },
      explanation: {
        en: "The initial weights give outputs that differ so much that the model is sure of wrong answers before it has learned anything. The first steps are spent on unlearning this. Make the weights of the last layer smaller, or zero.",
        ko: "처음 가중치가 내는 출력의 차이가 커서, 배우기도 전에 틀린 답을 확신한다. 첫걸음들이 이것을 잊는 데 쓰인다. 마지막 층의 가중치를 더 작게, 또는 0으로 시작한다.",
      },
    },
  },
  examine(examiner) {
    const { task, targets } = examiner.facts();
    const { loss, outputs } = examiner.firstLook();
    const expected = expectedLoss(examiner.loss, task, targets, outputs);
    if (expected === undefined) return { result: `${short(loss)} (${examiner.loss})`, findings: [] };
    const { chance, value } = expected;
    const off = Math.abs(loss - value) / value;
    const findings: Finding[] = [];
    const last = examiner.document.model.length - 1;
    if (!(loss <= most * value && loss >= least * chance)) {
      findings.push({
        code: "firstLoss",
        severity: off > 1 ? "error" : "warning",
        message: `the first loss is ${short(loss)}; chance and the spread of the first outputs give about ${short(value)}`,
        evidence: { loss, expected: value, chance, outputDeviation: outputs.deviation, most, least },
        cause: "loss, targets or outputs are not what they are taken for",
        advice: "See whether classes and outputs are counted alike, and whether something is applied twice or not scaled.",
      });
    } else if (task.kind === "classification" && loss > highFrom * chance) {
      findings.push({
        code: "firstLossHigh",
        severity: "note",
        message: `the first loss is ${short(loss)}, where knowing nothing gives ${short(chance)}`,
        evidence: { loss, chance, outputDeviation: outputs.deviation },
        cause: "the last layer begins with large weights",
        advice: "Begin with a smaller last layer.",
        changes: [{ path: `model[${last}].initializer`, value: { kind: "normal", std: 0.01 } }],
      });
    }
    return { result: `${short(loss)}, expected about ${short(value)} (${percent(off)} off)`, findings };
  },
});

function expectedLoss(
  loss: string,
  task: { readonly kind: "classification"; readonly classes: number } | { readonly kind: "regression" },
  targets: { readonly square: number } | undefined,
  { deviation, mean }: { readonly deviation: number; readonly mean: number },
): { readonly chance: number; readonly value: number } | undefined {
  if (loss === "softmaxCrossEntropy" && task.kind === "classification") {
    const chance = log(task.classes);
    // The second order holds for small outputs; sure and wrong models lose about what their largest output is.
    const second = (deviation * deviation * (1 - 1 / task.classes)) / 2;
    return { chance, value: chance + Math.min(second, deviation * Math.sqrt(2 * chance)) };
  }
  if (loss === "meanSquaredError" && targets) {
    const square = deviation * deviation + mean * mean;
    return targets.square + square > 0 ? { chance: targets.square, value: targets.square + square } : undefined;
  }
  return undefined;
}
