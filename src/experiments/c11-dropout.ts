import { defineExperiment, listed, median } from "./define.ts";
import { fitSmall, gapOf, smallDocument } from "./overfitting.ts";
import { gapFigure } from "./plots.ts";

export const c11 = defineExperiment({
  id: "C11",
  name: { en: "Dropout", ko: "드롭아웃" },
  question: {
    en: "Does leaving out neurons at random keep a network from learning by heart?",
    ko: "뉴런을 무작위로 빼면 외우지 못하게 할 수 있는가?",
  },
  lesson: {
    en: "Every step trains another, smaller network with the same weights; none can rely on a single neuron. Both curves rise more slowly, and the gap shrinks.",
    ko: "갱신마다 같은 가중치를 쓰는 다른 작은 신경망이 학습되므로 뉴런 하나에 기댈 수 없다. 두 곡선 모두 더 천천히 오르고 틈이 줄어든다.",
  },
  needs: ["mnist"],
  run(lab) {
    const seeds = lab.seeds(10);
    const document = (seed: number) => smallDocument(seed, 301, { after: [{ kind: "dropout", rate: 0.2, form: "vanilla" }] });
    const fit = fitSmall(lab, document, seeds);
    const plain = fitSmall(lab, (seed) => smallDocument(seed, 201), seeds.slice(0, 3));
    return {
      settings: [document(seeds[0]!)],
      numbers: { training: fit.lastTraining, test: fit.lastTest, gap: gapOf(fit), gapWithout: gapOf(plain) },
      data: { fit, plain },
      claims: [
        {
          text: { en: "training accuracy no longer reaches 100 %", ko: "훈련 정확도가 100 %에 이르지 못한다" },
          holds: median(fit.lastTraining) < 0.98,
          measured: listed(fit.lastTraining),
        },
        {
          text: { en: "the gap between training and test shrinks", ko: "훈련과 시험 정확도의 틈이 줄어든다" },
          holds: gapOf(fit) < gapOf(plain),
          measured: `${gapOf(fit).toFixed(3)}, without ${gapOf(plain).toFixed(3)}`,
        },
      ],
      book: {
        rows: [
          { name: "training", ours: fit.lastTraining, book: [0.65, 0.69, 0.687] },
          { name: "test", ours: fit.lastTest, book: [0.541, 0.579, 0.537] },
        ],
      },
      figure: (language) => gapFigure(language, this.name, fit),
    };
  },
});
