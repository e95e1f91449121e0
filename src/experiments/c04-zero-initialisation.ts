import { defineExperiment } from "./define.ts";
import { type Lab, thinned } from "./lab.ts";
import { deepNet, longRun } from "./networks.ts";
import { linesFigure } from "./plots.ts";

const steps = 600;

/** Of a weight [inputs, units]: how far its units are apart, as a share of their size. */
function spread(values: ArrayLike<number>, units: number): number {
  let [apart, size] = [0, 0];
  for (let i = 0; i < values.length; i += units) {
    for (let unit = 0; unit < units; unit++) {
      apart = Math.max(apart, Math.abs(values[i + unit]! - values[i]!));
      size = Math.max(size, Math.abs(values[i + unit]!));
    }
  }
  return size === 0 ? 0 : apart / size;
}

function followed(lab: Lab, seed: number, initializer: { kind: string; value?: number } | string) {
  const document = longRun(seed, deepNet(4, { initializer }), { kind: "sgd", learningRate: 0.1 });
  const session = lab.open({ ...document, training: { ...document.training, iterations: steps } });
  const hidden = () => session.readStates().find(({ name }) => name === "dense2.weight")!;
  const start = [...hidden().values];
  const losses = Float64Array.from({ length: steps }, (_, step) => session.step(step).loss);
  const end = hidden();
  const moved = Math.max(...start.map((value, i) => Math.abs(value - end.values[i]!)));
  return { document, losses, moved, spread: spread(end.values, end.shape[1]!) };
}

export const c04 = defineExperiment({
  id: "C4",
  name: { en: "All weights zero, all weights equal", ko: "가중치가 모두 0일 때, 모두 같을 때" },
  question: {
    en: "What goes wrong when weights start at 0, or all at the same number?",
    ko: "가중치를 모두 0으로, 또는 모두 같은 값으로 시작하면 무엇이 잘못되는가?",
  },
  lesson: {
    en: "With zeros nothing flows back: dX = dY Wᵀ = 0, so hidden weights never move. Equal weights do move, but all neurons of a layer get the same gradient and stay the same neuron for ever. Random numbers break the symmetry.",
    ko: "0이면 거꾸로 흐르는 것이 없다. dX = dY Wᵀ = 0이라 은닉층 가중치가 움직이지 않는다. 같은 값이면 움직이지만 한 층의 뉴런이 모두 같은 기울기를 받아 영원히 같은 뉴런으로 남는다. 무작위 값이 대칭을 깬다.",
  },
  needs: ["mnist"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const zero = followed(lab, seed!, "zeros");
    const equal = followed(lab, seed!, { kind: "constant", value: 0.01 });
    const he = followed(lab, seed!, "he");
    const series = [
      { name: { en: "zeros", ko: "모두 0" }, ...thinned(zero.losses, 120) },
      { name: { en: "all 0.01", ko: "모두 0.01" }, ...thinned(equal.losses, 120) },
      { name: { en: "He", ko: "He" }, ...thinned(he.losses, 120) },
    ];
    return {
      settings: [zero.document, equal.document, he.document],
      numbers: {
        zeroMoved: zero.moved,
        equalMoved: equal.moved,
        equalSpread: equal.spread,
        heSpread: he.spread,
      },
      data: { series },
      claims: [
        {
          text: {
            en: "zeros: the hidden weights have not moved at all, and the loss stays near ln 10",
            ko: "0: 은닉층 가중치가 조금도 움직이지 않고 손실은 ln 10 근처에 머문다",
          },
          holds: zero.moved === 0 && Math.abs(zero.losses[steps - 1]! - Math.LN10) < 0.05,
          measured: `${zero.moved}, ${zero.losses[steps - 1]!.toFixed(3)}`,
        },
        {
          text: {
            en: "equal: they have moved, and all units of the layer are still the same",
            ko: "같은 값: 움직였지만 한 층의 모든 뉴런이 여전히 같다",
          },
          holds: equal.moved > 0 && equal.spread < 1e-3,
          measured: `${equal.moved.toExponential(1)}, ${equal.spread.toExponential(1)}`,
        },
        {
          text: { en: "He's weights learn", ko: "He 초깃값은 배운다" },
          holds: he.losses[steps - 1]! < 1,
          measured: he.losses[steps - 1]!.toFixed(3),
        },
      ],
      figure: (language) =>
        linesFigure(language, {
          title: this.name,
          caption: {
            en: "784-100-100-100-100-10 on MNIST, ReLU, SGD with rate 0.1, batches of 128.",
            ko: "MNIST, 784-100-100-100-100-10, ReLU, SGD 학습률 0.1, 배치 128.",
          },
          x: { en: "step", ko: "갱신 횟수" },
          y: { en: "training loss", ko: "훈련 손실" },
          series,
        }),
    };
  },
});
