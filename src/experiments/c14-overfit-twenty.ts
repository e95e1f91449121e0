import { defineExperiment, listed } from "./define.ts";
import { photographs } from "./networks.ts";
import { panelsOfOwn } from "./plots.ts";

const documentOf = (seed: number) =>
  photographs(
    seed,
    { first: 20 },
    { optimizer: { kind: "sgd", learningRate: 1e-3 }, training: { batchSize: 20, epochs: 200, order: "sequential" } },
  );

export const c14 = defineExperiment({
  id: "C14",
  name: { en: "Twenty examples by heart", ko: "표본 스무 개 외우기" },
  question: { en: "Can the network learn twenty photographs by heart?", ko: "이 신경망은 사진 스무 장을 외울 수 있는가?" },
  lesson: {
    en: "It must: a loss of next to nothing and every example right, with plain SGD and no regularisation. A network that cannot do this has a fault that no hyperparameter mends.",
    ko: "외울 수 있어야 한다. 정칙화 없이 평범한 SGD로 손실이 거의 0이 되고 모두 맞힌다. 이것이 안 되는 신경망에는 어떤 하이퍼파라미터로도 고칠 수 없는 잘못이 있다.",
  },
  needs: ["cifar10"],
  run(lab) {
    const seeds = lab.seeds(5, 2);
    const runs = seeds.map((seed) => {
      const session = lab.open(documentOf(seed));
      const [loss, accuracy]: number[][] = [[], []];
      for (let step = 0; step < session.steps; step++) {
        const result = session.step(step);
        loss.push(result.loss);
        accuracy.push(result.correct / result.rows);
      }
      const { loss: last, accuracy: right } = session.evaluate("training")!;
      return { loss, accuracy, last, right: right! };
    });
    const [first] = runs;
    const x = first!.loss.map((_, i) => i + 1);
    return {
      settings: [documentOf(seeds[0]!)],
      numbers: { loss: runs.map(({ last }) => last), accuracy: runs.map(({ right }) => right) },
      data: { loss: first!.loss, accuracy: first!.accuracy },
      claims: [
        {
          text: { en: "the cost ends below 0.01", ko: "손실이 0.01 아래로 끝난다" },
          holds: runs.every(({ last }) => last < 0.01),
          measured: listed(
            runs.map(({ last }) => last),
            4,
          ),
        },
        {
          text: { en: "all twenty are right", ko: "스무 장을 모두 맞힌다" },
          holds: runs.every(({ right }) => right === 1),
          measured: listed(
            runs.map(({ right }) => right),
            2,
          ),
        },
      ],
      book: {
        rows: [
          { name: "cost", ours: runs.map(({ last }) => last), book: [0.0026] },
          { name: "accuracy", ours: runs.map(({ right }) => right), book: [1] },
        ],
        note: {
          en: "The lecture's figures are of other twenty photographs; here they are after the last update.",
          ko: "강의의 값은 다른 스무 장의 것이다. 여기서는 마지막 갱신 뒤의 값이다.",
        },
      },
      figure: (language) =>
        panelsOfOwn(language, {
          title: this.name,
          caption: {
            en: "3072-50-10, plain SGD with rate 0.001, all twenty in each batch, 200 epochs.",
            ko: "3072-50-10, 평범한 SGD 학습률 0.001, 스무 장을 한 배치로 200에폭.",
          },
          x: { en: "epoch", ko: "에폭" },
          panels: [
            { y: { en: "loss", ko: "손실" }, logY: true, series: [{ name: "", x, y: first!.loss }] },
            { y: { en: "accuracy", ko: "정확도" }, series: [{ name: "", x, y: first!.accuracy }] },
          ],
        }),
    };
  },
});
