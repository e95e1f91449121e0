import { describe, expect, test } from "vitest";
import type { ProbeTaken, RunEvent } from "../../src/core/events.ts";
import { referenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { wasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { isProbed } from "../../src/train/probe.ts";
import { Session } from "../../src/train/session.ts";
import { Trainer } from "../../src/train/train.ts";
import { unitStatistics } from "../../src/train/unit-statistics.ts";
import { blobs, runOf } from "./toy.ts";

describe("steps that are looked at", () => {
  test("the start, powers of two, every so many, and the end", () => {
    const steps = Array.from({ length: 51 }, (_, step) => step).filter((step) => isProbed(step, 50, 20));
    expect(steps).toEqual([0, 1, 2, 4, 8, 16, 20, 40, 50]);
  });
});

describe("statistics of units", () => {
  test("a silent unit, two twins and a spread one", () => {
    //                        silent twin twin spread
    const values = [3, 1, 1, -1, 3, 2, 2, 1, 3, 4, 4, -1, 3, 5, 5, 1];
    const found = unitStatistics(values, 4);
    expect(found).toMatchObject({ units: 4, silent: 0.25, twins: 0.25 });
    expect(found.mean).toBeCloseTo((12 + 12 + 12 + 0) / 16, 12);
    // Variances over the examples: 0, 2.5, 2.5 and 1.
    expect(found.spread).toBeCloseTo(Math.sqrt(6 / 4), 5);
    expect(found.histogram.counts.reduce((a, b) => a + b, 0)).toBe(16);
    expect(found.histogram).toMatchObject({ from: -1, to: 5 });
    expect(found.saturated).toBeUndefined();
  });

  test("what is saturated lies beyond 95 % of the range", () => {
    expect(unitStatistics([0.96, -0.94, 0.94, -0.96], 1, [-1, 1]).saturated).toBe(0.5);
    expect(unitStatistics([0.02, 0.03, 0.97, 0.98], 1, [0, 1]).saturated).toBe(0.5);
  });

  test("what is not finite is told, and left out of the rest", () => {
    const found = unitStatistics([1, Number.NaN, 3, Number.POSITIVE_INFINITY], 1);
    expect(found).toMatchObject({ nonFinite: 0.5, mean: 2, deviation: 1 });
    expect(unitStatistics([Number.NaN], 1)).toMatchObject({ nonFinite: 1, mean: 0, histogram: { from: 0, to: 0 } });
  });
});

const rows = 60;
const data = blobs({ count: rows, classes: 2, features: 6 });
const document = (more: object) => ({
  seed: 4,
  model: [{ kind: "dense", units: 8 }, "batchNorm", "tanh", { kind: "dropout", rate: 0.3 }, { kind: "dense", units: 2 }],
  optimizer: { kind: "momentum", learningRate: 0.1 },
  penalty: { kind: "l2", strength: 0.01 },
  training: { batchSize: 10, iterations: 40 },
  ...more,
});

function trained(more: object, engine: typeof wasmEngine, probeEvery?: number) {
  const session = new Session(runOf(document(more)), data, { engine });
  const events: RunEvent[] = [];
  for (const event of new Trainer(session, probeEvery === undefined ? {} : { probeEvery }).events()) events.push(event);
  return { session, events, probes: events.filter((event): event is ProbeTaken => event.type === "probe.taken") };
}

describe.each([
  ["wasm", wasmEngine],
  ["reference", referenceEngine],
] as const)("looks into a model (%s)", (_, engine) => {
  test("change no bit of it", () => {
    const [seen, unseen] = [trained({}, engine, 7), trained({}, engine)];
    expect(seen.session.readStates()).toEqual(unseen.session.readStates());
    expect(seen.probes.map(({ step }) => step)).toEqual([0, 1, 2, 4, 7, 14, 21, 28, 35, 40]);
    expect(unseen.probes).toEqual([]);
    const without = ({ events }: typeof seen) =>
      events.filter(({ type }) => type === "epoch.ended").map((event) => ({ ...event, seconds: 0 }));
    expect(without(seen)).toEqual(without(unseen));
  });

  test("tell the length of weights, of gradients and of updates", () => {
    // Without momentum, dropout and penalty an update is the learning rate times the gradient; the batch is all there is.
    const plain = {
      model: [{ kind: "dense", units: 4 }, "tanh", { kind: "dense", units: 2 }],
      optimizer: { kind: "sgd", learningRate: 0.5 },
      penalty: undefined,
      training: { batchSize: rows, iterations: 3, order: "sequential" },
    };
    const { probes, session } = trained(plain, engine, 1);
    expect(probes.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
    for (let i = 1; i < probes.length; i++) {
      for (const [j, { updateNorm, parameter }] of probes[i]!.parameters.entries()) {
        // Six digits are told; float32 rounds weights of about 1 by 6e-8, an update of 0.01 by 1e-5 of itself.
        const expected = 0.5 * probes[i - 1]!.parameters[j]!.gradientNorm;
        expect(Math.abs(updateNorm! - expected), `${parameter}, step ${i}`).toBeLessThan(2e-5 * expected + 1e-6);
      }
    }
    const last = probes[3]!;
    for (const { name, values } of session.readStates()) {
      const norm = Math.hypot(...values);
      expect(last.parameters.find(({ parameter }) => parameter === name)!.norm).toBeCloseTo(norm, 5);
    }
    expect(last.layers.map(({ layer, kind }) => [layer, kind])).toEqual([
      ["tanh1", "tanh"],
      ["dense2", "dense"],
    ]);
  });
});

describe("where numbers stopped to be finite", () => {
  const end = (more: object) => {
    const { events } = trained({ penalty: undefined, ...more }, wasmEngine, 5);
    return events[events.length - 1];
  };

  test("a layer, for finite weights", () => {
    const model = [{ kind: "dense", units: 8 }, "relu", { kind: "dense", units: 8 }, "relu", { kind: "dense", units: 2 }];
    // The first step makes weights of about 1e30, and two layers of them give what float32 does not hold.
    const optimizer = { kind: "sgd", learningRate: 1e30 };
    const ended = end({ model, optimizer, training: { batchSize: rows, iterations: 40, order: "sequential" } });
    expect(ended).toMatchObject({ type: "run.ended", status: "failed", step: 2 });
    expect(ended).toHaveProperty("firstNonFinite", { step: 2, name: "relu2", what: "outputs" });
  });

  test("the weights that a step has made so", () => {
    const model = [{ kind: "dense", units: 2 }];
    const ended = end({ model, optimizer: { kind: "sgd", learningRate: 1e39 }, training: { batchSize: rows, iterations: 1 } });
    expect(ended).toMatchObject({ type: "run.ended", status: "failed", step: 1 });
    expect(ended).toHaveProperty("firstNonFinite", { step: 1, name: "dense1.weight", what: "weights" });
  });
});
