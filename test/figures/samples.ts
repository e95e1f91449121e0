/** Figures like those of the lecture's experiments, for tests and for the eye (`node test/figures/show.ts FOLDER`). */
import { fillNormal, fillUniform, foldIn, randomKey } from "../../src/core/random.ts";
import { type Figure, histogramOf, type Mark, sampleGrid } from "../../src/figures/index.ts";

const key = randomKey(7);
const normals = (name: string, count: number, std = 1): Float64Array => {
  const out = new Float64Array(count);
  fillNormal(foldIn(key, name), out, 0, std);
  return out;
};
const uniforms = (name: string, count: number): Float64Array => {
  const out = new Float64Array(count);
  fillUniform(foldIn(key, name), out, 0, 1);
  return out;
};
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Steps of an optimizer down x^2 / 20 + y^2 from (-7, 2). */
function descend(step: (gradient: readonly [number, number], state: number[], t: number) => [number, number]): {
  x: number[];
  y: number[];
} {
  const [x, y] = [[-7], [2]];
  const state = [0, 0, 0, 0];
  for (let t = 1; t <= 30; t++) {
    const [dx, dy] = step([x.at(-1)! / 10, 2 * y.at(-1)!], state, t);
    x.push(x.at(-1)! + dx);
    y.push(y.at(-1)! + dy);
  }
  return { x, y };
}

function trajectories(): Mark[] {
  const sgd = descend(([gx, gy]) => [-0.95 * gx, -0.95 * gy]);
  const momentum = descend(([gx, gy], s) => {
    s[0] = 0.9 * s[0]! - 0.1 * gx;
    s[1] = 0.9 * s[1]! - 0.1 * gy;
    return [s[0], s[1]];
  });
  const adaGrad = descend(([gx, gy], s) => {
    s[0]! += gx * gx;
    s[1]! += gy * gy;
    return [(-1.5 * gx) / Math.sqrt(s[0]!), (-1.5 * gy) / Math.sqrt(s[1]!)];
  });
  const adam = descend(([gx, gy], s, t) => {
    [s[0], s[1]] = [0.9 * s[0]! + 0.1 * gx, 0.9 * s[1]! + 0.1 * gy];
    [s[2], s[3]] = [0.999 * s[2]! + 0.001 * gx * gx, 0.999 * s[3]! + 0.001 * gy * gy];
    const rate = (0.3 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    return [(-rate * s[0]!) / Math.sqrt(s[2]!), (-rate * s[1]!) / Math.sqrt(s[3]!)];
  });
  return Object.entries({ SGD: sgd, Momentum: momentum, AdaGrad: adaGrad, Adam: adam }).map(([name, path]) => ({
    kind: "trajectory",
    name,
    ...path,
  }));
}

const valley = { x: [-9, 9], y: [-3.5, 3.5] } as const;
const fieldX = range(9 * 7).map((i) => -8 + (i % 9) * 2);
const fieldY = range(9 * 7).map((i) => -3 + Math.floor(i / 9));

export const contourFigure: Figure = {
  title: "Four ways down the same valley",
  caption:
    "Contour lines of f(x, y) = x²/20 + y² and 30 steps of each optimizer from (−7, 2). The gradient points along y almost everywhere, so plain gradient descent swings from side to side.",
  panels: [
    {
      x: { label: "x" },
      y: { label: "y" },
      marks: [
        { kind: "contours", ...sampleGrid((x, y) => (x * x) / 20 + y * y, valley), levels: [0.1, 0.5, 1, 2, 4, 6, 8, 10, 12] },
        {
          kind: "arrows",
          x: fieldX,
          y: fieldY,
          dx: fieldX.map((x) => -x / 10),
          dy: fieldY.map((y) => -2 * y),
        },
        ...trajectories(),
        { kind: "note", x: 0, y: 0, text: "minimum", side: "below" },
      ],
    },
  ],
};

export const fourPanels: Figure = {
  title: "네 가지 최적화 알고리즘의 경로",
  caption: "f(x, y) = x²/20 + y²의 등고선 위에서 (−7, 2)를 출발해 30번 갱신했다.",
  x: { label: "x" },
  y: { label: "y" },
  columns: 2,
  aspect: 1.6,
  legend: "none",
  panels: trajectories().map((mark) => ({
    title: "name" in mark ? mark.name! : "",
    marks: [{ kind: "contours", ...sampleGrid((x, y) => (x * x) / 20 + y * y, valley), labels: false }, mark],
  })),
};

const iterations = range(2000);
const lossOf = (name: string, floor: number, rate: number): number[] => {
  const noise = normals(name, 2000, 0.16);
  return iterations.map((i) => (floor + (2.3 - floor) * Math.exp(-rate * i)) * Math.exp(noise[i]!));
};

export const lossFigure: Figure = {
  title: "손실 곡선: 다섯 가지 최적화 알고리즘",
  caption: "MNIST, 은닉층 네 개(뉴런 100개씩), 배치 크기 128. 세로축은 로그 눈금이다.",
  language: "ko",
  panels: [
    {
      x: { label: "반복", unit: "회" },
      y: { label: "훈련 손실", scale: "log" },
      marks: [
        { kind: "line", name: "SGD", x: iterations, y: lossOf("sgd", 0.35, 0.0016) },
        { kind: "line", name: "Momentum", x: iterations, y: lossOf("momentum", 0.11, 0.004) },
        { kind: "line", name: "AdaGrad", x: iterations, y: lossOf("adagrad", 0.055, 0.009) },
        { kind: "line", name: "RMSProp", x: iterations, y: lossOf("rmsprop", 0.05, 0.01) },
        { kind: "line", name: "Adam", x: iterations, y: lossOf("adam", 0.048, 0.011) },
      ],
    },
  ],
};

/** Activations of sigmoid layers, by the deviation of the weights: piled at both ends, in the middle, spread. */
function activations(layer: number, kind: number): number[] {
  const spreadOf = [6 + 2 * layer, 0.05, 1.1][kind]!;
  return Array.from(normals(`a${layer}-${kind}`, 4000, spreadOf), (z) => 1 / (1 + Math.exp(-z)));
}

export const histogramFigure: Figure = {
  title: "Activations of five sigmoid layers",
  caption:
    "1,000 inputs. Weights of deviation 1 drive the activations to 0 and 1, where gradients vanish; 0.01 makes all units alike.",
  columns: 5,
  x: { label: "activation", from: 0, to: 1 },
  y: { label: "units" },
  columnTitles: range(5).map((i) => `layer ${i + 1}`),
  rowTitles: ["std 1", "std 0.01", "Xavier"],
  aspect: 1.1,
  panels: range(15).map((i) => ({
    marks: [{ ...histogramOf(activations(i % 5, Math.floor(i / 5)), { bins: 30, from: 0, to: 1 }), colour: Math.floor(i / 5) }],
  })),
};

export const batchNormFigure: Figure = {
  title: "배치 정규화와 가중치 초깃값의 표준편차",
  caption: "가중치 초깃값의 표준편차 16가지에서 훈련 정확도. 배치 정규화를 쓰면 초깃값에 크게 의존하지 않는다.",
  columns: 4,
  x: { label: "에폭" },
  y: { label: "훈련 정확도", from: 0, to: 1 },
  panels: range(16).map((i) => {
    const scale = 10 ** (-(4 * i) / 15);
    const epochs = range(20);
    const noise = normals(`bn${i}`, 40, 0.012);
    const reach = Math.exp(-((Math.log10(scale) + 1.1) ** 2) * 2.2);
    return {
      title: `σ = ${scale.toPrecision(2)}`,
      marks: [
        {
          kind: "line",
          name: "배치 정규화",
          x: epochs,
          y: epochs.map((e) => 0.97 - 0.85 * Math.exp(-(e + 1) / (4 + i / 5)) + noise[e]!),
        },
        {
          kind: "line",
          name: "정규화 없음",
          x: epochs,
          y: epochs.map((e) => 0.1 + 0.85 * reach * (1 - Math.exp(-e / 6)) + noise[20 + e]!),
        },
      ],
    };
  }),
};

const epochs = range(201);
const trainAccuracy = epochs.map((e) => 1 - 0.88 * Math.exp(-e / 22));
const testAccuracy = epochs.map((e) => 0.76 - 0.66 * Math.exp(-e / 15));

export const overfitFigure: Figure = {
  title: "Overfitting on 300 digits",
  caption: "A network of seven layers learns its 300 training digits by heart; three in four test digits are right.",
  panels: [
    {
      x: { label: "epoch" },
      y: { label: "accuracy", from: 0, to: 1.02 },
      marks: [
        { kind: "area", x: epochs, low: testAccuracy, high: trainAccuracy, name: "gap 0.24", colour: "muted" },
        { kind: "line", name: "train", x: epochs, y: trainAccuracy },
        {
          kind: "line",
          name: "test",
          x: epochs,
          y: testAccuracy,
          bands: [{ low: testAccuracy.map((a) => a - 0.03), high: testAccuracy.map((a) => a + 0.03) }],
        },
        { kind: "rule", y: 0.1, label: "chance" },
        { kind: "rule", x: 60, label: "memorised" },
      ],
    },
  ],
};

export const barFigure: Figure = {
  title: "Test error by optimizer and regularisation",
  panels: [
    {
      x: { categories: ["SGD", "Momentum", "AdaGrad", "RMSProp", "Adam with decoupled weight decay", "아담 (한국어 긴 이름)"] },
      y: { label: "test error", unit: "%" },
      marks: [
        {
          kind: "bars",
          name: "no regularisation",
          values: [5.2, 3.1, 2.9, 3.0, 2.4, 2.6],
          errors: [0.4, 0.2, 0.2, 0.3, 0.1, 0.2],
        },
        { kind: "bars", name: "dropout 0.2", values: [5.6, 2.7, 2.5, 2.6, 1.9, 2.1], errors: [0.5, 0.2, 0.1, 0.2, 0.1, 0.1] },
        { kind: "rule", y: 2, label: "target" },
      ],
    },
  ],
};

/** Trials of a search: an optimizer that is missing in some, a rate, a width, and what they reached. */
export const trialsFigure: Figure = {
  title: "Forty trials",
  panels: [
    {
      x: { categories: ["optimizer", "learning rate", "units of the first hidden layer", "accuracy"] },
      y: { ticks: [] },
      marks: [
        {
          kind: "parallel",
          axes: [
            { from: -0.5, to: 2.5, ticks: ["sgd", "adam", "아담"].map((text, at) => ({ at, text })) },
            { from: 1e-6, to: 1, scale: "log" },
            { from: 8, to: 128, scale: "log" },
            { from: 0, to: 1, ticks: [] },
          ],
          values: range(40).flatMap((i) => [
            i % 9 === 0 ? null : i % 3,
            10 ** (-6 * ((i * 0.618) % 1)),
            8 * 16 ** ((i * 0.414) % 1),
            (i * 0.732) % 1,
          ]),
          worth: range(40).map((i) => (i * 0.732) % 1),
        },
      ],
    },
  ],
};

/** A stroke of a digit's kind: a ring, or a line at an angle. */
function glyph(i: number): number[] {
  const noise = uniforms(`glyph${i}`, 784);
  const [cos, sin] = [Math.cos(i * 0.7), Math.sin(i * 0.7)];
  return range(784).map((at) => {
    const [x, y] = [(at % 28) - 13.5, Math.floor(at / 28) - 13.5];
    const away =
      i % 3 === 0 ? Math.abs(Math.hypot(x, y * 0.8) - 7) : Math.abs(x * cos + y * sin) + Math.max(0, Math.hypot(x, y) - 9);
    return Math.max(0, Math.min(1, 1.6 - away * 0.6)) * (0.8 + 0.2 * noise[at]!);
  });
}

export const imageFigure: Figure = {
  title: "What the network sees and has learned",
  columns: 3,
  aspect: 1,
  panels: [
    {
      title: "confusion matrix",
      x: { label: "predicted", categories: range(5).map(String) },
      y: { label: "true", categories: range(5).map(String) },
      marks: [
        {
          kind: "heatMap",
          rows: 5,
          columns: 5,
          labels: true,
          values: range(25).map((i) => (i % 5 === Math.floor(i / 5) ? 90 + (i % 7) : (i * 7) % 5)),
        },
      ],
    },
    { title: "digits", columns: 4, images: range(16).map((i) => ({ width: 28, height: 28, values: glyph(i) })) },
    {
      title: "weights of the first layer",
      columns: 4,
      colours: "diverging",
      images: range(12).map((i) => {
        const noise = normals(`w${i}`, 784, 0.35);
        return {
          width: 28,
          height: 28,
          values: glyph(i).map((ink, at) => (ink - 0.25) * (i % 2 ? 1 : -1) + noise[at]!),
          label: `unit ${i}`,
        };
      }),
    },
  ],
};

const node = (id: string, label: string, value?: string, gradient?: string, role?: "input" | "parameter" | "output") => ({
  id,
  label,
  ...(value !== undefined && { value }),
  ...(gradient !== undefined && { gradient }),
  ...(role && { role }),
});

export const graphFigure: Figure = {
  title: "Batch normalisation as a computational graph",
  caption: "Values forward in ink, gradients backward in orange.",
  panels: [
    {
      graph: {
        nodes: [
          node("x", "x", "[64, 100]", "dx 0.021", "input"),
          node("mu", "mean", "μ 0.48", "0.003"),
          node("xc", "−", "x − μ", "0.11"),
          node("sq", "square", "0.92", "−0.02"),
          node("var", "mean", "σ² 0.92", "−1.3"),
          node("std", "√(σ² + ε)", "0.96", "−2.5"),
          node("inv", "1 / σ", "1.04", "2.4"),
          node("xn", "×", "x̂", "0.12"),
          node("gamma", "γ", "1.00", "0.35", "parameter"),
          node("scaled", "×", "γ x̂", "0.12"),
          node("beta", "β", "0.00", "0.08", "parameter"),
          node("out", "+", "y", "1", "output"),
        ],
        edges: (
          [
            ["x", "mu"],
            ["x", "xc"],
            ["mu", "xc"],
            ["xc", "sq"],
            ["sq", "var"],
            ["var", "std"],
            ["std", "inv"],
            ["xc", "xn"],
            ["inv", "xn"],
            ["xn", "scaled"],
            ["gamma", "scaled"],
            ["scaled", "out"],
            ["beta", "out"],
          ] as const
        ).map(([from, to]) => ({ from, to })),
      },
    },
  ],
};

const longKorean = "아주 길어서 한 줄에 다 들어가지 않는 한국어 이름을 가진 최적화 알고리즘";
const longEnglish = "An optimizer whose English name is far too long to fit on one line of any legend";

/** Long names everywhere: nothing may lie over anything else. */
export const longFigure: Figure = {
  title: `${longKorean}: ${longEnglish}`,
  caption: `${longEnglish}. ${longKorean}.`,
  columns: 2,
  panels: range(4).map((i) => ({
    title: `${longKorean} ${i}`,
    x: { label: `${longEnglish} ${i}`, unit: "1,000,000회", ...(i === 3 && { scale: "log" as const }) },
    y: { label: longKorean, ...(i === 1 && { categories: [longKorean, "나", longEnglish] }) },
    marks: [
      { kind: "line", name: longKorean, x: [1, 1e5, 2e6], y: [0, 1, 2] },
      { kind: "line", name: longEnglish, x: [1, 1e5, 2e6], y: [0.1, 1.1, 2.05] },
      { kind: "rule", y: 1, label: longKorean.slice(0, 12) },
      { kind: "rule", y: 1.02, label: longEnglish.slice(0, 20) },
      { kind: "note", x: 1e5, y: 1, text: longEnglish },
    ],
  })),
};

export const samples: Readonly<Record<string, Figure>> = {
  contours: contourFigure,
  fourPanels,
  loss: lossFigure,
  histograms: histogramFigure,
  batchNorm: batchNormFigure,
  overfit: overfitFigure,
  bars: barFigure,
  trials: trialsFigure,
  images: imageFigure,
  graph: graphFigure,
  long: longFigure,
};
