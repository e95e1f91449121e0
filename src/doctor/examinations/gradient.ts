import type { Finding } from "../../core/findings.ts";
import { short } from "../checks/define.ts";
import { defineExamination } from "./define.ts";

const [wrong, suspect] = [1e-2, 1e-4];

/**
 * The gradients of a model with parts of a person's own, against central differences in float64.
 *
 * Source   CS231n: above 1e-2 wrong, above 1e-4 suspect. Lecture, A4.
 */
export const gradient = defineExamination({
  name: "gradient",
  title: { en: "gradients of your own parts", ko: "직접 만든 부분의 기울기" },
  source: "Lecture, A4; CS231n.",
  codes: {
    wrongGradient: {
      name: { en: "A gradient that is wrong", ko: "틀린 기울기" },
      explanation: {
        en: "The gradient that differentiation gives for a part of your own does not agree with the difference of two losses. Away from kinks the two must agree to many digits. See where the formula stops gradients, or jumps.",
        ko: "직접 만든 부분에서 미분으로 얻은 기울기가 두 손실의 차이와 맞지 않는다. 꺾인 곳이 아니라면 둘은 여러 자리까지 같아야 한다. 식이 기울기를 막거나 튀는 곳을 찾아본다.",
      },
    },
  },
  examine(examiner) {
    if (examiner.ownParts.length === 0) return undefined;
    const checked = examiner.gradients();
    const worst = checked.reduce((a, b) => (b.error > a.error ? b : a), { parameter: "", error: 0 });
    const findings: Finding[] = [];
    if (worst.error > suspect) {
      findings.push({
        code: "wrongGradient",
        severity: worst.error > wrong ? "error" : "warning",
        message: `the gradient of '${worst.parameter}' is off by ${short(worst.error)} of its size`,
        evidence: { error: worst.error, wrong, suspect },
        cause: `a part of your own: ${examiner.ownParts.join(", ")}`,
        advice: "See where its formula stops gradients, or jumps; `osolgil check` shows each parameter.",
        layer: worst.parameter,
      });
    }
    return { result: `largest relative error ${short(worst.error)} (${examiner.ownParts.join(", ")})`, findings };
  },
});
