/** Clipping, averages and accumulation, held against the same steps done by hand in float64. */
import { describe, expect, test } from "vitest";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { Session } from "../../src/train/session.ts";
import { Trainer } from "../../src/train/train.ts";
import { raised } from "../data/raised.ts";
import { plane, runOf } from "./toy.ts";

const data = plane(24, 3);
const document = {
  model: [{ kind: "dense", units: 1 }],
  loss: "meanSquaredError",
  optimizer: { kind: "sgd", learningRate: 0.1 },
  training: { batchSize: 8, epochs: 2, order: "sequential" },
} as const;
const open = (more: object) => new Session(runOf({ ...document, ...more }), data, { engine: referenceEngine });

type Weights = readonly number[];
const weightsOf = (session: Session): number[] =>
  session
    .readStates()
    .slice(0, 2)
    .flatMap(({ values }) => [...values]);

/** Gradient of the mean of (x w + b - t)^2 over rows of the data: [w, b]. meanSquaredError takes half of the square or not: see `factor`. */
function gradientOf([a, b, c, bias]: Weights, first: number, count: number): number[] {
  const { inputs, targets } = data.train;
  const gradient = [0, 0, 0, 0];
  for (let row = first; row < first + count; row++) {
    const x = [0, 1, 2].map((i) => inputs.values[row * 3 + i]!);
    const error = x[0]! * a! + x[1]! * b! + x[2]! * c! + bias! - targets.values[row]!;
    x.forEach((value, i) => {
      gradient[i]! += (factor * error * value) / count;
    });
    gradient[3]! += (factor * error) / count;
  }
  return gradient;
}

/** What the loss's derivative is multiplied by: found from a first step without anything else. */
const factor = (() => {
  const session = open({});
  const before = weightsOf(session);
  session.step(0);
  const moved = before.map((value, i) => (value - weightsOf(session)[i]!) / 0.1);
  const { inputs, targets } = data.train;
  let plain = 0;
  for (let row = 0; row < 8; row++) {
    const error = [0, 1, 2].reduce((sum, i) => sum + inputs.values[row * 3 + i]! * before[i]!, before[3]!) - targets.values[row]!;
    plain += error / 8;
  }
  return Math.round(moved[3]! / plain);
})();

/** readStates gives float32: half a unit of its last place, relative, and the steps before it. */
const tolerance = 1e-6;

function expectSteps(more: object, next: (weights: Weights, gradient: readonly number[]) => number[]): void {
  const session = open(more);
  let weights = weightsOf(session);
  for (let step = 0; step < 6; step++) {
    session.step(step);
    weights = next(weights, gradientOf(weights, (step % 3) * 8, 8));
    weightsOf(session).forEach((value, i) => {
      expect(Math.abs(value - weights[i]!), `step ${step}, weight ${i}`).toBeLessThan(tolerance);
    });
  }
}

test("the loss has the factor of the lecture or of the paper", () => {
  expect([1, 2]).toContain(factor);
});

describe("clip", () => {
  const descend = (weights: Weights, gradient: readonly number[]) => weights.map((w, i) => w - 0.1 * gradient[i]!);
  test("by value: each number within the bound, others as they are", () => {
    const bound = 0.4;
    expectSteps({ clip: { value: bound } }, (w, g) =>
      descend(
        w,
        g.map((x) => Math.max(-bound, Math.min(bound, x))),
      ),
    );
  });
  test("by the norm of all gradients together", () => {
    const bound = 0.7;
    expectSteps({ clip: { norm: bound } }, (w, g) => {
      const length = Math.hypot(...g);
      return descend(w, length > bound ? g.map((x) => (x * bound) / length) : g);
    });
  });
  test("by value first, then by norm", () => {
    expectSteps({ clip: { value: 0.5, norm: 0.6 } }, (w, g) => {
      const cut = g.map((x) => Math.max(-0.5, Math.min(0.5, x)));
      const length = Math.hypot(...cut);
      return descend(w, length > 0.6 ? cut.map((x) => (x * 0.6) / length) : cut);
    });
  });
  test("without a bound that is reached changes no bit", () => {
    const run = (more: object) => {
      const session = open(more);
      for (let step = 0; step < 6; step++) session.step(step);
      return weightsOf(session);
    };
    expect(run({ clip: { value: 1e6, norm: 1e6 } })).toEqual(run({}));
  });
});

test("average: the first weights, then a decaying mean; evaluations are of it", () => {
  const decay = 0.8;
  const session = open({ average: { decay } });
  let average: number[] = [];
  for (let step = 0; step < 6; step++) {
    session.step(step);
    const weights = weightsOf(session);
    average = step === 0 ? weights : average.map((mean, i) => decay * mean + (1 - decay) * weights[i]!);
    session
      .readPredicting()
      .flatMap(({ values }) => [...values])
      .forEach((value, i) => {
        expect(Math.abs(value - average[i]!), `step ${step}`).toBeLessThan(tolerance);
      });
  }
});

test("accumulate: batches of one step are as one batch, the smaller last ones too", () => {
  const trained = (training: object, more: object = {}) => {
    const session = open({ ...more, training: { ...document.training, ...training } });
    const losses: number[] = [];
    for (const event of new Trainer(session).events()) if (event.type === "train.progress") losses.push(event.scores.loss);
    return [...weightsOf(session), ...losses];
  };
  for (const more of [{}, { penalty: "l2", clip: { norm: 0.5 } }, { optimizer: "adam", average: {} }]) {
    // 24 rows: 2 batches of 10 (5 of 4) make a step of 20, then 4 are left.
    const whole = trained({ batchSize: 20 }, more);
    for (const [batchSize, accumulate] of [
      [10, 2],
      [4, 5],
      [7, 3],
    ] as const) {
      const size = batchSize * accumulate;
      const other = size === 20 ? whole : trained({ batchSize: size }, more);
      trained({ batchSize, accumulate }, more).forEach((value, i) => {
        // Sums in another order, in float64; read as float32.
        expect(Math.abs(value - other[i]!), `${batchSize} x ${accumulate}`).toBeLessThan(tolerance);
      });
    }
  }
});

test("a section that says nothing, or what is out of range, is named with its path", () => {
  const refused = (more: object) => raised(() => runOf({ ...document, ...more }));
  expect(refused({ clip: {} })).toContain("clip: clip needs 'value', 'norm' or both");
  expect(refused({ clip: { norm: 0 } })).toContain("clip.norm");
  expect(refused({ clip: 3 })).toContain("clip: expected an object with value, norm");
  expect(refused({ average: { decay: 1 } })).toContain("average.decay");
  expect(refused({ training: { accumulate: 0 } })).toContain("training.accumulate");
  expect(refused({ training: { earlyStopping: { pacience: 1 } } })).toContain("Did you mean 'patience'?");
  expect(refused({ schedule: { kind: "cosine", warmup: -1 } })).toContain("schedule.warmup");
  expect(raised(() => open({ schedule: { kind: "cosine", warmup: 1000 } }))).toMatch(
    /E_SCHEDULE_WARMUP: schedule\.warmup must be less than the \d+ steps of the run, received 1000/,
  );
  expect(refused({ schedule: "cosin" })).toContain("Did you mean 'cosine'?");
  expect(raised(() => new Trainer(open({ training: { ...document.training, monitor: "accuracy" } })))).toMatch(
    /^DocumentError E_DOCUMENT_MONITOR: .*'accuracy'/,
  );
});
