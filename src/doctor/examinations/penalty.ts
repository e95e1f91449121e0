import { short } from "../checks/define.ts";
import { defineExamination } from "./define.ts";

/**
 * Whether the penalty makes the loss larger.
 *
 * Source   Lecture, F2: the loss must go up with regularisation (2.30 to 3.07).
 */
export const penalty = defineExamination({
  name: "penalty",
  title: { en: "the penalty", ko: "가중치 벌점" },
  source: "Lecture, F2; CS231n.",
  codes: {
    penaltyWithoutEffect: {
      name: { en: "A penalty without effect", ko: "효과 없는 벌점" },
      explanation: {
        en: "The run asks for a penalty on its weights, but the loss is not larger with it. It does not reach the weights, or has the wrong sign: with a part of your own, see what it adds.",
        ko: "가중치에 벌점을 주라고 했지만 손실이 커지지 않는다. 벌점이 가중치에 닿지 않거나 부호가 반대다. 직접 만든 것이라면 무엇을 더하는지 본다.",
      },
    },
  },
  examine(examiner) {
    if (!examiner.document.penalty) return undefined;
    const { loss, penalised } = examiner.firstLook();
    const result = `${short(loss)} without it, ${short(penalised)} with it`;
    const { strength } = examiner.document.penalty;
    if (penalised > loss || strength === 0) return { result, findings: [] };
    return {
      result,
      findings: [
        {
          code: "penaltyWithoutEffect",
          severity: "warning",
          message: `the loss is ${short(loss)} without the penalty and ${short(penalised)} with it`,
          evidence: { loss, penalised },
          cause: "it does not reach the weights, has the wrong sign, or all weights are 0",
          advice: "See what the penalty adds, and to which weights.",
        },
      ],
    };
  },
});
