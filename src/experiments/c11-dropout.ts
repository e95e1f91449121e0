import { defineExperiment } from "./define.ts";
import { heldBack, smallDocument } from "./overfitting.ts";

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
    const document = (seed: number) => smallDocument(seed, 301, { after: [{ kind: "dropout", rate: 0.2, form: "vanilla" }] });
    return heldBack(lab, this.name, document, { training: [0.65, 0.69, 0.687], test: [0.541, 0.579, 0.537] });
  },
});
