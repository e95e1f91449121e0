import type { Finding } from "../../core/findings.ts";
import { pow } from "../../core/math.ts";
import { short } from "../checks/define.ts";
import { decayingMean } from "../decaying-mean.ts";
import type { Sweep } from "../examiner.ts";
import { defineExamination } from "./define.ts";

const [steps, least, most] = [320, 1e-7, 10];
/** The sweep ends where the smoothed loss is this many times its least. */
const bound = 4;
/** Share of the old mean that a step keeps. */
const smoothing = 0.95;
/** The lowest point lies this many times above a rate that is good for a whole run. */
const above = 8;
/** Steps at rates at which nothing is learned yet: what they give is the first loss. */
const still = 20;
/** A rate so many times the suggestion is worth a word, and one that is so many times below: people begin low, with good reason. */
const [farAbove, farBelow] = [30, 100];
/** Of all that the loss falls in the sweep, what it has fallen by at a rate that is no use. On easy problems many rates will do. */
const littleFall = 0.1;

/**
 * Losses while the learning rate grows evenly in its logarithm: well below the rate at which they stop falling is a good one.
 *
 * Symbols  eta_i = least (most / least)^(i / steps); L smoothed by an unbiased decaying mean; suggestion argmin L / `above`
 * Source   Smith 2017, arXiv:1506.01186; a part of the rate of the lowest loss as fastai's finder takes it (a tenth of it there), the
 *          bound of 4 as Lightning's. Lecture, F4.
 * Choice   Not the steepest point: on eleven problems with five seeds each it was within a factor of 3 of the best rate in less than
 *          half of the sweeps, since noise makes steep places where nothing is learned; an eighth of the rate of the lowest loss in
 *          93 %. The misses are of squared errors with plain SGD, where it is too careful.
 */
export const rangeTest = defineExamination({
  name: "rangeTest",
  title: { en: "learning rates", ko: "학습률 훑기" },
  source: "Lecture, F4; Smith 2017, arXiv:1506.01186; Lightning.",
  codes: {
    learningRateTooHigh: {
      name: { en: "A learning rate that is too high", ko: "너무 높은 학습률" },
      explanation: {
        en: "In a sweep through learning rates the loss stops falling long before the one that the run asks for. The run will swing, explode or end in NaN. Take the suggested rate, or warm up to the one you asked for.",
        ko: "학습률을 훑어 보니 정해 둔 학습률에 이르기 훨씬 전에 손실이 더는 내려가지 않는다. 학습이 출렁이거나 폭발하거나 NaN으로 끝날 것이다. 제안한 값을 쓰거나 예열한다.",
      },
    },
    learningRateTooLow: {
      name: { en: "A learning rate that is too low", ko: "너무 낮은 학습률" },
      explanation: {
        en: "In a sweep through learning rates the loss hardly falls at the rate that the run asks for, and goes on falling far above it. The run will take far longer than it needs. Take the suggested rate.",
        ko: "학습률을 훑어 보니 정해 둔 학습률에서는 손실이 거의 내려가지 않고, 훨씬 높은 곳까지 계속 내려간다. 필요보다 훨씬 오래 걸릴 것이다. 제안한 값을 쓴다.",
      },
    },
    noLearningRate: {
      name: { en: "No learning rate helps", ko: "어떤 학습률도 듣지 않는다" },
      explanation: {
        en: "In a sweep through learning rates from 1e-7 to 10 the loss falls nowhere. The gradients that come back are no use: look at the initialisation, the activations, the loss and the data before looking for a rate.",
        ko: "1e-7에서 10까지 학습률을 훑어 보아도 손실이 내려가는 곳이 없다. 돌아오는 기울기가 쓸모없는 것이다. 학습률을 찾기 전에 초깃값, 활성화, 손실, 데이터를 본다.",
      },
    },
  },
  examine(examiner) {
    const { learningRate } = examiner.document.optimizer;
    if (typeof learningRate !== "number") return undefined;
    const rates = Array.from({ length: steps }, (_, i) => least * pow(most / least, i / (steps - 1)));
    const sweep = examiner.sweep(rates, bound);
    const found = suggestionOf(sweep);
    const curve = { ...sweep, rates: sweep.rates.slice(0, sweep.losses.length), smoothed: found.smoothed };
    if (found.rate === undefined) {
      return {
        result: "the loss falls at no rate between 1e-7 and 10",
        curve,
        findings: [
          {
            code: "noLearningRate",
            severity: "warning",
            message: "the loss falls at no learning rate between 1e-7 and 10",
            evidence: { first: sweep.losses[0] ?? Number.NaN },
            cause: "the gradients that come back are no use",
            advice: "Look at the initialisation, the activations, the loss and the data.",
          },
        ],
      };
    }
    const suggestion = Number(found.rate.toPrecision(2));
    const findings: Finding[] = [];
    const isHigh = learningRate > farAbove * suggestion;
    const isLow = learningRate < suggestion / farBelow && found.fallenAt(learningRate) < littleFall;
    if (isHigh || isLow) {
      findings.push({
        code: isHigh ? "learningRateTooHigh" : "learningRateTooLow",
        severity: "warning",
        message: `the learning rate is ${short(learningRate)}; a sweep suggests ${short(suggestion)}`,
        evidence: { learningRate, suggestion, threshold: isHigh ? farAbove : farBelow },
        cause: isHigh ? "steps that overshoot" : "steps that are shorter than they need be",
        advice: "Take the suggested rate.",
        changes: [{ path: "optimizer.learningRate", value: suggestion }],
      });
    }
    return {
      result: `about ${short(suggestion)} would do; the run has ${short(learningRate)}`,
      findings,
      curve: { ...curve, suggestion },
    };
  },
});

/** What a sweep shows. */
interface Suggestion {
  /** The losses as an unbiased decaying mean. */
  readonly smoothed: readonly number[];
  /** Absent where they do not fall. */
  readonly rate?: number;
  /** How much of its fall the loss has behind it at a rate. */
  fallenAt(rate: number): number;
}

/** The rate that losses at growing rates suggest. */
export function suggestionOf({ rates, losses }: Sweep): Suggestion {
  const smoothed = losses.map(decayingMean(smoothing));
  const first = smoothed[Math.min(still, smoothed.length) - 1] ?? Number.NaN;
  const later = smoothed.slice(still);
  const lowest = Math.min(...later);
  // A loss that never comes below what noise makes of the first one has not fallen.
  const fallenAt = (rate: number) => {
    const at = smoothed[rates.findIndex((one) => one >= rate)] ?? Number.NaN;
    return (first - at) / (first - lowest);
  };
  if (!(lowest < 0.97 * first)) return { smoothed, fallenAt };
  return { smoothed, rate: rates[still + later.indexOf(lowest)]! / above, fallenAt };
}
