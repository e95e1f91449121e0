import { defineExperiment } from "./define.ts";
import { heldBack, smallDocument } from "./overfitting.ts";

export const c10 = defineExperiment({
  id: "C10",
  name: { en: "Weight decay", ko: "가중치 감소" },
  question: {
    en: "Does a penalty on large weights keep a network from learning by heart?",
    ko: "큰 가중치에 벌점을 주면 외우지 못하게 할 수 있는가?",
  },
  lesson: {
    en: "The penalty pulls every weight towards 0; what only single examples ask for does not pay any more. Training accuracy no longer reaches 100 %, and the gap shrinks.",
    ko: "벌점이 모든 가중치를 0 쪽으로 끌어당겨, 몇몇 예제만을 위한 가중치는 수지가 맞지 않는다. 훈련 정확도가 100 %에 이르지 못하고 틈이 줄어든다.",
  },
  needs: ["mnist"],
  run(lab) {
    const document = (seed: number) => smallDocument(seed, 201, { penalty: { kind: "l2", strength: 0.1 } });
    return heldBack(lab, this.name, document, { training: [0.853, 0.887, 0.887], test: [0.684, 0.705, 0.711] });
  },
});
