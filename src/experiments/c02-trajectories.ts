import { adadelta } from "../optim/optimizers/adadelta.ts";
import { adagrad } from "../optim/optimizers/adagrad.ts";
import { adam } from "../optim/optimizers/adam.ts";
import { momentum } from "../optim/optimizers/momentum.ts";
import { nadam } from "../optim/optimizers/nadam.ts";
import { nesterov } from "../optim/optimizers/nesterov.ts";
import { rmsprop } from "../optim/optimizers/rmsprop.ts";
import { sgd } from "../optim/optimizers/sgd.ts";
import { defineExperiment } from "./define.ts";
import { fieldFigure } from "./plots.ts";
import { valley, type Walk, walk } from "./valley.ts";

/** The lecture's four first, with its rates. */
const walkers = [
  ["SGD", sgd, { learningRate: 0.95 }],
  ["Momentum", momentum, { learningRate: 0.1 }],
  ["AdaGrad", adagrad, { learningRate: 1.5 }],
  ["Adam", adam, { learningRate: 0.3 }],
  ["Nesterov", nesterov, { learningRate: 0.1 }],
  ["RMSProp", rmsprop, { learningRate: 0.3, decay: 0.9 }],
  ["Nadam", nadam, { learningRate: 0.3 }],
  ["AdaDelta", adadelta, { learningRate: 100 }],
] as const;
const steps = 30;

/** How often a walk crosses the bottom of the valley, y = 0. */
const crossings = ({ y }: Walk): number => y.slice(1).filter((value, i) => value * y[i]! < 0).length;
/** How far a walk goes up and down in all. */
const sway = ({ y }: Walk): number => y.slice(1).reduce((total, value, i) => total + Math.abs(value - y[i]!), 0);

export const c02 = defineExperiment({
  id: "C2",
  name: { en: "Paths down the valley", ko: "골짜기를 내려가는 길" },
  question: {
    en: "How do optimizers walk down f(x, y) = x²/20 + y² from (-7, 2), in 30 steps?",
    ko: "(-7, 2)에서 f(x, y) = x²/20 + y²를 30걸음에 어떻게 내려가는가?",
  },
  lesson: {
    en: "SGD zigzags across the valley: a rate that suits x is too much for y. Momentum rolls like a ball, AdaGrad shortens its steps along y and goes nearly straight, Adam rolls with less sway.",
    ko: "SGD는 골짜기를 지그재그로 가로지른다. x에 맞는 보폭이 y에는 너무 크기 때문이다. 모멘텀은 공처럼 구르고, AdaGrad는 y 방향의 보폭을 줄여 거의 곧게 가며, Adam은 덜 흔들리며 구른다.",
  },
  needs: [],
  run() {
    const walks = walkers.map(([name, definition, options]) => walk(name, definition, options, steps));
    const [sgdWalk, momentumWalk, adagradWalk, adamWalk] = walks as [Walk, Walk, Walk, Walk];
    const ends = Object.fromEntries(walks.map(({ name, x, y }) => [name, valley(x[steps]!, y[steps]!)]));
    return {
      settings: walkers.map(([name, { name: kind }, options]) => ({ name, optimizer: { kind, ...options } })),
      numbers: ends,
      data: { walks },
      claims: [
        {
          text: {
            en: "SGD zigzags: it crosses the bottom at every step or nearly",
            ko: "SGD는 지그재그로 간다. 거의 매 걸음 바닥을 가로지른다",
          },
          holds: crossings(sgdWalk) >= 25,
          measured: `${crossings(sgdWalk)}`,
        },
        {
          text: { en: "AdaGrad goes nearly straight: it sways least", ko: "AdaGrad가 가장 덜 흔들리며 거의 곧게 간다" },
          holds: sway(adagradWalk) <= Math.min(...[sgdWalk, momentumWalk, adamWalk].map(sway)),
          measured: walks
            .slice(0, 4)
            .map((one) => `${one.name} ${sway(one).toFixed(1)}`)
            .join(", "),
        },
        {
          text: { en: "Adam rolls with less sway than momentum", ko: "Adam은 모멘텀보다 덜 흔들린다" },
          holds: sway(adamWalk) < sway(momentumWalk),
          measured: `${sway(adamWalk).toFixed(1)}, ${sway(momentumWalk).toFixed(1)}`,
        },
      ],
      figure: (language) =>
        fieldFigure(language, {
          title: this.name,
          caption: {
            en: "30 steps from (-7, 2); SGD 0.95, Momentum 0.1, AdaGrad 1.5, Adam 0.3, Nesterov 0.1, RMSProp 0.3, Nadam 0.3, AdaDelta with a factor of 100.",
            ko: "(-7, 2)에서 30걸음. SGD 0.95, Momentum 0.1, AdaGrad 1.5, Adam 0.3, Nesterov 0.1, RMSProp 0.3, Nadam 0.3, AdaDelta 계수 100.",
          },
          x: [-10, 10],
          y: [-5, 5],
          height: valley,
          arrows: [],
          walks,
        }),
    };
  },
});
