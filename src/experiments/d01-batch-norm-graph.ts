import { resolveRun } from "../document/resolve.ts";
import type { Executable } from "../engine/engine.ts";
import { input, mul, sum, type Tensor } from "../graph/index.ts";
import { Model } from "../nn/model.ts";
import { graphFigure, shortNumber } from "../pages/graph-figure.ts";
import { type SeenNode, seeGraph } from "../train/computational-graph.ts";
import { defineExperiment, mean } from "./define.ts";

const x = [1, 2, 4, 9];
const upstream = [0.5, -1, 2, 0.3];
const epsilon = 1e-5;

/** Batch normalisation of four numbers of one feature, and what comes back for an upstream gradient. */
function normalised(gamma: number, beta: number): readonly SeenNode[] {
  const run = resolveRun({ data: "mnist", model: [{ kind: "batchNorm", epsilon }] });
  const model = new Model(run.layers);
  const from = input("x", [x.length, 1]);
  const y = model.apply(from, "training");
  // What is differentiated: its gradient with respect to y is what comes from above.
  const objective = sum(mul(y, input("dy", [x.length, 1])));
  const names = new Map<Tensor, string>([
    [from, "x"],
    [y, "y"],
    ...model.parameters.map(({ tensor }) => [tensor, tensor.name!.endsWith("gamma") ? "γ" : "β"] as const),
  ]);
  const fill = (executable: Executable) => {
    executable.input("graph", "x").set(x);
    executable.input("graph", "dy").set(upstream);
    for (const { tensor } of model.parameters) executable.writeState(tensor, [tensor.name!.endsWith("gamma") ? gamma : beta]);
  };
  return seeGraph({ objective, until: [y], from: new Map(), names, fill });
}

/** Ioffe & Szegedy's gradients, section 3, in closed form. */
function closedForm(gamma: number) {
  const n = x.length;
  const centre = mean(x);
  const deviation = Math.sqrt(mean(x.map((one) => (one - centre) * (one - centre))) + epsilon);
  const normal = x.map((one) => (one - centre) / deviation);
  const total = upstream.reduce((a, b) => a + b, 0);
  const along = normal.reduce((a, one, i) => a + one * upstream[i]!, 0);
  const dx = upstream.map((dy, i) => (gamma / (n * deviation)) * (n * dy - total - normal[i]! * along));
  return { normal, dx, dgamma: along, dbeta: total, centre, deviation };
}

const apart = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((one, i) => Math.abs(one - b[i]!)));

export const d01 = defineExperiment({
  id: "D1",
  name: { en: "Batch normalisation, forward and backward", ko: "배치 정규화의 순전파와 역전파" },
  question: {
    en: "What does batch normalisation give for a batch, and what comes back through it?",
    ko: "배치 정규화는 한 배치에 무엇을 내고, 무엇이 되돌아오는가?",
  },
  lesson: {
    en: "Forward: subtract the mean, divide by the deviation, scale by γ, shift by β. Backward, every node needs only its own derivative: what comes back to x is the upstream gradient without its mean and without its part along the normalised x, because a batch that is shifted or stretched gives the same. With γ the deviation and β the mean it is the identity: normalisation can be undone where that is better.",
    ko: "순전파는 평균을 빼고, 표준편차로 나누고, γ를 곱하고, β를 더한다. 역전파에서 각 노드는 자기 미분만 알면 된다. x로 돌아오는 것은 위에서 온 기울기에서 평균과 정규화된 x 방향 성분을 뺀 것이다. 배치를 밀거나 늘려도 출력이 같기 때문이다. γ가 표준편차이고 β가 평균이면 항등함수다. 정규화하지 않는 편이 낫다면 되돌릴 수 있다.",
  },
  needs: [],
  run() {
    const nodes = normalised(1, 0);
    const find = (label: string) => nodes.find((node) => node.label === label)!;
    const expected = closedForm(1);
    const y = find("y").value;
    const dx = find("x").gradient!;
    const identity = normalised(expected.deviation, expected.centre).find(({ label }) => label === "y")!.value;
    const spread = Math.sqrt(mean(y.map((one) => one * one)) - mean(y) * mean(y));
    const errors = [
      apart(dx, expected.dx),
      Math.abs(find("γ").gradient![0]! - expected.dgamma),
      Math.abs(find("β").gradient![0]! - expected.dbeta),
    ];
    const along = dx.reduce((a, one, i) => a + one * expected.normal[i]!, 0);
    return {
      settings: [{ x, upstream, gamma: 1, beta: 0, epsilon }],
      numbers: { y, dx, dgamma: find("γ").gradient!, dbeta: find("β").gradient! },
      data: { nodes },
      claims: [
        {
          text: { en: "the outputs have mean 0 and deviation 1", ko: "출력의 평균은 0, 표준편차는 1이다" },
          holds: Math.abs(mean(y)) < 1e-12 && Math.abs(spread - 1) < 1e-5,
          measured: `${mean(y).toExponential(1)}, ${spread.toFixed(6)}`,
        },
        {
          text: {
            en: "the gradients that the graph gives are those of Ioffe & Szegedy in closed form",
            ko: "그래프로 얻은 기울기는 Ioffe와 Szegedy의 닫힌 식과 같다",
          },
          holds: Math.max(...errors) < 1e-10,
          measured: Math.max(...errors).toExponential(1),
        },
        {
          text: {
            en: "nothing comes back that would only shift or stretch the batch",
            ko: "배치를 밀거나 늘리기만 하는 기울기는 돌아오지 않는다",
          },
          holds: Math.abs(mean(dx)) < 1e-10 && Math.abs(along) < 1e-4,
          measured: `${mean(dx).toExponential(1)}, ${along.toExponential(1)}`,
        },
        {
          text: { en: "with γ the deviation and β the mean it is the identity", ko: "γ가 표준편차, β가 평균이면 항등함수다" },
          holds: apart(identity, x) < 1e-12,
          measured: identity.map(shortNumber).join(", "),
        },
      ],
      figure: (language) => ({
        ...graphFigure(
          this.name[language],
          language === "ko"
            ? "네 표본의 특징 하나. 상자마다 이름이나 연산, 앞으로 간 값, 색으로 되돌아온 기울기. 위에서 온 기울기는 y에 적힌 값이다."
            : "One feature of four examples. In each box its name or operation, what it gives forward, and in colour what comes back; what comes from above stands at y.",
          nodes,
          4,
        ),
        language,
      }),
    };
  },
});
