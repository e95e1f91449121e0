import { defineExperiment, listed, median } from "./define.ts";
import { fitSmall, gapOf, smallDocument } from "./overfitting.ts";
import { gapFigure } from "./plots.ts";

export const c09 = defineExperiment({
  id: "C9",
  name: { en: "Overfitting", ko: "오버피팅" },
  question: {
    en: "What does a network with many parameters make of 300 examples?",
    ko: "매개변수가 많은 신경망에 데이터를 300장만 주면 어떻게 되는가?",
  },
  lesson: {
    en: "It learns them by heart: every training image is right, one test image in four is wrong. The gap between the two curves is overfitting.",
    ko: "통째로 외운다. 훈련 데이터는 모두 맞히지만 시험 데이터는 넷 중 하나를 틀린다. 두 곡선 사이의 틈이 오버피팅이다.",
  },
  needs: ["mnist"],
  run(lab) {
    const document = (seed: number) => smallDocument(seed, 201);
    const fit = fitSmall(lab, document, lab.seeds(10));
    return {
      settings: [document(lab.seeds(1)[0]!)],
      numbers: { training: fit.lastTraining, test: fit.lastTest },
      data: { fit },
      claims: [
        {
          text: { en: "training accuracy reaches 100 %", ko: "훈련 정확도가 100 %에 이른다" },
          holds: fit.lastTraining.every((accuracy) => accuracy > 0.995),
          measured: listed(fit.lastTraining),
        },
        {
          text: { en: "test accuracy stays about 75 %: between 70 % and 82 %", ko: "시험 정확도는 75 % 안팎에 머문다(70~82 %)" },
          holds: median(fit.lastTest) > 0.7 && median(fit.lastTest) < 0.82,
          measured: `${listed(fit.lastTest)}; gap ${gapOf(fit).toFixed(3)}`,
        },
      ],
      book: {
        rows: [
          { name: "training", ours: fit.lastTraining, book: [1, 1, 1] },
          { name: "test", ours: fit.lastTest, book: [0.743, 0.759, 0.76] },
        ],
      },
      figure: (language) => gapFigure(language, this.name, fit),
    };
  },
});
