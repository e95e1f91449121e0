import { resolveRun } from "../document/resolve.ts";
import { referenceEngine } from "../engine/reference/reference-engine.ts";
import { Session } from "../train/session.ts";
import { defineExperiment } from "./define.ts";
import { barsFigure } from "./plots.ts";

const inputs = [1, 1, 1, 1];
const single = [1, 0, 0, 0];
const spread = [0.25, 0.25, 0.25, 0.25];
const score = (w: readonly number[]) => w.reduce((sum, one, i) => sum + one * inputs[i]!, 0);
const cost = (w: readonly number[]) => w.reduce((sum, one) => sum + one * one, 0);

/** Weights that a linear unit ends with, from (1, 0, 0, 0), when it learns to give 1 for (1, 1, 1, 1) under a penalty. */
function learned(penalty: "l2" | "l1" | undefined): number[] {
  const run = resolveRun({
    seed: 1,
    data: { kind: "npy", inputs: "x", targets: "y", task: "regression", validation: 0 },
    model: [{ kind: "dense", units: 1, bias: false, initializer: "zeros" }],
    optimizer: { kind: "sgd", learningRate: 0.05 },
    ...(penalty && { penalty: { kind: penalty, strength: 0.02 } }),
    training: { batchSize: 1, epochs: 12_000, order: "sequential" },
  });
  const table = (values: Float32Array, shape: readonly number[]) => ({ values, shape, count: 1, scale: 1 });
  const train = { inputs: table(Float32Array.from(inputs), [4]), targets: table(Float32Array.of(1), [1]) };
  const raw = { name: "one example", task: { kind: "regression", outputs: 1 } as const, train, test: null };
  const session = new Session(run, raw, { engine: referenceEngine });
  const [weight] = session.model.parameters;
  session.executable.writeState(weight!.tensor, single);
  for (let step = 0; step < session.steps; step++) session.step(step);
  return [...session.executable.readState(weight!.tensor)];
}

export const d02 = defineExperiment({
  id: "D2",
  name: { en: "L2 prefers spread weights", ko: "L2는 고루 퍼진 가중치를 좋아한다" },
  question: {
    en: "Two weights give the same score. Which one does a penalty prefer?",
    ko: "점수가 같은 두 가중치 가운데 벌점은 어느 쪽을 고르는가?",
  },
  lesson: {
    en: "For x = (1, 1, 1, 1) the weights (1, 0, 0, 0) and (¼, ¼, ¼, ¼) both score 1, but the sum of squares is 1 for the first and ¼ for the second. Started at the first, training with L2 ends at equal weights: every input gets a say. L1 costs the same for both, and leaves them as they are.",
    ko: "x = (1, 1, 1, 1)에 대해 (1, 0, 0, 0)과 (¼, ¼, ¼, ¼)의 점수는 모두 1이지만 제곱합은 1과 ¼이다. 앞의 것에서 시작해도 L2로 학습하면 고른 가중치로 끝나 모든 입력이 발언권을 얻는다. L1 벌점은 둘이 같아 그대로 둔다.",
  },
  needs: [],
  run() {
    const [free, l2, l1] = [learned(undefined), learned("l2"), learned("l1")];
    const listed = (w: readonly number[]) => w.map((one) => one.toFixed(2)).join(", ");
    const isEven = Math.max(...l2) - Math.min(...l2) < 0.01;
    return {
      settings: [{ x: inputs, start: single, target: 1, penalty: [undefined, "l2 0.02", "l1 0.02"] }],
      numbers: { costSingle: cost(single), costSpread: cost(spread), free, l2, l1 },
      data: { free, l2, l1 },
      claims: [
        {
          text: {
            en: "both weights score 1, and the second costs a quarter",
            ko: "두 가중치의 점수는 모두 1이고, 둘째의 벌점은 4분의 1이다",
          },
          holds: score(single) === 1 && score(spread) === 1 && cost(spread) === cost(single) / 4,
          measured: `${cost(single)}, ${cost(spread)}`,
        },
        {
          text: { en: "training with L2 spreads the weights evenly", ko: "L2로 학습하면 가중치가 고르게 퍼진다" },
          holds: isEven,
          measured: listed(l2),
        },
        {
          text: { en: "without a penalty they stay where they started", ko: "벌점이 없으면 시작한 곳에 머문다" },
          holds: free.every((one, i) => Math.abs(one - single[i]!) < 0.01),
          measured: listed(free),
        },
      ],
      figure: (language) =>
        barsFigure(language, {
          title: this.name,
          caption: {
            en: "The four weights of a linear unit, started at (1, 0, 0, 0), after 12,000 steps on one example.",
            ko: "(1, 0, 0, 0)에서 시작한 선형 뉴런의 네 가중치, 예제 하나로 12,000번 갱신한 뒤.",
          },
          y: { en: "weight", ko: "가중치" },
          groups: ["w₁", "w₂", "w₃", "w₄"],
          series: [
            { name: { en: "no penalty", ko: "벌점 없음" }, values: free },
            { name: { en: "L1", ko: "L1" }, values: l1 },
            { name: { en: "L2", ko: "L2" }, values: l2 },
          ],
        }),
    };
  },
});
