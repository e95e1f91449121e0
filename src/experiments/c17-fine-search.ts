import { describeBorder } from "../pages/study-words.ts";
import type { Border } from "../search/narrow.ts";
import { defineExperiment } from "./define.ts";
import { bestFive, coarseRanges, fineRanges, meanOf, photographStudy, planeFigure, rate, shown } from "./photograph-search.ts";

/** Cut off on purpose: the best learning rates lie above it. */
const cutRanges = { ...fineRanges, rates: [3.1623e-5, 1e-4] } as const;
const told = (borders: readonly Border[]) => borders.map((border) => describeBorder(border)).join("; ") || "–";

export const c17 = defineExperiment({
  id: "C17",
  name: { en: "Fine search on photographs, and its borders", ko: "사진에 대한 촘촘한 탐색과 그 경계" },
  question: {
    en: "Is a finer search better, and how does one see that its range is in the wrong place?",
    ko: "촘촘한 탐색은 더 나은가? 범위가 잘못 놓였다는 것은 어떻게 알 수 있는가?",
  },
  lesson: {
    en: "In the narrower range nearly every trial is good, and the best are better than those before. But look where they lie: if the best trials crowd at an end of the range, better ones may lie beyond it, and the range must be moved before it is narrowed.",
    ko: "좁힌 범위에서는 거의 모든 시도가 좋고, 가장 좋은 것은 앞의 것보다 낫다. 그러나 어디에 있는지를 보라. 가장 좋은 것들이 범위의 끝에 몰려 있으면 그 너머에 더 나은 것이 있을 수 있다. 좁히기 전에 범위를 옮겨야 한다.",
  },
  needs: ["cifar10"],
  async run(lab) {
    const [seed] = lab.seeds(1);
    const count = lab.quick ? 30 : 100;
    const studies = {
      coarse: photographStudy(seed!, count, coarseRanges),
      fine: photographStudy(seed!, count, fineRanges),
      cut: photographStudy(seed!, Math.ceil(count / 2), cutRanges),
    };
    const coarse = await lab.search(studies.coarse);
    const fine = await lab.search(studies.fine);
    const cut = await lab.search(studies.cut);
    const [coarseFive, fineFive] = [bestFive(coarse.trials), bestFive(fine.trials)];
    const atEdge = (list: readonly Border[], side: Border["side"]) =>
      list.some(({ dimension, side: found }) => dimension === rate && found === side);
    const rates = fineFive.map(({ parameters }) => parameters[rate] as number);
    return {
      settings: Object.values(studies),
      numbers: { coarse: meanOf(coarseFive), fine: meanOf(fineFive), best: fineFive[0]!.value, rates },
      data: {
        coarse: coarse.trials,
        fine: fine.trials,
        cut: cut.trials,
        borders: { fine: fine.summary.borders, cut: cut.summary.borders },
      },
      claims: [
        {
          text: {
            en: "the five best fine trials are better in the mean than the five best coarse ones",
            ko: "촘촘한 탐색의 가장 좋은 다섯이 거친 탐색의 다섯보다 평균적으로 낫다",
          },
          holds: meanOf(fineFive) > meanOf(coarseFive),
          measured: `${meanOf(fineFive).toFixed(3)}, ${meanOf(coarseFive).toFixed(3)}; ${shown(fineFive[0]!)}`,
        },
        {
          text: {
            en: "with the range cut at 1e-4 the search says that its best lie at the border",
            ko: "범위를 1e-4에서 자르면 가장 좋은 것들이 경계에 있다고 알린다",
          },
          holds: atEdge(cut.summary.borders, "max"),
          measured: told(cut.summary.borders),
        },
        {
          text: {
            en: "a border is told of the fine search only where its best lie there",
            ko: "촘촘한 탐색의 경계는 가장 좋은 것들이 거기 있을 때만 알린다",
          },
          holds: fine.summary.borders.every(({ side, at, dimension }) => {
            if (dimension !== rate) return true;
            return fineFive.some(({ parameters }) => {
              const found = parameters[rate] as number;
              return side === "max" ? found > 0.6 * at : found < at / 0.6;
            });
          }),
          measured: told(fine.summary.borders),
        },
      ],
      book: {
        rows: [{ name: "best", ours: fineFive.map(({ value }) => value), book: [0.53] }],
        note: {
          en: "The lecture has 49,000 photographs to learn from, and reaches about 0.53.",
          ko: "강의는 사진 49,000장으로 배워 약 0.53에 이른다.",
        },
      },
      figure: (language) =>
        planeFigure(
          language,
          this.name,
          {
            en: "3072-50-10 on photographs, momentum, five epochs; each point is a trial. On the right the range of learning rates is cut on purpose.",
            ko: "사진을 보는 3072-50-10, 모멘텀, 다섯 에폭. 점 하나가 시도 하나다. 오른쪽은 학습률 범위를 일부러 잘랐다.",
          },
          [
            { title: { en: "Fine", ko: "촘촘한 탐색" }, trials: fine.trials },
            { title: { en: "Cut at 1e-4", ko: "1e-4에서 자름" }, trials: cut.trials },
          ],
        ),
    };
  },
});
