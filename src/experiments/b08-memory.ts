import type { Choice } from "../core/choice.ts";
import { lengthOf } from "../core/vectors.ts";
import type { LineMark, PlotPanel } from "../figures/index.ts";
import { defineExperiment, type Language, median } from "./define.ts";
import { GradientReader } from "./gradient-reader.ts";
import type { Lab } from "./lab.ts";
import { deepNet } from "./networks.ts";

const steps = 120;
const shown = 40;
/** From here on steps are compared. */
const settled = 30;
const watched = "dense3.weight";

/** What an optimizer keeps: which power of past gradients, and how much a gradient counts that is so many steps old. */
interface Memory {
  readonly name: string;
  readonly optimizer: Choice;
  /** The slot that holds it. */
  readonly slot: string;
  readonly power: 1 | 2;
  weight(age: number): number;
  /** What its steps are multiplied by, for what is kept of a weight; absent where it keeps no squares. */
  readonly rate?: number;
}

const power = (base: number, exponent: number): number => {
  let result = 1;
  for (let i = 0; i < exponent; i++) result *= base;
  return result;
};
const memories: readonly Memory[] = [
  {
    name: "Momentum, v",
    optimizer: { kind: "momentum", learningRate: 0.01, decay: 0.9 },
    slot: "velocity",
    power: 1,
    weight: (age) => -0.01 * power(0.9, age),
  },
  {
    name: "AdaGrad, h",
    optimizer: { kind: "adagrad", learningRate: 0.01 },
    slot: "squareSum",
    power: 2,
    weight: () => 1,
    rate: 0.01,
  },
  {
    name: "RMSProp, h",
    optimizer: { kind: "rmsprop", learningRate: 0.001, decay: 0.9 },
    slot: "meanSquare",
    power: 2,
    weight: (age) => 0.1 * power(0.9, age),
    rate: 0.001,
  },
  {
    name: "Adam, m",
    optimizer: { kind: "adam", learningRate: 0.001 },
    slot: "firstMoment",
    power: 1,
    weight: (age) => 0.1 * power(0.9, age),
  },
];

interface Kept {
  readonly name: string;
  /** Share of the memory that belongs to the gradient of so many steps ago, by its weight alone, and in this run. */
  readonly byWeight: readonly number[];
  readonly inRun: readonly number[];
  /** How far what is kept is from the weighted sum of the gradients, as a share of its length. */
  readonly error: number;
  /** Median of rate / sqrt(h) over the weights, after each step. */
  readonly rates?: readonly number[];
}

function remembered(lab: Lab, seed: number, memory: Memory): Kept {
  lab.tell(memory.name);
  const session = lab.open(documentOf(seed, memory));
  const reader = new GradientReader(session, watched);
  const slotName = `${watched}/${memory.slot}`;
  const slot = () => session.readStates().find(({ name }) => name === slotName)!.values;
  const sum = new Float64Array(slot().length);
  const lengths: number[] = [];
  const rates: number[] = [];
  let used: number[] = [];
  for (let step = 0; step < steps; step++) {
    const gradient = reader.at(step);
    const weight = memory.weight(steps - 1 - step);
    let square = 0;
    for (let i = 0; i < sum.length; i++) {
      const part = weight * (memory.power === 1 ? gradient[i]! : gradient[i]! * gradient[i]!);
      sum[i]! += part;
      square += part * part;
    }
    lengths.push(Math.sqrt(square));
    session.step(step);
    if (memory.rate === undefined) continue;
    const { rate } = memory;
    const now = slot();
    // The same weights all along: those that have had a gradient by then.
    if (step < settled) used = Array.from(now.keys()).filter((i) => now[i]! > 1e-14);
    rates.push(median(used.map((i) => rate / (Math.sqrt(now[i]!) + 1e-7))));
  }
  const held = slot();
  const apart = lengthOf(Float64Array.from(held, (one, i) => one - sum[i]!)) / lengthOf(sum);
  const ages = Array.from({ length: shown }, (_, age) => age);
  const all = Array.from({ length: steps }, (_, age) => Math.abs(memory.weight(age))).reduce((a, b) => a + b, 0);
  const total = lengths.reduce((a, b) => a + b, 0);
  return {
    name: memory.name,
    byWeight: ages.map((age) => Math.abs(memory.weight(age)) / all),
    inRun: ages.map((age) => lengths[steps - 1 - age]! / total),
    error: apart,
    ...(memory.rate !== undefined && { rates }),
  };
}

const documentOf = (seed: number, { optimizer }: Memory) => ({
  seed,
  data: { kind: "mnist", validation: 0 },
  model: deepNet(4),
  optimizer,
  training: { batchSize: 128, iterations: steps, order: "withReplacement" as const },
});

export const b08 = defineExperiment({
  id: "B8",
  name: { en: "What each optimizer remembers", ko: "옵티마이저마다 무엇을 기억하는가" },
  question: {
    en: "How much of a past gradient is still in what an optimizer keeps?",
    ko: "옵티마이저이 간직한 것 안에 지난 기울기는 얼마나 남아 있는가?",
  },
  lesson: {
    en: "Unrolled, momentum is a sum of all past gradients in which each step counts nine tenths of the one after it: after 22 steps a tenth is left. AdaGrad adds up squares and forgets nothing, so that what it divides by only grows and its steps die out. RMSProp and Adam forget as momentum does: their steps stay alive.",
    ko: "풀어 쓰면 모멘텀은 지난 기울기의 합이고, 한 걸음 지날 때마다 무게가 10분의 9로 준다. 22걸음 뒤에는 10분의 1이 남는다. AdaGrad는 제곱을 더하기만 하고 잊지 않아 나누는 수가 커지기만 하니 걸음이 잦아든다. RMSProp과 Adam은 모멘텀처럼 잊으므로 걸음이 살아 있다.",
  },
  needs: ["mnist"],
  run(lab) {
    const [seed] = lab.seeds(1);
    const kept = memories.map((memory) => remembered(lab, seed!, memory));
    const [momentum, adagrad, rmsprop] = kept as [Kept, Kept, Kept];
    const fall = (rates: readonly number[]) => rates[steps - 1]! / rates[settled - 1]!;
    const worst = Math.max(...kept.map(({ error }) => error));
    return {
      settings: memories.map((memory) => documentOf(seed!, memory)),
      numbers: {
        errors: kept.map(({ error }) => error),
        leftAfter22: momentum.byWeight[22]! / momentum.byWeight[0]!,
        adagradFall: fall(adagrad.rates!),
        rmspropFall: fall(rmsprop.rates!),
      },
      data: { kept },
      claims: [
        {
          text: {
            en: "what each keeps is the weighted sum of the gradients that the run has had",
            ko: "간직한 것은 그동안의 기울기에 무게를 주어 더한 것과 같다",
          },
          // float32 in the run, float64 here: 120 additions of numbers of one size.
          holds: worst < 1e-3,
          measured: kept.map(({ error }) => error.toExponential(1)).join(", "),
        },
        {
          text: {
            en: "momentum has forgotten nine tenths of a gradient after 22 steps",
            ko: "모멘텀은 22걸음 뒤에 기울기의 10분의 9를 잊는다",
          },
          holds: momentum.byWeight[22]! / momentum.byWeight[0]! < 0.1,
          measured: (momentum.byWeight[22]! / momentum.byWeight[0]!).toFixed(3),
        },
        {
          text: {
            en: "AdaGrad's steps die out: from step 30 to 120 what it multiplies by falls",
            ko: "AdaGrad의 걸음은 잦아든다. 30걸음에서 120걸음 사이에 곱하는 수가 줄어든다",
          },
          holds: fall(adagrad.rates!) < 0.9,
          measured: `× ${fall(adagrad.rates!).toFixed(2)}`,
        },
        {
          text: {
            en: "RMSProp's fall less: they follow the gradients of late",
            ko: "RMSProp의 걸음은 덜 준다. 최근의 기울기를 따라간다",
          },
          holds: fall(rmsprop.rates!) > 1.2 * fall(adagrad.rates!),
          measured: `× ${fall(rmsprop.rates!).toFixed(2)}`,
        },
      ],
      figure: (language) => memoryFigure(language, this.name[language], kept),
    };
  },
});

function memoryFigure(language: Language, title: string, kept: readonly Kept[]) {
  const isKorean = language === "ko";
  const [byWeight, inRun] = isKorean ? ["무게만", "이 학습에서"] : ["by its weight", "in this run"];
  const line = (name: string, values: readonly number[], colour: number): LineMark => ({
    kind: "line",
    name,
    colour,
    x: values.map((_, i) => i),
    y: values,
  });
  const panels: PlotPanel[] = kept.map(({ name, byWeight: weights, inRun: shares }) => ({
    title: name,
    x: { label: isKorean ? "몇 걸음 전" : "steps ago" },
    y: { label: isKorean ? "기억에서 차지하는 몫" : "share of the memory", from: 0 },
    marks: [line(byWeight!, weights, 0), line(inRun!, shares, 1)],
  }));
  for (const { name, rates } of kept) {
    if (!rates) continue;
    panels.push({
      title: `${name.split(",")[0]}, η / √h`,
      x: { label: isKorean ? "갱신 횟수" : "step" },
      y: { label: isKorean ? "보폭에 곱하는 수" : "factor of the steps", scale: "log" },
      marks: [{ kind: "line", colour: 2, x: rates.map((_, i) => i + 1), y: rates }],
    });
  }
  return {
    title,
    caption: isKorean
      ? `C3의 신경망을 ${steps}걸음 학습하며 ${watched}를 본 것. 간직한 것에서 지난 기울기마다 차지하는 몫과, 나누는 수가 정하는 보폭.`
      : `The network of C3, ${steps} steps, ${watched}: which share each past gradient has in what is kept, and the steps that result from what is divided by.`,
    panels,
    columns: 2,
    language,
  };
}
