import type { FindingMade, RunEvent } from "../core/events.ts";
import { defineExperiment, type Text } from "./define.ts";
import { photographs } from "./networks.ts";
import { panelsOfOwn } from "./plots.ts";

/** As many as ten epochs of 49,000 photographs are, however many there are here. */
const steps = 4900;
const rates = [1e-6, 3e-3, 1e6];
const documentOf = (seed: number, learningRate: number) =>
  photographs(
    seed,
    { validation: 1000 },
    {
      optimizer: { kind: "sgd", learningRate },
      penalty: { kind: "l2", strength: 1e-6 },
      training: { batchSize: 100, iterations: steps },
    },
  );

interface Verdict {
  readonly code: string;
  readonly cause: string;
  readonly step: number;
}

const verdictsIn = (events: readonly RunEvent[]): Verdict[] =>
  events
    .filter((event): event is FindingMade => event.type === "finding.made")
    .map(({ code, cause, step }) => ({ code, cause, step }));

/** Losses on the way, what is no number left out. */
function curveOf(events: readonly RunEvent[]) {
  const progress = events.filter((event) => event.type === "train.progress");
  return { x: progress.map(({ step }) => step), y: progress.map(({ scores }) => scores.loss) };
}

export const c15 = defineExperiment({
  id: "C15",
  name: { en: "Learning rates: too low, too high, far too high", ko: "학습률: 너무 낮음, 너무 높음, 터무니없이 높음" },
  question: {
    en: "What does a learning rate of 1e-6, of 3e-3 and of 1e6 look like?",
    ko: "학습률이 1e-6, 3e-3, 1e6이면 어떻게 보이는가?",
  },
  lesson: {
    en: "1e-6: the loss barely moves, and yet the accuracy rises, because the right class comes out ahead by a little long before it is likely. 1e6: not a number at once. 3e-3: it goes well for a while and then diverges. The range to search lies between them, from 1e-5 to 1e-3. The doctor names each.",
    ko: "1e-6: 손실은 거의 움직이지 않는데 정확도는 오른다. 정답의 확률이 높아지기 훨씬 전에 조금씩 앞서기 때문이다. 1e6: 곧바로 숫자가 아니게 된다. 3e-3: 한동안 잘 가다가 발산한다. 찾아볼 범위는 그 사이, 1e-5에서 1e-3이다. 진단은 셋을 모두 알아본다.",
  },
  needs: ["cifar10"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const runs = rates.map((rate) => {
      lab.tell(`rate ${rate}`);
      const events = lab.watch(documentOf(seed!, rate));
      const ended = events[events.length - 1]!;
      if (ended.type !== "run.ended") throw new Error("a run ends with its end");
      return { rate, ended, verdicts: verdictsIn(events), ...curveOf(events) };
    });
    const [low, high, far] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
    const accuracy = low.ended.metrics.validationAccuracy ?? 0;
    const lastLow = low.y[low.y.length - 1]!;
    const has = ({ verdicts }: (typeof runs)[0], ...codes: string[]) => verdicts.some(({ code }) => codes.includes(code));
    const told = ({ verdicts }: (typeof runs)[0]) =>
      verdicts.map(({ code, step, cause }) => `${code} (${step}): ${cause}`).join("; ") || "–";
    const names: readonly Text[] = [
      { en: "1e-6: too low", ko: "1e-6: 너무 낮음" },
      { en: "3e-3: too high", ko: "3e-3: 너무 높음" },
      { en: "1e6: far too high", ko: "1e6: 터무니없이 높음" },
    ];
    return {
      settings: rates.map((rate) => documentOf(seed!, rate)),
      numbers: { accuracyLow: accuracy, lossLow: lastLow, endedHigh: high.ended.step, endedFar: far.ended.step },
      data: { runs: runs.map(({ rate, x, y, verdicts, ended }) => ({ rate, x, y, verdicts, ended })) },
      claims: [
        {
          text: {
            en: "1e-6: the loss barely moves, and the accuracy rises above chance",
            ko: "1e-6: 손실은 거의 그대로인데 정확도는 우연보다 높다",
          },
          holds: Math.abs(lastLow - Math.LN10) < 0.02 && accuracy > 0.13,
          measured: `${lastLow.toFixed(4)}, ${accuracy.toFixed(3)}`,
        },
        {
          text: {
            en: "the doctor says that it hardly learns, and that the rate is too low",
            ko: "진단: 거의 배우지 않으며 학습률이 너무 낮다",
          },
          holds: low.verdicts.some(
            ({ code, cause }) => ["notLearning", "updatesTooSmall"].includes(code) && /too low/.test(cause),
          ),
          measured: told(low),
        },
        {
          text: {
            en: "1e6: the doctor finds numbers that are not finite, at once",
            ko: "1e6: 진단은 곧바로 유한하지 않은 수를 찾는다",
          },
          holds: has(far, "nonFinite") && far.ended.step <= 10,
          measured: told(far),
        },
        {
          text: { en: "3e-3: the doctor finds that it diverges", ko: "3e-3: 진단은 발산을 찾는다" },
          holds: has(high, "explosion", "nonFinite") && high.verdicts[0]!.step > 10,
          measured: told(high),
        },
      ],
      figure: (language) =>
        panelsOfOwn(language, {
          title: this.name,
          caption: {
            en: "3072-50-10 on photographs, plain SGD, L2 1e-6, batches of 100. At 1e6 nothing is left to be drawn.",
            ko: "사진을 보는 3072-50-10, 평범한 SGD, L2 1e-6, 배치 100. 1e6에서는 그릴 것이 남지 않는다.",
          },
          x: { en: "step", ko: "갱신 횟수" },
          panels: runs.slice(0, 2).map(({ x, y }, i) => ({
            title: names[i]!,
            y: { en: "training loss", ko: "훈련 손실" },
            logY: i === 1,
            series: [{ name: "", x, y }],
          })),
        }),
    };
  },
});
