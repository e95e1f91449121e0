import type { Finding } from "../../core/findings.ts";
import { percent, short } from "../checks/define.ts";
import { defineExamination } from "./define.ts";

/** Root mean square of inputs outside of which a model with usual weights and rates learns badly. */
const [smallest, largest] = [0.01, 10];
/** Share of the held-out examples that may also be learned from before it is more than an accident. */
const shareOfShared = 0.01;
const mostImbalance = 10;

/**
 * Plain faults of the data: scale, features and targets that never vary, classes of very different size, rows in two parts.
 *
 * Source   UMLAUT and SageMaker Debugger: inputs far outside of [-1, 1], classes 10 times as large as others; TheDeepChecker: a
 *          target that does not vary. NaN and labels out of range are refused when data are read.
 */
export const data = defineExamination({
  name: "data",
  title: { en: "the data", ko: "데이터" },
  source: "UMLAUT; SageMaker Debugger; TheDeepChecker; Karpathy, A Recipe for Training Neural Networks.",
  codes: {
    inputScale: {
      name: { en: "Inputs out of scale", ko: "입력의 척도" },
      explanation: {
        en: "The inputs are much larger or smaller than 1. Initial weights and usual learning rates are made for inputs of about 1: larger ones saturate units or make the loss explode, smaller ones are hardly seen. Standardise them; for images divide by 255 and subtract the mean.",
        ko: "입력이 1보다 훨씬 크거나 작다. 초기 가중치와 흔히 쓰는 학습률은 1쯤 되는 입력에 맞춰져 있다. 더 크면 뉴런이 포화되거나 손실이 폭발하고, 더 작으면 거의 보이지 않는다. 표준화한다. 영상은 255로 나누고 평균을 뺀다.",
      },
    },
    constantFeatures: {
      name: { en: "Features that never vary", ko: "변하지 않는 특징" },
      explanation: {
        en: "Some columns have the same value in all training examples. Nothing can be learned from them; when they vary later, their weights are those of the initialisation. Leave them out, or find out why they do not vary.",
        ko: "모든 훈련 표본에서 값이 같은 열이 있다. 거기서는 배울 것이 없고, 나중에 값이 달라지면 그 가중치는 초기값 그대로다. 빼거나, 왜 변하지 않는지 알아본다.",
      },
    },
    constantTarget: {
      name: { en: "A target that never varies", ko: "변하지 않는 목표값" },
      explanation: {
        en: "All training examples have the same target: whatever the inputs, the same answer is right. The wrong column is predicted, or the rows were sorted and cut.",
        ko: "모든 훈련 표본의 목표값이 같다. 무엇이 들어오든 같은 답이 맞는다. 예측할 열을 잘못 골랐거나, 정렬된 행을 잘라 쓴 것이다.",
      },
    },
    classImbalance: {
      name: { en: "Classes of very different size", ko: "불균형한 클래스" },
      explanation: {
        en: "The largest class has more than ten times the examples of the smallest. A model can be right most of the time without ever naming the small ones: look at the confusion matrix, weigh the classes in the loss, split with stratify, and do not go by accuracy alone.",
        ko: "가장 큰 클래스의 표본이 가장 작은 클래스의 열 배를 넘는다. 작은 클래스를 한 번도 맞히지 않아도 대부분 맞을 수 있다. 혼동 행렬을 보고, 손실에 클래스 가중치를 주고, 층화해 나누고, 정확도만 믿지 않는다.",
      },
    },
    sharedRows: {
      name: { en: "Rows in two parts", ko: "겹치는 행" },
      explanation: {
        en: "Held-out examples are also among those learned from: their scores say how well the model remembers, not how well it does on what is new. Remove duplicates before splitting, or split by group, so that what belongs together stays together.",
        ko: "평가용 표본이 훈련 표본에도 들어 있다. 그 점수는 새로운 것을 얼마나 잘하는지가 아니라 얼마나 잘 외웠는지를 말한다. 나누기 전에 중복을 없애거나, 함께 속하는 것이 갈라지지 않게 묶음별로 나눈다.",
      },
    },
  },
  examine(examiner) {
    const facts = examiner.facts();
    const { inputs, examples, task, constantFeatures, features, isPictures, classCounts, targets, shared } = facts;
    const findings: Finding[] = [];
    const size = Math.sqrt(inputs.mean * inputs.mean + inputs.deviation * inputs.deviation);
    if (size > largest || size < smallest) {
      findings.push({
        code: "inputScale",
        severity: "warning",
        message: `the inputs have a mean of ${short(inputs.mean)} and a deviation of ${short(inputs.deviation)}, from ${short(inputs.least)} to ${short(inputs.greatest)}`,
        evidence: { size, smallest, largest },
        cause: "the inputs are in units of their own",
        advice: "Standardise them.",
        ...(examiner.document.preprocessing === undefined && { changes: [{ path: "preprocessing", value: ["standardise"] }] }),
      });
    }
    if (constantFeatures > 0 && !isPictures) {
      findings.push({
        code: "constantFeatures",
        severity: "note",
        message: `${constantFeatures} of ${features} features are the same in all training examples`,
        evidence: { constantFeatures, features },
        cause: "columns that say nothing here",
        advice: "Leave them out, or find out why they do not vary.",
      });
    }
    const present = classCounts?.filter((count) => count > 0) ?? [];
    if ((classCounts && present.length < 2) || (targets && targets.variance < 1e-12 * Math.max(1, targets.square))) {
      findings.push({
        code: "constantTarget",
        severity: "error",
        message: "all training examples have the same target",
        evidence: { examples: examples.training },
        cause: "the wrong column, or rows that were sorted and cut",
        advice: "See what is predicted, and how the rows were chosen.",
      });
    } else if (classCounts && Math.max(...present) > mostImbalance * Math.min(...present)) {
      findings.push({
        code: "classImbalance",
        severity: "note",
        message: `the largest class has ${Math.max(...present)} examples, the smallest ${Math.min(...present)}`,
        evidence: { largest: Math.max(...present), smallest: Math.min(...present), threshold: mostImbalance },
        cause: "that is how the data are",
        advice: "Look at the confusion matrix, weigh the classes in the loss, and split with stratify.",
      });
    }
    for (const part of ["validation", "test"] as const) {
      const count = shared[part];
      if (count === 0) continue;
      const share = count / examples[part];
      findings.push({
        code: "sharedRows",
        severity: share > shareOfShared ? "warning" : "note",
        message: `${count} of ${examples[part]} ${part} examples (${percent(share)}) are also among those learned from`,
        evidence: { count, share, threshold: shareOfShared },
        cause: "duplicates in the data",
        advice: "Remove duplicates before splitting, or split by group.",
      });
    }
    const what =
      task.kind === "classification"
        ? `${task.classes} classes`
        : `${task.outputs} ${task.outputs === 1 ? "number" : "numbers"} to predict`;
    return {
      result: `${examples.training} examples of ${features} features, ${what}; inputs ${short(inputs.mean)} ± ${short(inputs.deviation)}`,
      findings,
    };
  },
});
