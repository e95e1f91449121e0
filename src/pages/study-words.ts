/** What is said of a study: on its page, and of its ranges and borders elsewhere too. */
import { type Language, type Text, wordsIn } from "../core/language.ts";
import { shortValue } from "../core/names.ts";
import type { Importance } from "../search/importance.ts";
import type { Border } from "../search/narrow.ts";
import type { Dimension } from "../search/space.ts";

const words = {
  study: { en: "study", ko: "탐색 기록" },
  best: { en: "best", ko: "최고" },
  seeks: { en: "seeks", ko: "찾는 것" },
  largest: { en: "largest", ko: "가장 큰" },
  smallest: { en: "smallest", ko: "가장 작은" },
  validationData: { en: "over the validation data", ko: "검증 데이터에서" },
  trials: { en: "trials", ko: "시도" },
  trial: { en: "trial", ko: "시도" },
  triedBy: { en: "tried by", ko: "고르는 방법" },
  took: { en: "took", ko: "든 것" },
  folder: { en: "folder", ko: "폴더" },
  bestSoFar: { en: "Best so far", ko: "지금까지의 최고" },
  bestSoFarText: {
    en: "Each point is a trial, in the order of their numbers; the line is the best up to there.",
    ko: "점 하나가 시도 하나로, 번호 순서이다. 선은 거기까지의 최고이다.",
  },
  bestCurvesText: { en: "How each of them learned, best first.", ko: "저마다 어떻게 배웠는지, 좋은 것부터." },
  allTrials: { en: "All trials at once", ko: "모든 시도를 한눈에" },
  allTrialsText: {
    en: "Each line is a trial: across its values, to what it reached. The better it is, the stronger its colour.",
    ko: "선 하나가 시도 하나다. 고른 값들을 지나 이른 곳까지 이어진다. 좋을수록 색이 짙다.",
  },
  values: { en: "Value by value", ko: "값 하나하나" },
  valuesText: {
    en: "What the trials reached over each of their values, on the scale on which it was searched.",
    ko: "고른 값에 따라 시도들이 이른 곳. 탐색한 눈금 그대로이다.",
  },
  mattered: { en: "What mattered", ko: "무엇이 중요했나" },
  matteredText: {
    en: "How much of the differences between trials each dimension accounts for by itself; what is left is their interplay.",
    ko: "시도들 사이의 차이 가운데 각 차원이 홀로 설명하는 몫이다. 나머지는 서로 어울려 생긴 것이다.",
  },
  atBorder: { en: "At the border", ko: "경계에서" },
  stages: { en: "Stages", ko: "단계" },
  ranges: { en: "Ranges", ko: "범위" },
  dimension: { en: "dimension", ko: "차원" },
  range: { en: "range", ko: "범위" },
  bestValues: { en: "Values of the best", ko: "가장 좋은 시도들의 값" },
  steps: { en: "steps", ko: "걸음" },
  code: { en: "code", ko: "코드" },
  reason: { en: "reason", ko: "까닭" },
  document: { en: "Document", ko: "문서" },
  givenUp: { en: "given up", ko: "그만둔 것" },
  bestLine: { en: "best so far", ko: "지금까지의 최고" },
  training: { en: "training", ko: "훈련" },
  validation: { en: "validation", ko: "검증" },
  epoch: { en: "epoch", ko: "에폭" },
  importance: { en: "importance", ko: "중요도" },
} as const satisfies Record<string, Text>;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** What the page says that holds numbers. */
const sentences = {
  en: {
    folds: (folds: number) => `mean of ${folds} folds`,
    trialsOf: (all: number, planned: number, completed: number, pruned: number, failed: number) =>
      `${all} of ${planned}: ${completed} completed, ${pruned} given up, ${failed} failed`,
    sampler: (kind: string, seed: number) => `${kind}, seed ${seed}`,
    tookText: (steps: number, seconds: number) =>
      `${count(steps, "step")}, ${seconds.toFixed(0)} s of training in all trials together`,
    theBest: (trials: number) => `The best ${trials > 1 ? count(trials, "trial") : "trial"}`,
    stage: (number: number) => `stage ${number}`,
    afterStage: (number: number) => `After stage ${number}:`,
    failed: (trials: number) => `${count(trials, "trial")} failed`,
  },
  ko: {
    folds: (folds: number) => `${folds}겹 평균`,
    trialsOf: (all: number, planned: number, completed: number, pruned: number, failed: number) =>
      `${planned}번 중 ${all}번: 마침 ${completed}, 그만둠 ${pruned}, 실패 ${failed}`,
    sampler: (kind: string, seed: number) => `${kind}, 시드 ${seed}`,
    tookText: (steps: number, seconds: number) => `모든 시도를 합해 ${steps}걸음, 학습 ${seconds.toFixed(0)}초`,
    theBest: (trials: number) => `가장 좋은 시도 ${trials}개`,
    stage: (number: number) => `${number}단계`,
    afterStage: (number: number) => `${number}단계가 끝나고:`,
    failed: (trials: number) => `실패한 시도 ${trials}개`,
  },
} as const;

/** What the page of a study says, in its language. */
export type StudyWords = Readonly<Record<keyof typeof words, string>> & (typeof sentences)["en" | "ko"];

export const studyWords = (language: Language): StudyWords => ({
  ...wordsIn(words, language),
  ...sentences[language],
});

const rangeWords = {
  or: { en: " or ", ko: " 또는 " },
  to: { en: " to ", ko: " ~ " },
  log: { en: ", log", ko: ", 로그" },
  step: { en: ", step ", ko: ", 간격 " },
  integer: { en: ", integer", ko: ", 정수" },
} as const satisfies Record<string, Text>;

/** A dimension's range in words: "1.00e-6 to 0.01, log". */
export function describeRange(dimension: Dimension, language: Language = "en"): string {
  const say = (key: keyof typeof rangeWords): string => rangeWords[key][language];
  if (dimension.type === "boolean") return `true${say("or")}false`;
  if (dimension.type === "categorical") return dimension.values.map(shortValue).join(", ");
  const { min, max, scale, step } = dimension;
  const kind = dimension.type === "integer" ? say("integer") : "";
  return `${shortValue(min)}${say("to")}${shortValue(max)}${scale === "log" ? say("log") : ""}${step === undefined ? "" : `${say("step")}${step}`}${kind}`;
}

/** A border as a sentence. */
export function describeBorder(
  { dimension, side, at, count: there, of }: Border,
  name: string = dimension,
  language: Language = "en",
): string {
  if (language === "ko") {
    const end = side === "min" ? "아래" : "위";
    return `가장 좋은 ${of}개 가운데 ${there}개가 ${name}의 ${end}쪽 끝(${shortValue(at)})에 있다. 그 너머에 더 좋은 것이 있을 수 있다`;
  }
  const end = side === "min" ? "lower" : "upper";
  return `${there} of the ${of} best lie at the ${end} end of ${name} (${shortValue(at)}): better ones may lie beyond it`;
}

/** The dimensions that account for most come first. */
export const mostFirst = (shares: readonly Importance[]): Importance[] => [...shares].sort((a, b) => b.share - a.share);
