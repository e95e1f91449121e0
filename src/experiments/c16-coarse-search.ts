import { defineExperiment } from "./define.ts";
import { bestFive, coarseRanges, meanOf, photographStudy, planeFigure, rate, shown } from "./photograph-search.ts";

export const c16 = defineExperiment({
  id: "C16",
  name: { en: "Coarse search on photographs", ko: "사진에 대한 거친 탐색" },
  question: {
    en: "Where in ten powers of ten of regularisation and three of learning rate does a network learn?",
    ko: "정칙화 열 자릿수, 학습률 세 자릿수의 범위에서 신경망은 어디서 배우는가?",
  },
  lesson: {
    en: "Five epochs are enough to see it. Regularisation above about 1 holds everything down or makes it explode, and such trials are given up as soon as the cost passes three times the first. The good ones lie at learning rates of about 1e-4 and above: that is where to look more closely.",
    ko: "다섯 에폭이면 알 수 있다. 정칙화가 1을 넘으면 모두 눌러 버리거나 폭발하고, 그런 시도는 손실이 처음의 세 배를 넘는 순간 포기한다. 좋은 것은 학습률 1e-4쯤과 그 위에 있다. 거기를 더 촘촘히 본다.",
  },
  needs: ["cifar10"],
  async run(lab) {
    const [seed] = lab.seeds(1);
    const study = photographStudy(seed!, lab.quick ? 30 : 100, coarseRanges);
    const { summary, trials } = await lab.search(study);
    const five = bestFive(trials);
    const rates = five.map(({ parameters }) => parameters[rate] as number);
    const lost = trials.filter(({ status }) => status === "pruned");
    const finished = trials.filter(({ status }) => status === "completed");
    const highest = Math.max(...finished.flatMap(({ reports }) => reports.map(({ trainingLoss = 0 }) => trainingLoss)));
    return {
      settings: [study],
      numbers: { best: five.map(({ value }) => value), mean: meanOf(five), rates, givenUp: lost.length },
      data: { trials, importance: summary.importance },
      claims: [
        {
          text: { en: "the best is right three times as often as chance", ko: "가장 좋은 것은 우연의 세 배를 맞힌다" },
          holds: five[0]!.value > 0.3,
          measured: five.map(shown).join("; "),
        },
        {
          text: { en: "the five best have learning rates above 5e-5", ko: "가장 좋은 다섯의 학습률은 5e-5를 넘는다" },
          holds: rates.every((one) => one > 5e-5),
          measured: rates.map((one) => one.toExponential(1)).join(", "),
        },
        {
          text: {
            en: "no trial whose cost passes three times the first runs to its end",
            ko: "손실이 처음의 세 배를 넘는 시도는 끝까지 가지 않는다",
          },
          holds: lost.every(({ code }) => code === "explosion" || code === "nonFinite") && highest < 3 * Math.LN10,
          measured: `${lost.length} / ${trials.length}; ${highest.toFixed(2)}`,
        },
      ],
      book: {
        rows: [{ name: "best", ours: five.map(({ value }) => value), book: [0.41, 0.48] }],
        note: {
          en: "The lecture has 49,000 photographs to learn from, and reaches 0.41 to 0.48 with its best.",
          ko: "강의는 사진 49,000장으로 배워 가장 좋은 것이 0.41에서 0.48이다.",
        },
      },
      figure: (language) =>
        planeFigure(
          language,
          this.name,
          {
            en: "3072-50-10 on photographs, momentum, five epochs; each point is a trial.",
            ko: "사진을 보는 3072-50-10, 모멘텀, 다섯 에폭. 점 하나가 시도 하나다.",
          },
          [{ title: { en: "Coarse", ko: "거친 탐색" }, trials }],
        ),
    };
  },
});
